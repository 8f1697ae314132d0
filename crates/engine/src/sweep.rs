//! Removing what is over: pending devices after their day, authentications, retired keys.

use countersign_storage::{Outcome, Unit, queries};

use crate::{Engine, Fault};

/// Rows of each table removed by one unit; small, so that requests do not wait behind it.
const BATCH: i64 = 200;

/// What a sweep was able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Rows that were removed.
    pub rows: usize,
    /// Whether more is over than the sweep had units for.
    pub more: bool,
}

impl Engine {
    /// Removes what is over, in at most `units` write units. Safe to run anywhere, any time: every
    /// statement repeats its condition.
    ///
    /// # Errors
    /// When the database cannot do it.
    pub async fn sweep(&self, units: u32) -> Result<Swept, Fault> {
        let mut swept = Swept {
            rows: 0,
            more: false,
        };
        for _ in 0..units {
            let now = self.now();
            let unit = queries::devices::delete_lapsed(Unit::new("sweep"), now, BATCH);
            let unit = queries::device_authentications::delete_lapsed(unit, now, BATCH);
            let unit = queries::signing_keys::delete_retired(unit, now);
            let removed: Vec<usize> = match self.database().write(unit).await? {
                Outcome::Applied(results) => results.iter().map(Vec::len).collect(),
                Outcome::Refused(_) => {
                    return Err(Fault::Inconsistent("the unit of a sweep has no guard"));
                }
            };
            swept.rows += removed.iter().sum::<usize>();
            swept.more = removed.iter().any(|rows| i64::try_from(*rows) == Ok(BATCH));
            if !swept.more {
                break;
            }
        }
        Ok(swept)
    }
}
