//! What a server may ask of an authenticator.

use serde::{Deserialize, Serialize};

/// Whether loopback hosts, plain http and the relying party `localhost` are allowed: only in the
/// authenticator's development mode, and for sandbox environments of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Development {
    /// They are not.
    No,
    /// They are.
    Yes,
}

impl Development {
    /// From a switch.
    pub const fn from_bool(on: bool) -> Self {
        if on { Self::Yes } else { Self::No }
    }

    /// Whether it is on.
    pub const fn is_on(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// Where a credential key lives. In JSON `SOFTWARE`, `KEYSTORE`, `TPM`, `SECURE_ENCLAVE`.
///
/// There is no `Ord` on purpose: a TPM and a secure enclave are different and rank alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum KeyProtection {
    /// In a file that the PIN opens.
    Software,
    /// In a file that a secret of the operating system's keychain opens.
    Keystore,
    /// In a TPM 2.0.
    Tpm,
    /// In a secure enclave.
    SecureEnclave,
}

impl KeyProtection {
    /// Its rank: 0 software, 1 keystore, 2 hardware.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Software => 0,
            Self::Keystore => 1,
            Self::Tpm | Self::SecureEnclave => 2,
        }
    }

    /// Whether it is at least as strong as `minimum`.
    pub const fn satisfies(self, minimum: Self) -> bool {
        self.rank() >= minimum.rank()
    }

    /// Whether the key cannot leave the machine.
    pub const fn is_hardware(self) -> bool {
        self.rank() >= Self::Tpm.rank()
    }

    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Software => "SOFTWARE",
            Self::Keystore => "KEYSTORE",
            Self::Tpm => "TPM",
            Self::SecureEnclave => "SECURE_ENCLAVE",
        }
    }

    /// From the word used in JSON.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Software,
            Self::Keystore,
            Self::Tpm,
            Self::SecureEnclave,
        ]
        .into_iter()
        .find(|protection| protection.as_str() == name)
    }
}

/// Whether the person must be verified, not just present. In JSON `required`, `preferred`,
/// `discouraged`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserVerification {
    /// Without it there is no answer.
    Required,
    /// Where the authenticator can.
    Preferred,
    /// Only where the key cannot be used without.
    Discouraged,
}

impl UserVerification {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Discouraged => "discouraged",
        }
    }

    /// From the word used in JSON.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Required, Self::Preferred, Self::Discouraged]
            .into_iter()
            .find(|verification| verification.as_str() == name)
    }
}

/// Whether the place of the key must be proven. In JSON `none`, `preferred`, `required`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The claim is enough.
    None,
    /// Proof is welcome.
    Preferred,
    /// Without verified proof the pairing is refused.
    Required,
}

impl Evidence {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Preferred => "preferred",
            Self::Required => "required",
        }
    }

    /// From the word used in JSON.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Preferred, Self::Required]
            .into_iter()
            .find(|evidence| evidence.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_ranks_alike_and_above_the_rest() {
        use KeyProtection::{Keystore, SecureEnclave, Software, Tpm};
        let order = [(Software, 0), (Keystore, 1), (Tpm, 2), (SecureEnclave, 2)];
        for (one, rank) in order {
            for (minimum, least) in order {
                assert_eq!(one.satisfies(minimum), rank >= least, "{one:?} {minimum:?}");
            }
        }
    }

    #[test]
    fn words_are_those_of_serde() {
        for one in ["SOFTWARE", "KEYSTORE", "TPM", "SECURE_ENCLAVE"] {
            let read: KeyProtection = serde_json::from_value(one.into()).unwrap();
            assert_eq!(
                (read.as_str(), KeyProtection::from_name(one)),
                (one, Some(read))
            );
        }
        for one in ["required", "preferred", "discouraged"] {
            let read: UserVerification = serde_json::from_value(one.into()).unwrap();
            assert_eq!(
                (read.as_str(), UserVerification::from_name(one)),
                (one, Some(read))
            );
        }
        for one in ["none", "preferred", "required"] {
            let read: Evidence = serde_json::from_value(one.into()).unwrap();
            assert_eq!((read.as_str(), Evidence::from_name(one)), (one, Some(read)));
        }
        assert_eq!(KeyProtection::from_name("tpm"), None);
    }
}
