//! The agent: what the loopback API and the ceremonies share.

use std::sync::Arc;
use std::time::Duration;

use countersign_crypto::random::Random;
use countersign_crypto::time::{Clock, Timestamp};
use countersign_desktop_protocol::origin::{self, Origin};
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::site::same_site;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::ceremony::PLACES;
use crate::ceremony::gate::Gate;
use crate::http::checks::Endpoint;
use crate::http::{Failure, Kind};
use crate::keystore::KeyStore;
use crate::platform::Facts;
use crate::prompt::Prompt;
use crate::settings::{Enrollment, Settings};
use crate::store::pin_record::PinLock;
use crate::store::{Store, Vault};
use crate::trust::IssuerKeys;

/// Name that `/status` and attestations carry.
pub const NAME: &str = "Countersign Desktop";
/// Version that they carry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How long a person has.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// What a shorter `timeout` of a request is raised to.
    pub least: Duration,
    /// What a longer one is cut to.
    pub most: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            least: Duration::from_mins(1),
            most: Duration::from_mins(10),
        }
    }
}

/// What an agent is made of.
pub struct Parts {
    /// The settings in force.
    pub settings: Settings,
    /// The store.
    pub store: Store,
    /// Where keys live.
    pub key_store: Arc<dyn KeyStore>,
    /// How the person is asked.
    pub prompt: Arc<dyn Prompt>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness of ids.
    pub random: Arc<dyn Random>,
    /// How long a person has.
    pub patience: Patience,
    /// What attestations say about this computer.
    pub facts: Facts,
}

/// The agent. One for each OS user.
pub struct Agent {
    parts: Parts,
    issuer_keys: IssuerKeys,
    gate: Arc<Gate>,
    places: Arc<Semaphore>,
}

/// What a page's origin is to this agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginStanding {
    /// An account of its relying party is here.
    Paired,
    /// The configuration names its relying party, or its site is that of a trusted issuer.
    Configured,
    /// Neither, but it may ask to pair.
    MayAsk,
    /// None of these.
    Foreign,
}

impl OriginStanding {
    /// Whether a page of this origin may read the answers of an endpoint.
    pub fn reads(self, endpoint: Endpoint) -> bool {
        match self {
            Self::Paired | Self::Configured => true,
            Self::MayAsk => matches!(endpoint, Endpoint::Register | Endpoint::Status),
            Self::Foreign => false,
        }
    }
}

impl Agent {
    /// Puts an agent together.
    pub fn new(parts: Parts) -> Arc<Self> {
        let issuer_keys = IssuerKeys::new(parts.store.clone(), Arc::clone(&parts.clock));
        Arc::new(Self {
            parts,
            issuer_keys,
            gate: Arc::default(),
            places: Arc::new(Semaphore::new(PLACES)),
        })
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The randomness of ids.
    pub fn random(&self) -> &dyn Random {
        self.parts.random.as_ref()
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Where keys live.
    pub fn key_store(&self) -> &Arc<dyn KeyStore> {
        &self.parts.key_store
    }

    /// How the person is asked.
    pub fn prompt(&self) -> &dyn Prompt {
        self.parts.prompt.as_ref()
    }

    /// What attestations say about this computer.
    pub fn facts(&self) -> &Facts {
        &self.parts.facts
    }

    /// The keys of issuers.
    pub fn issuer_keys(&self) -> &IssuerKeys {
        &self.issuer_keys
    }

    /// Who may ask.
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// The places of ceremonies under way.
    pub(crate) fn places(&self) -> &Arc<Semaphore> {
        &self.places
    }

    /// How long the person has for a request with this `timeout`.
    pub fn patience(&self, asked: Duration) -> Duration {
        asked.clamp(self.parts.patience.least, self.parts.patience.most)
    }

    /// Withdraws what is being asked, because the program stops.
    pub fn stop(&self) {
        self.gate.stop();
    }

    /// Waits until nobody is being asked.
    pub async fn idle(&self) {
        self.gate.idle().await;
    }

    /// Looks an origin up.
    ///
    /// # Errors
    /// [`Kind::KeystoreFailure`] if the store cannot be read.
    pub fn standing_of_origin(&self, origin: &Origin) -> Result<OriginStanding, Failure> {
        let settings = self.settings();
        let vault = self.store().vault()?;
        if self.is_paired(&vault, origin) {
            return Ok(OriginStanding::Paired);
        }
        let named = settings
            .allowed_rp_ids
            .iter()
            .flatten()
            .any(|rp_id| self.within(origin, rp_id));
        // Where relying parties are named, a site that is none of them is not known by its issuer.
        let of_issuer = settings.allowed_rp_ids.is_none() && self.is_site_of_issuer(&vault, origin);
        if named || of_issuer {
            return Ok(OriginStanding::Configured);
        }
        Ok(match settings.enrollment {
            Enrollment::Ask => OriginStanding::MayAsk,
            Enrollment::ConfiguredOnly => OriginStanding::Foreign,
        })
    }

    fn within(&self, origin: &Origin, rp_id: &RpId) -> bool {
        origin::allowed(origin, rp_id, &[], self.settings().development).is_ok()
    }

    fn is_paired(&self, vault: &Vault, origin: &Origin) -> bool {
        vault.credentials.iter().any(|credential| {
            RpId::parse(&credential.rp_id, self.settings().development)
                .is_ok_and(|rp_id| self.within(origin, &rp_id))
        })
    }

    fn is_site_of_issuer(&self, vault: &Vault, origin: &Origin) -> bool {
        let settings = self.settings();
        let named = settings
            .trusted_issuers
            .iter()
            .map(|named| named.issuer.as_str());
        let pinned = vault
            .pinned_issuers
            .iter()
            .map(|pinned| pinned.issuer.as_str());
        named.chain(pinned).any(|issuer| {
            Origin::parse(issuer).is_ok_and(|of| same_site(origin, &of, settings.development))
        })
    }

    /// The body of `GET /status` for a page of this standing.
    ///
    /// # Errors
    /// [`Kind::OriginNotAllowed`] for a foreign one.
    pub fn status(&self, standing: OriginStanding) -> Result<Vec<u8>, Failure> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Status {
            name: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            version: Option<&'static str>,
            api_version: u32,
            #[serde(skip_serializing_if = "Option::is_none")]
            state: Option<&'static str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            paired: Option<bool>,
        }
        let little = Status {
            name: NAME,
            version: None,
            api_version: 1,
            state: None,
            paired: None,
        };
        let status = match standing {
            OriginStanding::Foreign => return Err(Kind::OriginNotAllowed.into()),
            OriginStanding::MayAsk => little,
            OriginStanding::Paired | OriginStanding::Configured => Status {
                version: Some(VERSION),
                state: Some(self.state()?),
                paired: Some(standing == OriginStanding::Paired),
                ..little
            },
        };
        Ok(serde_json::to_vec(&status).unwrap_or_default())
    }

    fn state(&self) -> Result<&'static str, Failure> {
        if self.gate.is_busy() {
            return Ok("BUSY");
        }
        let lock = self
            .store()
            .vault()?
            .pin
            .map_or(PinLock::Open, |pin| pin.lock(self.now()));
        Ok(if lock == PinLock::Open {
            "READY"
        } else {
            "LOCKED"
        })
    }
}
