//! Removing what is over: pending devices after their day, authentications, retired keys.

use countersign_storage::{Outcome, Unit, queries};

use crate::{Engine, Fault};

/// Rows removed by one unit; small, so that requests do not wait behind it.
const BATCH: i64 = 200;

/// What a sweep was able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Units that were run.
    pub units: u32,
}

impl Engine {
    /// Removes what is over. Safe to run anywhere, any time: every statement repeats its condition.
    ///
    /// `rounds` bounds the work: each round removes at most a few hundred rows per table.
    ///
    /// # Errors
    /// When the database cannot do it.
    pub async fn sweep(&self, rounds: u32) -> Result<Swept, Fault> {
        let now = self.now();
        let mut units = 0;
        for _ in 0..rounds {
            let unit = queries::devices::delete_lapsed(Unit::new("sweep"), now, BATCH);
            let unit = queries::device_authentications::delete_lapsed(unit, now, BATCH);
            let unit = queries::signing_keys::delete_retired(unit, now);
            let outcome = self.database().write(unit).await?;
            units += 1;
            debug_assert!(matches!(outcome, Outcome::Applied(_)));
        }
        Ok(Swept { units })
    }
}
