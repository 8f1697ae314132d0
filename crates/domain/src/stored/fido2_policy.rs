//! The document of a FIDO2 policy. Layout 1 is [`Fido2PolicyDocument`] as it is.

use super::{UnreadableDocument, layout};
use crate::fido2_policy::Fido2PolicyDocument;

const KIND: &str = "FIDO2 policy";
const LAYOUT: u8 = 1;

/// The document as JSON.
///
/// # Errors
/// When it cannot be written; not seen.
pub fn write(document: &Fido2PolicyDocument) -> Result<String, UnreadableDocument> {
    layout::write(KIND, LAYOUT, document)
}

/// Reads a document.
///
/// # Errors
/// When it is of a newer layout.
pub fn read(text: &str) -> Result<Fido2PolicyDocument, UnreadableDocument> {
    layout::read(KIND, LAYOUT, text)
}
