//! Applications. No shape here has a place for a secret.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Field;
use crate::hal::{Link, Reference, ResourceLinks};
use crate::request;

request! {
    /// An application in a fixture file.
    pub struct ApplicationBody {
        /// The id; also the OAuth client id.
        #[schema(value_type = Uuid)]
        pub id: Field<String>,
        /// Name, unique within the environment whatever its letter case.
        #[schema(value_type = String, required = true)]
        pub name: Field<String>,
        /// What it is for.
        #[schema(value_type = String)]
        pub description: Field<String>,
        /// Whether it is on; `false` when absent.
        #[schema(value_type = bool)]
        pub enabled: Field<bool>,
        /// What kind of program it is.
        #[serde(rename = "type")]
        #[schema(value_type = String, required = true, example = "WORKER")]
        pub application_type: Field<String>,
        /// `OPENID_CONNECT`.
        #[schema(value_type = String, required = true)]
        pub protocol: Field<String>,
        /// How it gets tokens.
        #[schema(value_type = Vec<String>)]
        pub grant_types: Field<Vec<Field<String>>>,
        /// How it proves itself at the token endpoint.
        #[schema(value_type = String, required = true)]
        pub token_endpoint_auth_method: Field<String>,
        /// Whether it has to use PKCE.
        #[schema(value_type = String)]
        pub pkce_enforcement: Field<String>,
        /// Where users are sent back to.
        #[schema(value_type = Vec<String>)]
        pub redirect_uris: Field<Vec<Field<String>>>,
        /// Its secret; drawn when absent.
        #[schema(value_type = String, min_length = 8)]
        pub client_secret: Field<String>,
        /// The roles that it gets.
        #[schema(value_type = Vec<RoleAssignmentBody>)]
        pub role_assignments: Field<Vec<Field<RoleAssignmentBody>>>,
    }

    /// A role assignment in a fixture file.
    pub struct RoleAssignmentBody {
        /// The id.
        #[schema(value_type = Uuid)]
        pub id: Field<String>,
        /// The role.
        #[schema(value_type = crate::device::ReferenceInput, required = true)]
        pub role: Field<crate::device::ReferenceInput>,
        /// Where it holds.
        #[schema(value_type = ScopeBody, required = true)]
        pub scope: Field<ScopeBody>,
    }

    /// Where a role holds, in a fixture file.
    pub struct ScopeBody {
        /// The organization, environment or population.
        #[schema(value_type = Uuid, required = true)]
        pub id: Field<String>,
        /// `ORGANIZATION`, `ENVIRONMENT` or `POPULATION`.
        #[serde(rename = "type")]
        #[schema(value_type = String, required = true)]
        pub scope_type: Field<String>,
    }
}

/// Who may use an application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessControl {
    /// By role.
    pub role: AccessControlRole,
}

/// Who may use an application, by role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessControlRole {
    /// `ADMIN_USERS_ONLY`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// Settings of the desktop authenticator.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PingIdDesktop {
    /// Port on which it listens on this computer.
    pub communication_port: u16,
}

/// An application.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Application<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: ResourceLinks,
    /// The environment.
    pub environment: Reference,
    /// The id; also the OAuth client id.
    pub id: Uuid,
    /// The name.
    pub name: &'a str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Whether it is on.
    pub enabled: bool,
    /// What kind of program it is, for example `WORKER`.
    #[serde(rename = "type")]
    pub application_type: &'static str,
    /// Who may use it; workers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_control: Option<AccessControl>,
    /// `OPENID_CONNECT`.
    pub protocol: &'static str,
    /// When it was created.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// How it gets tokens.
    pub grant_types: Vec<&'static str>,
    /// Where users are sent back to.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    pub redirect_uris: &'a [String],
    /// How it proves itself at the token endpoint.
    pub token_endpoint_auth_method: &'static str,
    /// Whether it has to use PKCE.
    pub pkce_enforcement: &'static str,
    /// Settings of the desktop authenticator; on `PingID Desktop` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ping_id_desktop: Option<PingIdDesktop>,
}

/// The links of a list of applications.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApplicationListLinks {
    /// The request's own URL.
    #[serde(rename = "self")]
    pub own: Link,
}

/// What is in a list of applications.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApplicationListEmbedded<'a> {
    /// The applications.
    pub applications: Vec<Application<'a>>,
}

/// All applications of an environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApplicationList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: ApplicationListLinks,
    /// The applications.
    #[serde(rename = "_embedded")]
    pub embedded: ApplicationListEmbedded<'a>,
    /// Number of applications.
    pub size: usize,
}
