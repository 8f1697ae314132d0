//! `countersign openapi`.

use std::process::ExitCode;

use crate::output;

/// Prints the OpenAPI document.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    output::say(&countersign_api::openapi().to_pretty_json()?);
    Ok(ExitCode::SUCCESS)
}
