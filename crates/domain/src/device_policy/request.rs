//! Checking a policy that a request states.

use countersign_desktop_protocol::Development;
use serde_json::{Map, Value};

use super::{
    AddressMethod, DesktopSettings, Fido2Method, LegacyDesktopMethod, MobileMethod,
    NewDeviceNotification, PolicyDocument, RememberMe, TokenMethod, TotpMethod,
};
use crate::members::{Faults, Members};
use crate::messages::REPLACED_BY_FIDO2;
use crate::violations::{Violation, Violations};

/// Longest name, in characters.
const NAME_LIMIT: u32 = 256;

/// A policy as a request states it, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRequest {
    /// `name`
    pub name: String,
    /// `default`
    pub default: bool,
    /// Everything else; what was left out has its default.
    pub document: PolicyDocument,
}

impl PolicyRequest {
    /// Reads a policy. `development` says whether the environment is one for trying things out,
    /// where `localhost` may be a relying party.
    ///
    /// Members that no policy has, and read-only ones, are ignored.
    ///
    /// # Errors
    /// Everything that is wrong with the document by itself. Whether its name is free and what it
    /// refers to exists is for others to say.
    pub fn read(
        request: &Map<String, Value>,
        development: Development,
    ) -> Result<Self, Violations> {
        let faults = Faults::default();
        let policy = Members::of(request, &faults);
        let name = policy
            .required_name("name", NAME_LIMIT)
            .unwrap_or_default()
            .to_owned();
        let default = policy.required_flag("default").unwrap_or_default();
        let document = read_document(&policy, development);
        // The two methods that FIDO2 replaced: what they say could not be kept.
        for gone in ["platform", "securityKey"] {
            if policy.has(gone) {
                policy.fault(Violation::invalid(gone, REPLACED_BY_FIDO2));
            }
        }
        faults.check()?;
        Ok(Self {
            name,
            default,
            document,
        })
    }
}

fn read_document(policy: &Members<'_>, development: Development) -> PolicyDocument {
    let address = |name| {
        let given = policy.required_object(name);
        given.map_or(AddressMethod::standard(false), |given| {
            AddressMethod::read(&given)
        })
    };
    PolicyDocument {
        device_selection: policy
            .object("authentication")
            .and_then(|given| given.one_of("deviceSelection"))
            .unwrap_or_default(),
        new_device_notification: policy
            .one_of("newDeviceNotification")
            .unwrap_or(NewDeviceNotification::EmailThenSms),
        ignore_user_lock: policy.flag("ignoreUserLock").unwrap_or_default(),
        notification_policy: policy
            .object("notificationsPolicy")
            .and_then(|given| given.id("id")),
        block_users_with_disabled_mfa: policy.flag("blockUsersWithDisabledMfa").unwrap_or_default(),
        sms: address("sms"),
        voice: address("voice"),
        email: address("email"),
        whats_app: policy
            .object("whatsApp")
            .map(|given| AddressMethod::read(&given)),
        mobile: policy
            .required_object("mobile")
            .map_or(MobileMethod::standard(false), |given| {
                MobileMethod::read(&given)
            }),
        totp: policy
            .required_object("totp")
            .map_or(TotpMethod::standard(false), |given| {
                TotpMethod::read(&given)
            }),
        fido2: policy
            .object("fido2")
            .map(|given| Fido2Method::read(&given)),
        oath_token: policy
            .object("oathToken")
            .map_or(TokenMethod::standard(false), |given| {
                TokenMethod::read(&given)
            }),
        yubikey: policy
            .object("yubikey")
            .map(|given| TokenMethod::read(&given)),
        legacy_desktop: policy
            .object("desktop")
            .map(|given| LegacyDesktopMethod::read(&given)),
        desktop_gen2: policy
            .object("pingIdDesktopGen2")
            .map_or(DesktopSettings::standard(false), |given| {
                DesktopSettings::read(&given, development)
            }),
        remember_me: RememberMe::read(policy),
    }
}
