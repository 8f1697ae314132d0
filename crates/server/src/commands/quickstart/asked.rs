//! The options of quickstart, read and checked.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::rp::RpId;

use crate::addresses;
use crate::cli::Quickstart;
use crate::folder::{Remembered, read_text};
use crate::http::Bound;
use crate::seeding::SeedOptions;

/// What was asked for.
pub(super) struct Asked {
    pub(super) listen: SocketAddr,
    pub(super) https: Option<SocketAddr>,
    pub(super) api_base: Option<String>,
    pub(super) auth_base: Option<String>,
    pub(super) hosts: Vec<String>,
    rp_id: RpId,
    fixtures: Option<serde_json::Value>,
    danger_loopback_delivery: bool,
}

impl Asked {
    /// Reads the options.
    pub(super) fn read(options: &Quickstart) -> anyhow::Result<Self> {
        if options.desktop_port == 0 {
            bail!("--desktop-port has to be between 1 and 65535");
        }
        Ok(Self {
            listen: addresses::loopback_listen(&options.listen)?,
            https: options
                .https
                .as_deref()
                .map(addresses::listen)
                .transpose()?,
            api_base: options
                .api_base
                .as_deref()
                .map(addresses::api_base)
                .transpose()?,
            auth_base: options
                .auth_base
                .as_deref()
                .map(addresses::auth_base)
                .transpose()?,
            hosts: options.host.clone(),
            rp_id: RpId::parse(&options.rp_id, Development::Yes)
                .with_context(|| format!("--rp-id {}", options.rp_id))?,
            fixtures: options.fixtures.as_deref().map(fixtures).transpose()?,
            danger_loopback_delivery: options.danger_loopback_delivery,
        })
    }

    /// What is kept from now on: what was asked for, else what was kept, else what follows from the
    /// listener.
    pub(super) fn keep(
        &self,
        before: &Remembered,
        plain: &Bound,
        https: Option<&Bound>,
    ) -> Remembered {
        let origin = format!("http://{}", plain.address());
        let base = |asked: &Option<String>, kept: &Option<String>, derived: String| {
            asked.clone().or_else(|| kept.clone()).or(Some(derived))
        };
        Remembered {
            listen: Some(plain.address()),
            https: https.map(Bound::address).or(before.https),
            api_base: base(&self.api_base, &before.api_base, format!("{origin}/v1")),
            auth_base: base(&self.auth_base, &before.auth_base, origin),
            danger_loopback_delivery: self.danger_loopback_delivery,
        }
    }

    /// The names of the certificate: those asked for, and the address itself where it is one.
    pub(super) fn certificate_names(&self) -> Vec<String> {
        let mut names = self.hosts.clone();
        if let Some(address) = self.https
            && !address.ip().is_unspecified()
        {
            let ip = address.ip().to_string();
            if !names.contains(&ip) {
                names.push(ip);
            }
        }
        names
    }

    /// What to seed.
    pub(super) fn seed<'a>(&'a self, options: &'a Quickstart) -> SeedOptions<'a> {
        SeedOptions {
            rp_id: &self.rp_id,
            desktop_port: options.desktop_port,
            fixtures: self.fixtures.as_ref(),
        }
    }
}

fn fixtures(path: &std::path::Path) -> anyhow::Result<serde_json::Value> {
    let Some(text) = read_text(path)? else {
        bail!("there is no fixtures file {}", path.display());
    };
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}
