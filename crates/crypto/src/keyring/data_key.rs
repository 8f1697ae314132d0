//! The keys that seal rows.

use aws_lc_rs::hkdf;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::aead::Aead;
use super::{MasterKey, OpenError, SealError};
use crate::hash::MacKey;
use crate::random::{Random, uuid_v4};

/// First byte of a sealed data key.
pub(super) const VERSION: u8 = 1;

/// A key of 256 bits that seals rows, with the id that sealed rows carry.
pub struct DataKey {
    id: Uuid,
    secret: Zeroizing<[u8; 32]>,
}

impl DataKey {
    /// Draws a new key and its id.
    pub fn generate(random: &dyn Random) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        random.fill(secret.as_mut_slice());
        Self {
            id: uuid_v4(random),
            secret,
        }
    }

    /// The id under which it is stored; not secret.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The key sealed under the master key, bound to its id.
    pub fn seal_under(&self, master: &MasterKey) -> Result<Vec<u8>, SealError> {
        master.seal(&associated(self.id), self.secret.as_slice())
    }

    /// Opens a key that [`DataKey::seal_under`] sealed.
    pub fn open(master: &MasterKey, id: Uuid, sealed: &[u8]) -> Result<Self, OpenError> {
        let Some((&VERSION, body)) = sealed.split_first() else {
            return Err(OpenError::Malformed);
        };
        let secret = master.open(&associated(id), body)?;
        let secret = secret
            .expose()
            .try_into()
            .map_err(|_| OpenError::Malformed)?;
        Ok(Self {
            id,
            secret: Zeroizing::new(secret),
        })
    }

    /// The key expanded for sealing. Rows are sealed by a key derived for it, never by the bytes that
    /// keyed hashes are derived from.
    pub(super) fn aead(&self) -> Result<Aead, SealError> {
        let mut key = Zeroizing::new([0; 32]);
        self.derive(b"countersign seal v1", &mut key)?;
        Aead::new(&key)
    }

    /// The key of a keyed hash for one purpose.
    pub(super) fn mac_key(&self, purpose: &str) -> Result<MacKey, SealError> {
        let mut key = Zeroizing::new([0; 32]);
        let info = [b"countersign mac v1\0", purpose.as_bytes()].concat();
        self.derive(&info, &mut key)?;
        Ok(MacKey::new(&key))
    }

    /// HKDF-SHA-256 (RFC 5869) with the id as salt.
    fn derive(&self, info: &[u8], key: &mut [u8; 32]) -> Result<(), SealError> {
        hkdf::Salt::new(hkdf::HKDF_SHA256, self.id.as_bytes())
            .extract(self.secret.as_slice())
            .expand(&[info], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(key))
            .map_err(|_| SealError)
    }
}

fn associated(id: Uuid) -> Vec<u8> {
    [b"countersign data key v1\0".as_slice(), id.as_bytes()].concat()
}
