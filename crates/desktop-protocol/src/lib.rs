//! The four JWTs between server and desktop authenticator, and the rules for relying party ids and origins that both share.
