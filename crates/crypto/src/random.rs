//! Randomness as a parameter.

use aws_lc_rs::rand;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::secret::SecretString;

/// A source of random bytes. It enters at the top of a program and is passed down.
pub trait Random: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

impl<R: Random + ?Sized> Random for std::sync::Arc<R> {
    fn fill(&self, buffer: &mut [u8]) {
        (**self).fill(buffer);
    }
}

/// The generator of the cryptographic library, seeded by the operating system.
#[derive(Copy, Clone, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        if rand::fill(buffer).is_err() {
            // Going on without randomness would hand out secrets that can be guessed.
            std::process::abort();
        }
    }
}

/// A random (version 4) UUID, RFC 9562 §5.4.
pub fn uuid_v4(random: &dyn Random) -> Uuid {
    uuid::Builder::from_random_bytes(bytes(random)).into_uuid()
}

/// So many random bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut buffer = [0; N];
    random.fill(&mut buffer);
    buffer
}

/// A secret of so many characters out of `A-Z a-z 0-9 - _`, six bits each, all equally likely.
pub fn url_safe_secret(random: &dyn Random, characters: usize) -> SecretString {
    let mut drawn = Zeroizing::new(vec![0_u8; characters]);
    random.fill(&mut drawn);
    // 256 is a multiple of 64, so cutting a byte to six bits keeps the distribution even.
    SecretString::new(
        drawn
            .iter()
            .map(|byte| url_safe_character(byte & 0x3f))
            .collect(),
    )
}

const fn url_safe_character(six_bits: u8) -> char {
    (match six_bits {
        0..=25 => b'A' + six_bits,
        26..=51 => b'a' + (six_bits - 26),
        52..=61 => b'0' + (six_bits - 52),
        62 => b'-',
        _ => b'_',
    }) as char
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_say_that_they_are_random() {
        let id = uuid_v4(&SystemRandom);
        assert_eq!(id.get_version_num(), 4);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        assert_ne!(id, uuid_v4(&SystemRandom));
    }

    #[test]
    fn each_character_is_equally_likely() {
        struct Counting(std::sync::atomic::AtomicU8);
        impl Random for Counting {
            fn fill(&self, buffer: &mut [u8]) {
                for byte in buffer {
                    *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            }
        }
        let secret = url_safe_secret(&Counting(0.into()), 256);
        let mut counts = std::collections::BTreeMap::new();
        for character in secret.expose().chars() {
            *counts.entry(character).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 64);
        assert!(counts.values().all(|count| *count == 4), "{counts:?}");
        assert!(
            counts
                .keys()
                .all(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
        );
    }
}
