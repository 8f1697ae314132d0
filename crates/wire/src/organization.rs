//! Organizations and licenses. The one license of a deployment of one's own allows everything.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::hal::{Link, PageLinks, Reference};

/// The links of an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationLinks {
    /// The organization.
    #[serde(rename = "self")]
    pub own: Link,
    /// The environments.
    pub environments: Link,
    /// The licenses.
    pub licenses: Link,
}

/// An organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: OrganizationLinks,
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: &'a str,
    /// `INTERNAL`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it was created.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
}

/// What is in a list of organizations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationListEmbedded<'a> {
    /// The organizations.
    pub organizations: Vec<Organization<'a>>,
}

/// The organizations that the caller sees.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The organizations.
    #[serde(rename = "_embedded")]
    pub embedded: OrganizationListEmbedded<'a>,
    /// Number of organizations on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Number of organizations on this page.
    pub size: usize,
}

/// The links of a license.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenseLinks {
    /// The license.
    #[serde(rename = "self")]
    pub own: Link,
    /// Who holds it.
    pub organization: Link,
}

/// What a license says about environments.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LicensedEnvironments {
    /// Applications and resources may be added.
    pub allow_add_resources: bool,
    /// Connections may be used.
    pub allow_connections: bool,
    /// `PRODUCTION` is allowed.
    pub allow_production: bool,
}

/// What a license says about MFA.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LicensedMfa {
    /// Push.
    pub allow_push_notification: bool,
    /// Messages to anybody.
    pub allow_notification_outside_whitelist: bool,
    /// Passkeys and security keys.
    pub allow_fido2_devices: bool,
    /// Codes by phone call.
    pub allow_voice_otp: bool,
    /// Codes by e-mail.
    pub allow_email_otp: bool,
    /// Codes by text message.
    pub allow_sms_otp: bool,
    /// Authenticator apps.
    pub allow_totp: bool,
}

/// A license.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct License<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: LicenseLinks,
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: &'a str,
    /// `INTERNAL`.
    pub package: &'static str,
    /// Who holds it.
    pub organization: Reference,
    /// `ACTIVE`.
    pub status: &'static str,
    /// From when on.
    pub begins_at: String,
    /// Environments that run under it.
    pub assigned_environments_count: usize,
    /// What it says about environments.
    pub environments: LicensedEnvironments,
    /// What it says about MFA.
    pub mfa: LicensedMfa,
}

/// What is in a list of licenses.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenseListEmbedded<'a> {
    /// The licenses.
    pub licenses: Vec<License<'a>>,
}

/// The licenses of an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LicenseList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The licenses.
    #[serde(rename = "_embedded")]
    pub embedded: LicenseListEmbedded<'a>,
    /// Number of licenses.
    pub count: usize,
    /// The same.
    pub size: usize,
}
