//! What creation and request options share: signed by the server, judged by the authenticator.

use countersign_crypto::jwk::EcPublicJwk;
use countersign_crypto::jws::{JwsError, SignError, UnverifiedJws, sign_es256};
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::claims::is_nonce;
use crate::{
    OPTIONS_AUDIENCE, OPTIONS_CLOCK_TOLERANCE_SECONDS, OPTIONS_MAX_BYTES,
    OPTIONS_MAX_LIFETIME_SECONDS,
};

/// Why an authenticator refuses options.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Form, header, algorithm, signature, or the type of a claim.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// `typ` names another kind of token, or none.
    #[error("the token is of another type")]
    WrongType,
    /// `aud` is not that of options.
    #[error("the token is for another audience")]
    WrongAudience,
    /// A claim has the right type and an impossible value.
    #[error("the claim `{0}` has an impossible value")]
    BadClaim(&'static str),
    /// `exp` is not after `iat`, or more than 300 seconds after it.
    #[error("the token lives too long")]
    Lifetime,
}

impl OptionsError {
    /// Whether the text is no compact JWS at all, as [`JwsError::is_malformed`].
    pub const fn is_malformed(&self) -> bool {
        matches!(self, Self::Jws(error) if error.is_malformed())
    }
}

/// Why a server does not issue options.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The claims break a rule that authenticators hold.
    #[error("the claim `{0}` would be refused by an authenticator")]
    BadClaim(&'static str),
    /// The token would be larger than authenticators accept.
    #[error("the options would be larger than {OPTIONS_MAX_BYTES} bytes")]
    TooLarge,
    /// They could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// By the authenticator's clock the options are not for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// `exp` passed by more than the tolerance.
    #[error("the request has expired")]
    Expired,
    /// `iat` is ahead by more than the tolerance: one of the two clocks is wrong.
    #[error("the request is from the future: a clock is wrong")]
    Ahead,
}

/// Claims that no key has vouched for yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified<T>(pub(crate) T);

impl<T> Unverified<T> {
    /// What is claimed.
    pub const fn claimed(&self) -> &T {
        &self.0
    }
}

/// The issuer that options claim to be from, to look up whose keys to verify them with.
pub fn unverified_issuer(jws: &UnverifiedJws<'_>) -> Result<String, OptionsError> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    Ok(jws.unverified_claims::<Issuer>()?.iss)
}

/// The claims of either kind of options.
pub(crate) trait Options: Serialize + DeserializeOwned {
    /// `typ`.
    const TYPE: &'static str;
    /// Longest life when issued, in seconds.
    const ISSUED_LIFETIME_SECONDS: i64;

    fn iat(&self) -> Timestamp;
    fn exp(&self) -> Timestamp;
    fn nonce(&self) -> &str;
    /// The first claim whose value breaks a rule of this kind.
    fn bad_claim(&self) -> Option<&'static str>;

    fn check(&self, max_lifetime_seconds: i64) -> Result<(), OptionsError> {
        let lifetime = self.exp().micros_since(self.iat());
        if lifetime <= 0 || lifetime > max_lifetime_seconds.saturating_mul(1_000_000) {
            return Err(OptionsError::Lifetime);
        }
        if !is_nonce(self.nonce()) {
            return Err(OptionsError::BadClaim("nonce"));
        }
        self.bad_claim()
            .map_or(Ok(()), |claim| Err(OptionsError::BadClaim(claim)))
    }
}

#[derive(Serialize)]
struct WithAudience<'a, T> {
    aud: &'static str,
    #[serde(flatten)]
    claims: &'a T,
}

/// Signs options, unless an authenticator would refuse them.
pub(crate) fn issue<T: Options>(
    options: &T,
    kid: &str,
    key: &Es256KeyPair,
) -> Result<String, IssueError> {
    options
        .check(T::ISSUED_LIFETIME_SECONDS)
        .map_err(|error| match error {
            OptionsError::BadClaim(claim) => IssueError::BadClaim(claim),
            _ => IssueError::BadClaim("exp"),
        })?;
    let claims = WithAudience {
        aud: OPTIONS_AUDIENCE,
        claims: options,
    };
    let token = sign_es256(T::TYPE, kid, &claims, key)?;
    if token.len() > OPTIONS_MAX_BYTES {
        Err(IssueError::TooLarge)
    } else {
        Ok(token)
    }
}

/// Verifies options by a key of their issuer; everything but the clock.
pub(crate) fn verify<T: Options>(
    jws: &UnverifiedJws<'_>,
    key: &EcPublicJwk,
) -> Result<T, OptionsError> {
    require_type::<T>(jws)?;
    let verified = jws.verify_es256(key)?;
    judge(|| verified.claims(), || verified.claims())
}

/// Reads options that no key has vouched for; all rules but the signature and the clock hold.
pub(crate) fn read_unverified<T: Options>(
    jws: &UnverifiedJws<'_>,
) -> Result<Unverified<T>, OptionsError> {
    require_type::<T>(jws)?;
    if jws.header().alg != "ES256" {
        return Err(JwsError::WrongAlgorithm("ES256").into());
    }
    judge(|| jws.unverified_claims(), || jws.unverified_claims()).map(Unverified)
}

fn require_type<T: Options>(jws: &UnverifiedJws<'_>) -> Result<(), OptionsError> {
    if jws.header().typ.as_deref() == Some(T::TYPE) {
        Ok(())
    } else {
        Err(OptionsError::WrongType)
    }
}

#[derive(Deserialize)]
struct Audience {
    aud: String,
}

fn judge<T: Options>(
    audience: impl FnOnce() -> Result<Audience, JwsError>,
    claims: impl FnOnce() -> Result<T, JwsError>,
) -> Result<T, OptionsError> {
    if audience()?.aud != OPTIONS_AUDIENCE {
        return Err(OptionsError::WrongAudience);
    }
    let options = claims()?;
    options.check(OPTIONS_MAX_LIFETIME_SECONDS)?;
    Ok(options)
}

/// Whether options are for now, five minutes either way.
pub(crate) fn check_time(iat: Timestamp, exp: Timestamp, now: Timestamp) -> Result<(), TimeError> {
    if now > exp.plus_seconds(OPTIONS_CLOCK_TOLERANCE_SECONDS) {
        Err(TimeError::Expired)
    } else if iat > now.plus_seconds(OPTIONS_CLOCK_TOLERANCE_SECONDS) {
        Err(TimeError::Ahead)
    } else {
        Ok(())
    }
}
