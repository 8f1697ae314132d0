//! One file per command.

mod environments;
mod init;
mod keys;
mod migrate;
pub(crate) mod openapi;
mod quickstart;
mod serve;

use std::process::ExitCode;

use crate::cli::{Command, EnvironmentAction};
use crate::doctor;

/// Runs a command.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Quickstart(options) => quickstart::run(options).await?,
        Command::Init(options) => init::run(&options).await?,
        Command::Serve(options) => serve::run(&options).await?,
        Command::Migrate(options) => migrate::run(&options).await?,
        Command::Doctor(options) => return doctor::run(&options).await,
        Command::Keys(options) => keys::run(options.action).await?,
        Command::Environment(options) => match options.action {
            EnvironmentAction::List(options) => environments::list(&options).await?,
        },
        Command::Openapi => return openapi::run(),
    }
    Ok(ExitCode::SUCCESS)
}
