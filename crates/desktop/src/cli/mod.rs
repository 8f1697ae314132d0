//! The command line of `countersign-desktop`. Each command exits with 0, or with 1 and one clear line
//! on standard error.

mod accounts;
mod activity;
mod doctor;
mod output;
mod pin;
mod remove;
mod rename;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use crate::settings::folders;
use crate::store::Store;

#[derive(Parser)]
#[command(
    name = "countersign-desktop",
    version,
    about = "The desktop authenticator: pairs this computer and signs in with it.",
    after_help = "Nothing is ever approved without you: each request asks on the terminal first."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Wait for requests of pages, and ask you about each.
    Run(run::Run),
    /// List the accounts that this computer is paired with.
    Accounts(accounts::Accounts),
    /// Give an account a name of your own.
    Rename(rename::Rename),
    /// Erase the key of an account, or everything.
    Remove(remove::Remove),
    /// Show what was asked of you and how it ended.
    Activity(activity::Activity),
    /// The PIN.
    #[command(subcommand)]
    Pin(pin::Pin),
    /// Check the setup, and say what to do about what is wrong.
    Doctor(doctor::Doctor),
}

/// Where the state is.
#[derive(Args)]
struct Data {
    /// Folder with credentials, spent request ids and activity [default: ~/.local/state/countersign-desktop]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Data {
    fn folder(&self) -> anyhow::Result<PathBuf> {
        match &self.data {
            Some(folder) => std::path::absolute(folder).context("--data is not a path"),
            None => Ok(folders::state_folder()?),
        }
    }

    /// The store, which has to be readable.
    fn open(&self) -> anyhow::Result<Store> {
        let store = Store::open(&self.folder()?)?;
        store.vault()?;
        Ok(store)
    }
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_log();
    let outcome = match arguments.command {
        Command::Run(run) => run.run(),
        Command::Accounts(accounts) => accounts.run(),
        Command::Rename(rename) => rename.run(),
        Command::Remove(remove) => remove.run(),
        Command::Activity(activity) => activity.run(),
        Command::Pin(pin) => pin.run(),
        Command::Doctor(doctor) => doctor.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = format!("{error:#}").replace('\n', " ");
            output::complain(&format!("countersign-desktop: {line}"));
            ExitCode::FAILURE
        }
    }
}

/// Warnings of our own go to standard error; `RUST_LOG` shows more. No token, PIN, nonce or key is
/// logged at any level.
fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("countersign_desktop=warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
