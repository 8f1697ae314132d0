//! FIDO2 policies.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::device_policy::Duration;
use crate::hal::{PageLinks, Reference, ResourceLinks};

/// A PIN rule for security keys.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PinRequirement {
    /// `REQUIRED`, or `OPTIONAL`: where the key can tell.
    pub option: &'static str,
    /// Least length.
    #[schema(minimum = 4, maximum = 10)]
    pub min_length: u32,
}

/// Whether the person has to be verified.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserVerification {
    /// `REQUIRED`, `PREFERRED` or `DISCOURAGED`.
    pub option: &'static str,
    /// Whether that is checked at each sign-on again.
    pub enforce_during_authentication: bool,
    /// A PIN rule for security keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin_requirement: Option<PinRequirement>,
}

/// Whether credentials may be copied between devices.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupEligibility {
    /// Whether they may.
    pub allow: bool,
    /// Whether that is checked at each sign-on again.
    pub enforce_during_authentication: bool,
}

/// An entry of the metadata.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllowedAuthenticator<'a> {
    /// Its id there.
    pub id: &'a str,
}

/// Which models are let in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MdsAuthenticatorsRequirements<'a> {
    /// `NONE`, `AUDIT_ONLY`, `GLOBAL`, `CERTIFIED` or `SPECIFIC`.
    pub option: &'static str,
    /// The models of `SPECIFIC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_authenticators: Option<Vec<AllowedAuthenticator<'a>>>,
    /// Whether that is checked at each sign-on again.
    pub enforce_during_authentication: bool,
}

/// A part of a user attribute.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubAttribute<'a> {
    /// Its name.
    pub name: &'a str,
}

/// A user attribute.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisplayNameAttribute<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its parts, where it has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_attributes: Option<Vec<SubAttribute<'a>>>,
}

/// What to call the person: the first attribute that is not empty.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserDisplayNameAttributes<'a> {
    /// The attributes.
    pub attributes: Vec<DisplayNameAttribute<'a>>,
    /// `ORG_NAME`, `ENV_NAME` or `ORG_NAME_AND_ENV_NAME`, written behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<&'static str>,
}

/// A user attribute.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttributeName<'a> {
    /// Its name.
    pub name: &'a str,
}

/// A device authentication policy, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PolicyName<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: &'a str,
}

/// What `expand` adds to a FIDO2 policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fido2PolicyEmbedded<'a> {
    /// The device authentication policies under which it is in force.
    pub device_authentication_policies: Vec<PolicyName<'a>>,
}

/// A FIDO2 policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Policy<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: ResourceLinks,
    /// What `expand` adds.
    #[serde(rename = "_embedded", skip_serializing_if = "Option::is_none")]
    pub embedded: Option<Fido2PolicyEmbedded<'a>>,
    /// Its id.
    pub id: Uuid,
    /// Its environment.
    pub environment: Reference,
    /// Its name; unique in the environment, letter case aside.
    pub name: &'a str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Label of the devices.
    pub device_display_name: &'a str,
    /// `DISCOURAGED`, `PREFERRED` or `REQUIRED`.
    pub discoverable_credentials: &'static str,
    /// `PLATFORM`, `CROSS_PLATFORM` or `BOTH`.
    pub authenticator_attachment: &'static str,
    /// Whether the person has to be verified.
    pub user_verification: UserVerification,
    /// How long the person may take: 1 to 10 minutes.
    pub user_presence_timeout: Duration,
    /// Whether credentials may be copied between devices.
    pub backup_eligibility: BackupEligibility,
    /// What to call the person.
    pub user_display_name_attributes: UserDisplayNameAttributes<'a>,
    /// `NONE`, `DIRECT` or `ENTERPRISE`.
    pub attestation_requirements: &'static str,
    /// User attribute that holds the serial number of the user's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ea_unique_identifier_attribute: Option<AttributeName<'a>>,
    /// Which models are let in.
    pub mds_authenticators_requirements: MdsAuthenticatorsRequirements<'a>,
    /// `SECURITY_KEY`, `CLIENT_DEVICE`, `HYBRID`: what browsers should offer first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_credential_hints: Option<Vec<&'static str>>,
    /// Relying party of new devices.
    pub relying_party_id: &'a str,
    /// Whether all FIDO2 devices of a user are shown as one.
    pub aggregate_devices: bool,
    /// Whether it is used where none is named. Exactly one of an environment is.
    pub default: bool,
    /// When it was created.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
}

/// What is in the list of FIDO2 policies.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fido2PolicyListEmbedded<'a> {
    /// The policies.
    pub fido2_policies: Vec<Fido2Policy<'a>>,
}

/// All FIDO2 policies of an environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fido2PolicyList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The policies.
    #[serde(rename = "_embedded")]
    pub embedded: Fido2PolicyListEmbedded<'a>,
    /// Number of policies.
    pub count: usize,
    /// The same.
    pub size: usize,
}
