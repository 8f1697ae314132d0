//! Device authentications: start, select, check; the resource.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Field;
use crate::device::{
    DesktopApplication, Model, OperatingSystem, ReferenceInput, RelyingParty, RelyingPartyInput,
};
use crate::hal::{Link, Reference};
use crate::request;

request! {
    /// Body of "start device authentication".
    pub struct StartAuthentication {
        /// Who signs in; may be left out when `rp.id` or the policy names a relying party.
        #[schema(value_type = ReferenceInput)]
        pub user: Field<ReferenceInput>,
        /// The device authentication policy; the environment's default when absent.
        #[schema(value_type = ReferenceInput)]
        pub policy: Field<ReferenceInput>,
        /// The device to use; otherwise the policy decides.
        #[schema(value_type = SelectedDeviceInput)]
        pub selected_device: Field<SelectedDeviceInput>,
        /// Another name for `selectedDevice` that some clients use.
        #[schema(value_type = ReferenceInput)]
        pub device: Field<ReferenceInput>,
        /// The relying party, when only devices bound to it are to be used.
        #[schema(value_type = RelyingPartyInput)]
        pub rp: Field<RelyingPartyInput>,
        /// The application on whose behalf the user signs in; shown by name.
        #[schema(value_type = ReferenceInput)]
        pub application: Field<ReferenceInput>,
        /// What to show with the request.
        #[schema(value_type = NotificationInput)]
        pub notification: Field<NotificationInput>,
        /// What the browser can do with FIDO2 devices: `FULL`, `SECURITY_KEY_ONLY` or `NONE`.
        #[schema(value_type = String)]
        pub compatibility: Field<String>,
        /// Payload of the mobile SDK; not offered by this version.
        #[schema(value_type = String)]
        pub mobile_payload: Field<String>,
    }

    /// The device that a caller wants used.
    pub struct SelectedDeviceInput {
        /// A paired device of the user.
        #[schema(value_type = Uuid)]
        pub id: Field<String>,
        /// A device that is not paired; not offered by this version.
        #[schema(value_type = Object)]
        pub one_time: Field<serde_json::Value>,
        /// A passcode that comes with the start; there are no passcode devices in this version.
        #[schema(value_type = String)]
        pub otp: Field<String>,
    }

    /// What to show with the request.
    pub struct NotificationInput {
        /// The template and its variables.
        #[schema(value_type = TemplateInput)]
        pub template: Field<TemplateInput>,
    }

    /// A notification template and what goes into it.
    pub struct TemplateInput {
        /// `strong_authentication` or `transaction`.
        #[schema(value_type = String)]
        pub name: Field<String>,
        /// Variant of the content.
        #[schema(value_type = String)]
        pub variant: Field<String>,
        /// Language of the content.
        #[schema(value_type = String)]
        pub locale: Field<String>,
        /// Texts by variable name.
        #[schema(value_type = Object)]
        pub variables: Field<serde_json::Value>,
    }

    /// Body of "select device".
    pub struct SelectDevice {
        /// One of `_embedded.devices`.
        #[schema(value_type = ReferenceInput, required = true)]
        pub device: Field<ReferenceInput>,
        /// Another name for `device` that some clients use.
        #[schema(value_type = ReferenceInput)]
        pub selected_device: Field<ReferenceInput>,
        /// What the browser can do with FIDO2 devices.
        #[schema(value_type = String)]
        pub compatibility: Field<String>,
    }

    /// Body of "check assertion".
    pub struct CheckAssertion {
        /// Absolute URL of the page that ran the ceremony.
        #[schema(value_type = String, required = true, example = "https://app.example.com")]
        pub origin: Field<String>,
        /// The assertion JWT that the desktop authenticator answered.
        #[schema(value_type = String, required = true)]
        pub assertion: Field<String>,
        /// What the browser can do with FIDO2 devices.
        #[schema(value_type = String)]
        pub compatibility: Field<String>,
    }
}

/// The links of a device authentication: what can be done in its status.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuthenticationLinks {
    /// The device authentication.
    #[serde(rename = "self")]
    pub own: Link,
    /// Choose another device.
    #[serde(rename = "device.select", skip_serializing_if = "Option::is_none")]
    pub device_select: Option<Link>,
    /// Check an assertion.
    #[serde(rename = "assertion.check", skip_serializing_if = "Option::is_none")]
    pub assertion_check: Option<Link>,
}

/// Whether a listed device can be used now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UsableStatus {
    /// `ENABLED` or `DISABLED`.
    pub status: &'static str,
    /// Why it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// A device as it is shown to somebody who signs in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceSummary<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    #[serde(rename = "type")]
    pub device_type: &'static str,
    /// Always `ACTIVE`.
    pub status: &'static str,
    /// Whether it can be used now.
    pub usable_status: UsableStatus,
    /// The name that the user gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<&'a str>,
    /// The operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<OperatingSystem<'a>>,
    /// The computer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Model<'a>>,
    /// The authenticator program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<DesktopApplication<'a>>,
    /// The relying party that it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rp: Option<RelyingParty<'a>>,
    /// Id of its credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<Uuid>,
    /// The installation on that computer, shared by devices registered from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<Uuid>,
}

/// The devices of a device authentication.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationEmbedded<'a> {
    /// Devices that can be chosen, the default one first.
    pub devices: Vec<DeviceSummary<'a>>,
    /// Devices that an administrator blocked.
    pub blocked_devices: Vec<DeviceSummary<'a>>,
}

/// Why a device authentication failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationError {
    /// `NO_USABLE_DEVICES`, `USER_LOCKED` or `ASSERTION_ATTEMPTS_EXCEEDED`.
    pub code: &'static str,
    /// For developers, in English.
    pub message: String,
    /// Devices that are there but cannot be used now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub unavailable_devices: Vec<Reference>,
}

/// One run of proving a second factor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceAuthentication<'a> {
    /// What can be done now.
    #[serde(rename = "_links")]
    pub links: AuthenticationLinks,
    /// The user's devices.
    #[serde(rename = "_embedded")]
    pub embedded: AuthenticationEmbedded<'a>,
    /// Its id.
    pub id: Uuid,
    /// Its environment.
    pub environment: Reference,
    /// `DEVICE_SELECTION_REQUIRED`, `ASSERTION_REQUIRED`, `COMPLETED` or `FAILED`.
    pub status: &'static str,
    /// The policy in force.
    pub policy: Reference,
    /// The device chosen last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected_device: Option<Reference>,
    /// Whose; absent until an assertion names the user, when it was started without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Reference>,
    /// The application that the caller named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<Reference>,
    /// The signed options for the desktop authenticator's `/authenticate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ping_id_desktop_credential_request_options: Option<&'a str>,
    /// Always `false`.
    pub bypass_allowed: bool,
    /// Methods that took part; once completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticators: Option<Vec<&'static str>>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<AuthenticationError>,
    /// When it was started.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// Whether the user's MFA bypass window is open.
    pub user_bypass_enabled: bool,
}
