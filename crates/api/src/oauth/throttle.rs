//! Failed client authentications, counted per client and source, so that secrets cannot be tried out
//! at speed. The count lives in this process: it slows guessing down, it is no lockout, and nobody can
//! keep a client out by failing from elsewhere.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Length of the window, in seconds.
const WINDOW_SECONDS: i64 = 60;
/// Most clients and sources that are remembered.
const CAPACITY: usize = 10_000;
/// How much of a client id is remembered; real ones have 36 characters.
const CLIENT_LENGTH: usize = 64;

type Key = (String, Option<IpAddr>);

#[derive(Debug, Clone, Copy)]
struct Window {
    began: i64,
    failures: u32,
}

/// The counts of a process.
#[derive(Debug)]
pub(crate) struct Throttle {
    limit: Option<u32>,
    windows: Mutex<HashMap<Key, Window>>,
}

impl Throttle {
    /// Allows `limit` failures a minute; `None` allows any number.
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            windows: Mutex::default(),
        }
    }

    /// Seconds until this client may try again from this source, if it may not now.
    pub(super) fn wait(&self, client: &str, source: Option<IpAddr>, now: i64) -> Option<i64> {
        let limit = self.limit?;
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.get(&key(client, source))?;
        let left = window.began + WINDOW_SECONDS - now;
        (window.failures >= limit && left > 0).then_some(left)
    }

    /// Counts a failure.
    pub(super) fn failed(&self, client: &str, source: Option<IpAddr>, now: i64) {
        if self.limit.is_none() {
            return;
        }
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= CAPACITY {
            windows.retain(|_, window| now < window.began + WINDOW_SECONDS);
        }
        if windows.len() >= CAPACITY {
            // A flood of invented clients. Forgetting all of them costs the flood as many requests
            // again for each few guesses that it gains.
            windows.clear();
        }
        let fresh = Window {
            began: now,
            failures: 0,
        };
        let window = windows.entry(key(client, source)).or_insert(fresh);
        if window.began + WINDOW_SECONDS <= now {
            *window = fresh;
        }
        window.failures = window.failures.saturating_add(1);
    }
}

fn key(client: &str, source: Option<IpAddr>) -> Key {
    (client.chars().take(CLIENT_LENGTH).collect(), source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_failures_a_minute_for_each_client_and_source() {
        let throttle = Throttle::new(Some(3));
        let here = Some(IpAddr::from([192, 0, 2, 1]));
        let there = Some(IpAddr::from([192, 0, 2, 2]));
        for second in 0..3 {
            assert_eq!(throttle.wait("a", here, second), None);
            throttle.failed("a", here, second);
        }
        assert_eq!(throttle.wait("a", here, 3), Some(57));
        assert_eq!(throttle.wait("a", there, 3), None);
        assert_eq!(throttle.wait("b", here, 3), None);
        assert_eq!(throttle.wait("a", here, 60), None);
        throttle.failed("a", here, 60);
        assert_eq!(throttle.wait("a", here, 61), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let throttle = Throttle::new(Some(1));
        for number in 0..CAPACITY + 10 {
            throttle.failed(&format!("{number}{}", "x".repeat(1000)), None, 0);
        }
        assert!(throttle.windows.lock().unwrap().len() <= CAPACITY);
        let off = Throttle::new(None);
        off.failed("a", None, 0);
        assert_eq!(off.wait("a", None, 0), None);
    }
}
