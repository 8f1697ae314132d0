//! Browser policies that spare people the question whether a page may reach this computer.

use std::path::Path;

use super::{Finding, Level};

const FOLDERS: [&str; 4] = [
    "/etc/opt/chrome/policies/managed",
    "/etc/chromium/policies/managed",
    "/etc/opt/edge/policies/managed",
    "/etc/brave/policies/managed",
];
const POLICIES: [&str; 2] = [
    "LoopbackNetworkAllowedForUrls",
    "LocalNetworkAccessAllowedForUrls",
];

pub(super) fn check() -> Finding {
    let naming: Vec<_> = FOLDERS
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|file| names_a_policy(file))
        .map(|file| file.display().to_string())
        .collect();
    if naming.is_empty() {
        return Finding::new(
            "browser",
            Level::Note,
            "no policy lets pages reach this computer without asking; the browser asks you once for each site",
        );
    }
    Finding::new(
        "browser",
        Level::Ok,
        format!("{} in {}", POLICIES.join(" or "), naming.join(", ")),
    )
}

fn names_a_policy(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    POLICIES.iter().any(|policy| text.contains(policy))
}
