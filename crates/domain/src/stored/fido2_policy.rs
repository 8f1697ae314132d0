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

#[cfg(test)]
mod tests {
    use countersign_desktop_protocol::Development;
    use countersign_desktop_protocol::rp::RpId;

    use super::*;

    #[test]
    fn the_layout_of_the_first_policies() {
        let rp = RpId::parse("example.org", Development::No).unwrap();
        for (name, document) in [
            ("passkeys", Fido2PolicyDocument::passkeys(&rp)),
            ("security_key", Fido2PolicyDocument::security_key(&rp)),
        ] {
            let text = write(&document).unwrap();
            insta::assert_snapshot!(name, text);
            assert_eq!(read(&text), Ok(document));
        }
    }
}
