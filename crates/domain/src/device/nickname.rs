//! The name that a user gives a device.

use std::fmt;

use crate::violations::Violation;

/// Longest nickname, in characters.
pub const NICKNAME_LIMIT: usize = 100;

/// A nickname: 1 to [`NICKNAME_LIMIT`] characters. The empty text means "none".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nickname(String);

impl Nickname {
    /// Checks a nickname of a request; the empty text clears it.
    ///
    /// # Errors
    /// A violation at `nickname` when it is too long.
    pub fn parse(text: &str) -> Result<Option<Self>, Violation> {
        if text.chars().count() > NICKNAME_LIMIT {
            return Err(Violation::too_large("nickname", 100));
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_characters_are_the_limit_and_none_clears() {
        assert_eq!(Nickname::parse(""), Ok(None));
        let longest = "ä".repeat(100);
        assert_eq!(
            Nickname::parse(&longest).map(|n| n.map(|n| n.to_string())),
            Ok(Some(longest.clone()))
        );
        let refused = Nickname::parse(&format!("{longest}x")).unwrap_err();
        assert_eq!(refused.inner.maximum_value, Some(100));
    }
}
