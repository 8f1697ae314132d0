//! The examples printed in the RFCs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use countersign_crypto::jwk::{EcPublicJwk, JwkError};
use countersign_crypto::jws::{JwsError, Part, UnverifiedJws};
use countersign_crypto::signing::Rs256PublicKey;
use serde_json::Value;

/// RFC 7515 appendix A.3: ES256.
const A3_KEY: &str = r#"{"kty":"EC","crv":"P-256",
  "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const A3_PRIVATE: &str = r#"{"kty":"EC","crv":"P-256",
  "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
const A3_JWS: &str = "eyJhbGciOiJFUzI1NiJ9.\
  eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
  DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/// RFC 7515 appendix A.2: RS256.
const A2_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
  T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTB\
  EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD\
  TW9gb54h4FRWyuXpoQ";
const A2_JWS: &str = "eyJhbGciOiJSUzI1NiJ9.\
  eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
  cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1\
  dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDw\
  usC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// RFC 7638 §3.1.
const THUMBPRINT_N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWK\
  RXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0\
  zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU\
  8awapJzKnqDKgw";

#[test]
fn rfc7515_a3_es256() {
    let key = EcPublicJwk::from_json(A3_KEY).unwrap();
    let jws = UnverifiedJws::parse(A3_JWS, 1_000).unwrap();
    assert_eq!(jws.header().alg, "ES256");
    assert_eq!((&jws.header().typ, &jws.header().kid), (&None, &None));
    let claims: Value = jws.verify_es256(&key).unwrap().claims().unwrap();
    assert_eq!(claims["iss"], "joe");
    assert_eq!(claims["exp"], 1_300_819_380);
    assert_eq!(claims["http://example.com/is_root"], true);
    assert_eq!(
        EcPublicJwk::from_json(A3_PRIVATE).unwrap_err(),
        JwkError::Private
    );
}

#[test]
fn rfc7515_a2_rs256() {
    let key = Rs256PublicKey::from_jwk_members(A2_N, "AQAB").unwrap();
    let jws = UnverifiedJws::parse(A2_JWS, 1_000).unwrap();
    let claims: Value = jws.verify_rs256(&key).unwrap().claims().unwrap();
    assert_eq!(claims["iss"], "joe");
    let ec = EcPublicJwk::from_json(A3_KEY).unwrap();
    assert_eq!(
        jws.verify_es256(&ec).err(),
        Some(JwsError::WrongAlgorithm("ES256"))
    );
}

/// RFC 7515 appendix A.1 (HS256) and A.5 (unsecured): well-formed, and no key of ours accepts them.
#[test]
fn rfc7515_a1_and_a5_are_refused() {
    let key = EcPublicJwk::from_json(A3_KEY).unwrap();
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let hs256 = format!(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    let none = format!("eyJhbGciOiJub25lIn0.{payload}.");
    for token in [&hs256, &none] {
        let jws = UnverifiedJws::parse(token, 1_000).unwrap();
        assert_eq!(
            jws.verify_es256(&key).err(),
            Some(JwsError::WrongAlgorithm("ES256"))
        );
        let rsa = Rs256PublicKey::from_jwk_members(A2_N, "AQAB").unwrap();
        assert_eq!(
            jws.verify_rs256(&rsa).err(),
            Some(JwsError::WrongAlgorithm("RS256"))
        );
    }
}

/// RFC 7515 appendix A.4's `none` of forms: JSON serialisation is no compact serialisation.
#[test]
fn json_serialisation_is_refused() {
    let text = r#"{"payload":"e30","protected":"eyJhbGciOiJFUzI1NiJ9","signature":""}"#;
    assert_eq!(
        UnverifiedJws::parse(text, 1_000).err(),
        Some(JwsError::NotCompact)
    );
    let dotted = text.replace("e30", "e30.e30.e30");
    assert_eq!(
        UnverifiedJws::parse(&dotted, 1_000).err(),
        Some(JwsError::NonCanonicalBase64(Part::Header))
    );
}

#[test]
fn rfc7638_section_3_1() {
    let key = Rs256PublicKey::from_jwk_members(THUMBPRINT_N, "AQAB").unwrap();
    assert_eq!(
        key.thumbprint().as_str(),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
}
