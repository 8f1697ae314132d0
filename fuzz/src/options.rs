//! Options, as an authenticator reads them.

use countersign_crypto::jws::UnverifiedJws;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::creation_options::{self, CreationOptions};
use countersign_desktop_protocol::request_options::{self, RequestOptions};
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::text::inert;
use countersign_desktop_protocol::{
    Development, OPTIONS_MAX_BYTES, OPTIONS_MAX_LIFETIME_SECONDS, UserVerification,
    unverified_issuer,
};

use crate::keys::{key, token};

/// Reads the bytes as creation options: a token, or claims that get signed first.
///
/// # Panics
/// When it finds a fault.
pub fn fuzz_creation_options(data: &[u8]) {
    let Some(text) = token(data, creation_options::TYPE, str::to_owned) else {
        return;
    };
    let (Ok(jws), Some(key)) = (UnverifiedJws::parse(&text, OPTIONS_MAX_BYTES), key()) else {
        return;
    };
    let _ = unverified_issuer(&jws);
    let unverified = CreationOptions::read_unverified(&jws);
    let Ok(options) = CreationOptions::verify(&jws, key.public_jwk()) else {
        return;
    };
    assert!(unverified.is_ok_and(|read| *read.claimed() == options));
    check_life(options.iat, options.exp);
    for now in times(options.iat) {
        let _ = options.check_time(now);
    }
    let _ = RpId::parse(&options.rp.id, Development::Yes);
    check_text(&options.rp.name);
    if let Ok(again) = options.sign("k", key) {
        let read = UnverifiedJws::parse(&again, OPTIONS_MAX_BYTES)
            .ok()
            .and_then(|jws| CreationOptions::verify(&jws, key.public_jwk()).ok());
        assert_eq!(read, Some(options), "written and read again");
    }
}

/// Reads the bytes as request options: a token, or claims that get signed first.
///
/// # Panics
/// When it finds a fault.
pub fn fuzz_request_options(data: &[u8]) {
    let Some(text) = token(data, request_options::TYPE, str::to_owned) else {
        return;
    };
    let (Ok(jws), Some(key)) = (UnverifiedJws::parse(&text, OPTIONS_MAX_BYTES), key()) else {
        return;
    };
    let Ok(options) = RequestOptions::verify(&jws, key.public_jwk()) else {
        return;
    };
    check_life(options.iat, options.exp);
    for now in times(options.iat) {
        let _ = options.check_time(now);
    }
    assert_eq!(options.sub.is_some(), options.allow.is_some());
    assert!(options.sub.is_some() || options.uv == UserVerification::Required);
    assert!(options.allow.as_ref().is_none_or(|allow| !allow.is_empty()));
    check_text(options.ctx.template.as_deref().unwrap_or_default());
    if let Ok(again) = options.sign("k", key) {
        let read = UnverifiedJws::parse(&again, OPTIONS_MAX_BYTES)
            .ok()
            .and_then(|jws| RequestOptions::verify(&jws, key.public_jwk()).ok());
        assert_eq!(read, Some(options), "written and read again");
    }
}

fn check_life(iat: Timestamp, exp: Timestamp) {
    let life = exp.micros_since(iat);
    assert!(life > 0 && life <= OPTIONS_MAX_LIFETIME_SECONDS * 1_000_000);
}

fn times(iat: Timestamp) -> [Timestamp; 3] {
    [
        iat,
        Timestamp::from_micros(i64::MIN),
        Timestamp::from_micros(i64::MAX),
    ]
}

fn check_text(text: &str) {
    let shown = inert(text);
    assert!(shown.chars().count() <= 200 && !shown.chars().any(char::is_control));
}
