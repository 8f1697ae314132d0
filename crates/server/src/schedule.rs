//! What happens by the clock, beside the requests.

use std::time::Duration;

use countersign_engine::Engine;
use tokio::sync::watch;

/// From start to the first round; the first requests come before housekeeping.
const FIRST: Duration = Duration::from_secs(5);
/// Between rounds, when nothing is left over.
const EVERY: Duration = Duration::from_secs(30);
/// Between rounds while more is over than one round removes.
const SOON: Duration = Duration::from_millis(100);
/// Write units of one round.
const UNITS: u32 = 50;

/// Removes what is over (pending devices after a day, authentications, retired keys) until `stop`.
pub(crate) async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut pause = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        pause = match engine.sweep(UNITS).await {
            Ok(swept) if swept.more => SOON,
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "what is over was not removed; it is tried again");
                EVERY
            }
        };
    }
}
