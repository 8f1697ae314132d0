//! Bearer token → caller.

use std::sync::Arc;

use countersign_crypto::jws::UnverifiedJws;
use countersign_crypto::time::Timestamp;
use countersign_domain::application::ApplicationType;
use countersign_domain::ids::{ApplicationId, EnvironmentId};
use countersign_storage::queries;
use serde::Deserialize;

use super::token_cache::{TokenCache, VerifiedToken};
use super::{Actor, Caller};
use crate::{Engine, Fault, Refusal, RequestContext, Stop};

/// Largest access token that is looked at.
const TOKEN_LIMIT: usize = 8 * 1024;
/// Clock difference allowed between servers, in seconds.
const SKEW_SECONDS: i64 = 60;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    client_id: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    /// User tokens have one; worker tokens never.
    #[serde(default)]
    sub: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn contains(&self, wanted: &str) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Several(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

impl Engine {
    /// Finds out who a request comes from.
    ///
    /// `bearer` is the text behind `Bearer ` of the `Authorization` header.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] when there is no token, it was not issued by this server for
    /// this API, it has expired, or its application is gone or disabled.
    pub async fn authenticate(
        &self,
        bearer: Option<&str>,
        context: RequestContext,
    ) -> Result<Caller, Stop> {
        let token = bearer.ok_or(Refusal::Unauthenticated)?;
        let key = TokenCache::key(token);
        let verified = match self.parts.tokens.get(&key) {
            Some(verified) => verified,
            None => {
                let verified = self.verify_token(token).await?;
                self.parts.tokens.put(key, verified)
            }
        };
        let now = self.now();
        let too_early = |from: Timestamp| now < from.plus_seconds(-SKEW_SECONDS);
        if verified.expires_at.plus_seconds(SKEW_SECONDS) <= now
            || verified.not_before.is_some_and(too_early)
        {
            return Err(Refusal::Unauthenticated.into());
        }
        // The key may have been retired since.
        let keys = self.environment_keys(verified.environment).await?;
        if keys
            .as_ref()
            .is_none_or(|keys| !keys.publishes(&verified.kid, now))
        {
            return Err(Refusal::Unauthenticated.into());
        }
        let actor = self
            .actor(verified.environment, verified.application)
            .await?
            .ok_or(Refusal::Unauthenticated)?;
        Ok(Caller { actor, context })
    }

    async fn verify_token(&self, token: &str) -> Result<VerifiedToken, Stop> {
        const DENIED: Refusal = Refusal::Unauthenticated;
        let jws = UnverifiedJws::parse(token, TOKEN_LIMIT).map_err(|_| DENIED)?;
        if !matches!(jws.header().typ.as_deref(), None | Some("at+jwt" | "JWT")) {
            return Err(DENIED.into());
        }
        let kid = jws.header().kid.clone().ok_or(DENIED)?;
        let claims: Claims = jws.unverified_claims().map_err(|_| DENIED)?;
        let environment = self.environment_of_issuer(&claims.iss).ok_or(DENIED)?;
        let keys = self.environment_keys(environment).await?.ok_or(DENIED)?;
        let key = keys.token_key(&kid, self.now()).ok_or(DENIED)?;
        jws.verify_rs256(key).map_err(|_| DENIED)?;
        if claims.sub.is_some() || !claims.aud.contains(&self.audience()) {
            return Err(DENIED.into());
        }
        Ok(VerifiedToken {
            environment,
            application: claims.client_id.parse().map_err(|_| DENIED)?,
            kid,
            not_before: claims.nbf.map(Timestamp::from_unix_seconds),
            expires_at: Timestamp::from_unix_seconds(claims.exp),
        })
    }

    /// The environment whose issuer this is.
    fn environment_of_issuer(&self, issuer: &str) -> Option<EnvironmentId> {
        issuer
            .strip_prefix(self.parts.config.auth_base.as_str())?
            .strip_prefix('/')?
            .strip_suffix("/as")?
            .parse()
            .ok()
    }

    /// The audience of tokens for this API: scheme and host of the API base.
    pub(crate) fn audience(&self) -> String {
        match url::Url::parse(&self.parts.config.api_base) {
            Ok(base) => base.origin().ascii_serialization(),
            Err(_) => self.parts.config.api_base.clone(),
        }
    }

    async fn actor(
        &self,
        environment: EnvironmentId,
        application: ApplicationId,
    ) -> Result<Option<Arc<Actor>>, Fault> {
        let stamp = self.stamp().await?;
        let load = async {
            let db = self.database();
            let Some(found) = queries::applications::find(db, environment, application).await?
            else {
                return Ok(None);
            };
            if !found.enabled || found.application_type != ApplicationType::Worker {
                return Ok(None);
            }
            let assignments =
                queries::role_assignments::of_application(db, environment, application).await?;
            Ok(Some(Actor {
                environment,
                application,
                name: found.name,
                assignments,
            }))
        };
        self.parts
            .actors
            .get(&(environment, application), stamp, load)
            .await
    }
}
