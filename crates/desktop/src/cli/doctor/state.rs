//! The state folder: closed to others, readable, and how the PIN stands.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use countersign_crypto::time::{Clock, SystemClock};

use super::{Finding, Level};
use crate::store::Store;
use crate::store::pin_record::PinLock;

const NAMES: [&str; 6] = [
    "vault.json",
    "spent.json",
    "issuer-keys.json",
    "activity.jsonl",
    "agent.lock",
    "store.lock",
];

/// Looks at the folder without making one.
pub(super) fn check(path: &Path, findings: &mut Vec<Finding>) -> Option<Store> {
    let mut add = |level, text: String| findings.push(Finding::new("store", level, text));
    if !path.exists() {
        add(
            Level::Note,
            format!(
                "{} is not there yet; the first run makes it",
                path.display()
            ),
        );
        return None;
    }
    let open_to_others: Vec<_> = std::iter::once(path.to_owned())
        .chain(NAMES.iter().map(|name| path.join(name)))
        .filter(|file| std::fs::metadata(file).is_ok_and(|data| data.mode() & 0o077 != 0))
        .collect();
    for file in &open_to_others {
        let text = format!(
            "other users can reach {}; run `chmod go= {0}`",
            file.display()
        );
        add(Level::Warning, text);
    }
    let vault = Store::open(path).and_then(|store| {
        // A list of spent requests that cannot be read refuses every request.
        store.is_spent("", "")?;
        Ok((store.vault()?, store))
    });
    let (vault, store) = match vault {
        Ok(opened) => opened,
        Err(error) => {
            add(Level::Failure, error.to_string());
            return None;
        }
    };
    add(
        Level::Ok,
        format!(
            "{}: {} accounts, software keys",
            path.display(),
            vault.credentials.len()
        ),
    );
    let pin = vault.pin.map(|pin| pin.lock(SystemClock.now()));
    let (level, text) = match pin {
        None => (
            Level::Note,
            "not set yet; the first pairing asks for one".to_owned(),
        ),
        Some(PinLock::Open) => (Level::Ok, "set".to_owned()),
        Some(PinLock::Wait(seconds)) => (Level::Warning, format!("locked for {seconds} s")),
        Some(PinLock::ForGood) => (
            Level::Failure,
            "locked for good: erase with `countersign-desktop remove --all` and pair again"
                .to_owned(),
        ),
    };
    findings.push(Finding::new("pin", level, text));
    Some(store)
}
