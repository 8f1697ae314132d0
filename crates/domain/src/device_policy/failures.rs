//! How many failures a device may have, and how long it then rests.

use serde::{Deserialize, Serialize};

use crate::lockout::FailureLimit;
use crate::members::Members;
use crate::period::{MINUTES_OR_SECONDS, Period, PeriodRule};

const HALF_AN_HOUR: i64 = 1_800;

/// Cool-down of passcodes that are sent, of OATH tokens and of desktop authenticators: none to half
/// an hour.
pub(super) const FROM_ZERO: PeriodRule = cool_down(0);
/// Cool-down of authenticator apps for time-based passcodes.
pub(super) const FROM_ONE_MINUTE: PeriodRule = cool_down(60);
/// Cool-down of our own mobile apps and of FIDO2.
pub(super) const FROM_TWO_MINUTES: PeriodRule = cool_down(120);

const fn cool_down(shortest: i64) -> PeriodRule {
    PeriodRule {
        units: MINUTES_OR_SECONDS,
        shortest,
        longest: HALF_AN_HOUR,
    }
}

/// `failure`: how many failures a device may have, and how long it is locked then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// `count`, 1 to 7.
    pub count: u32,
    /// `coolDown`; of no length = no lock, the authentication just fails.
    pub cool_down: Period,
}

impl Failures {
    /// Three failures, no lock: passcodes that are sent.
    pub const WITHOUT_LOCK: Self = Self {
        count: 3,
        cool_down: Period::minutes(0),
    };
    /// Three failures, then two minutes: everything else.
    pub const TWO_MINUTES: Self = Self {
        count: 3,
        cool_down: Period::minutes(2),
    };

    /// As the lockout arithmetic takes it.
    pub const fn limit(self) -> FailureLimit {
        FailureLimit {
            count: self.count,
            cool_down_seconds: self.cool_down.in_seconds(),
        }
    }

    /// `failure` of `otp`, all of it mandatory. A stand-in where something is wrong: then the
    /// document is refused anyway.
    pub(super) fn required(otp: &Members<'_>, rule: &PeriodRule) -> Self {
        let read = || {
            let failure = otp.required_object("failure")?;
            let count = failure.required_number_within("count", 1, 7);
            let cool_down = rule.required(&failure, "coolDown");
            Some(Self {
                count: count?,
                cool_down: cool_down?,
            })
        };
        read().unwrap_or(Self::TWO_MINUTES)
    }

    /// The same with `otp` itself.
    pub(super) fn required_in_otp(method: &Members<'_>, rule: &PeriodRule) -> Self {
        method
            .required_object("otp")
            .map_or(Self::TWO_MINUTES, |otp| Self::required(&otp, rule))
    }

    /// `failure` of a method, with a default for each part.
    pub(super) fn optional(method: &Members<'_>, rule: &PeriodRule) -> Self {
        let default = Self::TWO_MINUTES;
        let Some(failure) = method.object("failure") else {
            return default;
        };
        Self {
            count: failure
                .number_within("count", 1, 7)
                .unwrap_or(default.count),
            cool_down: rule.read(&failure, "coolDown").unwrap_or(default.cool_down),
        }
    }
}
