//! `countersign init`.

use anyhow::bail;

use crate::cli::Configured;

/// Makes a new deployment.
pub(crate) async fn run(_options: &Configured) -> anyhow::Result<()> {
    bail!("not there yet")
}
