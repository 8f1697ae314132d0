//! What quickstart decided at its first start and keeps: the picked ports and the public base URLs.
//! The ids of what it seeded are in the database.

use std::net::SocketAddr;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::Folder;

/// The file in the data folder.
const FILE: &str = "quickstart.json";

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remembered {
    /// The address of the plain listener, last time.
    pub listen: Option<SocketAddr>,
    /// The address of the TLS listener, last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https: Option<SocketAddr>,
    /// Public base URL of the API.
    pub api_base: Option<String>,
    /// Public base URL of the authorization server.
    pub auth_base: Option<String>,
    /// Whether `--danger-loopback-delivery` was on, last time.
    #[serde(default)]
    pub danger_loopback_delivery: bool,
}

impl Remembered {
    /// Reads it; empty before the first start.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn read(folder: &Folder) -> anyhow::Result<Self> {
        match folder.read_text(FILE)? {
            None => Ok(Self::default()),
            Some(text) => serde_json::from_str(&text)
                .with_context(|| format!("{} cannot be understood", folder.file(FILE).display())),
        }
    }

    /// Keeps it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        folder.replace(FILE, format!("{text}\n").as_bytes())
    }
}

/// Where to listen: what was asked for, save that port 0 means the port of the last time.
pub fn resolve(asked: SocketAddr, last: Option<SocketAddr>) -> SocketAddr {
    match last {
        Some(last) if asked.port() == 0 && last.ip() == asked.ip() => last,
        _ => asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picked_port_stays() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        for (asked, last, now) in [
            ("127.0.0.1:0", None, "127.0.0.1:0"),
            ("127.0.0.1:0", Some("127.0.0.1:4000"), "127.0.0.1:4000"),
            ("127.0.0.1:8080", Some("127.0.0.1:4000"), "127.0.0.1:8080"),
            ("[::1]:0", Some("127.0.0.1:4000"), "[::1]:0"),
        ] {
            assert_eq!(resolve(address(asked), last.map(address)), address(now));
        }
    }

    #[test]
    fn is_kept() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::create(base.path()).unwrap();
        assert_eq!(Remembered::read(&folder).unwrap(), Remembered::default());
        let kept = Remembered {
            listen: "127.0.0.1:4000".parse().ok(),
            https: None,
            api_base: Some("http://127.0.0.1:4000/v1".to_owned()),
            auth_base: Some("http://127.0.0.1:4000".to_owned()),
            danger_loopback_delivery: false,
        };
        kept.write(&folder).unwrap();
        assert_eq!(Remembered::read(&folder).unwrap(), kept);
        folder.replace(FILE, b"{").unwrap();
        let error = format!("{:#}", Remembered::read(&folder).unwrap_err());
        assert!(
            error.contains("quickstart.json cannot be understood"),
            "{error}"
        );
    }
}
