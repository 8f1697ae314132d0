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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mfa_settings::Lockout;

    #[test]
    fn the_layout_is_kept() {
        let default = MfaSettingsDocument::default();
        let text = write(&default).unwrap();
        assert_eq!(
            text,
            r#"{"v":1,"max_allowed_devices":5,"pairing_key_format":"ALPHANUMERIC","phone_extensions":false,"users_mfa_enabled":true,"device_selection":"DEFAULT_TO_FIRST"}"#
        );
        assert_eq!(read(&text), Ok(default));
        let lockout = Some(Lockout {
            failure_count: 6,
            duration_seconds: Some(1200),
        });
        let locking = MfaSettingsDocument { lockout, ..default };
        assert_eq!(read(&write(&locking).unwrap()), Ok(locking));
        assert!(read(&text.replace("\"v\":1", "\"v\":2")).is_err());
    }
}
