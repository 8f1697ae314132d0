//! Strict compact JWS (RFC 7515 §7.1) with an algorithm allow-list.
//!
//! Reading has three steps, each with a type of its own, so that none can be skipped:
//! text → [`UnverifiedJws`] (the form is right, nothing is believed) → [`VerifiedJws`] (a key that
//! the caller chose has signed it) → claims. Verification never looks into the token for a key.

mod error;
mod header;
mod json;
mod parse;
mod sign;

pub use error::{JwsError, Part};
pub use header::Header;
pub use json::object;
pub use parse::{UnverifiedJws, VerifiedJws};
pub use sign::{SignError, assemble, sign_es256, sign_rs256};
