//! The trusted servers: can their keys be had, and do the clocks agree?

use countersign_crypto::time::{Clock, SystemClock};

use super::{Finding, Level};
use crate::settings::Settings;
use crate::store::{Store, Vault};
use crate::trust::discovery;
use crate::trust::fetch::{Document, fetch};
use crate::trust::{Known, Standing};

/// Difference of the clocks that is mentioned (seconds). Requests are refused from 300 s on.
const SKEW: i64 = 60;

pub(super) async fn check(settings: &Settings, store: Option<&Store>, findings: &mut Vec<Finding>) {
    let vault = store
        .and_then(|store| store.vault().ok())
        .unwrap_or_default();
    let issuers = known(settings, &vault, findings);
    if issuers.is_empty() {
        findings.push(Finding::new("server", Level::Note, "none is known yet"));
        findings.push(Finding::new(
            "clock",
            Level::Note,
            "no server to compare it with",
        ));
        return;
    }
    let mut worst: Option<i64> = None;
    for issuer in issuers {
        match look(&issuer).await {
            Ok(document) => {
                findings.push(Finding::new("server", Level::Ok, issuer.issuer.as_str()));
                let skew = document.date.as_deref().and_then(skew_of);
                worst = skew.into_iter().chain(worst).max_by_key(|skew| skew.abs());
            }
            Err(error) => findings.push(Finding::new(
                "server",
                Level::Warning,
                format!("{}: {error}", issuer.issuer.as_str()),
            )),
        }
    }
    findings.push(match worst {
        Some(skew) if skew.abs() > SKEW => Finding::new(
            "clock",
            Level::Failure,
            format!(
                "this computer is {} s {}",
                skew.abs(),
                if skew > 0 { "ahead" } else { "behind" }
            ),
        ),
        Some(skew) => Finding::new(
            "clock",
            Level::Ok,
            format!("within {} s of the servers", skew.abs().max(1)),
        ),
        None => Finding::new("clock", Level::Note, "no server told its time"),
    });
}

/// The issuers that count, and a word on the remembered ones that do not.
fn known(settings: &Settings, vault: &Vault, findings: &mut Vec<Finding>) -> Vec<Known> {
    let named = settings
        .trusted_issuers
        .iter()
        .map(|named| named.issuer.as_str());
    let pinned = vault
        .pinned_issuers
        .iter()
        .map(|pinned| pinned.issuer.as_str());
    let mut issuers: Vec<Known> = Vec::new();
    for issuer in named.chain(pinned) {
        match Standing::of(issuer, settings, vault) {
            Standing::Known(known) => {
                if !issuers.iter().any(|other| other.issuer == known.issuer) {
                    issuers.push(known);
                }
            }
            Standing::New(_) | Standing::Untrusted => findings.push(Finding::new(
                "server",
                Level::Warning,
                format!(
                    "{issuer} was paired with, but does not count under this configuration{}",
                    if issuer.starts_with("http://") {
                        ": plain http is for development mode"
                    } else {
                        ""
                    }
                ),
            )),
        }
    }
    issuers
}

/// Fetches the key set from where `run` would.
async fn look(issuer: &Known) -> Result<Document, String> {
    let key_set = match &issuer.jwks_uri {
        Some(key_set) => key_set.clone(),
        None => discovery::find_key_set(&issuer.issuer)
            .await
            .map_err(|error| error.to_string())?,
    };
    fetch(&key_set).await.map_err(|error| error.to_string())
}

/// Seconds that this computer is ahead of an HTTP date (RFC 9110 §5.6.7, the fixed form).
fn skew_of(date: &str) -> Option<i64> {
    let theirs = http_date(date)?;
    Some(SystemClock.now().unix_seconds() - theirs)
}

fn http_date(date: &str) -> Option<i64> {
    use countersign_crypto::time::Timestamp;
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, rest) = date.split_once(", ")?;
    let mut parts = rest.split(' ');
    let (day, month, year, time) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let month = months.iter().position(|name| *name == month)? + 1;
    Timestamp::parse_rfc3339(&format!("{year}-{month:02}-{day}T{time}Z"))
        .map(Timestamp::unix_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates() {
        assert_eq!(
            http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777)
        );
        assert_eq!(http_date("yesterday"), None);
    }
}
