//! The ids that a caller may give its transaction and session, for its own and our records.

use std::borrow::Cow;

/// Longest id that is kept, in characters.
pub const MAX_CHARACTERS: usize = 100;

/// Cuts an id to [`MAX_CHARACTERS`] and puts `_` for every character that is not a letter, a
/// combining mark, a digit or one of `. _ - / @ = # +`.
pub fn clean(value: &[u8]) -> Cow<'_, str> {
    if value.len() <= MAX_CHARACTERS
        && value
            .iter()
            .all(|byte| byte.is_ascii() && allowed(char::from(*byte)))
        && let Ok(text) = std::str::from_utf8(value)
    {
        return Cow::Borrowed(text);
    }
    let text = String::from_utf8_lossy(value);
    let cleaned = text.chars().take(MAX_CHARACTERS);
    Cow::Owned(cleaned.map(|c| if allowed(c) { c } else { '_' }).collect())
}

fn allowed(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || "._-/@=#+".contains(c)
}

/// The blocks of combining marks; marks that belong to one script count as letters already.
fn is_combining_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_allowed_becomes_an_underscore() {
        for (given, expected) in [
            ("order-7/A@b=c#d+e._", "order-7/A@b=c#d+e._"),
            ("a b\tc;d\"e", "a_b_c_d_e"),
            ("Zürich-Ω-1\u{301}", "Zürich-Ω-1\u{301}"),
            ("💥", "_"),
            ("", ""),
        ] {
            assert_eq!(clean(given.as_bytes()), expected);
        }
        assert_eq!(clean(b"a\xff"), "a_");
        assert_eq!(clean("x".repeat(101).as_bytes()), "x".repeat(100));
        assert_eq!(clean("ü".repeat(101).as_bytes()), "ü".repeat(100));
    }
}
