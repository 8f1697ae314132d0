//! A clock that stands still until it is told to go on.

use std::sync::atomic::{AtomicI64, Ordering};

use countersign_crypto::time::{Clock, Timestamp};

/// A clock that stands still until it is told to go on.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl Default for FakeClock {
    /// 2026-02-17T13:34:34.840Z.
    fn default() -> Self {
        Self(AtomicI64::new(1_771_335_274_840_000))
    }
}

impl FakeClock {
    /// Stands at `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.micros()))
    }

    /// Goes on by so many seconds; back, if there are fewer than none.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Goes on by so many milliseconds.
    pub fn advance_millis(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
