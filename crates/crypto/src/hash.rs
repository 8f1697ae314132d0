//! Digests, keyed hashes and comparison in constant time.

use aws_lc_rs::{constant_time, digest, hmac};

/// SHA-256 (FIPS 180-4).
pub fn sha256(data: &[u8]) -> [u8; 32] {
    to_array(digest::digest(&digest::SHA256, data).as_ref())
}

/// Whether both are equal; takes the same time wherever they differ (lengths are not hidden).
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

/// A key for HMAC-SHA-256 (RFC 2104), expanded once.
#[derive(Clone)]
pub struct MacKey(hmac::Key);

impl MacKey {
    /// A key of 256 bits.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The keyed hash of `data`.
    pub fn hmac_sha256(&self, data: &[u8]) -> [u8; 32] {
        to_array(hmac::sign(&self.0, data).as_ref())
    }

    /// Whether `tag` is the keyed hash of `data`, in constant time.
    pub fn verify(&self, data: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.0, data, tag).is_ok()
    }
}

/// The library hands out slices of a length that only it knows; here it is always 32.
fn to_array(slice: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    for (to, from) in array.iter_mut().zip(slice) {
        *to = *from;
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    #[test]
    fn sha256_of_abc() {
        // FIPS 180-4, example B.1
        assert_eq!(
            hex(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn hmac_against_a_key_of_32_bytes() {
        // RFC 4231 test case 1 with its key padded by the zeros that HMAC itself would add.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let tag = MacKey::new(&key).hmac_sha256(b"Hi There");
        assert_eq!(
            hex(&tag),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert!(MacKey::new(&key).verify(b"Hi There", &tag));
        assert!(!MacKey::new(&key).verify(b"Hi there", &tag));
        assert!(!MacKey::new(&key).verify(b"Hi There", &tag[..31]));

        // RFC 4231 test case 2, padded likewise.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let tag = MacKey::new(&key).hmac_sha256(b"what do ya want for nothing?");
        assert_eq!(
            hex(&tag),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn comparison() {
        assert!(constant_time_eq(b"", b""));
        assert!(constant_time_eq(b"ab", b"ab"));
        assert!(!constant_time_eq(b"ab", b"ac"));
        assert!(!constant_time_eq(b"ab", b"abc"));
    }
}
