//! A user's MFA devices: create, activate, nickname, order; the device and the collection.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Field;
use crate::hal::{Link, Reference};
use crate::request;

request! {
    /// Body of "create device".
    pub struct CreateDevice {
        /// Device type. Of the documented ones this version pairs `PINGID_DESKTOP_GEN2`.
        #[serde(rename = "type")]
        #[schema(value_type = String, required = true, example = "PINGID_DESKTOP_GEN2")]
        pub device_type: Field<String>,
        /// `ACTIVE` or `ACTIVATION_REQUIRED`; desktop devices need the latter.
        #[schema(value_type = String, example = "ACTIVATION_REQUIRED")]
        pub status: Field<String>,
        /// Name that the user gives the device; at most 100 characters.
        #[schema(value_type = String)]
        pub nickname: Field<String>,
        /// The device authentication policy; the environment's default when absent.
        #[schema(value_type = ReferenceInput)]
        pub policy: Field<ReferenceInput>,
        /// Relying party; overrides the policy's.
        #[schema(value_type = RelyingPartyInput)]
        pub rp: Field<RelyingPartyInput>,
    }

    /// A reference in a request: `{"id": "<uuid>"}`.
    pub struct ReferenceInput {
        /// Id of what is referred to.
        #[schema(value_type = Uuid)]
        pub id: Field<String>,
    }

    /// The relying party that a caller names.
    pub struct RelyingPartyInput {
        /// A domain in lower case.
        #[schema(value_type = String, example = "example.com")]
        pub id: Field<String>,
        /// Name shown to people; the id when absent.
        #[schema(value_type = String)]
        pub name: Field<String>,
    }

    /// Body of "activate device".
    pub struct ActivateDevice {
        /// The attestation JWT that the desktop authenticator answered.
        #[schema(value_type = String, required = true)]
        pub attestation: Field<String>,
        /// Name that the user gives the device; at most 100 characters.
        #[schema(value_type = String)]
        pub nickname: Field<String>,
    }

    /// Body of "update nickname".
    pub struct UpdateNickname {
        /// The name; empty removes it; at most 100 characters.
        #[schema(value_type = String, required = true, max_length = 100)]
        pub nickname: Field<String>,
    }

    /// Body of "set device order".
    pub struct ReorderDevices {
        /// Active devices, the default one first. Those left out keep their order behind these.
        #[schema(value_type = Vec<ReferenceInput>, required = true)]
        pub order: Field<Vec<Field<ReferenceInput>>>,
    }
}

/// The links of a device.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeviceLinks {
    /// The device.
    #[serde(rename = "self")]
    pub own: Link,
    /// Its environment.
    pub environment: Link,
    /// Its user.
    pub user: Link,
    /// Where the activation goes; only while the device waits for it.
    #[serde(rename = "device.activate", skip_serializing_if = "Option::is_none")]
    pub device_activate: Option<Link>,
    /// The same under the name that the prose of the documentation gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activate: Option<Link>,
}

/// A relying party.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelyingParty<'a> {
    /// Its id: a domain.
    pub id: &'a str,
    /// The name shown to people.
    pub name: &'a str,
}

/// The lock that too many failures lead to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LockStatus {
    /// `LOCKED` or `UNLOCKED`.
    pub status: &'static str,
    /// When the lock ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// `OTP`, `PUSH` or `ASSERTION`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// The block that an administrator sets.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockStatus {
    /// `BLOCKED` or `UNBLOCKED`.
    pub status: &'static str,
    /// Since when; only while it is blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_at: Option<String>,
}

/// The operating system of the computer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OperatingSystem<'a> {
    /// Its version.
    pub version: &'a str,
    /// `MAC`, `WINDOWS` or `LINUX`.
    #[serde(rename = "type")]
    pub kind: &'a str,
}

/// The model of the computer; both members may be absent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Model<'a> {
    /// For example `ThinkPad X1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// For example `Lenovo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<&'a str>,
}

/// The desktop authenticator program.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DesktopApplication<'a> {
    /// The environment's application that stands for it.
    pub id: Uuid,
    /// What the program calls itself.
    pub native_name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Always `false` for desktops.
    pub push_sandbox: bool,
}

/// Where the device's key lives (`expand=keyProtection`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyProtection {
    /// `SOFTWARE`, `KEYSTORE`, `TPM` or `SECURE_ENCLAVE`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether the claim was proven.
    pub verified: bool,
}

/// A user's device.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: DeviceLinks,
    /// The relying party that the device is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rp: Option<RelyingParty<'a>>,
    /// Its id.
    pub id: Uuid,
    /// Its environment.
    pub environment: Reference,
    /// Its user.
    pub user: Reference,
    /// Its type.
    #[serde(rename = "type")]
    pub device_type: &'static str,
    /// The name that the user gave it; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<&'a str>,
    /// The lock that too many failures lead to.
    pub lock: LockStatus,
    /// The block that an administrator sets.
    pub block: BlockStatus,
    /// `ACTIVE` or `ACTIVATION_REQUIRED`.
    pub status: &'static str,
    /// When it was created.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// The signed options for the desktop authenticator's `/register`; only in the answer to the
    /// creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ping_id_desktop_credential_creation_options: Option<&'a str>,
    /// The operating system; known once the device is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<OperatingSystem<'a>>,
    /// The computer; known once the device is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Model<'a>>,
    /// The authenticator program; known once the device is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<DesktopApplication<'a>>,
    /// The installation on that computer, shared by devices registered from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<Uuid>,
    /// Where the key lives; with `expand=keyProtection`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_protection: Option<KeyProtection>,
}

/// The links of a user's devices.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeviceListLinks {
    /// The request's own URL.
    #[serde(rename = "self")]
    pub own: Link,
    /// Where a new order goes.
    #[serde(rename = "devices.reorder")]
    pub reorder: Link,
}

/// What is in a list of devices.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceListEmbedded<'a> {
    /// The devices.
    pub devices: Vec<Device<'a>>,
    /// The order of the active ones; empty when the user has none (`expand=order`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Reference>, required = false)]
    pub order: Option<Vec<Reference>>,
    /// What to call the device types (`expand=typeDisplayNames`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    pub type_display_names: Option<serde_json::Map<String, serde_json::Value>>,
}

/// All devices of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeviceList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: DeviceListLinks,
    /// The devices.
    #[serde(rename = "_embedded")]
    pub embedded: DeviceListEmbedded<'a>,
    /// Number of devices.
    pub count: usize,
    /// The same.
    pub size: usize,
}

/// The links of a nickname.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NicknameLinks {
    /// The nickname.
    #[serde(rename = "self")]
    pub own: Link,
    /// The device.
    pub device: Link,
}

/// The nickname of a device.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Nickname<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: NicknameLinks,
    /// The name; absent when it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<&'a str>,
}
