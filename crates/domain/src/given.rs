//! [`Given`]: a member of a request, before anything is known of it but its JSON type.

use crate::messages::WRONG_TYPE;
use crate::violations::{Violation, Violations};

/// A member of a request: absent, `null`, of the wrong JSON type, or a value to be checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// The member is not there.
    #[default]
    Absent,
    /// The member is `null`.
    Null,
    /// The member is there, of another type than it should be.
    Wrong,
    /// The member holds a value of the right type.
    Value(T),
}

impl<T> Given<T> {
    /// The value of a member that may be left out; a fault when it has the wrong type.
    pub fn optional(self, target: &str, violations: &mut Violations) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
            Self::Wrong => {
                violations.push(Violation::invalid(target, WRONG_TYPE));
                None
            }
        }
    }

    /// The value of a mandatory member; a fault when it is missing or has the wrong type.
    pub fn required(self, target: &str, violations: &mut Violations) -> Option<T> {
        if matches!(self, Self::Absent | Self::Null) {
            violations.push(Violation::required(target));
        }
        self.optional(target, violations)
    }

    /// Changes the value, keeping what else the member may be.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Given<U> {
        match self {
            Self::Absent => Given::Absent,
            Self::Null => Given::Null,
            Self::Wrong => Given::Wrong,
            Self::Value(value) => Given::Value(change(value)),
        }
    }
}
