//! FIDO2 authenticators, as far as the device authentication policy goes.

use serde::{Deserialize, Serialize};

use super::PairingSwitches;
use super::failures::{FROM_TWO_MINUTES, Failures};
use crate::ids::Fido2PolicyId;
use crate::members::Members;

/// `fido2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fido2Method {
    /// `enabled`
    pub enabled: bool,
    /// `fido2PolicyId`; `None` = the environment's default FIDO2 policy at the time of use.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<Fido2PolicyId>,
    /// `failure`
    pub failures: Failures,
    /// `pairingDisabled`, `promptForNicknameOnPairing`
    pub pairing: PairingSwitches,
}

impl Fido2Method {
    /// As a new environment has it, on or off.
    pub const fn standard(enabled: bool) -> Self {
        Self {
            enabled,
            policy: None,
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
            policy: method.id("fido2PolicyId"),
            failures: Failures::optional(method, &FROM_TWO_MINUTES),
            pairing: PairingSwitches::read(method),
        }
    }
}
