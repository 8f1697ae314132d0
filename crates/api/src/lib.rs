//! The HTTP API: decode, authenticate, authorise, call one engine function, encode.
