//! The trusted servers: can their keys be had, and do the clocks agree?

use countersign_crypto::time::{Clock, SystemClock};

use super::{Finding, Level};
use crate::settings::Settings;
use crate::store::Store;
use crate::trust::discovery;
use crate::trust::fetch::{Document, fetch};
use crate::trust::issuer::IssuerUrl;

/// Difference of the clocks that is mentioned (seconds). Requests are refused from 300 s on.
const SKEW: i64 = 60;

pub(super) async fn check(settings: &Settings, store: Option<&Store>, findings: &mut Vec<Finding>) {
    let mut issuers: Vec<IssuerUrl> = settings
        .trusted_issuers
        .iter()
        .map(|named| named.issuer.clone())
        .collect();
    let pinned = store
        .and_then(|store| store.vault().ok())
        .map(|vault| vault.pinned_issuers);
    for pinned in pinned.unwrap_or_default() {
        match IssuerUrl::parse(&pinned.issuer, settings.development) {
            Some(issuer) if !issuers.contains(&issuer) => issuers.push(issuer),
            Some(_) => {}
            None => findings.push(Finding::new(
                "server",
                Level::Warning,
                format!("{} is used in development mode only", pinned.issuer),
            )),
        }
    }
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
                findings.push(Finding::new("server", Level::Ok, issuer.as_str()));
                let skew = document.date.as_deref().and_then(skew_of);
                worst = skew.into_iter().chain(worst).max_by_key(|skew| skew.abs());
            }
            Err(error) => findings.push(Finding::new(
                "server",
                Level::Warning,
                format!("{}: {error}", issuer.as_str()),
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

async fn look(issuer: &IssuerUrl) -> Result<Document, String> {
    discovery::find_key_set(issuer)
        .await
        .map_err(|error| error.to_string())?;
    fetch(&discovery::openid_url(issuer))
        .await
        .map_err(|error| error.to_string())
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
