//! The document of a device authentication policy.
//!
//! Layout 1 is [`PolicyDocument`] as it is. A change of its serde form is a new layout: then the old
//! form moves here, as types of its own.

use super::{UnreadableDocument, layout};
use crate::device_policy::PolicyDocument;

const KIND: &str = "device authentication policy";
const LAYOUT: u8 = 1;

/// The document as JSON.
///
/// # Errors
/// When it cannot be written; not seen.
pub fn write(document: &PolicyDocument) -> Result<String, UnreadableDocument> {
    layout::write(KIND, LAYOUT, document)
}

/// Reads a document.
///
/// # Errors
/// When it is of a newer layout.
pub fn read(text: &str) -> Result<PolicyDocument, UnreadableDocument> {
    layout::read(KIND, LAYOUT, text)
}
