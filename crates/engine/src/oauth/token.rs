//! The `client_credentials` grant (RFC 6749 §4.4) with RS256 access tokens (RFC 9068 layout).

use countersign_crypto::jws::sign_rs256;
use countersign_crypto::random::uuid_v4;
use countersign_crypto::secret::SecretString;
use countersign_domain::application::GrantType;
use countersign_domain::ids::{ApplicationId, EnvironmentId};
use serde::Serialize;

use crate::keys::TOKEN_LIFE_SECONDS;
use crate::{Engine, Fault};

/// How a client sent its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientMethod {
    /// `Authorization: Basic`.
    Basic,
    /// In the form.
    Post,
}

/// What a client proves itself with.
pub struct ClientCredentials {
    /// How it was sent.
    pub method: ClientMethod,
    /// The client id as sent.
    pub client_id: String,
    /// The secret as sent.
    pub client_secret: SecretString,
}

impl ClientCredentials {
    /// What a client sent; the secret is wiped when it is no longer needed.
    pub fn new(method: ClientMethod, client_id: String, client_secret: String) -> Self {
        Self {
            method,
            client_id,
            client_secret: SecretString::new(client_secret),
        }
    }
}

/// A request to the token endpoint.
pub struct TokenRequest {
    /// `grant_type`.
    pub grant_type: Option<String>,
    /// `scope`, where given.
    pub scope: Option<String>,
    /// The client; `None` when it sent no credentials.
    pub client: Option<ClientCredentials>,
}

/// An access token.
pub struct IssuedToken {
    /// The JWT.
    pub access_token: String,
    /// Seconds until it expires.
    pub expires_in: i64,
}

/// Why no token was issued.
#[derive(Debug)]
pub enum OAuthStop {
    /// There is no such environment.
    UnknownEnvironment,
    /// A parameter is missing.
    InvalidRequest(&'static str),
    /// Client authentication failed.
    InvalidClient {
        /// Whether it was tried with the Basic scheme.
        basic: bool,
    },
    /// The grant is not enabled for this client, or the client is disabled.
    UnauthorizedClient,
    /// The server does not know the grant.
    UnsupportedGrantType,
    /// A scope cannot be granted.
    InvalidScope,
    /// Something broke.
    Fault(Fault),
}

impl<F: Into<Fault>> From<F> for OAuthStop {
    fn from(fault: F) -> Self {
        Self::Fault(fault.into())
    }
}

#[derive(Serialize)]
struct AccessTokenClaims<'a> {
    client_id: ApplicationId,
    iss: &'a str,
    jti: uuid::Uuid,
    iat: i64,
    exp: i64,
    aud: [&'a str; 1],
    env: EnvironmentId,
    org: countersign_domain::ids::OrganizationId,
    #[serde(rename = "p1.rid")]
    p1_rid: uuid::Uuid,
}

impl Engine {
    /// Issues an access token for this API to a worker application.
    ///
    /// # Errors
    /// See [`OAuthStop`].
    pub async fn issue_token(
        &self,
        environment: EnvironmentId,
        request: TokenRequest,
    ) -> Result<IssuedToken, OAuthStop> {
        if self.environment(environment).await?.is_none() {
            return Err(OAuthStop::UnknownEnvironment);
        }
        let grant = request.grant_type.as_deref().unwrap_or_default();
        if grant.is_empty() {
            return Err(OAuthStop::InvalidRequest("grant_type is missing"));
        }
        let Some(client) = &request.client else {
            return Err(OAuthStop::InvalidClient { basic: false });
        };
        let application = self.authenticate_client(environment, client).await?;
        if grant != "client_credentials" {
            return Err(OAuthStop::UnsupportedGrantType);
        }
        if !application.enabled
            || !application
                .grant_types
                .contains(&GrantType::ClientCredentials)
        {
            return Err(OAuthStop::UnauthorizedClient);
        }
        // Workers carry no scopes: their roles decide. Custom resources do not exist here.
        if request
            .scope
            .as_deref()
            .is_some_and(|scope| !scope.trim().is_empty())
        {
            return Err(OAuthStop::InvalidScope);
        }
        self.sign_access_token(environment, application.id, TOKEN_LIFE_SECONDS)
            .await
    }

    /// Signs an access token for an application of an environment, living `life_seconds`.
    ///
    /// # Errors
    /// When the environment does not exist or has no key.
    pub async fn sign_access_token(
        &self,
        environment: EnvironmentId,
        application: ApplicationId,
        life_seconds: i64,
    ) -> Result<IssuedToken, OAuthStop> {
        let within = self
            .environment(environment)
            .await?
            .ok_or(OAuthStop::UnknownEnvironment)?;
        let keys = self
            .environment_keys(environment)
            .await?
            .ok_or(OAuthStop::UnknownEnvironment)?;
        let now = self.now();
        let (kid, key) = keys.token_signer(now).ok_or(Fault::Inconsistent(
            "the environment has no key that signs tokens",
        ))?;
        let jti = uuid_v4(self.random());
        let issued_at = now.unix_seconds();
        let claims = AccessTokenClaims {
            client_id: application,
            iss: &self.issuer(environment),
            jti,
            iat: issued_at,
            exp: issued_at + life_seconds,
            aud: [&self.audience()],
            env: environment,
            org: within.organization,
            p1_rid: jti,
        };
        let access_token = sign_rs256("at+jwt", kid, &claims, key)
            .map_err(|error| Fault::Keys(error.to_string()))?;
        Ok(IssuedToken {
            access_token,
            expires_in: life_seconds,
        })
    }
}
