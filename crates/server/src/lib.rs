//! The server: configuration, wiring, background schedules and the command line of countersign.
//!
//! - `cli`: the command line, as clap reads it. `commands`: one file per command.
//! - `config`: the TOML of `serve`. `folder`: the data folder of `quickstart`.
//! - `deployment`: from a database and a master key to an engine, with every refusal in words.
//! - `http`: listeners and connections. `tls`: certificates.
//! - `desktop`: the desktop authenticator as a child of quickstart.
//! - `doctor`: what is checked and what is found.
//!
//! A command that fails prints one line and ends with exit code 1; wrong usage ends with 2.

pub mod addresses;
pub mod cli;
mod commands;
pub mod config;
mod deployment;
mod desktop;
mod doctor;
pub mod folder;
mod guide;
pub mod http;
mod logs;
mod output;
mod schedule;
mod seeding;
mod signals;
pub mod tls;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

/// Exit code of wrong usage, as every program of clap has it.
const USAGE: u8 = 2;

/// Runs the program: reads the arguments, runs the command, says what went wrong.
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    if let cli::Command::Openapi = cli.command {
        return commands::openapi::run();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(commands::run(cli.command));
    // Nothing that is still blocked somewhere keeps the process alive.
    runtime.shutdown_timeout(std::time::Duration::from_millis(100));
    result
}

/// Help and version go to standard output; a mistake becomes one line.
fn usage(error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    ) {
        let _ = error.print();
        let is_asked_for = error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
        return if is_asked_for {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(USAGE)
        };
    }
    let text = error.to_string();
    let sentence = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = sentence
        .trim_start_matches("error: ")
        .split_whitespace()
        .collect();
    output::complain(&format!("{} (see --help)", words.join(" ")));
    ExitCode::from(USAGE)
}
