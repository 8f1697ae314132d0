//! The file as it is written.

use std::path::PathBuf;

use anyhow::bail;
use serde::{Deserialize, Deserializer};

/// Every member of the file. An unknown one is a mistake, not an extension.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) database: Option<String>,
    pub(super) database_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub(super) listen: Vec<String>,
    pub(super) tls: Option<RawTls>,
    pub(super) api_base: String,
    pub(super) auth_base: String,
    pub(super) rp_id: Option<String>,
    pub(super) master_key_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) trusted_proxies: Vec<String>,
    pub(super) log: Option<String>,
    #[serde(default)]
    pub(super) danger_plain_http: bool,
    #[serde(default)]
    pub(super) danger_loopback_delivery: bool,
}

/// The table `tls`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTls {
    #[serde(deserialize_with = "one_or_many")]
    pub(super) listen: Vec<String>,
    pub(super) certificate_file: PathBuf,
    pub(super) key_file: PathBuf,
}

/// The members, for the test of the published schema.
#[cfg(test)]
pub(super) const MEMBERS: &[&str] = &[
    "database",
    "database_file",
    "listen",
    "tls",
    "api_base",
    "auth_base",
    "rp_id",
    "master_key_file",
    "trusted_proxies",
    "log",
    "danger_plain_http",
    "danger_loopback_delivery",
];

/// Those of the table `tls`.
#[cfg(test)]
pub(super) const TLS_MEMBERS: &[&str] = &["listen", "certificate_file", "key_file"];

impl Raw {
    /// Reads TOML. The message names the line.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        match toml::from_str(text) {
            Ok(raw) => Ok(raw),
            Err(error) => {
                let message = error.message().to_owned();
                // What is missing from the file as a whole is on no line.
                let Some(span) = error.span().filter(|span| span.start > 0) else {
                    bail!("{message}");
                };
                let before = text.get(..span.start).unwrap_or_default();
                bail!("line {}: {message}", before.matches('\n').count() + 1);
            }
        }
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "an address or a list of addresses")]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}
