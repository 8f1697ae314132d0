//! The four JWTs between server and desktop authenticator, and the rules for relying party ids and
//! origins that both share.
//!
//! ```text
//!            creation options            creation options
//!   server ──────────────────► page ──────────────────► authenticator      pairing
//!          ◄────────────────── (carries, ◄──────────────────
//!             attestation       never      attestation
//!                               trusted)
//!            request options             request options
//!          ──────────────────►      ──────────────────►                    sign-in
//!          ◄──────────────────      ◄──────────────────
//!             assertion                  assertion
//! ```
//!
//! | JWT | `typ` | signed by | module |
//! |---|---|---|---|
//! | creation options | `desktop-creation-options+jwt` | the server | [`creation_options`] |
//! | attestation | `desktop-attestation+jwt` | the new credential key | [`attestation`] |
//! | request options | `desktop-request-options+jwt` | the server | [`request_options`] |
//! | assertion | `desktop-assertion+jwt` | the credential key | [`assertion`] |
//!
//! Each type has a verifier of its own that compares `typ` exactly (RFC 8725 §3.11), so none can
//! stand in for another. All are ES256 and strict compact JWS ([`countersign_crypto::jws`]).
//!
//! A request and its answer are tied four ways: the `nonce` is echoed, `rqh` is the hash of the
//! exact request, `aud` and `sub` come from it, and the `origin` that carried it is signed.
//!
//! Nothing here reads a clock, a file or a socket; times are parameters.

pub mod assertion;
pub mod attestation;
pub mod check_number;
mod claims;
pub mod creation_options;
mod options;
pub mod origin;
pub mod request_options;
pub mod rp;
mod signer;
pub mod site;
mod terms;
pub mod text;
mod words;

pub use claims::{
    Application, EvidenceStatement, Model, OperatingSystem, OsType, RelyingParty, RpRef,
};
pub use options::{IssueError, OptionsError, TimeError, Unverified, unverified_issuer};
pub use signer::{AnswerError, CredentialSigner, SignerError};
pub use terms::{Development, Evidence, KeyProtection, UserVerification};

use countersign_crypto::encoding::base64url;
use countersign_crypto::hash::sha256;

/// Most bytes of creation and request options.
pub const OPTIONS_MAX_BYTES: usize = 16 * 1024;
/// Most bytes of an attestation or assertion.
pub const ANSWER_MAX_BYTES: usize = 64 * 1024;
/// The audience of options: no other token of an issuer has it.
pub const OPTIONS_AUDIENCE: &str = "urn:desktop-agent:v1";
/// Longest life of options that is accepted, in seconds; also of creation options when issued.
pub const OPTIONS_MAX_LIFETIME_SECONDS: i64 = 300;
/// Longest life of request options when issued, in seconds.
pub const REQUEST_OPTIONS_LIFETIME_SECONDS: i64 = 120;
/// How far the authenticator's clock may be off when it judges options, in seconds.
pub const OPTIONS_CLOCK_TOLERANCE_SECONDS: i64 = 5 * 60;
/// How far the clock of an answering authenticator may be off, in seconds. Freshness is judged by
/// the server's own record of the nonce; this finds broken clocks.
pub const ANSWER_CLOCK_TOLERANCE_SECONDS: i64 = 10 * 60;

/// The hash that ties an answer to one exact request (claim `rqh`): base64url of SHA-256 over the
/// JWT's text, as `ath` does for access tokens (RFC 9449 §4.2).
pub fn request_hash(jwt: &str) -> String {
    base64url(&sha256(jwt.as_bytes()))
}
