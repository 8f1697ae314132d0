//! Audit activities: what happened, to what, by whom. Written in the transaction that did it.

use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{ActivityId, ApplicationId, EnvironmentId, PopulationId};

macro_rules! actions {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// The action types that this version records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = concat!("`", $text, "`.")] $name,)+
        }

        impl Action {
            /// The name on the wire, for example `DEVICE.CREATED`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

actions! {
    DeviceCreated = "DEVICE.CREATED",
    DeviceActivated = "DEVICE.ACTIVATED",
    DeviceActivationFailed = "DEVICE.ACTIVATION_FAILED",
    DeviceNicknameUpdated = "DEVICE.NICKNAME_UPDATED",
    DeviceUpdated = "DEVICE.UPDATED",
    DeviceBlocked = "DEVICE.BLOCKED",
    DeviceUnblocked = "DEVICE.UNBLOCKED",
    DeviceLocked = "DEVICE.LOCKED",
    DeviceUnlocked = "DEVICE.UNLOCKED",
    DeviceDeleted = "DEVICE.DELETED",
    DeviceCounterRegression = "DEVICE.COUNTER_REGRESSION",
    DevicesOrderUpdated = "DEVICES.ORDER_UPDATED",
    DevicesOrderDeleted = "DEVICES.ORDER_DELETED",
    AuthenticationCreated = "AUTHENTICATION.CREATED",
    AuthenticationUpdated = "AUTHENTICATION.UPDATED",
    AssertionCheckSuccess = "ASSERTION.CHECK_SUCCESS",
    AssertionCheckFailed = "ASSERTION.CHECK_FAILED",
    UserCreated = "USER.CREATED",
    UserUpdated = "USER.UPDATED",
    UserDeleted = "USER.DELETED",
    UserMoved = "USER.MOVED",
    UserLocked = "USER.LOCKED",
    UserUnlocked = "USER.UNLOCKED",
    DevicePolicyCreated = "DEVICE_AUTHENTICATION_POLICY.CREATED",
    DevicePolicyUpdated = "DEVICE_AUTHENTICATION_POLICY.UPDATED",
    DevicePolicyDeleted = "DEVICE_AUTHENTICATION_POLICY.DELETED",
    MfaSettingsUpdated = "MFA_SETTINGS.UPDATED",
    EnvironmentCreated = "ENVIRONMENT.CREATED",
    PopulationCreated = "POPULATION.CREATED",
    ApplicationCreated = "APPLICATION.CREATED",
    RoleAssignmentCreated = "ROLE_ASSIGNMENT.CREATED",
    FidoPolicyCreated = "FIDO_POLICY.CREATED",
    KeyCreated = "KEY.CREATED",
    KeyRotated = "KRP.ROTATED",
}

/// The application that acted. Absent for what the system does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The application.
    pub id: ApplicationId,
    /// Its name at the time.
    pub name: String,
    /// Its environment; it may differ from the activity's.
    pub environment: EnvironmentId,
}

/// Something that was acted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// `USER`, `DEVICE`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its name at the time, where it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The population of the user that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub population: Option<PopulationId>,
}

/// The record kept of one action; a stored document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityDocument {
    /// Layout of this document.
    pub v: u8,
    /// Action type on the wire.
    pub action: String,
    /// Id of the request; shared by all activities of it.
    pub correlation_id: Uuid,
    /// `X-Ping-External-Transaction-Id` of the request.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub transaction_id: String,
    /// `X-Ping-External-Session-Id` of the request.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub session_id: String,
    /// Who acted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client: Option<Client>,
    /// What was acted on, the broadest first.
    pub resources: Vec<Resource>,
    /// What happened, in a sentence for people.
    pub description: String,
    /// Where the request came from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ip: Option<String>,
    /// The program that sent it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_agent: Option<String>,
}

/// One activity, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its id.
    pub id: ActivityId,
    /// The environment whose trail it belongs to.
    pub environment: EnvironmentId,
    /// When it happened.
    pub recorded_at: Timestamp,
    /// The record.
    pub document: ActivityDocument,
}
