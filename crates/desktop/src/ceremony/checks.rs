//! The checks of a token, in their order: form, issuer, signature and claims, time, replay, origin,
//! relying party.

use countersign_crypto::jws::{JwsError, UnverifiedJws};
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::creation_options::CreationOptions;
use countersign_desktop_protocol::origin::{Origin, OriginError, allowed};
use countersign_desktop_protocol::request_options::RequestOptions;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{
    OPTIONS_CLOCK_TOLERANCE_SECONDS, OPTIONS_MAX_BYTES, OptionsError, RelyingParty, TimeError,
    unverified_issuer,
};

use crate::agent::Agent;
use crate::http::failure::Clocks;
use crate::http::{Failure, Kind};
use crate::trust::keys::KeyFault;
use crate::trust::{IssuerUrl, Known};

/// The token's form.
pub(super) fn parse(jwt: &str) -> Result<UnverifiedJws<'_>, Failure> {
    UnverifiedJws::parse(jwt, OPTIONS_MAX_BYTES).map_err(|error| of_jws(&error))
}

/// The issuer that it claims.
pub(super) fn issuer(token: &UnverifiedJws<'_>) -> Result<String, Failure> {
    unverified_issuer(token).map_err(of_options)
}

/// The key that it has to be signed with.
pub(super) async fn key(
    agent: &Agent,
    known: &Known,
    token: &UnverifiedJws<'_>,
) -> Result<countersign_crypto::jwk::EcPublicJwk, Failure> {
    let kid = kid(token)?;
    agent.issuer_keys().find(known, kid).await.map_err(of_key)
}

/// The name of that key.
pub(super) fn kid<'a>(token: &'a UnverifiedJws<'_>) -> Result<&'a str, Failure> {
    token.header().kid.as_deref().ok_or_else(|| {
        Failure::from(Kind::InvalidToken).target("kid", "The token does not name its key.")
    })
}

fn of_jws(error: &JwsError) -> Failure {
    let kind = match error {
        JwsError::TooLarge(_) => Kind::TooLarge,
        error if error.is_malformed() => Kind::InvalidRequest,
        _ => Kind::InvalidToken,
    };
    // The text names claims and header members, never their values.
    Failure::from(kind).target("token", error.to_string())
}

pub(super) fn of_options(error: OptionsError) -> Failure {
    match error {
        OptionsError::Jws(error) => of_jws(&error),
        error => Failure::from(Kind::InvalidToken).target("token", error.to_string()),
    }
}

pub(super) fn of_key(fault: KeyFault) -> Failure {
    match fault {
        KeyFault::Unknown => Failure::from(Kind::InvalidToken).target(
            "kid",
            "The issuer has no such key, or it does not count here.",
        ),
        KeyFault::Untrusted(error) => {
            tracing::warn!(%error, "an issuer contradicts itself");
            Failure::from(Kind::UntrustedIssuer)
                .target("iss", "The issuer's metadata contradicts it.")
        }
        KeyFault::Unreachable(error) => {
            tracing::warn!(%error, "the keys of an issuer cannot be had");
            Kind::IssuerUnreachable.into()
        }
    }
}

/// What both kinds of options have.
pub(super) struct Asked<'a> {
    pub(super) iss: &'a str,
    pub(super) jti: &'a str,
    pub(super) iat: Timestamp,
    pub(super) exp: Timestamp,
    pub(super) rp: &'a RelyingParty,
    pub(super) origins: &'a [Origin],
}

impl<'a> From<&'a CreationOptions> for Asked<'a> {
    fn from(options: &'a CreationOptions) -> Self {
        let CreationOptions {
            iss,
            jti,
            iat,
            exp,
            rp,
            origins,
            ..
        } = options;
        Self {
            iss,
            jti,
            iat: *iat,
            exp: *exp,
            rp,
            origins,
        }
    }
}

impl<'a> From<&'a RequestOptions> for Asked<'a> {
    fn from(options: &'a RequestOptions) -> Self {
        let RequestOptions {
            iss,
            jti,
            iat,
            exp,
            rp,
            origins,
            ..
        } = options;
        Self {
            iss,
            jti,
            iat: *iat,
            exp: *exp,
            rp,
            origins,
        }
    }
}

impl Asked<'_> {
    /// Until when the request id has to be remembered.
    pub(super) fn remembered_until(&self) -> Timestamp {
        self.exp.plus_seconds(OPTIONS_CLOCK_TOLERANCE_SECONDS)
    }

    /// Time, replay, origin and relying party.
    pub(super) fn check(
        &self,
        time: Result<(), TimeError>,
        agent: &Agent,
        issuer: &IssuerUrl,
        origin: &Origin,
    ) -> Result<RpId, Failure> {
        time.map_err(|error| self.of_time(error, agent.now()))?;
        if agent.store().is_spent(self.iss, self.jti)? {
            return Err(Kind::RequestReplayed.into());
        }
        let settings = agent.settings();
        let refused = |message: String| Failure::from(Kind::RpNotAllowed).target("rp.id", message);
        let rp_id = RpId::parse(&self.rp.id, settings.development)
            .map_err(|error| refused(error.to_string()))?;
        allowed(origin, &rp_id, self.origins, settings.development).map_err(of_origin)?;
        if !settings.allows_rp(&rp_id) {
            return Err(refused("The configuration does not name it.".to_owned()));
        }
        if issuer.is_plain() && !rp_id.is_localhost() {
            return Err(refused(
                "A server without TLS is good for localhost alone.".to_owned(),
            ));
        }
        Ok(rp_id)
    }

    fn of_time(&self, error: TimeError, now: Timestamp) -> Failure {
        let (kind, target, token_time) = match error {
            TimeError::Expired => (Kind::RequestExpired, "exp", self.exp),
            TimeError::Ahead => (Kind::ClockSkew, "iat", self.iat),
        };
        Failure::from(kind)
            .target(target, error.to_string())
            .clocks(Clocks {
                local_time: now.to_rfc3339_millis(),
                token_time: token_time.to_rfc3339_millis(),
            })
    }
}

fn of_origin(error: OriginError) -> Failure {
    Failure::from(Kind::OriginNotAllowed).target("origin", error.to_string())
}
