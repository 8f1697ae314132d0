//! Points in time, and the clock that hands them out.

mod rfc3339;

use std::fmt;

use serde::{Deserialize, Serialize};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// A point in time: microseconds since the Unix epoch, without leap seconds.
///
/// In stored documents it is that integer. Arithmetic saturates, so no input makes it wrap.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// From whole seconds since the epoch (a `NumericDate` of RFC 7519); saturating.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// Whole milliseconds since the epoch, rounded down.
    pub const fn unix_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// So many seconds later (earlier, if negative); saturating.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(
            self.0
                .saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)),
        )
    }

    /// So many microseconds later (earlier, if negative); saturating.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to here; negative when `earlier` is later. Saturating.
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with milliseconds, rounded down: `2026-02-17T13:34:34.840Z`. Points outside
    /// the years 0 to 9999 are shown as the nearest one inside.
    pub fn to_rfc3339_millis(self) -> String {
        rfc3339::format_millis(self)
    }

    /// Reads RFC 3339 §5.6 with any offset and up to nine digits of a fraction (cut to microseconds).
    /// A leap second counts as the second before it.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        rfc3339::parse(text)
    }
}

/// As [`Timestamp::to_rfc3339_millis`].
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339_millis())
    }
}

/// Where the time comes from. It enters at the top of a program and is passed down.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system; the only place that reads it.
#[derive(Copy, Clone, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the ambient clock is read"
    )]
    fn now(&self) -> Timestamp {
        let now = std::time::SystemTime::now();
        let micros = match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |m| -m),
        };
        Timestamp(micros)
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_downwards_on_both_sides_of_the_epoch() {
        for (micros, seconds, millis) in [
            (0, 0, 0),
            (1_999_999, 1, 1_999),
            (-1, -1, -1),
            (-1_000_000, -1, -1_000),
        ] {
            let at = Timestamp::from_micros(micros);
            assert_eq!(
                (at.unix_seconds(), at.unix_millis()),
                (seconds, millis),
                "{micros}"
            );
        }
    }

    #[test]
    fn arithmetic_saturates() {
        let far = Timestamp::from_unix_seconds(i64::MAX);
        assert_eq!(far.micros(), i64::MAX);
        assert_eq!(far.plus_seconds(i64::MAX), far);
        assert_eq!(far.plus_micros(1), far);
        assert_eq!(Timestamp::from_micros(i64::MIN).micros_since(far), i64::MIN);
    }

    #[test]
    fn it_is_an_integer_in_documents() {
        let at = Timestamp::from_micros(1_771_335_274_840_123);
        assert_eq!(serde_json::to_string(&at).unwrap(), "1771335274840123");
        assert_eq!(
            serde_json::from_str::<Timestamp>("1771335274840123").unwrap(),
            at
        );
    }
}
