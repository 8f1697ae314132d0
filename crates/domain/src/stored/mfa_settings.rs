//! The document of MFA settings. Layout 1 is [`MfaSettingsDocument`] as it is.

use super::{UnreadableDocument, layout};
use crate::mfa_settings::MfaSettingsDocument;

const KIND: &str = "MFA settings";
const LAYOUT: u8 = 1;

/// The document as JSON.
///
/// # Errors
/// When it cannot be written; not seen.
pub fn write(document: &MfaSettingsDocument) -> Result<String, UnreadableDocument> {
    layout::write(KIND, LAYOUT, document)
}

/// Reads a document.
///
/// # Errors
/// When it is of a newer layout.
pub fn read(text: &str) -> Result<MfaSettingsDocument, UnreadableDocument> {
    layout::read(KIND, LAYOUT, text)
}
