//! `countersign serve`.

use serde::Serialize;

use crate::cli::Serve;
use crate::config::Config;
use crate::deployment::{Place, lock_database};
use crate::http::{App, Bound, Transport};
use crate::{http, logs, output, schedule, signals, tls};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Serving {
    api_path: String,
    auth_path: String,
    listen: Vec<String>,
    https: Vec<String>,
}

/// Serves a configured deployment until it is asked to stop.
pub(crate) async fn run(options: &Serve) -> anyhow::Result<()> {
    let config = Config::read(&options.config)?;
    logs::to_stderr(config.log.as_deref())?;
    let stop = signals::stop()?;
    let listeners = bind(&config)?;
    let deployment = Place::of_config(&config).open().await?;
    let _lock = lock_database(&config.database)?;
    let engine = deployment.engine().await?;
    for danger in config.dangers() {
        tracing::warn!("{danger} is on");
    }
    let serving = Serving {
        api_path: config.api_base.clone(),
        auth_path: config.auth_base.clone(),
        listen: addresses(&listeners, false),
        https: addresses(&listeners, true),
    };
    let state = countersign_api::ApiState {
        engine: engine.clone(),
        links: countersign_api::Links::new(&config.api_base, &config.auth_base),
    };
    let router = countersign_api::router(state, countersign_api::Limits::serving());
    let app = App::new(router, None, config.trusted_proxies.clone());
    let served = tokio::spawn(http::run(listeners, app, stop.clone()));
    tracing::info!(listen = ?serving.listen, https = ?serving.https, "serving");
    if options.json {
        output::say_json(&serving)?;
    }
    let housekeeping = tokio::spawn(schedule::run(engine.clone(), stop));
    served.await?;
    housekeeping.abort();
    engine.database().close().await;
    Ok(())
}

fn bind(config: &Config) -> anyhow::Result<Vec<Bound>> {
    let mut listeners = Vec::new();
    for address in &config.listen {
        listeners.push(Bound::new(*address, Transport::Plain)?);
    }
    if let Some(tls) = &config.tls {
        let settings = tls::from_files(&tls.certificate_file, &tls.key_file)?;
        for address in &tls.listen {
            listeners.push(Bound::new(*address, Transport::Tls(settings.clone()))?);
        }
    }
    Ok(listeners)
}

fn addresses(listeners: &[Bound], tls: bool) -> Vec<String> {
    listeners
        .iter()
        .filter(|listener| listener.is_tls() == tls)
        .map(|listener| listener.address().to_string())
        .collect()
}
