//! Authenticator apps that show time-based passcodes (RFC 6238).

use serde::{Deserialize, Serialize};

use super::PairingSwitches;
use super::failures::{FROM_ONE_MINUTE, Failures};
use crate::members::Members;
use crate::messages::RESERVED_URI_PARAMETER;
use crate::violations::Violation;

const DEFAULT_GRACE_PERIOD: u32 = 5;
/// Parameters of the key URI that the server sets itself.
const RESERVED: [&str; 4] = ["secret", "digits", "period", "algorithm"];

/// `totp`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpMethod {
    /// `enabled`
    pub enabled: bool,
    /// `pairingDisabled`, `promptForNicknameOnPairing`
    pub pairing: PairingSwitches,
    /// `otp.failure`
    pub failures: Failures,
    /// `passcodeGracePeriod`: windows of 30 seconds before and after the present one whose passcode
    /// is good too, 1 to 10.
    pub passcode_grace_period: u32,
    /// `uriParameters`: further parameters of the key URI, in the order in which they were sent.
    /// `None` = not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub uri_parameters: Option<Vec<(String, String)>>,
}

impl TotpMethod {
    /// As a new environment has it, on or off.
    pub const fn standard(enabled: bool) -> Self {
        Self {
            enabled,
            pairing: PairingSwitches {
                disabled: None,
                prompt_for_nickname: None,
            },
            failures: Failures::TWO_MINUTES,
            passcode_grace_period: DEFAULT_GRACE_PERIOD,
            uri_parameters: None,
        }
    }

    pub(super) fn read(method: &Members<'_>) -> Self {
        Self {
            enabled: method.required_flag("enabled").unwrap_or_default(),
            pairing: PairingSwitches::read(method),
            failures: Failures::required_in_otp(method, &FROM_ONE_MINUTE),
            passcode_grace_period: method
                .number_within("passcodeGracePeriod", 1, 10)
                .unwrap_or(DEFAULT_GRACE_PERIOD),
            uri_parameters: method
                .object("uriParameters")
                .map(|given| uri_parameters(&given)),
        }
    }
}

fn uri_parameters(given: &Members<'_>) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    for (name, value) in given.texts() {
        if RESERVED
            .iter()
            .any(|reserved| reserved.eq_ignore_ascii_case(name))
        {
            given.fault(Violation::invalid(
                given.target(name),
                RESERVED_URI_PARAMETER,
            ));
        }
        parameters.push((name.to_owned(), value.to_owned()));
    }
    parameters
}
