//! A desktop authenticator without a person, a window or a key store: it answers whatever it is
//! asked, truthfully, unless a test bends the answer.
//!
//! It does not judge the options that it gets; the real authenticator does, and its own tests show
//! that. What the server has to judge is bent here, in three places:
//!
//! * the claims, before they are signed ([`SoftDesktop::register_with`],
//!   [`SoftDesktop::authenticate_with`]);
//! * the whole JWS, header included ([`forge`]);
//! * the key ([`SoftDesktop::key_mut`]).

use std::sync::Arc;

use anyhow::{Context as _, bail};
use countersign_crypto::jwk::Thumbprint;
use countersign_crypto::jws::{UnverifiedJws, assemble};
use countersign_crypto::random::{Random, uuid_v4};
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Clock;
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

/// A credential of a [`SoftDesktop`].
pub struct SoftCredential {
    /// The key.
    pub key: Es256KeyPair,
    /// Whose it is.
    pub subject: String,
    /// The issuer that it was made for.
    pub issuer: String,
    /// The relying party that it is bound to.
    pub rp: String,
    /// The last counter that was signed.
    pub counter: u64,
}

impl SoftCredential {
    /// Its thumbprint.
    pub fn kid(&self) -> Thumbprint {
        self.key.public_jwk().thumbprint()
    }
}

/// A desktop authenticator without a person, a window or a key store.
pub struct SoftDesktop {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// The installation.
    pub unit_id: Uuid,
    /// The operating system that it reports.
    pub os: OperatingSystem,
    /// The credentials, the newest last.
    pub credentials: Vec<SoftCredential>,
}

impl SoftDesktop {
    /// A new installation.
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            unit_id: uuid_v4(random.as_ref()),
            os: OperatingSystem {
                kind: OsType::Mac,
                version: "15.7.3".to_owned(),
            },
            clock,
            random,
            credentials: Vec::new(),
        }
    }

    /// Answers creation options for a page of this origin, with a new credential.
    ///
    /// # Errors
    /// When the options cannot be read.
    pub fn register(&mut self, options: &str, origin: &str) -> anyhow::Result<String> {
        self.register_with(options, origin, |_| {})
    }

    /// The same, with claims that a test bends before they are signed.
    ///
    /// # Errors
    /// When the options cannot be read.
    pub fn register_with(
        &mut self,
        options: &str,
        origin: &str,
        bend: impl FnOnce(&mut Attestation),
    ) -> anyhow::Result<String> {
        let jws = UnverifiedJws::parse(options, OPTIONS_MAX_BYTES)?;
        let asked = CreationOptions::read_unverified(&jws)?;
        let asked = asked.claimed();
        let now = self.clock.now();
        let mut attestation = Attestation {
            aud: asked.iss.clone(),
            sub: asked.sub.clone(),
            jti: uuid_v4(self.random.as_ref()),
            iat: now,
            exp: now.plus_seconds(120),
            nonce: asked.nonce.clone(),
            rqh: request_hash(options),
            rp: RpRef {
                id: asked.rp.id.clone(),
            },
            origin: Origin::parse(origin)?,
            key_protection: KeyProtection::Software,
            up: true,
            uv: true,
            amr: vec!["swk".to_owned(), "pin".to_owned()],
            ctr: 0,
            unit_id: self.unit_id,
            os: self.os.clone(),
            model: Model::default(),
            application: Application {
                native_name: "Soft Desktop".to_owned(),
                version: "1.0.0".to_owned(),
            },
            evidence: None,
        };
        bend(&mut attestation);
        let key = Es256KeyPair::generate()?;
        let jwt = attestation.sign(&key)?;
        self.credentials.push(SoftCredential {
            key,
            subject: asked.sub.clone(),
            issuer: asked.iss.clone(),
            rp: asked.rp.id.clone(),
            counter: 0,
        });
        Ok(jwt)
    }

    /// Answers request options for a page of this origin, with the newest credential that fits.
    ///
    /// # Errors
    /// When the options cannot be read or no credential fits.
    pub fn authenticate(&mut self, options: &str, origin: &str) -> anyhow::Result<String> {
        self.authenticate_with(options, origin, |_| {})
    }

    /// The same, with claims that a test bends before they are signed.
    ///
    /// # Errors
    /// When the options cannot be read or no credential fits.
    pub fn authenticate_with(
        &mut self,
        options: &str,
        origin: &str,
        bend: impl FnOnce(&mut Assertion),
    ) -> anyhow::Result<String> {
        let jws = UnverifiedJws::parse(options, OPTIONS_MAX_BYTES)?;
        let asked = RequestOptions::read_unverified(&jws)?;
        let asked = asked.claimed();
        let fits = |credential: &&mut SoftCredential| {
            credential.issuer == asked.iss
                && credential.rp == asked.rp.id
                && asked
                    .sub
                    .as_ref()
                    .is_none_or(|sub| *sub == credential.subject)
                && asked
                    .allow
                    .as_ref()
                    .is_none_or(|allow| allow.contains(&credential.kid()))
        };
        let Some(credential) = self.credentials.iter_mut().rev().find(fits) else {
            bail!("no credential fits the request")
        };
        credential.counter += 1;
        let now = self.clock.now();
        let mut assertion = Assertion {
            aud: asked.iss.clone(),
            sub: credential.subject.clone(),
            jti: uuid_v4(self.random.as_ref()),
            iat: now,
            exp: now.plus_seconds(60),
            nonce: asked.nonce.clone(),
            rqh: request_hash(options),
            authn: asked.authn,
            rp: RpRef {
                id: asked.rp.id.clone(),
            },
            origin: Origin::parse(origin)?,
            up: true,
            uv: true,
            amr: vec!["swk".to_owned(), "pin".to_owned()],
            ctr: credential.counter,
            unit_id: self.unit_id,
            os: self.os.clone(),
            application: ApplicationVersion {
                version: "1.0.0".to_owned(),
            },
        };
        bend(&mut assertion);
        Ok(assertion.sign(&credential.key)?)
    }

    /// The key of the newest credential.
    ///
    /// # Errors
    /// When there is none.
    pub fn key_mut(&mut self) -> anyhow::Result<&mut Es256KeyPair> {
        self.credentials
            .last_mut()
            .map(|newest| &mut newest.key)
            .context("no credential")
    }
}

/// A compact JWS of any header and claims (JSON texts), signed by this key: for what no honest
/// authenticator would send.
///
/// # Errors
/// When the key does not sign.
pub fn forge(header: &str, claims: &str, key: &Es256KeyPair) -> anyhow::Result<String> {
    Ok(assemble(header, claims, |input| {
        key.sign(input).map(|signature| signature.to_vec())
    })?)
}

/// Header and claims of a compact JWS as JSON values, without looking at its signature.
///
/// # Errors
/// When it is not one.
pub fn opened(jwt: &str) -> anyhow::Result<(serde_json::Value, serde_json::Value)> {
    let mut parts = jwt.split('.').map(|part| {
        countersign_crypto::encoding::base64url_decode(part).context("a part is not base64url")
    });
    let mut next = || -> anyhow::Result<serde_json::Value> {
        Ok(serde_json::from_slice(
            &parts.next().context("too few parts")??,
        )?)
    };
    Ok((next()?, next()?))
}
