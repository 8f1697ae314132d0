//! Devices as rows: columns for what is looked up or changed by condition, a document for the rest.

use countersign_crypto::jwk::{EcPublicJwk, Thumbprint};
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{Development, Evidence, KeyProtection, UserVerification};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::UnreadableDocument;
use crate::device::{
    ApplicationFacts, DesktopCredential, DesktopFacts, DesktopPairing, Device, DeviceKind,
    DeviceType, ModelFacts, Nickname, OperatingSystem, PairingTerms, Phase, ProtectedBy,
    RelyingParty, Standing,
};
use crate::ids::{ApplicationId, DeviceId, EnvironmentId, UserId};
use crate::lockout::{FailureCounter, Lock, LockReason};

const KIND: &str = "device";
const LAYOUT: u8 = 1;

/// The columns of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    /// `env_id`
    pub environment: EnvironmentId,
    /// `id`
    pub id: DeviceId,
    /// `user_id`
    pub user: UserId,
    /// `type`: the name on the wire.
    pub device_type: String,
    /// `active`
    pub active: bool,
    /// `nickname`
    pub nickname: Option<String>,
    /// `position`
    pub position: Option<i64>,
    /// `kid`: unique within the environment.
    pub kid: Option<String>,
    /// `counter`: the last one accepted.
    pub counter: Option<i64>,
    /// `failures`
    pub failures: i64,
    /// `locked_until`
    pub locked_until: Option<Timestamp>,
    /// `lock_reason`
    pub lock_reason: Option<String>,
    /// `blocked_at`
    pub blocked_at: Option<Timestamp>,
    /// `expires_at`: when a pending one is removed.
    pub expires_at: Option<Timestamp>,
    /// `version`
    pub version: i64,
    /// `doc`
    pub document: String,
    /// `created_at`
    pub created_at: Timestamp,
    /// `updated_at`
    pub updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct DesktopDocument {
    v: u8,
    rp_id: String,
    rp_name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pairing: Option<PairingDocument>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    credential: Option<CredentialDocument>,
}

#[derive(Serialize, Deserialize)]
struct PairingDocument {
    nonce: String,
    rqh: String,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    origins: Vec<String>,
    uv: UserVerification,
    min_key_protection: KeyProtection,
    evidence: Evidence,
    attempts: u32,
}

#[derive(Serialize, Deserialize)]
struct CredentialDocument {
    key: EcPublicJwk,
    kid: Thumbprint,
    credential_id: Uuid,
    counter_issued_at: Timestamp,
    key_protection: KeyProtection,
    verified: bool,
    os_type: String,
    os_version: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    manufacturer: Option<String>,
    application: ApplicationId,
    native_name: String,
    version: String,
    unit_id: Uuid,
}

impl DeviceRecord {
    /// The row of a device.
    ///
    /// # Errors
    /// When a document cannot be written or a number not be kept; not seen for well-formed devices.
    pub fn from_device(device: &Device) -> Result<Self, UnreadableDocument> {
        let DeviceKind::Desktop { rp, phase } = &device.kind;
        let mut document = DesktopDocument {
            v: LAYOUT,
            rp_id: rp.id.as_str().to_owned(),
            rp_name: rp.name.clone(),
            pairing: None,
            credential: None,
        };
        let mut record = Self {
            environment: device.environment,
            id: device.id,
            user: device.user,
            device_type: device.device_type().as_str().to_owned(),
            active: false,
            nickname: device
                .nickname
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            position: None,
            kid: None,
            counter: None,
            failures: 0,
            locked_until: None,
            lock_reason: None,
            blocked_at: None,
            expires_at: None,
            version: device.version,
            document: String::new(),
            created_at: device.created_at,
            updated_at: device.updated_at,
        };
        match phase {
            Phase::Pending {
                expires_at,
                pairing,
            } => {
                record.expires_at = Some(*expires_at);
                record.failures = i64::from(pairing.failures);
                document.pairing = Some(PairingDocument::new(pairing));
            }
            Phase::Active {
                standing,
                credential,
            } => {
                record.active = true;
                record.position = standing.position;
                record.kid = Some(credential.kid.to_string());
                let counter = i64::try_from(credential.counter)
                    .map_err(|_| UnreadableDocument::new(KIND, "counter"))?;
                record.counter = Some(counter);
                record.failures = i64::from(standing.failures.failures);
                record.locked_until = standing.failures.lock.map(|lock| lock.expires_at);
                record.lock_reason = standing
                    .failures
                    .lock
                    .map(|lock| lock.reason.as_str().to_owned());
                record.blocked_at = standing.blocked_at;
                document.credential = Some(CredentialDocument::new(credential));
            }
        }
        record.document = serde_json::to_string(&document)
            .map_err(|error| UnreadableDocument::new(KIND, error))?;
        Ok(record)
    }

    /// The device of a row.
    ///
    /// # Errors
    /// When the document is of a newer layout, or columns and document disagree.
    pub fn into_device(self) -> Result<Device, UnreadableDocument> {
        let unreadable = |reason: &str| UnreadableDocument::new(KIND, reason);
        if DeviceType::parse(&self.device_type) != Some(DeviceType::Desktop) {
            return Err(unreadable("unknown type"));
        }
        let document: DesktopDocument = serde_json::from_str(&self.document)
            .map_err(|error| UnreadableDocument::new(KIND, error))?;
        if document.v > LAYOUT {
            return Err(unreadable("written by a newer version"));
        }
        // Whether `localhost` may be a relying party was judged when it was stored.
        let rp = RelyingParty {
            id: RpId::parse(&document.rp_id, Development::Yes)
                .map_err(|_| unreadable("relying party id"))?,
            name: document.rp_name,
        };
        let failures = u32::try_from(self.failures).map_err(|_| unreadable("failures"))?;
        let phase = match (self.active, document.pairing, document.credential) {
            (false, Some(pairing), None) => Phase::Pending {
                expires_at: self.expires_at.ok_or_else(|| unreadable("expires_at"))?,
                pairing: pairing.into_pairing(failures),
            },
            (true, None, Some(credential)) => {
                let lock = match (self.locked_until, self.lock_reason.as_deref()) {
                    (Some(expires_at), Some(reason)) => Some(Lock {
                        expires_at,
                        reason: LockReason::parse(reason)
                            .ok_or_else(|| unreadable("lock_reason"))?,
                    }),
                    (None, None) => None,
                    _ => return Err(unreadable("lock")),
                };
                let counter = self
                    .counter
                    .and_then(|counter| u64::try_from(counter).ok())
                    .ok_or_else(|| unreadable("counter"))?;
                Phase::Active {
                    standing: Standing {
                        failures: FailureCounter { failures, lock },
                        blocked_at: self.blocked_at,
                        position: self.position,
                    },
                    credential: credential.into_credential(counter),
                }
            }
            _ => return Err(unreadable("status and document disagree")),
        };
        let nickname = match self.nickname {
            None => None,
            Some(name) => Nickname::parse(&name).map_err(|_| unreadable("nickname"))?,
        };
        Ok(Device {
            id: self.id,
            environment: self.environment,
            user: self.user,
            nickname,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
            kind: DeviceKind::Desktop { rp, phase },
        })
    }
}

impl PairingDocument {
    fn new(pairing: &DesktopPairing) -> Self {
        Self {
            nonce: pairing.nonce.clone(),
            rqh: pairing.request_hash.clone(),
            expires_at: pairing.challenge_expires_at,
            origins: pairing.terms.origins.clone(),
            uv: pairing.terms.user_verification,
            min_key_protection: pairing.terms.min_key_protection,
            evidence: pairing.terms.evidence,
            attempts: pairing.terms.attempts,
        }
    }

    fn into_pairing(self, failures: u32) -> DesktopPairing {
        DesktopPairing {
            nonce: self.nonce,
            request_hash: self.rqh,
            challenge_expires_at: self.expires_at,
            terms: PairingTerms {
                origins: self.origins,
                user_verification: self.uv,
                min_key_protection: self.min_key_protection,
                evidence: self.evidence,
                attempts: self.attempts,
            },
            failures,
        }
    }
}

impl CredentialDocument {
    fn new(credential: &DesktopCredential) -> Self {
        let facts = &credential.facts;
        Self {
            key: credential.key.clone(),
            kid: credential.kid,
            credential_id: credential.credential_id,
            counter_issued_at: credential.counter_issued_at,
            key_protection: credential.protected_by.protection,
            verified: credential.protected_by.verified,
            os_type: facts.os.kind.clone(),
            os_version: facts.os.version.clone(),
            model: facts.model.name.clone(),
            manufacturer: facts.model.manufacturer.clone(),
            application: facts.application.id,
            native_name: facts.application.native_name.clone(),
            version: facts.application.version.clone(),
            unit_id: facts.unit_id,
        }
    }

    fn into_credential(self, counter: u64) -> DesktopCredential {
        DesktopCredential {
            key: self.key,
            kid: self.kid,
            credential_id: self.credential_id,
            counter,
            counter_issued_at: self.counter_issued_at,
            protected_by: ProtectedBy {
                protection: self.key_protection,
                verified: self.verified,
            },
            facts: DesktopFacts {
                os: OperatingSystem {
                    kind: self.os_type,
                    version: self.os_version,
                },
                model: ModelFacts {
                    name: self.model,
                    manufacturer: self.manufacturer,
                },
                application: ApplicationFacts {
                    id: self.application,
                    native_name: self.native_name,
                    version: self.version,
                },
                unit_id: self.unit_id,
            },
        }
    }
}
