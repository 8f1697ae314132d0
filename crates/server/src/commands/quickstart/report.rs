//! What quickstart prints: one JSON line, or a guide for a person.

use std::path::PathBuf;

use anyhow::Context;
use countersign_console::Console;
use serde::Serialize;

use super::asked::Asked;
use crate::cli::Quickstart;
use crate::folder::{self, Folder, Remembered};
use crate::guide::Guide;
use crate::http::Bound;
use crate::output;
use crate::seeding::Seeded;
use crate::tls::development_ca;

/// The line of `--json`. Members and order are a contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    api_path: &'a str,
    auth_path: &'a str,
    organization_id: String,
    license_id: String,
    environment_id: String,
    population_id: String,
    user_id: String,
    username: &'a str,
    policy_id: String,
    rp_id: &'a str,
    client_id: String,
    client_secret: &'a str,
    ca_certificate: Option<String>,
    console_url: String,
}

/// What will be printed, apart from the link.
pub(super) struct Plan<'a> {
    options: &'a Quickstart,
    seeded: &'a Seeded,
    folder: PathBuf,
    pub(super) api_base: String,
    pub(super) auth_base: String,
    plain: String,
    https: Option<String>,
    origin: String,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        options: &'a Quickstart,
        asked: &Asked,
        folder: &Folder,
        seeded: &'a Seeded,
        listeners: &[Bound],
        kept: &Remembered,
    ) -> anyhow::Result<Self> {
        let plain = listeners
            .iter()
            .find(|listener| !listener.is_tls())
            .context("no listener")?;
        let https = listeners.iter().find(|listener| listener.is_tls());
        let name = asked.hosts.first().map_or("localhost", String::as_str);
        Ok(Self {
            options,
            seeded,
            folder: std::path::absolute(folder.path())?,
            api_base: kept.api_base.clone().unwrap_or_default(),
            auth_base: kept.auth_base.clone().unwrap_or_default(),
            plain: format!("http://{}/", plain.address()),
            https: https.map(|bound| format!("https://{name}:{}", bound.address().port())),
            origin: super::page::origin(&seeded.rp_id, listeners, kept),
        })
    }

    fn ca_certificate(&self) -> Option<String> {
        let file = self.folder.join(development_ca::CERTIFICATE);
        self.https.as_ref().map(|_| file.display().to_string())
    }

    /// Prints it. `asks_here`: the authenticator is about to be started in this terminal.
    pub(super) fn print(&self, console: &Console, asks_here: bool) -> anyhow::Result<()> {
        let link = console.link().expose();
        if self.options.json {
            output::say_json(&self.line())?;
            output::note(&format!("Try it in the browser: {link}"));
            return Ok(());
        }
        let log = self.folder.join(folder::LOG).display().to_string();
        let guide = Guide {
            seeded: self.seeded,
            api_base: &self.api_base,
            auth_base: &self.auth_base,
            origin: &self.origin,
            link,
            data: self.folder.display().to_string(),
            log: (!self.options.no_desktop).then_some(log),
            desktop_port: self.seeded.desktop_port,
            asks_here,
            https: self.https.clone().zip(self.ca_certificate()),
        };
        output::say(&guide.text());
        if !self.auth_base_is_here() {
            output::note(&format!(
                "The base URL {} was kept from an earlier start; this server listens on {}. \
                 --api-base and --auth-base change it.",
                self.auth_base, self.plain
            ));
        }
        Ok(())
    }

    /// Whether a derived base still is where this server listens. One that somebody chose is theirs
    /// to know about.
    fn auth_base_is_here(&self) -> bool {
        let is_loopback =
            !crate::addresses::is_exposed(&self.auth_base) && self.auth_base.starts_with("http://");
        !is_loopback || format!("{}/", self.auth_base) == self.plain
    }

    fn line(&self) -> Line<'_> {
        let seeded = self.seeded;
        Line {
            api_path: &self.api_base,
            auth_path: &self.auth_base,
            organization_id: seeded.organization.to_string(),
            license_id: seeded.license.to_string(),
            environment_id: seeded.environment.to_string(),
            population_id: seeded.population.to_string(),
            user_id: seeded.user.to_string(),
            username: &seeded.username,
            policy_id: seeded.policy.to_string(),
            rp_id: &seeded.rp_id,
            client_id: seeded.client.to_string(),
            client_secret: seeded.client_secret.expose(),
            ca_certificate: self.ca_certificate(),
            console_url: self.plain.clone(),
        }
    }
}
