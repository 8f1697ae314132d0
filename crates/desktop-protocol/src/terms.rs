//! What a server may ask of an authenticator.

use crate::words::words;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
}

/// Whether the person must be verified, not just present. In JSON `required`, `preferred`,
/// `discouraged`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserVerification {
    /// Without it there is no answer.
    Required,
    /// Where the authenticator can.
    Preferred,
    /// Only where the key cannot be used without.
    Discouraged,
}

/// Whether the place of the key must be proven. In JSON `none`, `preferred`, `required`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The claim is enough.
    None,
    /// Proof is welcome.
    Preferred,
    /// Without verified proof the pairing is refused.
    Required,
}

words!(KeyProtection {
    Software = "SOFTWARE",
    Keystore = "KEYSTORE",
    Tpm = "TPM",
    SecureEnclave = "SECURE_ENCLAVE",
});
words!(UserVerification {
    Required = "required",
    Preferred = "preferred",
    Discouraged = "discouraged",
});
words!(Evidence { None = "none", Preferred = "preferred", Required = "required" });

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
        // serde's own enums take `{"required": null}` as well.
        for other in [serde_json::json!({"required": null}), serde_json::json!(0)] {
            assert!(serde_json::from_value::<UserVerification>(other).is_err());
        }
    }
}
