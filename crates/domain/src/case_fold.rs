//! Comparing names without regard to letter case: user names, names of policies, filters.
//!
//! The folded form is also what the unique indexes of the database hold, so it must never change for
//! a text once stored: the text is composed (Unicode NFC, so that a letter with its accent is one
//! character however it was typed), then each character is lowered by itself.

use unicode_normalization::UnicodeNormalization;

/// The text, composed, with every character in lower case.
pub fn case_fold(text: &str) -> String {
    folded(text).collect()
}

/// Whether `text` begins with `prefix`, letter case aside.
pub fn folded_starts_with(text: &str, prefix: &str) -> bool {
    let mut text = folded(text);
    folded(prefix).all(|c| text.next() == Some(c))
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfc().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_lowered_by_itself() {
        assert_eq!(case_fold("Ana.ITO@Example.ORG"), "ana.ito@example.org");
        assert_eq!(case_fold("ÄÖÜ Ω"), "äöü ω");
        // `str::to_lowercase` would write a final sigma here.
        assert_eq!(case_fold("ΟΔΟΣ"), "οδοσ");
        assert_eq!(case_fold("Zoe\u{308}"), case_fold("zoë"));
        assert!(folded_starts_with("Österreich", "öST"));
        assert!(folded_starts_with("a", ""));
        assert!(!folded_starts_with("a", "ab"));
    }
}
