//! Several data keys, one of which seals.

use std::sync::Arc;

use uuid::Uuid;

use super::aead::Aead;
use super::{DataKey, OpenError, SealError};
use crate::hash::MacKey;
use crate::secret::SecretBytes;

/// First byte of a sealed value.
const VERSION: u8 = 1;

/// The place a sealed value belongs to. It goes into the associated data, each part with its length
/// in front, so that no two places share an encoding.
#[derive(Debug, Clone, Copy)]
pub struct SealContext<'a> {
    /// Name of the table.
    pub table: &'a str,
    /// Name of the column.
    pub column: &'a str,
    /// Key of the row, without the environment.
    pub row: &'a [u8],
    /// Id of the environment; empty for what belongs to none.
    pub environment: &'a [u8],
}

impl SealContext<'_> {
    fn associated(&self, key: Uuid) -> Vec<u8> {
        let parts: [&[u8]; 5] = [
            key.as_bytes(),
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row,
            self.environment,
        ];
        let length = parts.iter().map(|part| part.len() + 8).sum::<usize>() + 1;
        let mut associated = Vec::with_capacity(length);
        associated.push(VERSION);
        for part in parts {
            associated.extend_from_slice(&(part.len() as u64).to_be_bytes());
            associated.extend_from_slice(part);
        }
        associated
    }
}

struct Opened {
    id: Uuid,
    aead: Aead,
}

/// The data keys of a server: the current one seals, all of them open, the first one (the oldest) is
/// the root of keyed hashes, so that those stay stable when the current key changes.
#[derive(Clone)]
pub struct KeyRing(Arc<Inner>);

struct Inner {
    /// Never empty; the current one stands first.
    keys: Vec<Opened>,
    first: DataKey,
}

impl KeyRing {
    /// A ring of the key that seals from now on, and the others, oldest first. Without others the
    /// current key is the first as well.
    pub fn new(current: DataKey, others: Vec<DataKey>) -> Result<Self, SealError> {
        let mut keys = Vec::with_capacity(others.len() + 1);
        for key in std::iter::once(&current).chain(&others) {
            keys.push(Opened {
                id: key.id(),
                aead: key.aead()?,
            });
        }
        let first = others.into_iter().next().unwrap_or(current);
        Ok(Self(Arc::new(Inner { keys, first })))
    }

    /// Seals a value for its place, under the current key.
    pub fn seal(&self, context: SealContext<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let current = self.0.keys.first().ok_or(SealError)?;
        let mut prefix = [VERSION; 17];
        for (to, from) in prefix.iter_mut().skip(1).zip(current.id.as_bytes()) {
            *to = *from;
        }
        current
            .aead
            .seal(&prefix, &context.associated(current.id), plaintext)
    }

    /// Opens a value that was sealed for this place, under any key of the ring.
    pub fn open(&self, context: SealContext<'_>, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        let Some((&VERSION, rest)) = sealed.split_first() else {
            return Err(OpenError::Malformed);
        };
        let (id, body) = rest.split_first_chunk::<16>().ok_or(OpenError::Malformed)?;
        let id = Uuid::from_bytes(*id);
        let key = self
            .0
            .keys
            .iter()
            .find(|key| key.id == id)
            .ok_or(OpenError::UnknownKey(id))?;
        key.aead.open(&context.associated(id), body)
    }

    /// Id of the key that seals.
    pub fn current_id(&self) -> Uuid {
        self.0.keys.first().map_or_else(Uuid::nil, |key| key.id)
    }

    /// Whether a sealed value was sealed by an older key and should be sealed anew.
    pub fn is_outdated(&self, sealed: &[u8]) -> bool {
        sealed.get(1..17) != Some(self.current_id().as_bytes().as_slice())
    }

    /// The key of the keyed hash for one purpose (`"otp code"`, `"audit chain"`): HKDF-SHA-256
    /// (RFC 5869) from the first data key. Different purposes give unrelated keys.
    pub fn mac_key(&self, purpose: &str) -> Result<MacKey, SealError> {
        self.0.first.mac_key(purpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::MasterKey;
    use crate::random::SystemRandom;
    use proptest::prelude::*;

    const PLACE: SealContext<'_> = SealContext {
        table: "devices",
        column: "secret",
        row: b"row",
        environment: b"environment",
    };

    fn ring() -> KeyRing {
        KeyRing::new(DataKey::generate(&SystemRandom), Vec::new()).unwrap()
    }

    fn copy_of(key: &DataKey) -> DataKey {
        let master = MasterKey::generate(&SystemRandom);
        DataKey::open(&master, key.id(), &key.seal_under(&master).unwrap()).unwrap()
    }

    fn refusal(ring: &KeyRing, place: SealContext<'_>, sealed: &[u8]) -> OpenError {
        ring.open(place, sealed).map(|_| ()).unwrap_err()
    }

    #[test]
    fn a_seal_opens_only_in_its_place() {
        let ring = ring();
        let sealed = ring.seal(PLACE, b"seed").unwrap();
        assert_eq!(ring.open(PLACE, &sealed).unwrap().expose(), b"seed");
        for other in [
            SealContext {
                table: "device",
                ..PLACE
            },
            SealContext {
                column: "s",
                ..PLACE
            },
            SealContext {
                row: b"rov",
                ..PLACE
            },
            SealContext {
                environment: b"",
                ..PLACE
            },
            // The same bytes when simply joined: only the lengths tell them apart.
            SealContext {
                table: "device",
                column: "ssecret",
                ..PLACE
            },
        ] {
            assert_eq!(
                refusal(&ring, other, &sealed),
                OpenError::NotAuthentic,
                "{other:?}"
            );
        }
    }

    #[test]
    fn every_changed_bit_is_found() {
        let ring = ring();
        let sealed = ring.seal(PLACE, b"seed").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(ring.open(PLACE, &changed).is_err(), "byte {index}");
        }
        for length in 0..sealed.len() {
            assert!(
                ring.open(PLACE, &sealed[..length]).is_err(),
                "length {length}"
            );
        }
    }

    #[test]
    fn rotation_keeps_old_seals_and_keyed_hashes() {
        let first = DataKey::generate(&SystemRandom);
        let before = KeyRing::new(copy_of(&first), Vec::new()).unwrap();
        let sealed = before.seal(PLACE, b"seed").unwrap();
        let second = DataKey::generate(&SystemRandom);
        let after = KeyRing::new(copy_of(&second), vec![first]).unwrap();
        assert_eq!(after.open(PLACE, &sealed).unwrap().expose(), b"seed");
        assert!(after.is_outdated(&sealed));
        assert!(!after.is_outdated(&after.seal(PLACE, b"seed").unwrap()));
        let hash = |ring: &KeyRing, purpose| ring.mac_key(purpose).unwrap().hmac_sha256(b"123456");
        assert_eq!(hash(&before, "code"), hash(&after, "code"));
        assert_ne!(hash(&before, "code"), hash(&before, "chain"));

        let without = KeyRing::new(second, Vec::new()).unwrap();
        let id = before.current_id();
        assert_eq!(refusal(&without, PLACE, &sealed), OpenError::UnknownKey(id));
    }

    #[test]
    fn a_data_key_opens_only_under_its_master_key_and_id() {
        let master = MasterKey::generate(&SystemRandom);
        let key = DataKey::generate(&SystemRandom);
        let sealed = key.seal_under(&master).unwrap();
        let refusal =
            |master: &MasterKey, id, sealed: &[u8]| DataKey::open(master, id, sealed).map(|_| ());
        assert_eq!(refusal(&master, key.id(), &sealed), Ok(()));
        let other = MasterKey::generate(&SystemRandom);
        assert_eq!(
            refusal(&other, key.id(), &sealed),
            Err(OpenError::NotAuthentic)
        );
        assert_eq!(
            refusal(&master, Uuid::nil(), &sealed),
            Err(OpenError::NotAuthentic)
        );
        assert_eq!(refusal(&master, key.id(), b""), Err(OpenError::Malformed));
        assert_eq!(
            refusal(&master, key.id(), &sealed[..20]),
            Err(OpenError::Malformed)
        );
    }

    proptest! {
        #[test]
        fn round_trip(plaintext: Vec<u8>, row: Vec<u8>) {
            let ring = ring();
            let place = SealContext { row: &row, ..PLACE };
            let sealed = ring.seal(place, &plaintext).unwrap();
            prop_assert_eq!(sealed.len(), 1 + 16 + 12 + plaintext.len() + 16);
            let opened = ring.open(place, &sealed).unwrap();
            prop_assert_eq!(opened.expose(), plaintext.as_slice());
        }

        #[test]
        fn opening_never_panics(sealed: Vec<u8>) {
            prop_assert!(ring().open(PLACE, &sealed).is_err());
        }
    }
}
