//! Assertions: an authenticator signs somebody in.
//!
//! The key comes from the stored device, chosen by `kid`, and never from the message.

use countersign_crypto::hash::constant_time_eq;
use countersign_crypto::jwk::{EcPublicJwk, Thumbprint};
use countersign_crypto::jws::{JwsError, UnverifiedJws, object};
use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::attestation::clock_is_off;
use crate::claims::{OperatingSystem, RpRef, numeric_date, present, uuid};
use crate::origin::{Origin, OriginError, allowed};
use crate::rp::RpId;
use crate::signer::{AnswerError, CredentialSigner, is_issuer_of, issuer_of, sign_answer};
use crate::{ANSWER_MAX_BYTES, Development, UserVerification};

/// `typ` of assertions.
pub const TYPE: &str = "desktop-assertion+jwt";

/// The claims of an assertion. `iss` is not among them: it follows from the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    /// `iss` of the options.
    pub aud: String,
    /// The user: `sub` of the options, or that of the account the person picked.
    pub sub: String,
    /// Names this assertion.
    #[serde(deserialize_with = "uuid")]
    pub jti: Uuid,
    /// When it was made, by the authenticator's clock; whole seconds.
    #[serde(with = "numeric_date")]
    pub iat: Timestamp,
    /// When it ends, by the authenticator's clock; whole seconds.
    #[serde(with = "numeric_date")]
    pub exp: Timestamp,
    /// `nonce` of the options.
    pub nonce: String,
    /// [`crate::request_hash`] of the options.
    pub rqh: String,
    /// `authn` of the options.
    #[serde(deserialize_with = "uuid")]
    pub authn: Uuid,
    /// The relying party of the options.
    #[serde(deserialize_with = "object")]
    pub rp: RpRef,
    /// The origin that carried the options.
    pub origin: Origin,
    /// A person agreed.
    pub up: bool,
    /// The person was verified.
    pub uv: bool,
    /// How, in the words of RFC 8176.
    pub amr: Vec<String>,
    /// The counter of the credential; larger than any before.
    pub ctr: u64,
    /// The installation, pairwise per issuer.
    #[serde(deserialize_with = "uuid")]
    pub unit_id: Uuid,
    /// The operating system.
    #[serde(deserialize_with = "object")]
    pub os: OperatingSystem,
    /// The authenticator program.
    #[serde(deserialize_with = "object")]
    pub application: ApplicationVersion,
}

/// `application` of an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationVersion {
    /// The version of the authenticator program.
    pub version: String,
}

/// Why a server refuses an assertion; in the order in which it looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Size, form, header, algorithm, signature, or the type of a claim.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// `typ` names another kind of token, or none.
    #[error("the token is of another type")]
    WrongType,
    /// `kid` is missing or not a thumbprint, or `kid`, `iss` and the stored key do not agree.
    #[error("the names of the key do not agree")]
    KeyName,
    /// It brings a key along.
    #[error("an assertion carries no key")]
    CarriesKey,
    /// `nonce` is not that of the options.
    #[error("the challenge is another one")]
    Nonce,
    /// `authn` is not this device authentication.
    #[error("the assertion is for another authentication")]
    Authentication,
    /// `sub` is not the user.
    #[error("the assertion is for another user")]
    Subject,
    /// `aud` is not the issuer of the options.
    #[error("the assertion is for another audience")]
    Audience,
    /// `rqh` is not the hash of the options.
    #[error("the assertion answers another request")]
    RequestHash,
    /// `rp` is not the relying party of the options.
    #[error("the assertion is for another relying party")]
    RelyingParty,
    /// `origin` may not carry the ceremony.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The origin that the caller states is not the signed one.
    #[error("the stated origin is not the signed one")]
    StatedOrigin,
    /// `iat` or `exp` is more than ten minutes off.
    #[error("the clock of the authenticator is wrong")]
    Clock,
    /// `up` is false.
    #[error("no person agreed")]
    UserPresence,
    /// The person had to be verified and was not.
    #[error("the person was not verified")]
    UserVerification,
    /// `ctr` is not larger than the stored one: the key was copied, or an old copy was restored.
    #[error("the counter went back")]
    CounterRegression,
}

impl AssertionError {
    /// Whether the text is no compact JWS at all, as [`JwsError::is_malformed`].
    pub const fn is_malformed(&self) -> bool {
        matches!(self, Self::Jws(error) if error.is_malformed())
    }
}

/// What the server remembers of the request and the device, and what its policy asks for.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedAssertion<'a> {
    /// `iss` of the options.
    pub aud: &'a str,
    /// Id of the user.
    pub sub: &'a str,
    /// `nonce` of the options.
    pub nonce: &'a str,
    /// [`crate::request_hash`] of the options.
    pub rqh: &'a str,
    /// Id of the device authentication.
    pub authn: Uuid,
    /// The relying party of the options.
    pub rp: &'a RpId,
    /// `origins` of the options.
    pub origins: &'a [Origin],
    /// Whether the environment is one for development.
    pub development: Development,
    /// The origin of the URL that the caller states beside the assertion.
    pub body_origin: &'a Origin,
    /// Whether the person must be verified.
    pub uv: UserVerification,
    /// The last counter accepted from this device.
    pub counter: u64,
}

/// An assertion whose form, type and algorithm are right, and whose key is not looked up yet.
pub struct UnverifiedAssertion<'a> {
    jws: UnverifiedJws<'a>,
    kid: Thumbprint,
}

impl<'a> UnverifiedAssertion<'a> {
    /// Reads an assertion: size, form, type, algorithm, and that `kid` is a thumbprint.
    pub fn parse(jwt: &'a str) -> Result<Self, AssertionError> {
        let jws = UnverifiedJws::parse(jwt, ANSWER_MAX_BYTES)?;
        if jws.header().typ.as_deref() != Some(TYPE) {
            return Err(AssertionError::WrongType);
        }
        if jws.header().alg != "ES256" {
            return Err(JwsError::WrongAlgorithm("ES256").into());
        }
        let kid = jws.header().kid.as_deref().and_then(|kid| kid.parse().ok());
        Ok(Self {
            kid: kid.ok_or(AssertionError::KeyName)?,
            jws,
        })
    }

    /// The name of the key that is claimed to have signed.
    pub const fn kid(&self) -> &Thumbprint {
        &self.kid
    }

    /// Verifies it by the key of a stored device, which has to have this name.
    pub fn verify(&self, key: &EcPublicJwk) -> Result<Verified, AssertionError> {
        #[derive(Deserialize)]
        struct KeyClaims {
            iss: String,
            #[serde(default, deserialize_with = "present")]
            cnf: bool,
            #[serde(default, deserialize_with = "present")]
            jwk: bool,
        }
        let verified = self.jws.verify_es256(key)?;
        let names: KeyClaims = verified.claims()?;
        if names.cnf || names.jwk {
            return Err(AssertionError::CarriesKey);
        }
        if key.thumbprint() != self.kid || !is_issuer_of(&names.iss, &self.kid) {
            return Err(AssertionError::KeyName);
        }
        Ok(Verified {
            claims: verified.claims()?,
            kid: self.kid,
        })
    }
}

/// An assertion that the key of a stored device has signed. Whether it answers a request is
/// [`Verified::check_against`]'s to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    claims: Assertion,
    kid: Thumbprint,
}

#[derive(Serialize)]
struct Out<'a> {
    iss: String,
    #[serde(flatten)]
    claims: &'a Assertion,
}

impl Assertion {
    /// Signs the assertion by the credential key (authenticator side).
    pub fn sign(&self, signer: &dyn CredentialSigner) -> Result<String, AnswerError> {
        let kid = signer.public_jwk().thumbprint();
        sign_answer(
            TYPE,
            &kid,
            &Out {
                iss: issuer_of(&kid),
                claims: self,
            },
            signer,
        )
    }

    /// [`UnverifiedAssertion::parse`] and [`UnverifiedAssertion::verify`] in one, where the key is
    /// known beforehand.
    pub fn verify(jwt: &str, key: &EcPublicJwk) -> Result<Verified, AssertionError> {
        UnverifiedAssertion::parse(jwt)?.verify(key)
    }
}

impl Verified {
    /// The claims, vouched for by the device's key.
    pub const fn claims(&self) -> &Assertion {
        &self.claims
    }

    /// The name of the key that signed.
    pub const fn kid(&self) -> &Thumbprint {
        &self.kid
    }

    /// Whether it answers this request and meets the policy. A caller that looks at the state of user
    /// and device in between calls the two halves.
    pub fn check_against(
        &self,
        expected: &ExpectedAssertion<'_>,
        now: Timestamp,
    ) -> Result<(), AssertionError> {
        self.check_request(expected, now)?;
        self.check_policy(expected)
    }

    /// The first half of [`Self::check_against`]: it answers this request.
    pub fn check_request(
        &self,
        expected: &ExpectedAssertion<'_>,
        now: Timestamp,
    ) -> Result<(), AssertionError> {
        let claims = &self.claims;
        if !constant_time_eq(claims.nonce.as_bytes(), expected.nonce.as_bytes()) {
            return Err(AssertionError::Nonce);
        }
        if claims.authn != expected.authn {
            return Err(AssertionError::Authentication);
        }
        if claims.sub != expected.sub {
            return Err(AssertionError::Subject);
        }
        if claims.aud != expected.aud {
            return Err(AssertionError::Audience);
        }
        if claims.rqh != expected.rqh {
            return Err(AssertionError::RequestHash);
        }
        if claims.rp.id != expected.rp.as_str() {
            return Err(AssertionError::RelyingParty);
        }
        allowed(
            &claims.origin,
            expected.rp,
            expected.origins,
            expected.development,
        )?;
        if claims.origin != *expected.body_origin {
            return Err(AssertionError::StatedOrigin);
        }
        if clock_is_off(claims.iat, now) || clock_is_off(claims.exp, now) {
            return Err(AssertionError::Clock);
        }
        Ok(())
    }

    /// The second half of [`Self::check_against`]: presence, verification, and last of all the
    /// counter, so that a counter that went back is only ever seen in an otherwise good assertion.
    pub fn check_policy(&self, expected: &ExpectedAssertion<'_>) -> Result<(), AssertionError> {
        if !self.claims.up {
            return Err(AssertionError::UserPresence);
        }
        if expected.uv == UserVerification::Required && !self.claims.uv {
            return Err(AssertionError::UserVerification);
        }
        if self.claims.ctr <= expected.counter {
            return Err(AssertionError::CounterRegression);
        }
        Ok(())
    }
}
