//! `countersign-desktop run`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use countersign_crypto::random::SystemRandom;
use countersign_crypto::time::SystemClock;
use tokio::signal::unix::{SignalKind, signal};

use super::{Data, output};
use crate::agent::{Agent, Parts, Patience};
use crate::http::{Limits, Listeners, serve};
use crate::keystore::SoftwareKeyStore;
use crate::platform::{Facts, forbid_core_dumps};
use crate::prompt::PromptKind;
use crate::prompt::terminal::TerminalPrompt;
use crate::settings::file::ConfigFile;
use crate::settings::{Options, Settings, folders};
use crate::store::Lock;

/// Wait for requests of pages, and ask you about each.
#[derive(Args)]
pub(super) struct Run {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    setup: Setup,
    /// How to ask for consent and PIN [default: terminal; this build has no window]
    #[arg(long, value_enum)]
    prompt: Option<PromptKind>,
}

/// Options that decide the settings.
#[derive(Args)]
pub(super) struct Setup {
    /// Configuration file, in place of the one in your configuration folder
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Port of the loopback API, on both loopback addresses; 0 takes a free one [default: 9410]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Allow plain-http servers and pages on loopback hosts, and `localhost` as relying party
    #[arg(long)]
    development: bool,
}

impl Setup {
    /// The settings in force, and how the files say to ask.
    pub(super) fn settings(&self) -> anyhow::Result<(Settings, Option<PromptKind>)> {
        let system = ConfigFile::read_system(folders::SYSTEM_FILE.as_ref())?;
        let user = match (&self.config, folders::user_file()) {
            (Some(named), _) => ConfigFile::read(named)?,
            (None, Some(usual)) => ConfigFile::read_if_there(&usual)?,
            (None, None) => ConfigFile::default(),
        };
        let options = Options {
            port: self.port,
            development: self.development,
        };
        Ok((
            Settings::join(&system, &user, options)?,
            user.prompt.or(system.prompt),
        ))
    }
}

impl Run {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if !cfg!(target_os = "linux") {
            bail!("the desktop authenticator runs on Linux only so far");
        }
        forbid_core_dumps();
        let (settings, configured) = self.setup.settings()?;
        if self.prompt.or(configured) == Some(PromptKind::Window) {
            bail!("this build has no window: use --prompt terminal");
        }
        let store = self.data.open()?;
        let _alone = Lock::agent(store.folder())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime could not be started")?;
        let outcome = runtime.block_on(async {
            let listeners = Listeners::bind(settings.port)?;
            let random = Arc::new(SystemRandom);
            let agent = Agent::new(Parts {
                settings,
                store,
                key_store: Arc::new(SoftwareKeyStore::new(random.clone())),
                prompt: Arc::new(TerminalPrompt),
                clock: Arc::new(SystemClock),
                random,
                patience: Patience::default(),
                facts: Facts::read(),
            });
            let stop = stop_signal()?;
            output::complain(&format!(
                "countersign-desktop: ready on {}",
                listeners.addresses().join(" and ")
            ));
            serve(listeners, agent, Limits::default(), stop).await;
            Ok(())
        });
        // A question may still hold a thread, on a terminal that is held.
        runtime.shutdown_timeout(Duration::from_secs(1));
        outcome
    }
}

/// Done when the program is asked to stop.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let kinds = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ];
    let [mut terminate, mut interrupt, mut hangup] = kinds.map(signal);
    for signal in [&mut terminate, &mut interrupt, &mut hangup] {
        if let Err(error) = signal {
            bail!("signals cannot be received: {error}");
        }
    }
    Ok(async move {
        let (Ok(terminate), Ok(interrupt), Ok(hangup)) =
            (&mut terminate, &mut interrupt, &mut hangup)
        else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}
