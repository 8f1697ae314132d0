//! Compact JWS that have to be refused, each with its own reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use countersign_crypto::encoding::{base64url, base64url_decode};
use countersign_crypto::jwk::EcPublicJwk;
use countersign_crypto::jws::{JwsError, Part, UnverifiedJws, assemble};
use countersign_crypto::signing::{Es256KeyPair, SigningError};
use proptest::prelude::*;
use serde_json::Value;

const CLAIMS: &str = r#"{"sub":"a"}"#;

fn signed(key: &Es256KeyPair, header: &str, claims: &str) -> String {
    assemble(header, claims, |input| {
        Ok::<_, SigningError>(key.sign(input)?.to_vec())
    })
    .unwrap()
}

/// What a reader with this key and 2000 bytes says.
fn judge(token: &str, key: &EcPublicJwk) -> Result<(), JwsError> {
    UnverifiedJws::parse(token, 2_000)?
        .verify_es256(key)?
        .claims::<Value>()
        .map(|_| ())
}

#[test]
fn the_honest_one_passes() {
    let key = Es256KeyPair::generate().unwrap();
    let token = signed(
        &key,
        r#"{"typ":"x","alg":"ES256","kid":"k","cty":"JWT","x5t":"abc"}"#,
        CLAIMS,
    );
    assert_eq!(judge(&token, key.public_jwk()), Ok(()));
}

#[test]
fn headers() {
    use JwsError::{BadHeader, BadJson, DuplicateMember, ForbiddenHeader, WrongAlgorithm};
    let key = Es256KeyPair::generate().unwrap();
    let embedded = format!(
        r#"{{"alg":"ES256","jwk":{}}}"#,
        serde_json::to_string(key.public_jwk()).unwrap()
    );
    for (header, expected) in [
        (
            r#"{"alg":"ES256","crit":["exp"],"exp":1}"#,
            ForbiddenHeader("crit"),
        ),
        (r#"{"alg":"ES256","crit":[]}"#, ForbiddenHeader("crit")),
        (
            r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#,
            ForbiddenHeader("b64"),
        ),
        (r#"{"alg":"ES256","b64":true}"#, ForbiddenHeader("b64")),
        (r#"{"alg":"ES256","zip":"DEF"}"#, ForbiddenHeader("zip")),
        (
            r#"{"alg":"ES256","jku":"https://evil.test/keys"}"#,
            ForbiddenHeader("jku"),
        ),
        (
            r#"{"alg":"ES256","x5u":"https://evil.test/cert"}"#,
            ForbiddenHeader("x5u"),
        ),
        (r#"{"alg":"ES256","x5c":[]}"#, ForbiddenHeader("x5c")),
        (r#"{"alg":"ES256","jwk":null}"#, ForbiddenHeader("jwk")),
        (r#"{"alg":"ES256","\u006awk":null}"#, ForbiddenHeader("jwk")),
        (&embedded, ForbiddenHeader("jwk")),
        (r#"{"alg":"none"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"None"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":""}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"es256"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"ES256 "}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"HS256"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"ES384"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"RS256"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"PS256"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":"EdDSA"}"#, WrongAlgorithm("ES256")),
        (r#"{"alg":["ES256"]}"#, BadHeader("alg")),
        (r#"{"alg":null}"#, BadHeader("alg")),
        (r"{}", BadHeader("alg")),
        (r#"{"alg":"ES256","typ":1}"#, BadHeader("typ")),
        (r#"{"alg":"ES256","kid":{"a":1}}"#, BadHeader("kid")),
        (
            r#"{"alg":"ES256","alg":"none"}"#,
            DuplicateMember(Part::Header),
        ),
        (
            r#"{"alg":"ES256","al\u0067":"none"}"#,
            DuplicateMember(Part::Header),
        ),
        (
            r#"{"alg":"ES256","x":{"y":[{"z":1,"z":1}]}}"#,
            DuplicateMember(Part::Header),
        ),
        (r#"["ES256"]"#, BadJson(Part::Header)),
        (r#""ES256""#, BadJson(Part::Header)),
        (r#"{"alg":"ES256"}x"#, BadJson(Part::Header)),
        (r#"{"alg":"ES256","#, BadJson(Part::Header)),
        ("", BadJson(Part::Header)),
        ("\u{feff}{\"alg\":\"ES256\"}", BadJson(Part::Header)),
    ] {
        // Signed properly in every case: the reason is never the signature.
        let token = signed(&key, header, CLAIMS);
        assert_eq!(judge(&token, key.public_jwk()), Err(expected), "{header}");
    }
}

#[test]
fn payloads() {
    use JwsError::{BadJson, DuplicateMember};
    let key = Es256KeyPair::generate().unwrap();
    for (payload, expected) in [
        (r#"{"sub":"a","sub":"b"}"#, DuplicateMember(Part::Payload)),
        (
            r#"{"rp":{"id":"a","id":"b"}}"#,
            DuplicateMember(Part::Payload),
        ),
        (
            r#"{"list":[0,[{"a":{"b":1,"\u0062":2}}]]}"#,
            DuplicateMember(Part::Payload),
        ),
        ("[]", BadJson(Part::Payload)),
        ("null", BadJson(Part::Payload)),
        ("", BadJson(Part::Payload)),
        (r#"{"sub":"a"} {"#, BadJson(Part::Payload)),
        (
            r#"{"$serde_json::private::RawValue":"{}"}"#,
            BadJson(Part::Payload),
        ),
    ] {
        let token = signed(&key, r#"{"alg":"ES256"}"#, payload);
        assert_eq!(judge(&token, key.public_jwk()), Err(expected), "{payload}");
    }
    let not_utf8 = {
        let header = base64url(br#"{"alg":"ES256"}"#);
        let input = format!("{header}.{}", base64url(b"{\"a\":\"\xff\"}"));
        format!(
            "{input}.{}",
            base64url(&key.sign(input.as_bytes()).unwrap())
        )
    };
    assert_eq!(
        judge(&not_utf8, key.public_jwk()),
        Err(BadJson(Part::Payload))
    );
}

#[test]
fn forms() {
    use JwsError::{NonCanonicalBase64, NotCompact, TooLarge};
    let key = Es256KeyPair::generate().unwrap();
    let token = signed(&key, r#"{"alg":"ES256"}"#, CLAIMS);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    for (text, expected) in [
        (String::new(), NotCompact),
        ("a".to_owned(), NotCompact),
        (format!("{header}.{payload}"), NotCompact),
        (format!("{token}."), NotCompact),
        (format!("{token}.e30"), NotCompact),
        (format!(".{token}"), NotCompact),
        (
            format!("{header}.{payload}.{signature}.{payload}.{signature}"),
            NotCompact,
        ),
        (format!(" {token}"), NonCanonicalBase64(Part::Header)),
        (format!("{token}\n"), NonCanonicalBase64(Part::Signature)),
        (
            format!("{header}=.{payload}.{signature}"),
            NonCanonicalBase64(Part::Header),
        ),
        (
            format!("{header}.{payload}=.{signature}"),
            NonCanonicalBase64(Part::Payload),
        ),
        (
            format!("{header}.{payload}.{signature}=="),
            NonCanonicalBase64(Part::Signature),
        ),
        (
            format!("{header}.{payload}.{signature}A"),
            JwsError::BadSignatureLength,
        ),
        (
            format!("{header}.{payload}.{signature}AAA"),
            NonCanonicalBase64(Part::Signature),
        ),
        (
            format!("{header}.{payload}.+{}", &signature[1..]),
            NonCanonicalBase64(Part::Signature),
        ),
        (
            format!("é.{payload}.{signature}"),
            NonCanonicalBase64(Part::Header),
        ),
        ("a".repeat(2_001), TooLarge(2_000)),
    ] {
        assert_eq!(judge(&text, key.public_jwk()), Err(expected), "{text}");
    }
}

#[test]
fn the_last_character_has_one_spelling() {
    // 64 bytes leave four stray bits in the last character: fifteen other spellings decode alike in a
    // careless reader, which would give one token sixteen names.
    let key = Es256KeyPair::generate().unwrap();
    let token = signed(&key, r#"{"alg":"ES256"}"#, CLAIMS);
    let (rest, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let index = alphabet.find(last).unwrap();
    assert_eq!(index % 16, 0);
    for stray in 1..16 {
        let other = format!("{rest}{}", &alphabet[index + stray..=index + stray]);
        assert_eq!(
            judge(&other, key.public_jwk()),
            Err(JwsError::NonCanonicalBase64(Part::Signature))
        );
    }
}

#[test]
fn signatures() {
    let key = Es256KeyPair::generate().unwrap();
    let header = r#"{"alg":"ES256"}"#;
    let with = |signature: &[u8]| {
        assemble(header, CLAIMS, |_| {
            Ok::<_, SigningError>(signature.to_vec())
        })
        .unwrap()
    };
    for length in [0, 1, 63, 65, 70, 72, 96, 128] {
        let token = with(&vec![1; length]);
        assert_eq!(
            judge(&token, key.public_jwk()),
            Err(JwsError::BadSignatureLength),
            "{length}"
        );
    }
    // All zero (CVE-2022-21449), and r or s zero, or the order of the group.
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let (zero, one) = ([0_u8; 32], [1_u8; 32]);
    for (r, s) in [
        (zero, zero),
        (zero, one),
        (one, zero),
        (order, one),
        (one, order),
        (order, order),
    ] {
        let token = with(&[r, s].concat());
        assert_eq!(judge(&token, key.public_jwk()), Err(JwsError::BadSignature));
    }
    let other = Es256KeyPair::generate().unwrap();
    let token = signed(&other, header, CLAIMS);
    assert_eq!(judge(&token, key.public_jwk()), Err(JwsError::BadSignature));
}

#[test]
fn malformed_and_refused_are_told_apart() {
    let key = Es256KeyPair::generate().unwrap();
    for (token, malformed) in [
        ("no".to_owned(), true),
        (signed(&key, "{", CLAIMS), true),
        (signed(&key, r#"{"alg":"ES256","a":1,"a":1}"#, CLAIMS), true),
        (signed(&key, r#"{"alg":"ES256","crit":[]}"#, CLAIMS), false),
        (signed(&key, r#"{"alg":"none"}"#, CLAIMS), false),
        ("a".repeat(3_000), false),
    ] {
        assert_eq!(
            judge(&token, key.public_jwk()).unwrap_err().is_malformed(),
            malformed,
            "{token}"
        );
    }
}

#[test]
fn wrong_claims_do_not_leak_their_values() {
    #[derive(Debug, serde::Deserialize)]
    struct Claims {
        #[expect(dead_code, reason = "only its type matters")]
        n: u64,
    }
    let key = Es256KeyPair::generate().unwrap();
    for claims in [
        r#"{"n":"hunter2"}"#,
        r#"{"n":-5}"#,
        r#"{"n":1.5}"#,
        r#"{"n":null}"#,
        "{}",
    ] {
        let token = signed(&key, r#"{"alg":"ES256"}"#, claims);
        let jws = UnverifiedJws::parse(&token, 2_000).unwrap();
        let error = jws.unverified_claims::<Claims>().unwrap_err();
        assert!(matches!(error, JwsError::BadClaims(_)), "{error:?}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert_eq!(
            error.to_string().contains("missing field `n`"),
            claims == "{}",
            "{error}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_signed_is_read(sub in "\\PC{0,20}", n: i64) {
        let key = Es256KeyPair::generate().unwrap();
        let claims = serde_json::json!({"sub": sub, "n": n});
        let token = countersign_crypto::jws::sign_es256("t", &sub, &claims, &key).unwrap();
        let jws = UnverifiedJws::parse(&token, 10_000).unwrap();
        prop_assert_eq!(jws.header().kid.as_deref(), Some(sub.as_str()));
        let verified = jws.verify_es256(key.public_jwk()).unwrap();
        prop_assert_eq!(verified.claims::<Value>().unwrap(), claims);
    }

    #[test]
    fn any_changed_character_is_refused(position: prop::sample::Index, to in "[A-Za-z0-9_.=-]") {
        let key = Es256KeyPair::generate().unwrap();
        let mut token = signed(&key, r#"{"alg":"ES256"}"#, CLAIMS);
        let position = position.index(token.len());
        if token[position..=position] != to {
            token.replace_range(position..=position, &to);
            prop_assert!(judge(&token, key.public_jwk()).is_err());
        }
    }

    #[test]
    fn parsing_never_panics(text in "\\PC*|[A-Za-z0-9_.=-]{0,80}") {
        let _ = UnverifiedJws::parse(&text, 10_000);
    }

    #[test]
    fn parsing_arbitrary_parts_never_panics(header: Vec<u8>, payload: Vec<u8>, signature: Vec<u8>) {
        let text = [&header, &payload, &signature].map(|part| base64url(part)).join(".");
        let _ = UnverifiedJws::parse(&text, 10_000);
        prop_assert_eq!(base64url_decode(&base64url(&header)), Some(header));
    }
}
