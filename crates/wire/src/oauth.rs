//! Token endpoint, keys and discovery (RFC 6749, RFC 7517, RFC 8414).

use serde::Serialize;
use utoipa::ToSchema;

/// Answer of the token endpoint (RFC 6749 §5.1).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenResponse<'a> {
    /// The access token: a JWT (RFC 9068).
    pub access_token: &'a str,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Its life in seconds.
    pub expires_in: i64,
}

/// Error of the token endpoint (RFC 6749 §5.2).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OAuthError {
    /// The code of RFC 6749.
    pub error: &'static str,
    /// For developers, in English.
    pub error_description: String,
}

/// The form of the token endpoint, for the description of the API.
#[derive(Debug, ToSchema)]
pub struct TokenForm {
    /// `client_credentials`.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// Leave out: what a worker may do follows from its roles.
    #[schema(required = false)]
    pub scope: String,
    /// With `client_secret_post` only.
    #[schema(required = false)]
    pub client_id: String,
    /// With `client_secret_post` only.
    #[schema(required = false)]
    pub client_secret: String,
}

/// A set of public keys (RFC 7517 §5).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// A public key: RSA for access tokens, EC P-256 for the options of desktop authenticators.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Jwk {
    /// `RSA` or `EC`.
    pub kty: &'static str,
    /// RSA: the exponent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Names the key in JWT headers.
    pub kid: String,
    /// `RS256` or `ES256`.
    pub alg: &'static str,
    /// RSA: the modulus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// EC: the curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<&'static str>,
    /// EC: the coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// EC: the coordinate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
}

/// What the authorization server of an environment offers (RFC 8414).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Discovery {
    /// Its issuer identifier.
    pub issuer: String,
    /// Where tokens are issued.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Always `false`.
    pub claims_parameter_supported: bool,
    /// Always `false`: there is no authorization endpoint yet.
    pub request_parameter_supported: bool,
    /// Always `false`.
    pub request_uri_parameter_supported: bool,
    /// Always `false`.
    pub require_pushed_authorization_requests: bool,
    /// None: workers have roles.
    pub scopes_supported: Vec<&'static str>,
    /// None: there is no authorization endpoint yet.
    pub response_types_supported: Vec<&'static str>,
    /// What the token endpoint grants.
    pub grant_types_supported: Vec<&'static str>,
    /// Always `public`.
    pub subject_types_supported: Vec<&'static str>,
    /// Always `RS256`.
    pub id_token_signing_alg_values_supported: Vec<&'static str>,
    /// How clients authenticate.
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
}
