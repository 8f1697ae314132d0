//! The software key store: PKCS#8 keys sealed under the PIN with Argon2id (RFC 9106) and
//! XChaCha20-Poly1305. It keeps keys from whoever reads the disk without the PIN, no more: its
//! protection is stated as SOFTWARE.

use std::sync::Arc;

use countersign_crypto::encoding::{base64url, base64url_decode};
use countersign_crypto::jwk::{EcPublicJwk, Thumbprint};
use countersign_crypto::pin::{self, DerivedKey, PinParameters};
use countersign_crypto::random::{Random, bytes};
use countersign_crypto::secret::{SecretBytes, SecretString};
use countersign_crypto::signing::Es256KeyPair;
use countersign_desktop_protocol::{CredentialSigner, KeyProtection, SignerError};

use super::{FiledKey, KeyOwner, KeyStore, KeyStoreError, OpenKeyStore, PinVerifier, SealedKey};

/// Sealed under the derived key to recognise the right PIN.
const CHECK_TEXT: &[u8] = b"countersign-desktop pin check v1";
const CHECK_DATA: &[u8] = b"countersign-desktop/pin-check/v1";

/// Makes the Argon2id parameters, with a fresh salt, for a new PIN.
pub type MakeParameters = fn(&dyn Random) -> PinParameters;

/// The software key store.
pub struct SoftwareKeyStore {
    random: Arc<dyn Random>,
    make_parameters: MakeParameters,
}

impl SoftwareKeyStore {
    /// The store with the parameters that products use.
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self::with_parameters(random, |random| PinParameters::recommended(bytes(random)))
    }

    /// The store with other parameters: cheap ones in tests, dearer ones where memory is plenty.
    pub fn with_parameters(random: Arc<dyn Random>, make_parameters: MakeParameters) -> Self {
        Self {
            random,
            make_parameters,
        }
    }
}

impl SoftwareKeyStore {
    fn start(
        &self,
        pin: &SecretString,
    ) -> Result<(OpenSoftwareKeyStore, PinVerifier), KeyStoreError> {
        let parameters = (self.make_parameters)(self.random.as_ref());
        let key = derive(pin, &parameters)?;
        let check = key
            .seal(CHECK_DATA, CHECK_TEXT, self.random.as_ref())
            .map_err(|_| KeyStoreError("the check text could not be sealed"))?;
        let open = OpenSoftwareKeyStore {
            key,
            random: Arc::clone(&self.random),
        };
        Ok((
            open,
            PinVerifier {
                parameters,
                check: base64url(&check),
            },
        ))
    }

    /// `None` if the PIN is wrong.
    fn try_pin(
        &self,
        verifier: &PinVerifier,
        pin: &SecretString,
    ) -> Result<Option<OpenSoftwareKeyStore>, KeyStoreError> {
        let check =
            base64url_decode(&verifier.check).ok_or(KeyStoreError("the PIN check is damaged"))?;
        let key = derive(pin, &verifier.parameters)?;
        Ok(match key.open(CHECK_DATA, &check) {
            Ok(text) if text.expose() == CHECK_TEXT => Some(OpenSoftwareKeyStore {
                key,
                random: Arc::clone(&self.random),
            }),
            _ => None,
        })
    }
}

impl KeyStore for SoftwareKeyStore {
    fn protection(&self) -> KeyProtection {
        KeyProtection::Software
    }

    fn gives_evidence(&self) -> bool {
        false
    }

    fn authentication_methods(&self) -> &'static [&'static str] {
        &["swk", "pin"]
    }

    fn set_up(
        &self,
        pin: &SecretString,
    ) -> Result<(Box<dyn OpenKeyStore>, PinVerifier), KeyStoreError> {
        let (open, verifier) = self.start(pin)?;
        Ok((Box::new(open), verifier))
    }

    fn unlock(
        &self,
        verifier: &PinVerifier,
        pin: &SecretString,
    ) -> Result<Option<Box<dyn OpenKeyStore>>, KeyStoreError> {
        Ok(self
            .try_pin(verifier, pin)?
            .map(|open| Box::new(open) as Box<dyn OpenKeyStore>))
    }

    fn change_pin(
        &self,
        verifier: &PinVerifier,
        current: &SecretString,
        new: &SecretString,
        keys: &mut [FiledKey<'_>],
    ) -> Result<PinVerifier, KeyStoreError> {
        let old = self
            .try_pin(verifier, current)?
            .ok_or(KeyStoreError("the PIN is wrong"))?;
        let (new, verifier) = self.start(new)?;
        for key in keys {
            *key.sealed = new.seal(
                key.owner,
                key.kid,
                &old.unseal(key.owner, key.kid, key.sealed)?,
            )?;
        }
        Ok(verifier)
    }
}

fn derive(pin: &SecretString, parameters: &PinParameters) -> Result<DerivedKey, KeyStoreError> {
    pin::derive(pin, parameters).map_err(|_| KeyStoreError("the key could not be derived"))
}

struct OpenSoftwareKeyStore {
    key: DerivedKey,
    random: Arc<dyn Random>,
}

impl OpenSoftwareKeyStore {
    fn seal(
        &self,
        owner: KeyOwner<'_>,
        kid: &Thumbprint,
        pkcs8: &SecretBytes,
    ) -> Result<SealedKey, KeyStoreError> {
        self.key
            .seal(
                &associated_data(owner, kid),
                pkcs8.expose(),
                self.random.as_ref(),
            )
            .map(|sealed| SealedKey(base64url(&sealed)))
            .map_err(|_| KeyStoreError("the key could not be sealed"))
    }

    fn unseal(
        &self,
        owner: KeyOwner<'_>,
        kid: &Thumbprint,
        sealed: &SealedKey,
    ) -> Result<SecretBytes, KeyStoreError> {
        let sealed =
            base64url_decode(&sealed.0).ok_or(KeyStoreError("the sealed key is damaged"))?;
        self.key
            .open(&associated_data(owner, kid), &sealed)
            .map_err(|_| KeyStoreError("the sealed key does not open"))
    }
}

impl OpenKeyStore for OpenSoftwareKeyStore {
    fn create(
        &self,
        owner: KeyOwner<'_>,
    ) -> Result<(SealedKey, Box<dyn CredentialSigner + Send>), KeyStoreError> {
        let pair =
            Es256KeyPair::generate().map_err(|_| KeyStoreError("the key could not be made"))?;
        let kid = pair.public_jwk().thumbprint();
        let pkcs8 = pair
            .to_pkcs8()
            .map_err(|_| KeyStoreError("the key could not be written"))?;
        Ok((
            self.seal(owner, &kid, &pkcs8)?,
            Box::new(SoftwareSigner(pair)),
        ))
    }

    fn open(
        &self,
        owner: KeyOwner<'_>,
        kid: &Thumbprint,
        sealed: &SealedKey,
    ) -> Result<Box<dyn CredentialSigner + Send>, KeyStoreError> {
        let pkcs8 = self.unseal(owner, kid, sealed)?;
        let pair = Es256KeyPair::from_pkcs8(pkcs8.expose())
            .map_err(|_| KeyStoreError("the key could not be read"))?;
        if pair.public_jwk().thumbprint() != *kid {
            return Err(KeyStoreError("the key is not the one it is filed as"));
        }
        Ok(Box::new(SoftwareSigner(pair)))
    }
}

/// Binds a sealed key to its account: each part with its length before it.
fn associated_data(owner: KeyOwner<'_>, kid: &Thumbprint) -> Vec<u8> {
    let kid = kid.to_string();
    let mut data = b"countersign-desktop/credential-key/v1".to_vec();
    for part in [owner.issuer, owner.user, owner.rp_id, &kid] {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    data
}

struct SoftwareSigner(Es256KeyPair);

impl CredentialSigner for SoftwareSigner {
    fn public_jwk(&self) -> EcPublicJwk {
        self.0.public_jwk().clone()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        self.0
            .sign(message)
            .map_err(|error| SignerError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::random::SystemRandom;
    use countersign_crypto::signing::verify_es256;

    use super::*;

    impl SoftwareKeyStore {
        pub(crate) fn for_tests() -> Self {
            Self::with_parameters(Arc::new(SystemRandom), |random| {
                PinParameters::weak_for_tests(bytes(random))
            })
        }
    }

    fn pin(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    const OWNER: KeyOwner<'_> = KeyOwner {
        issuer: "i",
        user: "u",
        rp_id: "r",
    };

    #[test]
    fn opens_with_the_right_pin_only() {
        let store = SoftwareKeyStore::for_tests();
        let (open, verifier) = store.set_up(&pin("739154")).unwrap();
        let (sealed, signer) = open.create(OWNER).unwrap();
        let kid = signer.public_jwk().thumbprint();

        assert!(store.unlock(&verifier, &pin("739155")).unwrap().is_none());
        let again = store.unlock(&verifier, &pin("739154")).unwrap().unwrap();
        let signature = again
            .open(OWNER, &kid, &sealed)
            .unwrap()
            .sign(b"message")
            .unwrap();
        assert!(verify_es256(&signer.public_jwk(), b"message", &signature));
    }

    #[test]
    fn a_sealed_key_cannot_be_moved() {
        let store = SoftwareKeyStore::for_tests();
        let (open, _) = store.set_up(&pin("739154")).unwrap();
        let (sealed, signer) = open.create(OWNER).unwrap();
        let kid = signer.public_jwk().thumbprint();
        let others = [
            KeyOwner {
                issuer: "x",
                ..OWNER
            },
            KeyOwner { user: "x", ..OWNER },
            KeyOwner {
                rp_id: "x",
                ..OWNER
            },
            KeyOwner {
                issuer: "iu",
                user: "",
                ..OWNER
            },
        ];
        for other in others {
            assert!(open.open(other, &kid, &sealed).is_err(), "{other:?}");
        }
        let (_, second) = open.create(OWNER).unwrap();
        assert!(
            open.open(OWNER, &second.public_jwk().thumbprint(), &sealed)
                .is_err()
        );
    }

    #[test]
    fn a_new_pin_takes_the_keys_over() {
        let store = SoftwareKeyStore::for_tests();
        let (old, verifier) = store.set_up(&pin("739154")).unwrap();
        let (mut sealed, signer) = old.create(OWNER).unwrap();
        let kid = signer.public_jwk().thumbprint();
        let mut keys = [FiledKey {
            owner: OWNER,
            kid: &kid,
            sealed: &mut sealed,
        }];
        let new_pin = pin("864209x");
        assert!(
            store
                .change_pin(&verifier, &new_pin, &new_pin, &mut keys)
                .is_err()
        );
        let changed = store
            .change_pin(&verifier, &pin("739154"), &new_pin, &mut keys)
            .unwrap();
        let new = store.unlock(&changed, &new_pin).unwrap().unwrap();
        assert!(new.open(OWNER, &kid, &sealed).is_ok());
        assert!(old.open(OWNER, &kid, &sealed).is_err());
    }
}
