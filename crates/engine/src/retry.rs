//! Starting over when somebody else was faster.

/// How often a use case starts over before it answers 409. Each round somebody else has made
/// progress; this many in a row means that the caller itself floods one device or user.
pub(crate) const ROUNDS: usize = 64;
