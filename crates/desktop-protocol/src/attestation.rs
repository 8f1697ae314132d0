//! Attestations: an authenticator presents a new credential.
//!
//! This is the one type whose key travels in the message. Possession is proven by the signature, and
//! the header's `kid`, the suffix of `iss` and the thumbprint of the key have to agree.

use countersign_crypto::hash::constant_time_eq;
use countersign_crypto::jwk::{EcPublicJwk, JwkError, Thumbprint};
use countersign_crypto::jws::{JwsError, UnverifiedJws, object};
use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::claims::{
    Application, EvidenceStatement, Model, OperatingSystem, RpRef, numeric_date, some, uuid,
};
use crate::origin::{Origin, OriginError, allowed};
use crate::rp::RpId;
use crate::signer::{AnswerError, is_issuer_of, issuer_of, sign_answer};
use crate::{
    ANSWER_CLOCK_TOLERANCE_SECONDS, ANSWER_MAX_BYTES, Development, Evidence, KeyProtection,
    UserVerification,
};

pub use crate::signer::{CredentialSigner, SignerError};

/// `typ` of attestations.
pub const TYPE: &str = "desktop-attestation+jwt";

/// The claims of an attestation. `iss` and `cnf` are not among them: they follow from the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// `iss` of the options.
    pub aud: String,
    /// `sub` of the options.
    pub sub: String,
    /// Names this attestation.
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
    /// The relying party of the options.
    #[serde(deserialize_with = "object")]
    pub rp: RpRef,
    /// The origin that carried the options.
    pub origin: Origin,
    /// Where the key lives.
    pub key_protection: KeyProtection,
    /// A person agreed.
    pub up: bool,
    /// The person was verified.
    pub uv: bool,
    /// How, in the words of RFC 8176: `hwk`, `swk`, `pin`, `fpt`, `face`, `pwd`, `user`.
    pub amr: Vec<String>,
    /// The counter of the credential.
    pub ctr: u64,
    /// The installation, pairwise per issuer.
    #[serde(deserialize_with = "uuid")]
    pub unit_id: Uuid,
    /// The operating system.
    #[serde(deserialize_with = "object")]
    pub os: OperatingSystem,
    /// The computer.
    #[serde(default, deserialize_with = "object")]
    pub model: Model,
    /// The authenticator program.
    #[serde(deserialize_with = "object")]
    pub application: Application,
    /// Proof of `key_protection`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "some"
    )]
    pub evidence: Option<EvidenceStatement>,
}

/// Why a server refuses an attestation; in the order in which it looks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// Size, form, header, algorithm, signature, or the type of a claim.
    #[error(transparent)]
    Jws(#[from] JwsError),
    /// `typ` names another kind of token, or none.
    #[error("the token is of another type")]
    WrongType,
    /// `cnf.jwk` is not a key that can be used.
    #[error("the key of the attestation: {0}")]
    Key(#[from] JwkError),
    /// `kid`, `iss` and the thumbprint of the key do not agree.
    #[error("the names of the key do not agree")]
    KeyName,
    /// `aud` is not the issuer of the options.
    #[error("the attestation is for another audience")]
    Audience,
    /// `sub` is not the user of the options.
    #[error("the attestation is for another user")]
    Subject,
    /// `nonce` is not that of the options.
    #[error("the challenge is another one")]
    Nonce,
    /// `rqh` is not the hash of the options.
    #[error("the attestation answers another request")]
    RequestHash,
    /// `rp` is not the relying party of the options.
    #[error("the attestation is for another relying party")]
    RelyingParty,
    /// `origin` may not carry the ceremony.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// `iat` or `exp` is more than ten minutes off.
    #[error("the clock of the authenticator is wrong")]
    Clock,
    /// `up` is false.
    #[error("no person agreed")]
    UserPresence,
    /// The person had to be verified and was not.
    #[error("the person was not verified")]
    UserVerification,
    /// The key lives in a weaker place than asked for.
    #[error("the key is not protected as required")]
    KeyProtection,
    /// The place of the key had to be proven and is not.
    #[error("the protection of the key is not proven")]
    Evidence,
}

impl AttestationError {
    /// Whether the text is no compact JWS at all, as [`JwsError::is_malformed`].
    pub const fn is_malformed(&self) -> bool {
        matches!(self, Self::Jws(error) if error.is_malformed())
    }
}

/// What the server remembers of the request, and what its policy asks for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// `iss` of the options.
    pub aud: &'a str,
    /// `sub` of the options.
    pub sub: &'a str,
    /// `nonce` of the options.
    pub nonce: &'a str,
    /// [`crate::request_hash`] of the options.
    pub rqh: &'a str,
    /// The relying party of the options.
    pub rp: &'a RpId,
    /// `origins` of the options.
    pub origins: &'a [Origin],
    /// Whether the environment is one for development.
    pub development: Development,
    /// Whether the person must be verified.
    pub uv: UserVerification,
    /// The weakest place for the key.
    pub min_key_protection: KeyProtection,
    /// Whether the place must be proven.
    pub evidence: Evidence,
}

/// An attestation whose key proved possession. Whether it answers a request is
/// [`Verified::check_against`]'s to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    claims: Attestation,
    key: EcPublicJwk,
    kid: Thumbprint,
}

#[derive(Serialize)]
struct Out<'a> {
    iss: String,
    cnf: OutConfirmation<'a>,
    #[serde(flatten)]
    claims: &'a Attestation,
}

#[derive(Serialize)]
struct OutConfirmation<'a> {
    jwk: &'a EcPublicJwk,
}

#[derive(Deserialize)]
struct KeyClaims {
    iss: String,
    #[serde(deserialize_with = "object")]
    cnf: Confirmation,
}

#[derive(Deserialize)]
struct Confirmation {
    jwk: Box<RawValue>,
}

impl Attestation {
    /// Signs the attestation by the new credential key (authenticator side).
    pub fn sign(&self, signer: &dyn CredentialSigner) -> Result<String, AnswerError> {
        let key = signer.public_jwk();
        let kid = key.thumbprint();
        let claims = Out {
            iss: issuer_of(&kid),
            cnf: OutConfirmation { jwk: &key },
            claims: self,
        };
        sign_answer(TYPE, &kid, &claims, signer)
    }

    /// Reads and verifies an attestation by the key it carries (server side): size, form, type,
    /// algorithm, key, names of the key, signature.
    pub fn verify(jwt: &str) -> Result<Verified, AttestationError> {
        let jws = UnverifiedJws::parse(jwt, ANSWER_MAX_BYTES)?;
        if jws.header().typ.as_deref() != Some(TYPE) {
            return Err(AttestationError::WrongType);
        }
        if jws.header().alg != "ES256" {
            return Err(JwsError::WrongAlgorithm("ES256").into());
        }
        let claimed: KeyClaims = jws.unverified_claims()?;
        let key = EcPublicJwk::from_json(claimed.cnf.jwk.get())?;
        let kid = key.thumbprint();
        if jws.header().kid.as_deref() != Some(kid.as_str()) || !is_issuer_of(&claimed.iss, &kid) {
            return Err(AttestationError::KeyName);
        }
        let claims = jws.verify_es256(&key)?.claims()?;
        Ok(Verified { claims, key, kid })
    }
}

impl Verified {
    /// The claims, vouched for by the key they carry and by nobody else.
    pub const fn claims(&self) -> &Attestation {
        &self.claims
    }

    /// The new credential's public key.
    pub const fn key(&self) -> &EcPublicJwk {
        &self.key
    }

    /// Its name.
    pub const fn kid(&self) -> &Thumbprint {
        &self.kid
    }

    /// Whether it answers this request and meets the policy. Whether the request is still open, and
    /// whether the key is new to the environment, is the caller's to check: the one before the policy
    /// matters, the other after.
    pub fn check_against(
        &self,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<(), AttestationError> {
        self.check_request(expected, now)?;
        self.check_policy(expected)
    }

    /// The first half of [`Self::check_against`]: it answers this request.
    pub fn check_request(
        &self,
        expected: &Expected<'_>,
        now: Timestamp,
    ) -> Result<(), AttestationError> {
        let claims = &self.claims;
        if claims.aud != expected.aud {
            return Err(AttestationError::Audience);
        }
        if claims.sub != expected.sub {
            return Err(AttestationError::Subject);
        }
        if !constant_time_eq(claims.nonce.as_bytes(), expected.nonce.as_bytes()) {
            return Err(AttestationError::Nonce);
        }
        if claims.rqh != expected.rqh {
            return Err(AttestationError::RequestHash);
        }
        if claims.rp.id != expected.rp.as_str() {
            return Err(AttestationError::RelyingParty);
        }
        allowed(
            &claims.origin,
            expected.rp,
            expected.origins,
            expected.development,
        )?;
        if clock_is_off(claims.iat, now) || clock_is_off(claims.exp, now) {
            return Err(AttestationError::Clock);
        }
        Ok(())
    }

    /// The second half of [`Self::check_against`]: it meets the policy.
    ///
    /// The place of the key is a claim, easily forged, and a minimum alone keeps honest authenticators
    /// only to it. Whoever needs proof asks for it with `evidence`; as no kind of evidence can be
    /// verified yet, that refuses every attestation.
    pub fn check_policy(&self, expected: &Expected<'_>) -> Result<(), AttestationError> {
        if !self.claims.up {
            return Err(AttestationError::UserPresence);
        }
        if expected.uv == UserVerification::Required && !self.claims.uv {
            return Err(AttestationError::UserVerification);
        }
        if !self
            .claims
            .key_protection
            .satisfies(expected.min_key_protection)
        {
            return Err(AttestationError::KeyProtection);
        }
        if expected.evidence == Evidence::Required {
            return Err(AttestationError::Evidence);
        }
        Ok(())
    }
}

/// Whether a time that an authenticator wrote is more than ten minutes away from the server's.
pub(crate) fn clock_is_off(claimed: Timestamp, now: Timestamp) -> bool {
    claimed > now.plus_seconds(ANSWER_CLOCK_TOLERANCE_SECONDS)
        || claimed < now.plus_seconds(-ANSWER_CLOCK_TOLERANCE_SECONDS)
}
