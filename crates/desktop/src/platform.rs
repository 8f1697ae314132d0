//! Facts about this computer, and what the process asks of the operating system.

use countersign_desktop_protocol::text::inert;
use countersign_desktop_protocol::{Model, OperatingSystem, OsType};
use rustix::process::{Resource, Rlimit, setrlimit};

/// What attestations say about this computer. Nothing that identifies one machine: no serial, no
/// hardware address, no machine id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The operating system; its version is empty if it does not say.
    pub os: OperatingSystem,
    /// The product name of the computer and its maker, where they say.
    pub model: Model,
}

impl Facts {
    /// Reads them.
    pub fn read() -> Self {
        let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        let board = |name: &str| {
            std::fs::read_to_string(format!("/sys/class/dmi/id/{name}"))
                .ok()
                .and_then(|text| product_text(&text))
        };
        Self {
            os: OperatingSystem {
                kind: if cfg!(target_os = "macos") {
                    OsType::Mac
                } else {
                    OsType::Linux
                },
                version: version_of(&release),
            },
            model: Model {
                name: board("product_name"),
                manufacturer: board("sys_vendor"),
            },
        }
    }
}

fn version_of(release: &str) -> String {
    let version = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_ID="));
    inert(version.unwrap_or_default().trim().trim_matches('"'))
}

/// Boards without a name carry placeholders.
fn product_text(text: &str) -> Option<String> {
    let text = inert(text).trim().to_owned();
    let placeholders = [
        "",
        "none",
        "default string",
        "to be filled by o.e.m.",
        "system product name",
    ];
    (!placeholders.contains(&text.to_ascii_lowercase().as_str())).then_some(text)
}

/// Switches core dumps off: they would hold PINs and keys.
pub fn forbid_core_dumps() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be switched off");
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Also keeps other processes of the same user from reading our memory with a debugger.
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "memory dumps could not be switched off");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_products() {
        assert_eq!(version_of("NAME=\"Debian\"\nVERSION_ID=\"12\"\n"), "12");
        assert_eq!(version_of("NAME=Arch\n"), "");
        assert_eq!(
            product_text("ThinkPad X1\n").as_deref(),
            Some("ThinkPad X1")
        );
        assert_eq!(product_text("Default string\n"), None);
    }
}
