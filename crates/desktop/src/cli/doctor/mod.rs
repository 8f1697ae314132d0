//! `countersign-desktop doctor`: what is right, what is not, and what to do about it.

mod browsers;
mod issuers;
mod listening;
mod state;

use anyhow::{Context, bail};
use clap::Args;
use countersign_desktop_protocol::Development;
use serde::Serialize;

use super::run::Setup;
use super::{Data, output};
use crate::prompt::terminal::tty::Tty;
use crate::settings::Settings;

/// Check the setup, and say what to do about what is wrong.
#[derive(Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    setup: Setup,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// How a finding is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// Right.
    Ok,
    /// Worth knowing.
    Note,
    /// Works, but look at it.
    Warning,
    /// Does not work.
    Failure,
}

/// One finding.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    level: Level,
    text: String,
}

impl Finding {
    fn new(check: &'static str, level: Level, text: impl Into<String>) -> Self {
        Self {
            check,
            level,
            text: text.into(),
        }
    }
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut findings = Vec::new();
        let settings = match self.setup.settings() {
            Ok((settings, _)) => {
                findings.push(Finding::new("configuration", Level::Ok, summary(&settings)));
                settings
            }
            Err(error) => {
                findings.push(Finding::new(
                    "configuration",
                    Level::Failure,
                    error.to_string(),
                ));
                Settings::default()
            }
        };
        if settings.development == Development::Yes {
            findings.push(Finding::new(
                "development",
                Level::Warning,
                "development mode is on: plain http is accepted on loopback hosts",
            ));
        }
        let folder = self.data.folder()?;
        let store = state::check(&folder, &mut findings);
        listening::check(settings.port, store.as_ref(), &mut findings);
        findings.push(terminal());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime could not be started")?;
        runtime.block_on(issuers::check(&settings, store.as_ref(), &mut findings));
        findings.push(proxies());
        findings.push(browsers::check());

        if self.json {
            output::say_json(&findings)?;
        } else {
            for finding in &findings {
                let level = match finding.level {
                    Level::Ok => "ok",
                    Level::Note => "note",
                    Level::Warning => "warning",
                    Level::Failure => "FAILURE",
                };
                output::say(&format!("{level:<9}{:<15}{}", finding.check, finding.text));
            }
        }
        match findings
            .iter()
            .filter(|finding| finding.level == Level::Failure)
            .count()
        {
            0 => Ok(()),
            1 => bail!("one check failed"),
            failed => bail!("{failed} checks failed"),
        }
    }
}

fn summary(settings: &Settings) -> String {
    let enrollment = match settings.enrollment {
        crate::settings::Enrollment::Ask => "new servers ask",
        crate::settings::Enrollment::ConfiguredOnly => "configured servers only",
    };
    let rp_ids = match &settings.allowed_rp_ids {
        None => "any relying party".to_owned(),
        Some(ids) => format!("{} relying parties", ids.len()),
    };
    format!(
        "port {}, {enrollment}, {} servers named, {rp_ids}",
        settings.port,
        settings.trusted_issuers.len()
    )
}

fn terminal() -> Finding {
    match Tty::open() {
        Ok(_) => Finding::new("verification", Level::Ok, "PIN, on this terminal"),
        Err(error) => Finding::new(
            "verification",
            Level::Warning,
            format!("{error}: `run` started like this cannot ask you, and refuses every request"),
        ),
    }
}

fn proxies() -> Finding {
    let names = [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let set: Vec<_> = names
        .into_iter()
        .filter_map(|name| Some((name, std::env::var(name).ok().filter(|v| !v.is_empty())?)))
        .map(|(name, value)| format!("{name}={}", without_credentials(&value)))
        .collect();
    if set.is_empty() {
        return Finding::new("proxy", Level::Ok, "none; servers are reached directly");
    }
    let text = format!("{}; loopback servers are reached directly", set.join(" "));
    Finding::new("proxy", Level::Note, text)
}

fn without_credentials(proxy: &str) -> &str {
    proxy.rsplit_once('@').map_or(proxy, |(_, host)| host)
}
