//! The policies that environments begin with.

use countersign_desktop_protocol::rp::RpId;

use super::{
    AddressMethod, DesktopSettings, Fido2Method, LegacyDesktopMethod, MobileMethod,
    NewDeviceNotification, PolicyDocument, RememberMe, TokenMethod, TotpMethod,
};
use crate::device_authentication::DeviceSelection;

/// Name of the policy that an environment begins with.
pub const DEFAULT_NAME: &str = "Default MFA Policy";

impl PolicyDocument {
    /// The default policy of a new environment: mail, mobile applications, authenticator apps, FIDO2
    /// and desktop authenticators.
    pub fn of_new_environment() -> Self {
        Self {
            device_selection: DeviceSelection::DefaultToFirst,
            new_device_notification: NewDeviceNotification::EmailThenSms,
            ignore_user_lock: false,
            notification_policy: None,
            block_users_with_disabled_mfa: false,
            sms: AddressMethod::standard(false),
            voice: AddressMethod::standard(false),
            email: AddressMethod::standard(true),
            whats_app: Some(AddressMethod::standard(false)),
            mobile: MobileMethod::standard(true),
            totp: TotpMethod::standard(true),
            fido2: Some(Fido2Method::standard(true)),
            oath_token: TokenMethod::standard(false),
            yubikey: None,
            legacy_desktop: None,
            desktop_gen2: DesktopSettings::standard(true),
            remember_me: RememberMe::default(),
        }
    }

    /// The default policy of a quickstart: every method is on.
    pub fn with_every_method(relying_party: &RpId) -> Self {
        Self {
            sms: AddressMethod::standard(true),
            voice: AddressMethod::standard(true),
            whats_app: Some(AddressMethod::standard(true)),
            oath_token: TokenMethod::standard(true),
            yubikey: Some(TokenMethod::standard(true)),
            legacy_desktop: Some(LegacyDesktopMethod::standard(true)),
            desktop_gen2: DesktopSettings {
                relying_party_id: Some(relying_party.as_str().to_owned()),
                ..DesktopSettings::standard(true)
            },
            ..Self::of_new_environment()
        }
    }
}
