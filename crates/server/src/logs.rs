//! The program's log. `COUNTERSIGN_LOG` takes a filter, such as `debug` or `countersign_api=debug`.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

/// Environment variable of the filter.
const VARIABLE: &str = "COUNTERSIGN_LOG";
/// Without it.
const DEFAULT: &str = "info";

fn filter(configured: Option<&str>) -> anyhow::Result<EnvFilter> {
    let text = match std::env::var(VARIABLE) {
        Ok(text) => text,
        Err(_) => configured.unwrap_or(DEFAULT).to_owned(),
    };
    EnvFilter::try_new(&text).with_context(|| format!("{text:?} is no log filter"))
}

/// Logs to standard error.
///
/// # Errors
/// When the filter cannot be understood.
pub(crate) fn to_stderr(configured: Option<&str>) -> anyhow::Result<()> {
    use std::io::IsTerminal;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter(configured)?)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .finish();
    // A test may have set one before.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Logs to the end of a file, which only its owner can read.
///
/// # Errors
/// When the filter cannot be understood or the file not be opened.
pub(crate) fn to_file(path: &Path) -> anyhow::Result<()> {
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write the log {}", path.display()))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter(None)?)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}
