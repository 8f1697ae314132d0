//! Methods that send a passcode to an address: text message, call, mail, WhatsApp.

use serde::{Deserialize, Serialize};

use super::PairingSwitches;
use super::failures::{FROM_ZERO, Failures};
use crate::members::Members;
use crate::period::{MINUTES_OR_SECONDS, Period, PeriodRule};

const LIFE_TIME: PeriodRule = PeriodRule {
    units: MINUTES_OR_SECONDS,
    shortest: 1,
    longest: 7_200,
};
const DEFAULT_OTP_LENGTH: u32 = 6;

/// `sms`, `voice`, `email`, `whatsApp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressMethod {
    /// `enabled`
    pub enabled: bool,
    /// `pairingDisabled`, `promptForNicknameOnPairing`
    pub pairing: PairingSwitches,
    /// `otp.failure`
    pub failures: Failures,
    /// `otp.lifeTime`: how long a passcode is good.
    pub life_time: Period,
    /// `otp.otpLength`: digits of a passcode, 6 to 10.
    pub otp_length: u32,
}

impl AddressMethod {
    /// As a new environment has it, on or off.
    pub const fn standard(enabled: bool) -> Self {
        Self {
            enabled,
            pairing: PairingSwitches {
                disabled: None,
                prompt_for_nickname: None,
            },
            failures: Failures::WITHOUT_LOCK,
            life_time: Period::minutes(30),
            otp_length: DEFAULT_OTP_LENGTH,
        }
    }

    pub(super) fn read(method: &Members<'_>) -> Self {
        let standard = Self::standard(false);
        let enabled = method.required_flag("enabled").unwrap_or_default();
        let pairing = PairingSwitches::read(method);
        let Some(otp) = method.required_object("otp") else {
            return standard;
        };
        Self {
            enabled,
            pairing,
            failures: Failures::required(&otp, &FROM_ZERO),
            life_time: LIFE_TIME
                .required(&otp, "lifeTime")
                .unwrap_or(standard.life_time),
            otp_length: otp
                .number_within("otpLength", 6, 10)
                .unwrap_or(DEFAULT_OTP_LENGTH),
        }
    }
}
