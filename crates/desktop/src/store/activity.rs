//! The local activity list: what was asked of the person and how it ended. It holds no token, PIN,
//! nonce or key, and only requests that opened a prompt, so that a page cannot fill it.

use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Lock, Store, StoreError};

const FILE: &str = "activity.jsonl";
/// Entries kept when the file is cut back.
const KEPT: usize = 1000;
/// Size (bytes) at which it is cut back.
const FULL: usize = 1024 * 1024;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// To pair this computer.
    Pair,
    /// To sign in.
    SignIn,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When it ended, RFC 3339 with milliseconds.
    pub at: String,
    /// What was asked.
    pub action: Action,
    /// The relying party id.
    pub rp_id: String,
    /// The account as the person knows it; empty if none was chosen.
    pub account: String,
    /// The origin of the page that asked.
    pub origin: String,
    /// `OK`, or the failure code the page got.
    pub result: String,
    /// The program that asked, where it could be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

impl Store {
    /// Adds an entry.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn record(&self, entry: &Entry) -> Result<(), StoreError> {
        let Ok(mut line) = serde_json::to_vec(entry) else {
            return Ok(());
        };
        line.push(b'\n');
        let _lock = Lock::store(self.folder())?;
        if let Some(content) = self.folder().read(FILE)? {
            if content.len() > FULL {
                self.cut_back(&content)?;
            } else if content.last().is_some_and(|last| *last != b'\n') {
                // The last write was torn by a crash: start on a line of our own.
                line.insert(0, b'\n');
            }
        }
        self.folder().append(FILE, &line)
    }

    fn cut_back(&self, content: &[u8]) -> Result<(), StoreError> {
        let lines: Vec<_> = content
            .split(|byte| *byte == b'\n')
            .filter(|l| !l.is_empty())
            .collect();
        let kept = lines
            .get(lines.len().saturating_sub(KEPT)..)
            .unwrap_or_default();
        let mut shorter = kept.join(&b'\n');
        shorter.push(b'\n');
        self.folder().replace(FILE, &shorter)
    }

    /// The list, oldest first. Lines that cannot be read are left out.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn activity(&self) -> Result<Vec<Entry>, StoreError> {
        let content = self.folder().read(FILE)?.unwrap_or_default();
        Ok(content
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect())
    }
}

/// The time as the list shows it.
pub fn shown(at: Timestamp) -> String {
    at.to_rfc3339_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: usize) -> Entry {
        Entry {
            at: shown(Timestamp::from_unix_seconds(0)),
            action: Action::SignIn,
            rp_id: format!("r{number}.example"),
            account: "alex".repeat(100),
            origin: "https://example.com".to_owned(),
            result: "OK".to_owned(),
            program: None,
        }
    }

    #[test]
    fn survives_a_torn_line_and_stays_bounded() {
        let base = tempfile::tempdir().unwrap();
        let store = Store::open(base.path()).unwrap();
        store.record(&entry(0)).unwrap();
        store.folder().append(FILE, b"{\"at\":\"20").unwrap();
        store.record(&entry(1)).unwrap();
        assert_eq!(store.activity().unwrap(), [entry(0), entry(1)]);

        for number in 2..2500 {
            store.record(&entry(number)).unwrap();
        }
        let list = store.activity().unwrap();
        assert!(list.len() < 2500 && list.len() >= KEPT);
        assert_eq!(list.last(), Some(&entry(2499)));
    }
}
