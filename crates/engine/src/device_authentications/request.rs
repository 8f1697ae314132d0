//! Signing the options that a desktop authenticator answers.

use countersign_crypto::encoding::base64url;
use countersign_crypto::random;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::request_options::{Context, RequestOptions};
use countersign_desktop_protocol::{UserVerification, request_hash};
use countersign_domain::device::{Device, DeviceKind, Phase, RelyingParty};
use countersign_domain::device_authentication::{DesktopRequest, OPTIONS_LIFE_SECONDS};
use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::ids::{DeviceAuthenticationId, EnvironmentId, UserId};

use crate::devices::{CEREMONY_TIMEOUT_MILLISECONDS, attempt_id, origins_within};
use crate::{Engine, Fault};

/// What a request is about.
pub(super) struct RequestSubject<'a> {
    pub(super) authentication: DeviceAuthenticationId,
    pub(super) environment: EnvironmentId,
    /// The user and the device; `None` = whoever has a credential may answer.
    pub(super) known: Option<(UserId, &'a Device)>,
    pub(super) relying_party: RelyingParty,
    /// Name of the application that asks.
    pub(super) application_name: Option<String>,
}

impl Engine {
    /// Draws a challenge and signs the options.
    pub(super) async fn desktop_request(
        &self,
        subject: RequestSubject<'_>,
        policy: &DevicePolicy,
        now: Timestamp,
    ) -> Result<DesktopRequest, Fault> {
        let method = policy.document.desktop();
        let keys = self
            .environment_keys(subject.environment)
            .await?
            .ok_or(Fault::Inconsistent("the environment has no keys"))?;
        let (kid, key) = keys.options_signer(now).ok_or(Fault::Inconsistent(
            "the environment has no key that signs options",
        ))?;
        let allow = match subject.known {
            Some((_, device)) => {
                let DeviceKind::Desktop { phase, .. } = &device.kind;
                let Phase::Active { credential, .. } = phase else {
                    return Err(Fault::Inconsistent("a pending device was chosen"));
                };
                Some(vec![credential.kid])
            }
            None => None,
        };
        // Without a user the credential alone says who it is: then the person is always verified.
        let user_verification = match subject.known {
            Some(_) => method.user_verification,
            None => UserVerification::Required,
        };
        let origins = origins_within(method.allowed_origins, &subject.relying_party.id);
        let nonce = base64url(&random::bytes::<32>(self.random()));
        let options = RequestOptions {
            iss: self.issuer(subject.environment),
            sub: subject.known.map(|(user, _)| user.to_string()),
            jti: attempt_id(
                subject.authentication.uuid(),
                random::uuid_v4(self.random()),
            ),
            iat: now,
            exp: now.plus_seconds(OPTIONS_LIFE_SECONDS),
            nonce: nonce.clone(),
            env: subject.environment.uuid(),
            authn: subject.authentication.uuid(),
            rp: countersign_desktop_protocol::RelyingParty {
                id: subject.relying_party.id.to_string(),
                name: subject.relying_party.name,
            },
            origins: origins.clone(),
            allow: allow.clone(),
            uv: user_verification,
            timeout: CEREMONY_TIMEOUT_MILLISECONDS,
            ctx: Context {
                app: subject.application_name,
                ..Context::default()
            },
        };
        let jwt = options
            .sign(kid, key)
            .map_err(|error| Fault::Keys(error.to_string()))?;
        Ok(DesktopRequest {
            request_hash: request_hash(&jwt),
            jwt,
            nonce,
            rp: subject.relying_party.id,
            origins: origins.iter().map(ToString::to_string).collect(),
            user_verification,
            allow: allow.iter().flatten().map(ToString::to_string).collect(),
            issued_at: now,
            expires_at: now.plus_seconds(OPTIONS_LIFE_SECONDS),
        })
    }
}
