//! Desktop authenticators: the open pairing, the credential, and the step from one to the other.

use countersign_crypto::jwk::{EcPublicJwk, Thumbprint};
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::{Evidence, KeyProtection, UserVerification};
use uuid::Uuid;

use super::{Device, DeviceKind, Nickname, Phase, Standing};
use crate::ids::ApplicationId;

/// What the policy asked for when the pairing began; later changes of the policy do not touch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairingTerms {
    /// Exact origins that may carry the ceremony; empty = the relying party's sub-domain rule.
    pub origins: Vec<String>,
    /// Whether the person must be verified.
    pub user_verification: UserVerification,
    /// The weakest place for the key.
    pub min_key_protection: KeyProtection,
    /// Whether the place must be proven.
    pub evidence: Evidence,
    /// How many wrong attestations the pairing takes in all.
    pub attempts: u32,
}

/// A pairing that waits for its attestation: the private half of the ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesktopPairing {
    /// The challenge, base64url.
    pub nonce: String,
    /// Base64url SHA-256 of the exact options JWT that was handed out.
    pub request_hash: String,
    /// When the options stop being answerable.
    pub challenge_expires_at: Timestamp,
    /// What the policy asked for.
    pub terms: PairingTerms,
    /// Wrong attestations so far.
    pub failures: u32,
}

/// What a wrong attestation leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairingFailure {
    /// Tries that are left.
    pub attempts_remaining: u32,
}

impl DesktopPairing {
    /// Whether no try is left: then only deleting the device helps.
    pub const fn is_void(&self) -> bool {
        self.failures >= self.terms.attempts
    }

    /// Counts a wrong attestation.
    pub const fn fail(&mut self) -> PairingFailure {
        self.failures = self.failures.saturating_add(1);
        PairingFailure {
            attempts_remaining: self.terms.attempts.saturating_sub(self.failures),
        }
    }
}

/// The place of the key, as claimed, and whether evidence for it was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtectedBy {
    /// The claim.
    pub protection: KeyProtection,
    /// Whether it was proven.
    pub verified: bool,
}

/// The operating system of the computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatingSystem {
    /// `MAC`, `WINDOWS` or `LINUX`.
    pub kind: String,
    /// Its version, as the authenticator reports it.
    pub version: String,
}

/// The model of the computer; both members may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelFacts {
    /// For example `ThinkPad X1`.
    pub name: Option<String>,
    /// For example `Lenovo`.
    pub manufacturer: Option<String>,
}

/// The desktop authenticator program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFacts {
    /// The environment's application that stands for it; the server's own, never the claim.
    pub id: ApplicationId,
    /// What the program calls itself.
    pub native_name: String,
    /// Its version.
    pub version: String,
}

/// What an authenticator says of itself in a verified attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesktopFacts {
    /// The operating system.
    pub os: OperatingSystem,
    /// The computer.
    pub model: ModelFacts,
    /// The program.
    pub application: ApplicationFacts,
    /// The installation: pairwise per issuer, shared by the devices of one machine.
    pub unit_id: Uuid,
}

/// The largest counter that is accepted: the database keeps signed numbers of 64 bits. At a thousand
/// signatures a second it is reached after 292 million years.
pub const COUNTER_MAX: u64 = i64::MAX.unsigned_abs();

/// The credential of an active desktop authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesktopCredential {
    /// The public key.
    pub key: EcPublicJwk,
    /// Its RFC 7638 thumbprint; unique within the environment.
    pub kid: Thumbprint,
    /// The id shown in authentication-time lists.
    pub credential_id: Uuid,
    /// The last counter accepted; at most [`COUNTER_MAX`].
    pub counter: u64,
    /// When the request that led to that counter was issued; decides who lost a race.
    pub counter_issued_at: Timestamp,
    /// Where the key lives.
    pub protected_by: ProtectedBy,
    /// What the authenticator said of itself.
    pub facts: DesktopFacts,
}

/// Why a pairing was not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActivationRefused {
    /// It is active already.
    #[error("the device is active already")]
    AlreadyActive,
    /// No try is left.
    #[error("no attempt is left for this pairing")]
    Void,
}

impl Device {
    /// The open pairing of a desktop device.
    ///
    /// # Errors
    /// When it is active already, or no try is left.
    pub fn open_desktop_pairing(&self) -> Result<&DesktopPairing, ActivationRefused> {
        let DeviceKind::Desktop { phase, .. } = &self.kind;
        match phase {
            Phase::Pending { pairing, .. } if pairing.is_void() => Err(ActivationRefused::Void),
            Phase::Pending { pairing, .. } => Ok(pairing),
            Phase::Active { .. } => Err(ActivationRefused::AlreadyActive),
        }
    }

    /// Finishes a pairing with the credential of an attestation that was verified against it.
    ///
    /// # Errors
    /// When there is no open pairing.
    pub fn activate_desktop(
        &mut self,
        credential: DesktopCredential,
        default_nickname: Nickname,
        position: Option<i64>,
        now: Timestamp,
    ) -> Result<(), ActivationRefused> {
        self.open_desktop_pairing()?;
        let DeviceKind::Desktop { phase, .. } = &mut self.kind;
        *phase = Phase::Active {
            standing: Standing {
                position,
                ..Standing::default()
            },
            credential,
        };
        self.nickname.get_or_insert(default_nickname);
        self.updated_at = now;
        Ok(())
    }
}

/// The words before the number in a default nickname, by operating system.
pub fn default_nickname_prefix(os_kind: &str) -> &'static str {
    match os_kind {
        "MAC" => "Desktop Mac",
        "WINDOWS" => "Desktop Windows",
        _ => "Desktop Linux",
    }
}
