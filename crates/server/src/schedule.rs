//! What happens by the clock, beside the requests.

use std::time::Duration;

use countersign_engine::Engine;
use tokio::sync::watch;

/// From start to the first round; the first requests come before housekeeping.
const FIRST: Duration = Duration::from_secs(5);
/// Between rounds.
const EVERY: Duration = Duration::from_secs(5);
/// Units of work in one round; each removes at most a few hundred rows per table.
const UNITS: u32 = 20;

/// Removes what is over (pending devices after a day, authentications, retired keys) until `stop`.
pub(crate) async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut pause = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = engine.sweep(UNITS).await {
            tracing::warn!(%error, "what is over was not removed; it is tried again");
        }
        pause = EVERY;
    }
}
