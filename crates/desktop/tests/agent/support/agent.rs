//! An agent in this process, on real sockets and a real folder.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign_crypto::jwk::Thumbprint;
use countersign_crypto::pin::PinParameters;
use countersign_crypto::random::{SystemRandom, bytes};
use countersign_crypto::time::{Clock, Timestamp};
use countersign_desktop::agent::Patience;
use countersign_desktop::http::{Limits, Listeners, serve};
use countersign_desktop::keystore::SoftwareKeyStore;
use countersign_desktop::platform::Facts;
use countersign_desktop::settings::file::ConfigFile;
use countersign_desktop::settings::{Options, Settings};
use countersign_desktop::store::Store;
use countersign_desktop::{Agent, Parts};
use countersign_desktop_protocol::assertion::{self, Assertion};
use countersign_desktop_protocol::attestation::{self, Attestation};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::prompt::Handle;
use super::{Answer, Call, Issuer, PAGE, PIN, Scripted, Step};

/// A clock in the test's hand.
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// How an agent is started.
pub struct Setup {
    pub config: String,
    pub system: String,
    pub development: bool,
    pub limits: Limits,
    pub patience: Patience,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            config: String::new(),
            system: String::new(),
            development: true,
            limits: Limits::default(),
            patience: Patience::default(),
        }
    }
}

impl Setup {
    /// Trusts an issuer whose keys are served on a loopback address.
    pub fn trusting(issuer: &Issuer) -> Self {
        let config = format!(
            "[[trusted_issuers]]\nissuer = \"{}\"\njwks_uri = \"{}\"\n",
            issuer.iss,
            issuer.jwks_uri()
        );
        Self {
            config,
            ..Self::default()
        }
    }
}

pub struct TestAgent {
    pub port: u16,
    pub person: Arc<Scripted>,
    pub clock: Arc<TestClock>,
    pub agent: Arc<Agent>,
    folder: Arc<TempDir>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<tokio::task::JoinHandle<()>>,
}

impl TestAgent {
    /// Starts one; needs the test's runtime.
    pub fn start(setup: Setup) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), setup, 1_790_000_000)
    }

    fn start_in(folder: Arc<TempDir>, setup: Setup, seconds: i64) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(seconds * 1_000_000)));
        let person = Arc::new(Scripted::default());
        let file = |text: &str| -> ConfigFile { toml::from_str(text).unwrap() };
        let options = Options {
            development: setup.development,
            port: Some(0),
        };
        let settings = Settings::join(&file(&setup.system), &file(&setup.config), options).unwrap();
        let random = Arc::new(SystemRandom);
        let agent = Agent::new(Parts {
            settings,
            store: Store::open(folder.path()).unwrap(),
            key_store: Arc::new(SoftwareKeyStore::with_parameters(
                random.clone(),
                |random| PinParameters::weak_for_tests(bytes(random)),
            )),
            prompt: Arc::new(Handle(Arc::clone(&person))),
            clock: clock.clone(),
            random,
            patience: setup.patience,
            facts: Facts::read(),
        });
        let listeners = Listeners::bind(0).unwrap();
        let port = listeners.port();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listeners, Arc::clone(&agent), setup.limits, async {
            let _ = stopped.await;
        }));
        Self {
            port,
            person,
            clock,
            agent,
            folder,
            stop: Some(stop),
            serving: Some(serving),
        }
    }

    /// Stops this agent and starts another on its folder.
    pub async fn restart(mut self, setup: Setup) -> Self {
        let seconds = self.now().unix_seconds();
        self.shut_down().await;
        Self::start_in(Arc::clone(&self.folder), setup, seconds)
    }

    pub async fn shut_down(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            serving.await.unwrap();
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn wait(&self, seconds: i64) {
        self.clock
            .0
            .fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn store(&self) -> Store {
        Store::open(self.folder()).unwrap()
    }

    pub async fn register(&self, origin: &str, jwt: &str) -> Answer {
        Call::jwt("/register", origin, jwt).send(self.port).await
    }

    pub async fn authenticate(&self, origin: &str, jwt: &str) -> Answer {
        Call::jwt("/authenticate", origin, jwt)
            .send(self.port)
            .await
    }

    /// Pairs the usual user; the store's first pairing sets [`PIN`].
    pub async fn pair(&self, issuer: &Issuer) -> attestation::Verified {
        self.pair_with(issuer, &issuer.creation(self.now())).await
    }

    pub async fn pair_with(&self, issuer: &Issuer, claims: &Value) -> attestation::Verified {
        let pin = match self.store().vault().unwrap().pin {
            None => Step::NewPin(PIN, PIN),
            Some(_) => Step::Pin(PIN),
        };
        self.person.will([Step::Allow, pin]);
        let answer = self.register(PAGE, &issuer.sign_creation(claims)).await;
        self.wait(61);
        Attestation::verify(answer.jwt()).unwrap()
    }

    /// Signs in with a credential, and verifies the answer with its key.
    pub async fn sign_in(
        &self,
        issuer: &Issuer,
        paired: &attestation::Verified,
    ) -> assertion::Verified {
        self.person.will([Step::Allow, Step::Pin(PIN)]);
        let claims = issuer.request(self.now(), paired.kid());
        let answer = self.authenticate(PAGE, &issuer.sign_request(&claims)).await;
        self.wait(61);
        Assertion::verify(answer.jwt(), paired.key()).unwrap()
    }

    pub fn kids(&self) -> Vec<Thumbprint> {
        self.store()
            .vault()
            .unwrap()
            .credentials
            .iter()
            .map(|c| c.kid)
            .collect()
    }
}

/// A short time, for what is awaited and should not come.
pub const SHORT: Duration = Duration::from_millis(150);
