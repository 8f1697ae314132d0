//! The number that page and authenticator show after a pairing.

use countersign_crypto::hash::sha256;
use countersign_crypto::jwk::Thumbprint;

/// Six digits that name a new credential: the first eight bytes of
/// SHA-256(`desktop-check-number-v1` ‖ 00 ‖ kid), big-endian, modulo a million. It lets a person see
/// that the page speaks of the same pairing as the authenticator; it stops no attacker.
pub fn check_number(kid: &Thumbprint) -> String {
    let hash = sha256(&[b"desktop-check-number-v1\0", kid.as_str().as_bytes()].concat());
    let number = hash
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}
