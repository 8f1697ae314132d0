//! The PIN of the store and the arithmetic of wrong ones. Counting is the same for every key store;
//! only the check itself belongs to [`crate::keystore`].
//!
//! The limits are those of a software-counted PIN: five wrong tries in a row, then a wait that starts
//! at 30 seconds and doubles, and after ten the store stays locked until it is erased. That is NIST
//! SP 800-63B-4's rule for activation secrets (at most ten failures, then disabled).

use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::keystore::PinVerifier;

/// Wrong tries in a row before the first wait.
const FREE_TRIES: u32 = 5;
/// Wrong tries in a row after which the store stays locked.
const LAST_TRY: u32 = 10;
/// The first wait (seconds); each further wrong try doubles it.
const FIRST_WAIT: i64 = 30;

/// The PIN as it is stored: never the PIN itself.
#[derive(Serialize, Deserialize)]
pub struct PinRecord {
    /// What the key store needs to tell the right PIN from a wrong one.
    pub verifier: PinVerifier,
    /// When it was set.
    pub set_at: Timestamp,
    /// Wrong tries since the last right one. A try is counted before it is checked, so that pulling the
    /// plug does not give it back.
    #[serde(default)]
    pub failures: u32,
    /// When the last try was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_try_at: Option<Timestamp>,
}

/// Whether the PIN may be tried now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinLock {
    /// It may.
    Open,
    /// Not for so many seconds.
    Wait(u64),
    /// Never again: the store has to be erased and the accounts paired anew.
    ForGood,
}

impl PinRecord {
    /// A record for a PIN that was just set.
    pub fn new(verifier: PinVerifier, now: Timestamp) -> Self {
        Self {
            verifier,
            set_at: now,
            failures: 0,
            last_try_at: None,
        }
    }

    /// Whether a try is allowed at `now`.
    pub fn lock(&self, now: Timestamp) -> PinLock {
        if self.failures >= LAST_TRY {
            return PinLock::ForGood;
        }
        let (Some(over), Some(last)) = (self.failures.checked_sub(FREE_TRIES), self.last_try_at)
        else {
            return PinLock::Open;
        };
        let wait = FIRST_WAIT << over.min(LAST_TRY);
        // A clock that was set back must not lengthen the wait beyond its own length.
        let left = last
            .plus_seconds(wait)
            .micros_since(now)
            .min(wait.saturating_mul(1_000_000));
        match u64::try_from(left) {
            Ok(left) if left > 0 => PinLock::Wait(left.div_ceil(1_000_000)),
            _ => PinLock::Open,
        }
    }

    /// Counts one try as wrong, before it is checked.
    pub fn count_try(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.last_try_at = Some(now);
    }

    /// The try was right.
    pub fn clear_failures(&mut self) {
        self.failures = 0;
        self.last_try_at = None;
    }

    /// Whether one more wrong try locks the store for good.
    pub fn is_last_try(&self) -> bool {
        self.failures == LAST_TRY - 1
    }

    /// How many wrong tries are left before the next wait or the final lock.
    pub fn tries_left(&self) -> u32 {
        match self.failures {
            failures if failures < FREE_TRIES => FREE_TRIES - failures,
            failures if failures < LAST_TRY => 1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> PinRecord {
        PinRecord::new(PinVerifier::for_tests(), Timestamp::from_unix_seconds(0))
    }

    #[test]
    fn waits_double_and_the_tenth_locks_for_good() {
        let now = Timestamp::from_unix_seconds(1_000_000);
        let mut record = record();
        let waits = [
            None,
            None,
            None,
            None,
            Some(30),
            Some(60),
            Some(120),
            Some(240),
            Some(480),
        ];
        for (index, wait) in waits.into_iter().enumerate() {
            record.count_try(now);
            let expected = wait.map_or(PinLock::Open, PinLock::Wait);
            assert_eq!(record.lock(now), expected, "after {} wrong", index + 1);
            if let Some(wait) = wait {
                let wait = i64::try_from(wait).unwrap();
                assert_eq!(record.lock(now.plus_seconds(wait - 1)), PinLock::Wait(1));
                assert_eq!(record.lock(now.plus_seconds(wait)), PinLock::Open);
            }
        }
        record.count_try(now);
        assert_eq!(
            record.lock(now.plus_seconds(1_000_000_000)),
            PinLock::ForGood
        );
        assert_eq!(record.tries_left(), 0);
    }

    #[test]
    fn a_clock_set_back_does_not_lengthen_the_wait() {
        let now = Timestamp::from_unix_seconds(1_000_000);
        let mut record = record();
        (0..5).for_each(|_| record.count_try(now));
        assert_eq!(record.lock(now.plus_seconds(-86_400)), PinLock::Wait(30));
    }

    #[test]
    fn a_right_try_starts_the_count_anew() {
        let now = Timestamp::from_unix_seconds(1_000_000);
        let mut record = record();
        (0..5).for_each(|_| record.count_try(now));
        record.clear_failures();
        assert_eq!(record.lock(now), PinLock::Open);
        assert_eq!(record.tries_left(), 5);
    }

    proptest::proptest! {
        /// Whatever the times between them: never more than ten tries without a right one.
        #[test]
        fn never_an_eleventh_try(waits in proptest::collection::vec(-100_000_i64..1_000_000, 0..60)) {
            let mut record = record();
            let mut now = Timestamp::from_unix_seconds(1_000_000);
            let mut tries = 0;
            for wait in waits {
                now = now.plus_seconds(wait);
                if record.lock(now) == PinLock::Open {
                    record.count_try(now);
                    tries += 1;
                }
            }
            proptest::prop_assert!(tries <= 10, "{}", tries);
        }
    }
}
