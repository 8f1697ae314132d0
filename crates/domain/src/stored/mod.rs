//! Documents kept in the database: versioned serde, never the wire's.
//!
//! Each document carries `v`, the number of its layout. A reader accepts every layout that was ever
//! released; a writer writes the newest.

pub mod application;
pub mod device;
pub mod device_authentication;
pub mod device_policy;
pub mod environment;
pub mod fido2_policy;
mod layout;
pub mod mfa_settings;
pub mod organization;
pub mod population;
pub mod user;

/// A stored document that this version cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stored {kind} document cannot be read: {reason}")]
pub struct UnreadableDocument {
    /// What kind of document.
    pub kind: &'static str,
    /// Why; never holds the document's content.
    pub reason: String,
}

impl UnreadableDocument {
    /// An unreadable document of this kind.
    pub fn new(kind: &'static str, reason: impl std::fmt::Display) -> Self {
        Self {
            kind,
            reason: reason.to_string(),
        }
    }
}
