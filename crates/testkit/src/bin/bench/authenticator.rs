//! A desktop authenticator without consent: a key, a counter, and answers as fast as they come.

use anyhow::Context as _;
use countersign_crypto::jws::UnverifiedJws;
use countersign_crypto::random::{SystemRandom, uuid_v4};
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::{Clock as _, SystemClock};
use countersign_desktop_protocol::assertion::{ApplicationVersion, Assertion};
use countersign_desktop_protocol::attestation::Attestation;
use countersign_desktop_protocol::creation_options::CreationOptions;
use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::request_options::RequestOptions;
use countersign_desktop_protocol::{
    Application, KeyProtection, Model, OPTIONS_MAX_BYTES, OperatingSystem, OsType, RpRef,
    request_hash,
};
use uuid::Uuid;

/// The origin that the bench claims to be a page of.
pub(crate) const ORIGIN: &str = "http://localhost:8080";

/// One credential.
pub(crate) struct Authenticator {
    key: Es256KeyPair,
    counter: u64,
    unit: Uuid,
    origin: Origin,
}

impl Authenticator {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            key: Es256KeyPair::generate().map_err(|error| anyhow::anyhow!("{error}"))?,
            counter: 0,
            unit: uuid_v4(&SystemRandom),
            origin: Origin::parse(ORIGIN).map_err(|error| anyhow::anyhow!("{error}"))?,
        })
    }

    /// Answers creation options.
    pub(crate) fn attest(&self, options_jwt: &str) -> anyhow::Result<String> {
        let jws = UnverifiedJws::parse(options_jwt, OPTIONS_MAX_BYTES)?;
        let options: CreationOptions = jws.unverified_claims()?;
        let now = SystemClock.now();
        let attestation = Attestation {
            aud: options.iss,
            sub: options.sub,
            jti: uuid_v4(&SystemRandom),
            iat: now,
            exp: now.plus_seconds(120),
            nonce: options.nonce,
            rqh: request_hash(options_jwt),
            rp: RpRef { id: options.rp.id },
            origin: self.origin.clone(),
            key_protection: KeyProtection::Software,
            up: true,
            uv: true,
            amr: vec!["swk".to_owned(), "pin".to_owned()],
            ctr: 0,
            unit_id: self.unit,
            os: operating_system(),
            model: Model::default(),
            application: Application {
                native_name: "bench".to_owned(),
                version: "1.0.0".to_owned(),
            },
            evidence: None,
        };
        attestation
            .sign(&self.key)
            .map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// Answers request options.
    pub(crate) fn assert(&mut self, options_jwt: &str) -> anyhow::Result<String> {
        let jws = UnverifiedJws::parse(options_jwt, OPTIONS_MAX_BYTES)?;
        let options: RequestOptions = jws.unverified_claims()?;
        self.counter += 1;
        let now = SystemClock.now();
        let assertion = Assertion {
            aud: options.iss,
            sub: options
                .sub
                .context("a sign-in of the bench names its user")?,
            jti: uuid_v4(&SystemRandom),
            iat: now,
            exp: now.plus_seconds(60),
            nonce: options.nonce,
            rqh: request_hash(options_jwt),
            authn: options.authn,
            rp: RpRef { id: options.rp.id },
            origin: self.origin.clone(),
            up: true,
            uv: true,
            amr: vec!["swk".to_owned(), "pin".to_owned()],
            ctr: self.counter,
            unit_id: self.unit,
            os: operating_system(),
            application: ApplicationVersion {
                version: "1.0.0".to_owned(),
            },
        };
        assertion
            .sign(&self.key)
            .map_err(|error| anyhow::anyhow!("{error}"))
    }
}

fn operating_system() -> OperatingSystem {
    OperatingSystem {
        kind: OsType::Linux,
        version: "12".to_owned(),
    }
}
