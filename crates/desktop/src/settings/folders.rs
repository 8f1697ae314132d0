//! Where things are on this platform (XDG base directories on Linux).

use std::env;
use std::path::PathBuf;

use thiserror::Error;

/// The system's configuration file.
pub const SYSTEM_FILE: &str = "/etc/countersign/desktop.toml";

/// Neither the XDG variable nor `HOME` is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("HOME is not set; say where the state folder is with --data")]
pub struct NoHome;

/// The person's state folder: `$XDG_STATE_HOME/countersign-desktop` or
/// `~/.local/state/countersign-desktop`.
///
/// # Errors
/// [`NoHome`].
pub fn state_folder() -> Result<PathBuf, NoHome> {
    base("XDG_STATE_HOME", ".local/state")
        .map(|base| base.join("countersign-desktop"))
        .ok_or(NoHome)
}

/// The person's configuration file: `$XDG_CONFIG_HOME/countersign/desktop.toml` or
/// `~/.config/countersign/desktop.toml`.
pub fn user_file() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config").map(|base| base.join("countersign/desktop.toml"))
}

fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))
}
