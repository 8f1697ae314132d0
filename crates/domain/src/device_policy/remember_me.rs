//! Remembering a browser, so that it is not asked every time.

use serde::{Deserialize, Serialize};

use crate::members::Members;
use crate::period::{Period, PeriodRule, TimeUnit};

const LIFE_TIME: PeriodRule = PeriodRule {
    units: &[TimeUnit::Minutes, TimeUnit::Hours, TimeUnit::Days],
    shortest: 60,
    longest: 90 * 86_400,
};

/// `rememberMe.web`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberMe {
    /// `enabled`
    pub enabled: bool,
    /// `lifeTime`: at least a minute, at most 90 days.
    pub life_time: Period,
}

impl Default for RememberMe {
    fn default() -> Self {
        Self {
            enabled: false,
            life_time: Period::days(30),
        }
    }
}

impl RememberMe {
    /// Reads `rememberMe` of the policy.
    pub(super) fn read(policy: &Members<'_>) -> Self {
        let default = Self::default();
        let Some(web) = policy
            .object("rememberMe")
            .and_then(|group| group.object("web"))
        else {
            return default;
        };
        Self {
            enabled: web.required_flag("enabled").unwrap_or_default(),
            life_time: LIFE_TIME
                .required(&web, "lifeTime")
                .unwrap_or(default.life_time),
        }
    }
}
