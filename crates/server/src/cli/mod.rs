//! The command line. Names, options and output are a contract: `docs/running.md`.

mod quickstart;
mod target;

pub use quickstart::Quickstart;
pub use target::Target;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Countersign: an open, self-hosted multi-factor authentication service.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, max_term_width = 100)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Seed what is missing in a data folder, then serve: everything to try Countersign
    ///
    /// Makes an environment with a demo user and a worker application, serves it on a loopback
    /// address, and starts the desktop authenticator beside it. Running it again keeps ids, secrets
    /// and state.
    Quickstart(Quickstart),
    /// Make a new deployment from a configuration file
    ///
    /// Makes the database's tables, keys, an organization, an environment for administrators, a
    /// first environment, and a worker application whose secret is printed once. Refuses a
    /// deployment that exists.
    Init(Configured),
    /// Serve a deployment
    ///
    /// Never seeds and never migrates. SIGTERM and SIGINT stop it: it accepts nothing more, finishes
    /// what is under way (at most 10 s) and ends with exit code 0.
    Serve(Serve),
    /// Bring the database to the schema of this version
    ///
    /// Safe to run when there is nothing to do, and from several machines at once. There is no way
    /// back: take a backup first.
    Migrate(Operation),
    /// Check a deployment and say what is wrong with it
    ///
    /// Ends with exit code 1 when a check fails; warnings leave it at 0.
    Doctor(Operation),
    /// List and rotate the keys that sign access tokens and desktop requests
    Keys(Keys),
    /// List environments
    #[command(visible_alias = "environments")]
    Environment(Environment),
    /// Print the OpenAPI document of the HTTP API
    Openapi,
}

/// A command that needs a configuration file.
#[derive(Debug, Args)]
pub struct Configured {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Configuration file (TOML)
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Print one JSON object once the listeners accept connections
    #[arg(long)]
    pub json: bool,
}

/// A command on a deployment.
#[derive(Debug, Args)]
pub struct Operation {
    /// The deployment.
    #[command(flatten)]
    pub target: Target,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `keys`.
#[derive(Debug, Args)]
pub struct Keys {
    /// What to do.
    #[command(subcommand)]
    pub action: KeysAction,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeysAction {
    /// List the published keys
    List {
        /// The deployment.
        #[command(flatten)]
        target: Target,
        /// Only this environment
        #[arg(long, value_name = "ID")]
        environment: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make new keys; the old ones stay published until what they signed has expired
    Rotate {
        /// The deployment.
        #[command(flatten)]
        target: Target,
        /// Only this environment
        #[arg(long, value_name = "ID")]
        environment: Option<String>,
        /// Sign with the new keys at once, not after 24 hours
        ///
        /// Without this the new keys are published first, so that everybody who caches the key set
        /// knows them in time. Use it when a key may be in wrong hands.
        #[arg(long)]
        now: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// `environment`.
#[derive(Debug, Args)]
pub struct Environment {
    /// What to do.
    #[command(subcommand)]
    pub action: EnvironmentAction,
}

/// What to do with environments.
#[derive(Debug, Subcommand)]
pub enum EnvironmentAction {
    /// List them
    List(Operation),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_understood() {
        for line in [
            "quickstart",
            "quickstart --json --no-desktop --listen 127.0.0.1:0 --data /d",
            "quickstart --https 0.0.0.0:8443 --host a.example --host b.example",
            "quickstart --api-base https://a/v1 --auth-base https://a --rp-id a",
            "quickstart --fixtures f.json --danger-loopback-delivery --desktop-port 9411",
            "quickstart --database postgres://me@localhost/x",
            "init --config c.toml --json",
            "serve --config c.toml",
            "migrate --config c.toml",
            "migrate --data /d --database sqlite:///x.db",
            "doctor",
            "doctor --data /d --json",
            "keys list --config c.toml --json",
            "keys rotate --data /d --now --environment 0783541c-a172-8d40-0783-541ca1728d40",
            "environment list",
            "openapi",
        ] {
            let arguments = std::iter::once("countersign").chain(line.split(' '));
            assert!(Cli::try_parse_from(arguments).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_is_not() {
        for line in [
            "",
            "serve",
            "init",
            "quickstart --unknown",
            "quickstart --desktop-port 70000",
            "doctor --config c.toml --data /d",
            "keys",
            "restore",
        ] {
            let words = line.split(' ').filter(|word| !word.is_empty());
            let arguments = std::iter::once("countersign").chain(words);
            assert!(Cli::try_parse_from(arguments).is_err(), "{line}");
        }
    }
}
