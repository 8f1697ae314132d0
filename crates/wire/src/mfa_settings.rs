//! MFA settings. A request holds the same document as the answer, without what is marked read-only;
//! every other member may be left out.

use serde::Serialize;
use utoipa::ToSchema;

use crate::device_policy::{Authentication, Switch};
use crate::hal::{Reference, ResourceLinks};

/// Pairing.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pairing {
    /// Active and blocked devices that a user may have.
    #[schema(minimum = 1, maximum = 15, default = 5, required = false)]
    pub max_allowed_devices: u32,
    /// `NUMERIC` or `ALPHANUMERIC` (default).
    #[schema(required = false)]
    pub pairing_key_format: &'static str,
}

/// When accounts are locked.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lockout {
    /// Failures over all devices of the user.
    #[schema(minimum = 1, maximum = 100)]
    pub failure_count: u32,
    /// How long the account stays locked; until an administrator unlocks it when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31_536_000)]
    pub duration_seconds: Option<i64>,
}

/// What new users begin with.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDefaults {
    /// Whether they may use MFA.
    #[schema(required = false, default = true)]
    pub mfa_enabled: bool,
}

/// The MFA settings of an environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaSettings {
    /// Links.
    #[serde(rename = "_links")]
    #[schema(read_only)]
    pub links: ResourceLinks,
    /// The environment.
    #[schema(read_only)]
    pub environment: Reference,
    /// Pairing.
    #[schema(required = false)]
    pub pairing: Pairing,
    /// When accounts are locked; never when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lockout: Option<Lockout>,
    /// How a device is picked: `DEFAULT_TO_FIRST` or `PROMPT_TO_SELECT`. Kept and shown; policies
    /// decide.
    #[schema(required = false)]
    pub authentication: Authentication,
    /// Calls to numbers with an extension.
    #[schema(required = false)]
    pub phone_extensions: Switch,
    /// What new users begin with.
    #[schema(required = false)]
    pub users: UserDefaults,
    /// When they were last changed.
    #[schema(read_only)]
    pub updated_at: String,
}
