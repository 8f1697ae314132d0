//! `countersign quickstart`: seed what is missing, then serve.
//!
//! What can refuse comes before what changes anything: options, ports, folder, key, schema.

mod asked;
mod page;
mod report;
mod store;

use std::sync::Arc;
use std::time::Duration;

use countersign_console::Console;
use countersign_crypto::random::SystemRandom;
use countersign_crypto::time::{Clock, SystemClock};
use countersign_engine::{Engine, EngineConfig};
use tokio::sync::watch;

use crate::cli::Quickstart;
use crate::desktop::{self, Desktop};
use crate::folder::{self, Folder, Remembered, resolve};
use crate::http::{App, Bound, Proxies, Transport};
use crate::seeding::{self, Seeded};
use crate::{deployment, http, logs, output, schedule, signals, tls};
use asked::Asked;
use store::{Locks, Store};

/// How long a child that got the same Ctrl-C may be ahead of us.
const CLOSE_TOGETHER: Duration = Duration::from_millis(300);

/// A quickstart that is ready to answer.
struct Ready {
    engine: Engine,
    folder: Folder,
    _locks: Locks,
    seeded: Seeded,
    listeners: Vec<Bound>,
    kept: Remembered,
}

/// Runs until it is asked to stop.
pub(crate) async fn run(options: Quickstart) -> anyhow::Result<()> {
    let asked = Asked::read(&options)?;
    let stop = signals::stop()?;
    let ready = prepare(&options, &asked).await?;
    let Ready {
        engine,
        folder,
        _locks,
        seeded,
        listeners,
        kept,
    } = ready;
    let console = page::console(&asked, &seeded, &listeners, &kept, &engine);
    let plan = report::Plan::new(&options, &asked, &folder, &seeded, &listeners, &kept)?;

    let state = countersign_api::ApiState {
        engine: engine.clone(),
        links: countersign_api::Links::new(&plan.api_base, &plan.auth_base),
    };
    let router = countersign_api::router(state, countersign_api::Limits::default());
    let app = App::new(router, Some(console.router()), Proxies::default());
    let served = tokio::spawn(http::run(listeners, app, stop.clone()));

    let program = (!options.no_desktop).then(|| desktop::prepare(options.desktop_port));
    plan.print(&console, matches!(program, Some(Ok(_))))?;
    let desktop = program.and_then(|program| start_desktop(program, &folder, &options));
    let housekeeping = tokio::spawn(schedule::run(engine.clone(), stop.clone()));

    stay_with(desktop, stop).await;
    served.await?;
    housekeeping.abort();
    engine.database().close().await;
    Ok(())
}

/// Everything that can refuse, then everything that is made at a first start.
async fn prepare(options: &Quickstart, asked: &Asked) -> anyhow::Result<Ready> {
    let before = match Folder::existing(&options.data)? {
        Some(folder) => Remembered::read(&folder)?,
        None => Remembered::default(),
    };
    let plain = Bound::new(resolve(asked.listen, before.listen), Transport::Plain)?;
    let https = match asked.https {
        Some(address) => Some(Bound::new(
            resolve(address, before.https),
            Transport::Plain,
        )?),
        None => None,
    };
    let Store {
        folder,
        database,
        master_key,
        locks,
    } = Store::open(options).await?;
    if options.no_desktop {
        logs::to_stderr(None)?;
    } else {
        logs::to_file(&folder.file(folder::LOG))?;
    }
    let kept = asked.keep(&before, &plain, https.as_ref());
    if kept != before {
        kept.write(&folder)?;
    }
    let mut listeners = vec![plain];
    if let Some(bound) = https {
        let now = SystemClock.now();
        let settings =
            tls::development_ca::server_config(&folder, &asked.certificate_names(), now)?;
        listeners.push(bound.with_transport(Transport::Tls(settings)));
    }
    let engine = deployment::open_engine(
        database,
        master_key,
        EngineConfig {
            api_base: kept.api_base.clone().unwrap_or_default(),
            auth_base: kept.auth_base.clone().unwrap_or_default(),
            default_relying_party: options.rp_id.clone(),
        },
    )
    .await?;
    let seeded = seeding::quickstart(&engine, asked.seed(options)).await?;
    Ok(Ready {
        engine,
        folder,
        _locks: locks,
        seeded,
        listeners,
        kept,
    })
}

fn start_desktop(
    program: Result<std::path::PathBuf, String>,
    folder: &Folder,
    options: &Quickstart,
) -> Option<Desktop> {
    let started = program.and_then(|program| {
        let data = folder.file(folder::DESKTOP);
        Desktop::start(&program, &data, options.desktop_port, options.json)
    });
    started.inspect_err(|reason| output::warn(reason)).ok()
}

/// Waits for the stop and ends the authenticator with it. One that ends earlier is told about once.
async fn stay_with(desktop: Option<Desktop>, mut stop: watch::Receiver<bool>) {
    let Some(mut desktop) = desktop else {
        let _ = stop.wait_for(|stop| *stop).await;
        return;
    };
    let mut also = stop.clone();
    tokio::select! {
        biased;
        _ = also.wait_for(|stop| *stop) => {}
        reason = desktop.ended() => {
            // Ctrl-C in the terminal reaches both of us; then there is nothing to tell.
            tokio::time::sleep(CLOSE_TOGETHER).await;
            if !*stop.borrow() {
                output::warn(&reason);
            }
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }
    desktop.stop().await;
}

/// The page and what it needs of this run.
fn make_console(page: countersign_console::TryPage, tokens: page::Tokens) -> Console {
    Console::new(page, tokens, Arc::new(SystemClock), Arc::new(SystemRandom))
}
