//! Why a use case did not give its result.

use countersign_domain::stored::UnreadableDocument;
use countersign_domain::violations::{Violation, Violations};
use countersign_storage::StorageError;

/// Why a use case did not give its result.
#[derive(Debug)]
pub enum Stop {
    /// Denial: everything that had to be recorded about it is committed.
    Refused(Refusal),
    /// Something broke: nothing is changed.
    Fault(Fault),
}

/// A denial, by the kinds that the API tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No usable access token: 401.
    Unauthenticated,
    /// No role covers the target: 403. Also for targets that do not exist, so that ids cannot be
    /// probed.
    Forbidden,
    /// The target does not exist, and the caller would see it if it did: 404.
    NotFound,
    /// Members of the request are wrong: 400 `INVALID_DATA`.
    InvalidData(Violations),
    /// The request as such is wrong: 400 `INVALID_REQUEST`.
    InvalidRequest {
        /// Text of the error.
        message: String,
        /// Details; may be empty.
        violations: Violations,
    },
    /// Well-formed, but impossible in the present state: 400 `REQUEST_FAILED`.
    Failed(Violations),
    /// Another request was faster: 409.
    Conflict,
}

/// Something broke.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database could not do it.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A stored document cannot be read or written.
    #[error(transparent)]
    Document(#[from] UnreadableDocument),
    /// A sealed value does not open, or a key cannot be used.
    #[error("key material: {0}")]
    Keys(String),
    /// What is stored contradicts itself.
    #[error("inconsistent state: {0}")]
    Inconsistent(&'static str),
}

impl Fault {
    /// Whether it will be over soon by itself and nothing was changed: the database is busy, out of
    /// reach, or being closed. The caller may try again.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Storage(StorageError::Busy | StorageError::Unavailable(_) | StorageError::Closed)
        )
    }

    /// Whether the write met others over and over and was given up; nothing was changed.
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Storage(StorageError::Conflict))
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<F: Into<Fault>> From<F> for Stop {
    fn from(fault: F) -> Self {
        Self::Fault(fault.into())
    }
}

impl Refusal {
    /// One member is wrong.
    pub fn invalid(violation: Violation) -> Self {
        Self::InvalidData(violation.into())
    }

    /// Impossible now, for one reason.
    pub fn failed(violation: Violation) -> Self {
        Self::Failed(violation.into())
    }

    /// The request as such is wrong.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::InvalidRequest {
            message: message.into(),
            violations: Violations::new(),
        }
    }
}

/// Turns collected faults of a request into a denial.
pub(crate) fn checked(violations: Violations) -> Result<(), Refusal> {
    violations.check().map_err(Refusal::InvalidData)
}
