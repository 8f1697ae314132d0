//! Environments, what they offer and what they can do.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Field;
use crate::hal::{Link, PageLinks, Reference, ResourceLinks};
use crate::request;

request! {
    /// An environment in a fixture file.
    pub struct EnvironmentBody {
        /// The id.
        #[schema(value_type = Uuid)]
        pub id: Field<String>,
        /// Name, unique within the organization whatever its letter case.
        #[schema(value_type = String, required = true)]
        pub name: Field<String>,
        /// What it is for.
        #[schema(value_type = String)]
        pub description: Field<String>,
        /// `PRODUCTION` or `SANDBOX`.
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        pub environment_type: Field<String>,
        /// `AP`, `AU`, `CA`, `EU`, `NA` or `SG`.
        #[schema(value_type = String)]
        pub region: Field<String>,
        /// What it offers.
        #[schema(value_type = BillOfMaterialsBody)]
        pub bill_of_materials: Field<BillOfMaterialsBody>,
    }

    /// What an environment offers, in a fixture file.
    pub struct BillOfMaterialsBody {
        /// The products.
        #[schema(value_type = Vec<ProductBody>, required = true)]
        pub products: Field<Vec<Field<ProductBody>>>,
    }

    /// A product in a fixture file.
    pub struct ProductBody {
        /// For example `PING_ONE_MFA`.
        #[serde(rename = "type")]
        #[schema(value_type = String, required = true)]
        pub product_type: Field<String>,
    }
}

/// The links of an environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentLinks {
    /// The environment.
    #[serde(rename = "self")]
    pub own: Link,
    /// Who owns it.
    pub organization: Link,
    /// What it runs under.
    pub license: Link,
    /// Its populations.
    pub populations: Link,
    /// Its users.
    pub users: Link,
    /// Its applications.
    pub applications: Link,
    /// What it can do.
    pub capabilities: Link,
    /// What it offers; absent where that is in the answer itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_of_materials: Option<Link>,
}

/// An environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Environment<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: EnvironmentLinks,
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: &'a str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Who owns it.
    pub organization: Reference,
    /// `PRODUCTION` or `SANDBOX`.
    #[serde(rename = "type")]
    pub environment_type: &'static str,
    /// `AP`, `AU`, `CA`, `EU`, `NA` or `SG`.
    pub region: &'static str,
    /// When it was created.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// What it runs under.
    pub license: Reference,
    /// What it offers; with `expand=billOfMaterials`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_of_materials: Option<BillOfMaterials<'a>>,
}

/// What is in a list of environments.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentListEmbedded<'a> {
    /// The environments.
    pub environments: Vec<Environment<'a>>,
}

/// A page of the list of environments.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnvironmentList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The environments.
    #[serde(rename = "_embedded")]
    pub embedded: EnvironmentListEmbedded<'a>,
    /// Number of environments on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Number of environments on this page.
    pub size: usize,
}

/// A product that an environment offers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Product<'a> {
    /// The id of this entry.
    pub id: Uuid,
    /// For example `PING_ONE_MFA`.
    #[serde(rename = "type")]
    pub product_type: &'a str,
}

/// What an environment offers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillOfMaterials<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: ResourceLinks,
    /// The products.
    pub products: Vec<Product<'a>>,
    /// When it was created.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
}

/// What an environment can do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// Links.
    #[serde(rename = "_links")]
    pub links: ResourceLinks,
    /// Multi-factor authentication.
    pub can_use_mfa: bool,
    /// The same for customers.
    pub can_use_mfa_ciam: bool,
    /// The same for employees.
    pub can_use_mfa_wf: bool,
    /// Passkeys and security keys.
    pub can_use_mfa_fido2_devices: bool,
    /// Push.
    pub can_use_mfa_push_notifications: bool,
    /// Codes by phone call.
    pub can_use_mfa_voice_otp: bool,
    /// Codes by text message.
    pub can_use_sms_otp: bool,
    /// Codes by e-mail.
    pub can_use_email_otp: bool,
    /// Authenticator apps.
    pub can_use_totp: bool,
    /// Codes by WhatsApp.
    pub can_use_whats_app_otp: bool,
    /// The vendor's phone app.
    #[serde(rename = "canUsePingIDApp")]
    pub can_use_ping_id_app: bool,
    /// The desktop app of the first generation.
    pub can_use_ping_id_desktop: bool,
    /// The desktop authenticator.
    pub can_use_ping_id_desktop_gen2: bool,
    /// Messages to anybody, not to listed users only.
    pub can_send_mfa_notifications_outside_whitelist: bool,
}
