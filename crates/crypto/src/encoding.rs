//! Base64url without padding, as JOSE uses it (RFC 7515 §2, RFC 4648 §5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Encodes, without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the encoding to `text`.
pub(crate) fn push_base64url(text: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Decodes canonical text only: no padding, no white space, no foreign characters, and the unused
/// bits of the last character zero. So two texts never decode to the same bytes.
pub fn base64url_decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Decodes canonical text of exactly `N` bytes.
pub fn base64url_decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    base64url_decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rfc4648_section_10() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64url(plain.as_bytes()), text);
            assert_eq!(base64url_decode(text).unwrap(), plain.as_bytes());
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn what_is_not_canonical_is_refused() {
        for text in [
            "Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9v ", " Zm9v", "Zm9v\n", "+_8", "-/8", "Zm.v", "Zé",
        ] {
            assert_eq!(base64url_decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn round_trip(bytes: Vec<u8>) {
            prop_assert_eq!(base64url_decode(&base64url(&bytes)), Some(bytes));
        }

        #[test]
        fn decoding_is_injective(text in "[A-Za-z0-9_=-]{0,12}") {
            if let Some(bytes) = base64url_decode(&text) {
                prop_assert_eq!(base64url(&bytes), text);
            }
        }
    }
}
