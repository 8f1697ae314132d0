//! MFA settings: what holds for all users of an environment.

use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::device_authentication::DeviceSelection;
use crate::ids::EnvironmentId;
use crate::lockout::AccountLimit;
use crate::members::{Faults, Members};
use crate::named::named;
use crate::violations::Violations;

const DEFAULT_MAX_ALLOWED_DEVICES: u32 = 5;
/// A year.
const LONGEST_LOCKOUT_SECONDS: u32 = 31_536_000;

named! {
    /// What pairing keys are made of.
    PairingKeyFormat {
        /// Twelve digits.
        Numeric = "NUMERIC",
        /// Sixteen letters and digits.
        Alphanumeric = "ALPHANUMERIC",
    }
}

/// `lockout`: when an account is locked for failures over all devices of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lockout {
    /// `failureCount`, 1 to 100.
    pub failure_count: u32,
    /// `durationSeconds`; `None` = until an administrator unlocks the account.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duration_seconds: Option<i64>,
}

impl Lockout {
    /// As the lockout arithmetic takes it.
    pub const fn limit(self) -> AccountLimit {
        AccountLimit {
            failure_count: self.failure_count,
            duration_seconds: self.duration_seconds,
        }
    }
}

/// What the settings say. Also their stored form, see [`crate::stored::mfa_settings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaSettingsDocument {
    /// `pairing.maxAllowedDevices`: active and blocked devices of a user, 1 to 15.
    pub max_allowed_devices: u32,
    /// `pairing.pairingKeyFormat`
    pub pairing_key_format: PairingKeyFormat,
    /// `lockout`; `None` = accounts are not locked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lockout: Option<Lockout>,
    /// `phoneExtensions.enabled`: calls to numbers with an extension.
    pub phone_extensions: bool,
    /// `users.mfaEnabled`: whether new users may use MFA.
    pub users_mfa_enabled: bool,
    /// `authentication.deviceSelection`: kept and shown; policies decide.
    pub device_selection: DeviceSelection,
}

impl Default for MfaSettingsDocument {
    fn default() -> Self {
        Self {
            max_allowed_devices: DEFAULT_MAX_ALLOWED_DEVICES,
            pairing_key_format: PairingKeyFormat::Alphanumeric,
            lockout: None,
            phone_extensions: false,
            users_mfa_enabled: true,
            device_selection: DeviceSelection::DefaultToFirst,
        }
    }
}

/// The MFA settings of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MfaSettings {
    /// The environment.
    pub environment: EnvironmentId,
    /// What they say.
    pub document: MfaSettingsDocument,
    /// When they were last changed.
    pub updated_at: Timestamp,
}

impl std::ops::Deref for MfaSettings {
    type Target = MfaSettingsDocument;

    fn deref(&self) -> &MfaSettingsDocument {
        &self.document
    }
}

impl MfaSettingsDocument {
    /// Reads settings that a request states; what it leaves out has its default.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(request: &Map<String, Value>) -> Result<Self, Violations> {
        let faults = Faults::default();
        let settings = Members::of(request, &faults);
        let default = Self::default();
        let pairing = settings.object("pairing");
        let pairing = pairing.as_ref();
        let read = Self {
            max_allowed_devices: pairing
                .and_then(|group| group.number_within("maxAllowedDevices", 1, 15))
                .unwrap_or(default.max_allowed_devices),
            pairing_key_format: pairing
                .and_then(|group| group.one_of("pairingKeyFormat"))
                .unwrap_or(default.pairing_key_format),
            lockout: settings
                .object("lockout")
                .and_then(|group| read_lockout(&group)),
            phone_extensions: settings
                .object("phoneExtensions")
                .and_then(|group| group.flag("enabled"))
                .unwrap_or(default.phone_extensions),
            users_mfa_enabled: settings
                .object("users")
                .and_then(|group| group.flag("mfaEnabled"))
                .unwrap_or(default.users_mfa_enabled),
            device_selection: settings
                .object("authentication")
                .and_then(|group| group.one_of_these("deviceSelection", DEVICE_SELECTIONS))
                .unwrap_or(default.device_selection),
        };
        faults.check()?;
        Ok(read)
    }
}

/// What the settings may say; policies know one more.
const DEVICE_SELECTIONS: &[DeviceSelection] = &[
    DeviceSelection::DefaultToFirst,
    DeviceSelection::PromptToSelect,
];

fn read_lockout(group: &Members<'_>) -> Option<Lockout> {
    let failure_count = group.required_number_within("failureCount", 1, 100);
    let duration = group.number_within("durationSeconds", 1, LONGEST_LOCKOUT_SECONDS);
    Some(Lockout {
        failure_count: failure_count?,
        duration_seconds: duration.map(i64::from),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(request: &Value) -> Result<MfaSettingsDocument, Vec<(String, String)>> {
        MfaSettingsDocument::read(request.as_object().unwrap()).map_err(|faults| {
            let pairs = faults.into_iter().map(|fault| {
                (
                    fault.code.as_str().to_owned(),
                    fault.target.unwrap_or_default(),
                )
            });
            pairs.collect()
        })
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let default = MfaSettingsDocument::default();
        for request in [
            json!({}),
            json!({"pairing": {}, "users": {}, "phoneExtensions": {}, "authentication": {}}),
            json!({"pairing": null, "lockout": null, "unknown": 1, "updatedAt": "x"}),
        ] {
            assert_eq!(read(&request), Ok(default), "{request}");
        }
        let some = json!({"pairing": {"maxAllowedDevices": "7"}, "lockout": {"failureCount": 6}});
        let lockout = Some(Lockout {
            failure_count: 6,
            duration_seconds: None,
        });
        assert_eq!(
            read(&some),
            Ok(MfaSettingsDocument {
                max_allowed_devices: 7,
                lockout,
                ..default
            })
        );
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let request = json!({
            "pairing": {"maxAllowedDevices": 16, "pairingKeyFormat": "HEX"},
            "lockout": {"durationSeconds": 0},
            "phoneExtensions": {"enabled": "yes"},
            "users": 7,
            "authentication": {"deviceSelection": "ALWAYS_DISPLAY_DEVICES"},
        });
        let expected = [
            ("INVALID_VALUE", "pairing.maxAllowedDevices"),
            ("INVALID_VALUE", "pairing.pairingKeyFormat"),
            ("REQUIRED_VALUE", "lockout.failureCount"),
            ("INVALID_VALUE", "lockout.durationSeconds"),
            ("INVALID_VALUE", "phoneExtensions.enabled"),
            ("INVALID_VALUE", "users"),
            ("INVALID_VALUE", "authentication.deviceSelection"),
        ];
        let expected = expected.map(|(code, target)| (code.to_owned(), target.to_owned()));
        assert_eq!(read(&request), Err(expected.to_vec()));
    }

    proptest! {
        #[test]
        fn ranges_are_exact(devices in -5i64..25, failures in -5i64..120, seconds in any::<i64>()) {
            let request = json!({
                "pairing": {"maxAllowedDevices": devices},
                "lockout": {"failureCount": failures, "durationSeconds": seconds},
            });
            let good = (1..=15).contains(&devices)
                && (1..=100).contains(&failures)
                && (1..=31_536_000).contains(&seconds);
            prop_assert_eq!(read(&request).is_ok(), good);
        }
    }
}
