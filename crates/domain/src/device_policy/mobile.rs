//! Mobile applications: pushes and passcodes of our own apps.

use serde::{Deserialize, Serialize};

use super::failures::{FROM_TWO_MINUTES, Failures};
use super::mobile_application::MobileApplication;
use crate::members::Members;
use crate::messages::APPLICATION_LISTED_TWICE;
use crate::violations::{Violation, ViolationCode};

/// `mobile`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MobileMethod {
    /// `enabled`
    pub enabled: bool,
    /// `promptForNicknameOnPairing`; `None` = not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prompt_for_nickname: Option<bool>,
    /// `otp.failure`
    pub failures: Failures,
    /// `applications`
    pub applications: Vec<MobileApplication>,
}

impl MobileMethod {
    /// As a new environment has it, on or off.
    pub const fn standard(enabled: bool) -> Self {
        Self {
            enabled,
            prompt_for_nickname: None,
            failures: Failures::TWO_MINUTES,
            applications: Vec::new(),
        }
    }

    pub(super) fn read(method: &Members<'_>) -> Self {
        Self {
            enabled: method.required_flag("enabled").unwrap_or_default(),
            prompt_for_nickname: method.flag("promptForNicknameOnPairing"),
            // `otp.window` is a thing of the past: taken, and not kept.
            failures: Failures::required_in_otp(method, &FROM_TWO_MINUTES),
            applications: applications(method),
        }
    }
}

fn applications(method: &Members<'_>) -> Vec<MobileApplication> {
    let mut applications: Vec<MobileApplication> = Vec::new();
    for item in method.list("applications").unwrap_or_default() {
        let Some(members) = item.object() else {
            continue;
        };
        let Some(application) = MobileApplication::read(&members) else {
            continue;
        };
        if applications.iter().any(|known| known.id == application.id) {
            members.fault(Violation::at(
                ViolationCode::UniquenessViolation,
                members.target("id"),
                APPLICATION_LISTED_TWICE,
            ));
        }
        applications.push(application);
    }
    applications
}
