//! A server, an authenticator and one honest ceremony of each kind.

use countersign_crypto::encoding::base64url;
use countersign_crypto::hash::sha256;
use countersign_crypto::jws::{UnverifiedJws, assemble};
use countersign_crypto::signing::{Es256KeyPair, SigningError};
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::assertion::{ApplicationVersion, Assertion, ExpectedAssertion};
use countersign_desktop_protocol::attestation::{Attestation, Expected};
use countersign_desktop_protocol::creation_options::{ApplicationRef, CreationOptions, User};
use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::request_options::{Context, RequestOptions};
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{
    Application, Development, Evidence, KeyProtection, Model, OPTIONS_MAX_BYTES, OperatingSystem,
    OsType, RelyingParty, RpRef, UserVerification, request_hash,
};
use serde_json::Value;
use uuid::Uuid;

pub const ISSUER: &str = "https://auth.example.com/5f7c2a10-3f0e-4c5b-9d7e-000000000001/as";
pub const ORIGIN: &str = "https://login.example.com";
pub const USER: &str = "5f7c2a10-3f0e-4c5b-9d7e-000000000003";
pub const AUTHN: Uuid = Uuid::from_u128(0x5f7c_2a10_3f0e_4c5b_9d7e_0000_0000_0004);

/// When all of it happens.
pub const NOW: Timestamp = Timestamp::from_unix_seconds(1_790_000_000);

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x5f7c_2a10_3f0e_4c5b_9d7e_0000_0000_0000 + number)
}

pub fn nonce(name: &str) -> String {
    base64url(&sha256(name.as_bytes()))
}

pub fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

pub fn rp(text: &str) -> RpId {
    RpId::parse(text, Development::Yes).unwrap()
}

/// One pairing and one sign-in, all honest.
pub struct World {
    pub server: Es256KeyPair,
    pub credential: Es256KeyPair,
    pub stranger: Es256KeyPair,
    pub rp: RpId,
    pub origins: Vec<Origin>,
    pub origin: Origin,
    pub creation: CreationOptions,
    pub creation_jwt: String,
    pub request: RequestOptions,
    pub request_jwt: String,
    pub attestation: Attestation,
    pub assertion: Assertion,
}

impl World {
    pub fn new() -> Self {
        let key = || Es256KeyPair::generate().unwrap();
        let (server, credential, stranger) = (key(), key(), key());
        let origins = vec![origin(ORIGIN)];
        let creation = creation_options(&origins);
        let creation_jwt = creation.sign("server-key-1", &server).unwrap();
        let request = request_options(&origins, vec![credential.public_jwk().thumbprint()]);
        let request_jwt = request.sign("server-key-1", &server).unwrap();
        let attestation = attestation(&creation, &creation_jwt);
        let assertion = assertion(&request, &request_jwt);
        Self {
            server,
            credential,
            stranger,
            rp: rp("example.com"),
            origins,
            origin: origin(ORIGIN),
            creation,
            creation_jwt,
            request,
            request_jwt,
            attestation,
            assertion,
        }
    }

    pub fn expected(&self) -> Expected<'_> {
        Expected {
            aud: ISSUER,
            sub: USER,
            nonce: &self.creation.nonce,
            rqh: &self.attestation.rqh,
            rp: &self.rp,
            origins: &self.origins,
            development: Development::No,
            uv: UserVerification::Required,
            min_key_protection: KeyProtection::Software,
            evidence: Evidence::None,
        }
    }

    pub fn expected_assertion(&self) -> ExpectedAssertion<'_> {
        ExpectedAssertion {
            aud: ISSUER,
            sub: USER,
            nonce: &self.request.nonce,
            rqh: &self.assertion.rqh,
            authn: AUTHN,
            rp: &self.rp,
            origins: &self.origins,
            development: Development::No,
            body_origin: &self.origin,
            uv: UserVerification::Required,
            counter: 16,
        }
    }
}

fn creation_options(origins: &[Origin]) -> CreationOptions {
    CreationOptions {
        iss: ISSUER.to_owned(),
        sub: USER.to_owned(),
        jti: format!("{}.{}", id(2), id(6)),
        iat: NOW,
        exp: NOW.plus_seconds(300),
        nonce: nonce("creation"),
        env: id(1),
        device: id(2),
        rp: RelyingParty {
            id: "example.com".to_owned(),
            name: "Example".to_owned(),
        },
        origins: origins.to_vec(),
        user: User {
            name: "a.lee".to_owned(),
            display_name: "Alex Lee".to_owned(),
        },
        application: ApplicationRef {
            id: id(5),
            name: "Desktop".to_owned(),
        },
        algs: vec!["ES256".to_owned()],
        uv: UserVerification::Required,
        min_key_protection: KeyProtection::Software,
        evidence: Evidence::None,
        exclude: Vec::new(),
        timeout: 60_000,
    }
}

fn request_options(
    origins: &[Origin],
    allow: Vec<countersign_crypto::jwk::Thumbprint>,
) -> RequestOptions {
    RequestOptions {
        iss: ISSUER.to_owned(),
        sub: Some(USER.to_owned()),
        jti: format!("{AUTHN}.{}", id(6)),
        iat: NOW,
        exp: NOW.plus_seconds(120),
        nonce: nonce("request"),
        env: id(1),
        authn: AUTHN,
        rp: RelyingParty {
            id: "example.com".to_owned(),
            name: "Example".to_owned(),
        },
        origins: origins.to_vec(),
        allow: Some(allow),
        uv: UserVerification::Required,
        timeout: 60_000,
        ctx: Context {
            app: Some("Payroll".to_owned()),
            ..Context::default()
        },
    }
}

fn attestation(options: &CreationOptions, jwt: &str) -> Attestation {
    Attestation {
        aud: options.iss.clone(),
        sub: options.sub.clone(),
        jti: id(8),
        iat: NOW.plus_seconds(12),
        exp: NOW.plus_seconds(132),
        nonce: options.nonce.clone(),
        rqh: request_hash(jwt),
        rp: RpRef {
            id: options.rp.id.clone(),
        },
        origin: origin(ORIGIN),
        key_protection: KeyProtection::Software,
        up: true,
        uv: true,
        amr: vec!["swk".to_owned(), "pin".to_owned()],
        ctr: 0,
        unit_id: id(7),
        os: OperatingSystem {
            kind: OsType::Linux,
            version: "12".to_owned(),
        },
        model: Model::default(),
        application: Application {
            native_name: "Countersign Desktop".to_owned(),
            version: "1.0.0".to_owned(),
        },
        evidence: None,
    }
}

fn assertion(options: &RequestOptions, jwt: &str) -> Assertion {
    Assertion {
        aud: options.iss.clone(),
        sub: USER.to_owned(),
        jti: id(9),
        iat: NOW.plus_seconds(20),
        exp: NOW.plus_seconds(80),
        nonce: options.nonce.clone(),
        rqh: request_hash(jwt),
        authn: options.authn,
        rp: RpRef {
            id: options.rp.id.clone(),
        },
        origin: origin(ORIGIN),
        up: true,
        uv: true,
        amr: vec!["swk".to_owned(), "pin".to_owned()],
        ctr: 17,
        unit_id: id(7),
        os: OperatingSystem {
            kind: OsType::Linux,
            version: "12".to_owned(),
        },
        application: ApplicationVersion {
            version: "1.0.0".to_owned(),
        },
    }
}

/// Header and claims of a token, as JSON.
pub fn parts(jwt: &str) -> (Value, Value) {
    let jws = UnverifiedJws::parse(jwt, OPTIONS_MAX_BYTES * 4).unwrap();
    let header = jwt.split('.').next().unwrap();
    let header = countersign_crypto::encoding::base64url_decode(header).unwrap();
    (
        serde_json::from_slice(&header).unwrap(),
        jws.unverified_claims().unwrap(),
    )
}

/// A token of any header and claims, properly signed.
pub fn signed(key: &Es256KeyPair, header: &Value, claims: &Value) -> String {
    assemble(&header.to_string(), &claims.to_string(), |input| {
        Ok::<_, SigningError>(key.sign(input)?.to_vec())
    })
    .unwrap()
}

pub fn rp_ref(id: &str) -> RpRef {
    RpRef { id: id.to_owned() }
}

/// A member and its new value; without one it goes.
pub type Change = (&'static str, Option<Value>);

/// A JSON object with some members changed.
pub fn changed(value: &Value, changes: &[Change]) -> Value {
    let mut value = value.clone();
    for (name, change) in changes {
        match change {
            Some(change) => value[*name] = change.clone(),
            None => {
                value.as_object_mut().unwrap().remove(*name);
            }
        }
    }
    value
}
