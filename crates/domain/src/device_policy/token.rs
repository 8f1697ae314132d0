//! Methods whose passcode a token or program shows: OATH tokens, `YubiKey` passcodes, the older
//! desktop program.

use serde::{Deserialize, Serialize};

use super::PairingSwitches;
use super::failures::{FROM_ZERO, Failures};
use crate::members::Members;
use crate::period::{Period, PeriodRule, TimeUnit};

/// From a minute to two days.
pub(super) const PAIRING_KEY_LIFETIME: PeriodRule = PeriodRule {
    units: &[TimeUnit::Minutes, TimeUnit::Hours],
    shortest: 60,
    longest: 48 * 3_600,
};

/// `oathToken`, `yubikey`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenMethod {
    /// `enabled`
    pub enabled: bool,
    /// `otp.failure`
    pub failures: Failures,
    /// `pairingDisabled`, `promptForNicknameOnPairing`
    pub pairing: PairingSwitches,
}

impl TokenMethod {
    /// As a new environment has it, on or off.
    pub const fn standard(enabled: bool) -> Self {
        Self {
            enabled,
            failures: Failures::TWO_MINUTES,
            pairing: PairingSwitches {
                disabled: None,
                prompt_for_nickname: None,
            },
        }
    }

    pub(super) fn read(method: &Members<'_>) -> Self {
        Self {
            enabled: method.required_flag("enabled").unwrap_or_default(),
            failures: Failures::required_in_otp(method, &FROM_ZERO),
            pairing: PairingSwitches::read(method),
        }
    }
}

/// `desktop`: the program that shows passcodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegacyDesktopMethod {
    /// What it shares with tokens.
    pub token: TokenMethod,
    /// `pairingKeyLifetime`
    pub pairing_key_lifetime: Period,
}

impl LegacyDesktopMethod {
    /// With the defaults, on or off.
    pub const fn standard(enabled: bool) -> Self {
        Self {
            token: TokenMethod::standard(enabled),
            pairing_key_lifetime: Period::hours(48),
        }
    }

    pub(super) fn read(method: &Members<'_>) -> Self {
        Self {
            token: TokenMethod::read(method),
            pairing_key_lifetime: PAIRING_KEY_LIFETIME
                .read(method, "pairingKeyLifetime")
                .unwrap_or(Period::hours(48)),
        }
    }
}
