//! Device authentications as rows.

use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{Development, UserVerification};
use serde::{Deserialize, Serialize};

use super::UnreadableDocument;
use crate::device_authentication::{
    AuthenticationFailure, AuthenticationPhase, Authenticator, DesktopRequest, DeviceAuthentication,
};
use crate::ids::{
    ApplicationId, DeviceAuthenticationId, DeviceId, DevicePolicyId, EnvironmentId, UserId,
};

const KIND: &str = "device authentication";
const LAYOUT: u8 = 1;

/// The columns of a device authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAuthenticationRecord {
    /// `env_id`
    pub environment: EnvironmentId,
    /// `id`
    pub id: DeviceAuthenticationId,
    /// `user_id`
    pub user: Option<UserId>,
    /// `open`: whether its status is not terminal.
    pub open: bool,
    /// `version`
    pub version: i64,
    /// `doc`
    pub document: String,
    /// `created_at`
    pub created_at: Timestamp,
    /// `updated_at`
    pub updated_at: Timestamp,
    /// `touched_at`
    pub touched_at: Timestamp,
    /// `expires_at`
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Document {
    v: u8,
    policy: DevicePolicyId,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    application: Option<ApplicationId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    named_rp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    selected: Option<DeviceId>,
    #[serde(skip_serializing_if = "is_zero", default)]
    failures: u32,
    phase: PhaseDocument,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
enum PhaseDocument {
    DeviceSelectionRequired,
    AssertionRequired {
        jwt: String,
        nonce: String,
        rqh: String,
        rp: String,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        origins: Vec<String>,
        uv: UserVerification,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        allow: Vec<String>,
        issued_at: Timestamp,
        expires_at: Timestamp,
    },
    Completed {
        authenticators: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        jwt: Option<String>,
    },
    Failed {
        code: String,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        unavailable: Vec<DeviceId>,
    },
}

impl DeviceAuthenticationRecord {
    /// The row of an authentication.
    ///
    /// # Errors
    /// When the document cannot be written; not seen for well-formed ones.
    pub fn from_authentication(
        authentication: &DeviceAuthentication,
    ) -> Result<Self, UnreadableDocument> {
        let document = Document {
            v: LAYOUT,
            policy: authentication.policy,
            application: authentication.application,
            named_rp: authentication
                .named_rp
                .as_ref()
                .map(|rp| rp.as_str().to_owned()),
            selected: authentication.selected,
            failures: authentication.failures,
            phase: PhaseDocument::new(&authentication.phase),
        };
        Ok(Self {
            environment: authentication.environment,
            id: authentication.id,
            user: authentication.user,
            open: !authentication.phase.is_terminal(),
            version: authentication.version,
            document: serde_json::to_string(&document)
                .map_err(|error| UnreadableDocument::new(KIND, error))?,
            created_at: authentication.created_at,
            updated_at: authentication.updated_at,
            touched_at: authentication.touched_at,
            expires_at: authentication.expires_at(),
        })
    }

    /// The authentication of a row.
    ///
    /// # Errors
    /// When the document is of a newer layout or holds what no version wrote.
    pub fn into_authentication(self) -> Result<DeviceAuthentication, UnreadableDocument> {
        let document: Document = serde_json::from_str(&self.document)
            .map_err(|error| UnreadableDocument::new(KIND, error))?;
        if document.v > LAYOUT {
            return Err(UnreadableDocument::new(KIND, "written by a newer version"));
        }
        Ok(DeviceAuthentication {
            id: self.id,
            environment: self.environment,
            policy: document.policy,
            user: self.user,
            application: document.application,
            named_rp: document.named_rp.as_deref().map(stored_rp).transpose()?,
            selected: document.selected,
            phase: document.phase.into_phase()?,
            failures: document.failures,
            created_at: self.created_at,
            updated_at: self.updated_at,
            touched_at: self.touched_at,
            version: self.version,
        })
    }
}

/// Whether `localhost` may be a relying party was judged when it was stored.
fn stored_rp(text: &str) -> Result<RpId, UnreadableDocument> {
    RpId::parse(text, Development::Yes)
        .map_err(|_| UnreadableDocument::new(KIND, "relying party id"))
}

impl PhaseDocument {
    fn new(phase: &AuthenticationPhase) -> Self {
        match phase {
            AuthenticationPhase::DeviceSelectionRequired => Self::DeviceSelectionRequired,
            AuthenticationPhase::AssertionRequired(request) => Self::AssertionRequired {
                jwt: request.jwt.clone(),
                nonce: request.nonce.clone(),
                rqh: request.request_hash.clone(),
                rp: request.rp.as_str().to_owned(),
                origins: request.origins.clone(),
                uv: request.user_verification,
                allow: request.allow.clone(),
                issued_at: request.issued_at,
                expires_at: request.expires_at,
            },
            AuthenticationPhase::Completed {
                authenticators,
                options,
            } => Self::Completed {
                authenticators: authenticators
                    .iter()
                    .map(|a| a.as_str().to_owned())
                    .collect(),
                jwt: options.clone(),
            },
            AuthenticationPhase::Failed(failure) => Self::Failed {
                code: failure.code().to_owned(),
                unavailable: match failure {
                    AuthenticationFailure::NoUsableDevices { unavailable } => unavailable.clone(),
                    _ => Vec::new(),
                },
            },
        }
    }

    fn into_phase(self) -> Result<AuthenticationPhase, UnreadableDocument> {
        Ok(match self {
            Self::DeviceSelectionRequired => AuthenticationPhase::DeviceSelectionRequired,
            Self::AssertionRequired {
                jwt,
                nonce,
                rqh,
                rp,
                origins,
                uv,
                allow,
                issued_at,
                expires_at,
            } => AuthenticationPhase::AssertionRequired(DesktopRequest {
                jwt,
                nonce,
                request_hash: rqh,
                rp: stored_rp(&rp)?,
                origins,
                user_verification: uv,
                allow,
                issued_at,
                expires_at,
            }),
            Self::Completed {
                authenticators,
                jwt,
            } => AuthenticationPhase::Completed {
                authenticators: authenticators
                    .iter()
                    .map(|word| match word.as_str() {
                        "desktop" => Ok(Authenticator::Desktop),
                        "mfa" => Ok(Authenticator::Mfa),
                        "user" => Ok(Authenticator::User),
                        _ => Err(UnreadableDocument::new(KIND, "authenticators")),
                    })
                    .collect::<Result<_, _>>()?,
                options: jwt,
            },
            Self::Failed { code, unavailable } => {
                AuthenticationPhase::Failed(match code.as_str() {
                    "NO_USABLE_DEVICES" => AuthenticationFailure::NoUsableDevices { unavailable },
                    "USER_LOCKED" => AuthenticationFailure::UserLocked,
                    "ASSERTION_ATTEMPTS_EXCEEDED" => {
                        AuthenticationFailure::AssertionAttemptsExceeded
                    }
                    _ => return Err(UnreadableDocument::new(KIND, "failure")),
                })
            }
        })
    }
}
