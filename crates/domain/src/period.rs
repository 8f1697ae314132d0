//! Lengths of time as documents state them: an amount and a unit, kept as they were sent.

use serde::{Deserialize, Serialize};

use crate::members::Members;
use crate::named::named;
use crate::violations::Violation;

named! {
    /// The unit of a length of time.
    TimeUnit {
        /// Seconds.
        Seconds = "SECONDS",
        /// Minutes.
        Minutes = "MINUTES",
        /// Hours.
        Hours = "HOURS",
        /// Days of 24 hours.
        Days = "DAYS",
    }
}

impl TimeUnit {
    /// How many seconds one of it is.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
        }
    }
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// How many units.
    pub amount: u32,
    /// Of which unit.
    pub unit: TimeUnit,
}

impl Period {
    /// So many seconds.
    pub const fn seconds(amount: u32) -> Self {
        Self {
            amount,
            unit: TimeUnit::Seconds,
        }
    }

    /// So many minutes.
    pub const fn minutes(amount: u32) -> Self {
        Self {
            amount,
            unit: TimeUnit::Minutes,
        }
    }

    /// So many hours.
    pub const fn hours(amount: u32) -> Self {
        Self {
            amount,
            unit: TimeUnit::Hours,
        }
    }

    /// So many days.
    pub const fn days(amount: u32) -> Self {
        Self {
            amount,
            unit: TimeUnit::Days,
        }
    }

    /// Its length in seconds.
    pub const fn in_seconds(self) -> i64 {
        // At most 2^32 days: far from the end of 64 bits.
        self.amount as i64 * self.unit.seconds()
    }
}

/// Which lengths of time a member may hold.
#[derive(Debug, Clone, Copy)]
pub struct PeriodRule {
    /// Units that may be used.
    pub units: &'static [TimeUnit],
    /// Shortest length, in seconds.
    pub shortest: i64,
    /// Longest length, in seconds.
    pub longest: i64,
}

/// Minutes or seconds.
pub const MINUTES_OR_SECONDS: &[TimeUnit] = &[TimeUnit::Minutes, TimeUnit::Seconds];

impl PeriodRule {
    /// Reads `{"duration": …, "timeUnit": …}`; a present object must hold both.
    pub fn read(&self, parent: &Members<'_>, name: &str) -> Option<Period> {
        let members = parent.object(name)?;
        let unit = members.required_one_of_these("timeUnit", self.units);
        let amount = members.number("duration");
        if !members.has("duration") {
            members.fault(Violation::required(members.target("duration")));
        }
        let (amount, unit) = (amount?, unit?);
        let (minimum, maximum) = self.range_in(unit);
        let within = (minimum..=maximum).contains(&amount);
        match u32::try_from(amount) {
            Ok(amount) if within => Some(Period { amount, unit }),
            _ => {
                let target = members.target("duration");
                members.fault(Violation::out_of_range(target, minimum, maximum));
                None
            }
        }
    }

    /// As [`Self::read`]; must be there.
    pub fn required(&self, parent: &Members<'_>, name: &str) -> Option<Period> {
        if !parent.has(name) {
            parent.fault(Violation::required(parent.target(name)));
        }
        self.read(parent, name)
    }

    /// The range in whole units: what is shorter or longer when rounded is outside.
    pub const fn range_in(&self, unit: TimeUnit) -> (i64, i64) {
        let seconds = unit.seconds();
        (
            (self.shortest + seconds - 1) / seconds,
            self.longest / seconds,
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::members::Faults;

    const HALF_HOUR: PeriodRule = PeriodRule {
        units: MINUTES_OR_SECONDS,
        shortest: 90,
        longest: 1_800,
    };

    #[test]
    fn both_members_and_a_fitting_unit_and_range() {
        for (given, expected) in [
            (
                json!({"duration": 2, "timeUnit": "MINUTES"}),
                Ok(Period::minutes(2)),
            ),
            (
                json!({"duration": "90", "timeUnit": "SECONDS"}),
                Ok(Period::seconds(90)),
            ),
            (
                json!({"duration": 89, "timeUnit": "SECONDS"}),
                Err(vec!["p.duration"]),
            ),
            (
                json!({"duration": 1, "timeUnit": "MINUTES"}),
                Err(vec!["p.duration"]),
            ),
            (
                json!({"duration": 31, "timeUnit": "MINUTES"}),
                Err(vec!["p.duration"]),
            ),
            (
                json!({"duration": -5, "timeUnit": "MINUTES"}),
                Err(vec!["p.duration"]),
            ),
            (
                json!({"duration": i64::MAX, "timeUnit": "MINUTES"}),
                Err(vec!["p.duration"]),
            ),
            (
                json!({"duration": 1, "timeUnit": "HOURS"}),
                Err(vec!["p.timeUnit"]),
            ),
            (json!({"duration": 2}), Err(vec!["p.timeUnit"])),
            (json!({"timeUnit": "MINUTES"}), Err(vec!["p.duration"])),
            (json!({}), Err(vec!["p.timeUnit", "p.duration"])),
            (json!("2 minutes"), Err(vec!["p"])),
        ] {
            let document = json!({ "p": given });
            let faults = Faults::default();
            let root = Members::of(document.as_object().unwrap(), &faults);
            let period = HALF_HOUR.required(&root, "p");
            let targets = faults.check().err().map(|found| {
                found
                    .into_iter()
                    .filter_map(|fault| fault.target)
                    .collect::<Vec<_>>()
            });
            match expected {
                Ok(expected) => assert_eq!((period, targets), (Some(expected), None)),
                Err(expected) => {
                    let expected = expected.into_iter().map(str::to_owned).collect();
                    assert_eq!((period, targets), (None, Some(expected)), "{document}");
                }
            }
        }
        assert_eq!(HALF_HOUR.range_in(TimeUnit::Minutes), (2, 30));
    }
}
