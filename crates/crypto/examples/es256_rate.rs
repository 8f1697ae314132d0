//! Measures how many ES256 signatures one thread makes and verifies in a second, as bare signatures
//! and as tokens of the usual size, and prints the rates as JSON. Run it with `--release`.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measuring program: it may stop at the first surprise"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use countersign_crypto::jwk::EcPublicJwk;
use countersign_crypto::jws::{UnverifiedJws, sign_es256};
use countersign_crypto::signing::{Es256KeyPair, verify_es256};
use serde_json::{Value, json};

/// How long each rate is measured.
const SPAN: Duration = Duration::from_millis(700);

/// Runs per second.
fn rate(mut run: impl FnMut()) -> f64 {
    for _ in 0..50 {
        run();
    }
    let start = Instant::now();
    let mut runs = 0_u64;
    while start.elapsed() < SPAN {
        for _ in 0..20 {
            run();
        }
        runs += 20;
    }
    (runs as f64 / start.elapsed().as_secs_f64()).round()
}

fn main() {
    let key = Es256KeyPair::generate().unwrap();
    let public = key.public_jwk();
    let claims = json!({
        "iss": "https://auth.example.com/9a1b0c2d-0000-4000-8000-000000000001/as",
        "aud": "urn:desktop-agent:v1", "sub": "9a1b0c2d-0000-4000-8000-000000000002",
        "jti": "9a1b0c2d-0000-4000-8000-000000000003.9a1b0c2d-0000-4000-8000-000000000004",
        "iat": 1_790_000_000, "exp": 1_790_000_120, "nonce": "n".repeat(43),
        "rp": {"id": "example.com", "name": "Example"}, "origins": ["https://login.example.com"],
        "allow": ["k".repeat(43)], "uv": "required", "timeout": 60_000, "ctx": {"app": "Payroll"},
    });
    let message = [7_u8; 700];
    let signature = key.sign(&message).unwrap();
    let token = sign_es256("sample+jwt", "k", &claims, &key).unwrap();

    let report = json!({
        "signPerSecond": rate(|| {
            black_box(key.sign(black_box(&message)).unwrap());
        }),
        "verifyPerSecond": rate(|| {
            assert!(verify_es256(public, black_box(&message), &signature));
        }),
        "signTokenPerSecond": rate(|| {
            black_box(sign_es256("sample+jwt", "k", &claims, &key).unwrap());
        }),
        "verifyTokenPerSecond": rate(|| {
            let jws = UnverifiedJws::parse(black_box(&token), 16_384).unwrap();
            black_box(jws.verify_es256(public).unwrap().claims::<Value>().unwrap());
        }),
        "parseTokenPerSecond": rate(|| {
            black_box(UnverifiedJws::parse(black_box(&token), 16_384).unwrap());
        }),
        "parseKeyPerSecond": rate(|| {
            black_box(EcPublicJwk::from_coordinates(*public.x(), *public.y()).unwrap());
        }),
    });
    println!("{report}");
}
