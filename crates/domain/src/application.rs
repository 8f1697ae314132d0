//! Applications: the OAuth clients of an environment.

use countersign_crypto::time::Timestamp;

use crate::environment::names;
use crate::ids::{ApplicationId, EnvironmentId};

/// The built-in application that desktop devices belong to.
pub const PINGID_DESKTOP: &str = "PingID Desktop";
/// Where the desktop authenticator listens when nothing else is said.
pub const DEFAULT_COMMUNICATION_PORT: u16 = 9410;

names! {
    /// What kind of program an application is.
    ApplicationType {
        /// A web application with a server of its own.
        WebApp = "WEB_APP",
        /// A program on a phone or a computer.
        NativeApp = "NATIVE_APP",
        /// A web page without a server of its own.
        SinglePageApp = "SINGLE_PAGE_APP",
        /// An administrating program that acts by its own roles.
        Worker = "WORKER",
        /// A service that calls other services.
        Service = "SERVICE",
        /// Anything else.
        CustomApp = "CUSTOM_APP",
        /// The page on which users look after themselves.
        SelfService = "PING_ONE_SELF_SERVICE",
        /// The page for administrators.
        AdminConsole = "PING_ONE_ADMIN_CONSOLE",
        /// The page with links to applications.
        Portal = "PING_ONE_PORTAL",
    }
}

names! {
    /// How an application gets tokens.
    GrantType {
        /// RFC 6749 §4.1.
        AuthorizationCode = "AUTHORIZATION_CODE",
        /// RFC 6749 §4.2.
        Implicit = "IMPLICIT",
        /// RFC 6749 §6.
        RefreshToken = "REFRESH_TOKEN",
        /// RFC 6749 §4.4.
        ClientCredentials = "CLIENT_CREDENTIALS",
        /// RFC 8628.
        DeviceCode = "DEVICE_CODE",
        /// RFC 8693.
        TokenExchange = "TOKEN_EXCHANGE",
        /// `OpenID` Connect CIBA.
        Ciba = "CIBA",
    }
}

names! {
    /// How an application proves itself at the token endpoint.
    TokenEndpointAuthMethod {
        /// Not at all.
        None = "NONE",
        /// Secret in the `Authorization` header.
        ClientSecretBasic = "CLIENT_SECRET_BASIC",
        /// Secret in the form.
        ClientSecretPost = "CLIENT_SECRET_POST",
        /// A JWT with a MAC by the secret.
        ClientSecretJwt = "CLIENT_SECRET_JWT",
        /// A JWT signed by the application's key.
        PrivateKeyJwt = "PRIVATE_KEY_JWT",
    }
}

names! {
    /// Whether an application has to use PKCE (RFC 7636).
    PkceEnforcement {
        /// It may.
        Optional = "OPTIONAL",
        /// It has to.
        Required = "REQUIRED",
        /// It has to, with SHA-256.
        S256Required = "S256_REQUIRED",
    }
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The id; also the OAuth client id.
    pub id: ApplicationId,
    /// The environment that it belongs to.
    pub environment: EnvironmentId,
    /// The name, unique within the environment, letter case aside.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it may get tokens and use those that it has.
    pub enabled: bool,
    /// What kind of program it is.
    pub application_type: ApplicationType,
    /// How it gets tokens.
    pub grant_types: Vec<GrantType>,
    /// How it proves itself at the token endpoint.
    pub token_endpoint_auth_method: TokenEndpointAuthMethod,
    /// Whether it has to use PKCE.
    pub pkce_enforcement: PkceEnforcement,
    /// Where users are sent back to.
    pub redirect_uris: Vec<String>,
    /// The secret, sealed for this row.
    pub secret: Option<Vec<u8>>,
    /// Port on which the desktop authenticator listens; on [`PINGID_DESKTOP`] alone.
    pub communication_port: Option<u16>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
