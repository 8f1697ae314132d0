//! Device authentication policies ("MFA policies"): which methods may be used, and how.
//!
//! A policy is one document. [`PolicyRequest::read`] checks a whole request and tells everything
//! that is wrong with it; what is left out gets its default, and a few members are remembered as
//! "not sent" because answers show them only to those who sent them. `docs/device-policies.md`
//! lists every member with default and range.

mod address;
mod desktop;
mod failures;
mod fido2;
mod mobile;
mod mobile_application;
mod remember_me;
mod request;
mod seeds;
mod token;
mod totp;

#[cfg(test)]
mod tests;

use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

pub use address::AddressMethod;
pub use desktop::{DesktopMethod, DesktopSettings, evidence_name, user_verification_name};
pub use failures::Failures;
pub use fido2::Fido2Method;
pub use mobile::MobileMethod;
pub use mobile_application::{
    DeviceAuthorization, IpPairing, Ipv4Block, Leniency, MobileApplication, MobileApplicationType,
    PushLimit, PushSettings, RequestTimeouts,
};
pub use remember_me::RememberMe;
pub use request::PolicyRequest;
pub use seeds::DEFAULT_NAME;
pub use token::{LegacyDesktopMethod, TokenMethod};
pub use totp::TotpMethod;

use crate::device_authentication::DeviceSelection;
use crate::ids::{
    ApplicationId, DevicePolicyId, EnvironmentId, Fido2PolicyId, NotificationPolicyId,
};
use crate::members::Members;
use crate::named::{Named, named, store_by_name};

/// Policies of one environment at most.
pub const POLICY_LIMIT: i64 = 100;

named! {
    /// Who is told about a newly paired device, and how.
    NewDeviceNotification {
        /// Nobody.
        None = "NONE",
        /// By mail, or else by text message.
        EmailThenSms = "EMAIL_THEN_SMS",
        /// By text message, or else by mail.
        SmsThenEmail = "SMS_THEN_EMAIL",
    }
}

impl Named for DeviceSelection {
    const ALL: &'static [Self] = &DeviceSelection::ALL;

    fn name(self) -> &'static str {
        self.as_str()
    }
}

store_by_name!(DeviceSelection);

/// A device authentication policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePolicy {
    /// Its id.
    pub id: DevicePolicyId,
    /// The environment that it belongs to.
    pub environment: EnvironmentId,
    /// Its name; unique in the environment, letter case aside.
    pub name: String,
    /// Whether it is used where none is named. Exactly one of an environment is.
    pub default: bool,
    /// What it says.
    pub document: PolicyDocument,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed. Each change of a policy makes it later, so it stands for the
    /// version.
    pub updated_at: Timestamp,
}

impl DevicePolicy {
    /// Whether locked accounts may be used nevertheless.
    pub const fn ignores_user_lock(&self) -> bool {
        self.document.ignore_user_lock
    }

    /// How a device is picked.
    pub const fn device_selection(&self) -> DeviceSelection {
        self.document.device_selection
    }

    /// The policy with other content, as a request asks for.
    #[must_use]
    pub fn changed(&self, request: PolicyRequest, now: Timestamp) -> Self {
        Self {
            id: self.id,
            environment: self.environment,
            name: request.name,
            default: request.default,
            document: request.document,
            created_at: self.created_at,
            updated_at: self.next_version(now),
        }
    }

    /// The policy without its place as the default one.
    #[must_use]
    pub fn demoted(&self, now: Timestamp) -> Self {
        Self {
            default: false,
            updated_at: self.next_version(now),
            ..self.clone()
        }
    }

    /// `now`, but in any case later than the last change.
    fn next_version(&self, now: Timestamp) -> Timestamp {
        now.max(self.updated_at.plus_micros(1))
    }
}

/// What a policy says. Also its stored form, see [`crate::stored::device_policy`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDocument {
    /// `authentication.deviceSelection`
    pub device_selection: DeviceSelection,
    /// `newDeviceNotification`
    pub new_device_notification: NewDeviceNotification,
    /// `ignoreUserLock`
    pub ignore_user_lock: bool,
    /// `notificationsPolicy.id`; `None` = the environment's default one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub notification_policy: Option<NotificationPolicyId>,
    /// `blockUsersWithDisabledMfa`; kept and shown, without effect.
    pub block_users_with_disabled_mfa: bool,
    /// `sms`
    pub sms: AddressMethod,
    /// `voice`
    pub voice: AddressMethod,
    /// `email`
    pub email: AddressMethod,
    /// `whatsApp`; `None` = off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub whats_app: Option<AddressMethod>,
    /// `mobile`
    pub mobile: MobileMethod,
    /// `totp`
    pub totp: TotpMethod,
    /// `fido2`; `None` = off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fido2: Option<Fido2Method>,
    /// `oathToken`
    pub oath_token: TokenMethod,
    /// `yubikey`; `None` = off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub yubikey: Option<TokenMethod>,
    /// `desktop`, the program that shows passcodes; `None` = off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legacy_desktop: Option<LegacyDesktopMethod>,
    /// `pingIdDesktopGen2`
    pub desktop_gen2: DesktopSettings,
    /// `rememberMe`
    pub remember_me: RememberMe,
}

impl PolicyDocument {
    /// What the policy says about desktop authenticators.
    pub fn desktop(&self) -> DesktopMethod<'_> {
        self.desktop_gen2.method()
    }

    /// Whether messages through WhatsApp are on.
    pub fn uses_whats_app(&self) -> bool {
        self.whats_app.as_ref().is_some_and(|method| method.enabled)
    }

    /// The FIDO2 policy that it names; `None` = the environment's default one.
    pub fn fido2_policy(&self) -> Option<Fido2PolicyId> {
        self.fido2.as_ref().and_then(|method| method.policy)
    }

    /// The applications that it names, in order.
    pub fn applications(&self) -> impl Iterator<Item = ApplicationId> + '_ {
        self.mobile
            .applications
            .iter()
            .map(|application| application.id)
    }
}

/// The two switches that most methods have. `None` = not sent: off, and not shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingSwitches {
    /// `pairingDisabled`: paired devices work on, new ones are refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disabled: Option<bool>,
    /// `promptForNicknameOnPairing`: a hint to pages that pair.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prompt_for_nickname: Option<bool>,
}

impl PairingSwitches {
    fn read(method: &Members<'_>) -> Self {
        Self {
            disabled: method.flag("pairingDisabled"),
            prompt_for_nickname: method.flag("promptForNicknameOnPairing"),
        }
    }
}
