//! What is decided outside the database: configuration or data folder.

use std::path::Path;

use super::{Findings, deployment, files};
use crate::addresses;
use crate::cli::Target;
use crate::config::Config;
use crate::deployment::Place;
use crate::folder::{self, Folder, Remembered};
use crate::tls;

/// Checks a configured deployment.
pub(super) async fn of_config(path: &Path, findings: &mut Findings) {
    let config = match Config::read(path) {
        Ok(config) => config,
        Err(error) => return findings.failed("configuration", format!("{error:#}")),
    };
    findings.ok(
        "configuration",
        format!("{} can be understood", path.display()),
    );
    bases(&config.api_base, &config.auth_base, findings);
    for danger in config.dangers() {
        findings.warning("dangers", format!("{danger} is on"));
    }
    for address in config
        .listen
        .iter()
        .filter(|address| !address.ip().is_loopback())
    {
        findings.warning(
            "listen",
            format!("{address} takes plain HTTP: tokens and secrets can be read on the way to it"),
        );
    }
    if config.trusted_proxies.is_empty() && config.tls.is_none() {
        findings.note(
            "trusted_proxies",
            "no TLS of its own and no trusted proxy: every request seems to come from the proxy",
        );
    }
    if let Some(settings) = &config.tls {
        match tls::from_files(&settings.certificate_file, &settings.key_file) {
            Ok(_) => findings.ok("tls", "certificate and key fit together"),
            Err(error) => findings.failed("tls", format!("{error:#}")),
        }
        files::private("tls key", &settings.key_file, findings);
    }
    files::private("master key", &config.master_key, findings);
    if let Some(database) = config.database.sqlite_path() {
        files::private_if_there("database file", database, findings);
        if database.parent() == config.master_key.parent() {
            findings.warning(
                "master key",
                "lies beside the database: it protects only copies that are taken without it",
            );
        }
    }
    deployment::check(&Place::of_config(&config), findings).await;
}

/// Checks a data folder of quickstart.
pub(super) async fn of_folder(target: &Target, findings: &mut Findings) {
    let (place, kept, folder) = match read_folder(target) {
        Ok(read) => read,
        Err(error) => return findings.failed("data folder", format!("{error:#}")),
    };
    files::folder(folder.path(), findings);
    let key = folder.file(folder::MASTER_KEY);
    files::private("master key", &key, findings);
    findings.note(
        "master key",
        "lies beside the database: it protects only copies of the database that are taken without it",
    );
    files::private_if_there("database file", &folder.file(folder::DATABASE), findings);
    files::private_if_there("log", &folder.file(folder::LOG), findings);
    files::private_if_there(
        "development CA",
        &folder.file(tls::development_ca::KEY),
        findings,
    );
    bases(&place.config.api_base, &place.config.auth_base, findings);
    if kept.danger_loopback_delivery {
        findings.warning(
            "dangers",
            "--danger-loopback-delivery was on at the last start",
        );
    }
    findings.note(
        "kind",
        "this is a quickstart: for trying, not for other people's sign-ins",
    );
    deployment::check(&place, findings).await;
}

fn read_folder(target: &Target) -> anyhow::Result<(Place, Remembered, Folder)> {
    let place = Place::of(target)?;
    let folder = Folder::existing(&target.data)?
        .ok_or_else(|| anyhow::anyhow!("there is no data folder {}", target.data.display()))?;
    let kept = Remembered::read(&folder)?;
    Ok((place, kept, folder))
}

/// Public base URLs: could somebody read along?
fn bases(api: &str, auth: &str, findings: &mut Findings) {
    for (name, base) in [("api_base", api), ("auth_base", auth)] {
        if addresses::is_exposed(base) {
            findings.failed(name, format!("{base} is plain http to another machine"));
        } else {
            findings.ok(name, base);
        }
    }
}
