//! Device authentication policies. A request holds the same document as the answer, without what is
//! marked read-only.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::hal::{Link, PageLinks, Reference};

/// A length of time: an amount and a unit, as they were sent.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Duration {
    /// How many units. A text of digits is taken too.
    pub duration: u32,
    /// `SECONDS`, `MINUTES`, `HOURS` or `DAYS`; not every member takes every unit.
    pub time_unit: &'static str,
}

/// Whether something is on.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Switch {
    /// Whether it is on.
    pub enabled: bool,
}

/// How many failures a device may have.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Failures until the device is locked.
    #[schema(minimum = 1, maximum = 7, default = 3)]
    pub count: u32,
    /// How long it is locked; at most 30 minutes. Of no length = it is not locked.
    pub cool_down: Duration,
}

/// Passcodes whose length and life are the sender's or the token's.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Otp {
    /// How many failures a device may have.
    pub failure: Failure,
}

/// Passcodes that are sent.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SentOtp {
    /// How many failures a device may have.
    pub failure: Failure,
    /// How long a passcode is good: up to 120 minutes or 7200 seconds.
    pub life_time: Duration,
    /// Digits of a passcode.
    #[schema(minimum = 6, maximum = 10, default = 6, required = false)]
    pub otp_length: u32,
}

/// A method that sends a passcode to an address.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressMethod {
    /// Whether the method may be used.
    pub enabled: bool,
    /// Whether no new ones may be paired; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether pages that pair should ask for a nickname; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// Its passcodes.
    pub otp: SentOtp,
}

/// Pushes of a mobile application.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// Whether they may be used.
    pub enabled: bool,
    /// Whether the person has to match a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_matching: Option<Switch>,
}

/// When pushes are blocked.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PushLimit {
    /// Pushes in a row that were denied or ignored.
    #[schema(minimum = 1, maximum = 50, default = 5, required = false)]
    pub count: u32,
    /// How long they count: 1 to 120 minutes.
    #[schema(required = false)]
    pub time_period: Duration,
    /// How long pushes stay blocked: 1 to 120 minutes.
    #[schema(required = false)]
    pub lock_duration: Duration,
}

/// Approving silently what comes from the paired device itself.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceAuthorization {
    /// Whether it is on.
    pub enabled: bool,
    /// `permissive` or `restrictive`: what a silent push without an answer counts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_verification: Option<&'static str>,
}

/// Where devices may be paired from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IpPairingConfiguration {
    /// Whether from everywhere. The API spells it with one `d`.
    #[serde(rename = "anyIPAdress", skip_serializing_if = "Option::is_none")]
    pub any_ip_address: Option<bool>,
    /// Blocks of IPv4 addresses; needed where it is not everywhere.
    #[serde(
        rename = "onlyTheseIpAddresses",
        skip_serializing_if = "Option::is_none"
    )]
    pub only_these_ip_addresses: Option<Vec<String>>,
}

/// How long a request may take.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewRequestDurationConfiguration {
    /// Until it has reached the device: 15 to 75 seconds.
    pub device_timeout: Duration,
    /// All in all: 30 to 90 seconds, and 15 more than that.
    pub total_timeout: Duration,
}

/// A mobile application under the policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MobileApplication {
    /// A native application of the environment.
    pub id: Uuid,
    /// `pingIdAppConfig` for the built-in app; absent otherwise.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub application_type: Option<&'static str>,
    /// Its pushes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<Push>,
    /// Passcodes that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otp: Option<Switch>,
    /// Whether the first sign-on pairs the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_enrollment: Option<Switch>,
    /// Approving silently what comes from the paired device itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_authorization: Option<DeviceAuthorization>,
    /// How long a push can be answered: 40 to 150 seconds, for the built-in app from one second on.
    #[schema(required = false)]
    pub push_timeout: Duration,
    /// How long a pairing key is good: a minute to 48 hours.
    #[schema(required = false)]
    pub pairing_key_lifetime: Duration,
    /// When pushes are blocked.
    #[schema(required = false)]
    pub push_limit: PushLimit,
    /// `permissive` or `restrictive`: what an integrity check without an answer counts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity_detection: Option<&'static str>,
    /// Whether no new ones may be paired; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether biometrics may be used; the built-in app only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub biometrics_enabled: Option<bool>,
    /// Where devices may be paired from; the built-in app only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_pairing_configuration: Option<IpPairingConfiguration>,
    /// How long a request may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_request_duration_configuration: Option<NewRequestDurationConfiguration>,
}

/// Mobile applications.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MobileMethod {
    /// Whether they may be used.
    pub enabled: bool,
    /// Whether pages that pair should ask for a nickname; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// Their passcodes.
    pub otp: Otp,
    /// The applications.
    #[schema(required = false)]
    pub applications: Vec<MobileApplication>,
}

/// Authenticator apps with time-based passcodes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotpMethod {
    /// Whether they may be used.
    pub enabled: bool,
    /// Whether no new ones may be paired; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether pages that pair should ask for a nickname; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// Their passcodes; the cool-down is a minute at least.
    pub otp: Otp,
    /// Further parameters of the key URI, for example `issuer`. `secret`, `digits`, `period` and
    /// `algorithm` are set by the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
    pub uri_parameters: Option<Map<String, Value>>,
    /// Windows of 30 seconds before and after the present one whose passcode is good too.
    #[schema(minimum = 1, maximum = 10, default = 5, required = false)]
    pub passcode_grace_period: u32,
}

/// FIDO2 authenticators.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fido2Method {
    /// Whether they may be used.
    pub enabled: bool,
    /// Whether no new ones may be paired; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether pages that pair should ask for a nickname; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// The FIDO2 policy; the environment's default one when absent.
    #[serde(rename = "fido2PolicyId", skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<Uuid>,
    /// How many failures a device may have; the cool-down is two minutes at least.
    #[schema(required = false)]
    pub failure: Failure,
}

/// Tokens and programs that show passcodes.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenMethod {
    /// Whether they may be used.
    pub enabled: bool,
    /// Whether no new ones may be paired; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether pages that pair should ask for a nickname; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// Their passcodes.
    pub otp: Otp,
    /// How long a pairing key is good, a minute to 48 hours; of `desktop` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_key_lifetime: Option<Duration>,
}

/// The passwordless desktop authenticator.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DesktopMethod<'a> {
    /// Whether it may be used.
    pub enabled: bool,
    /// Whether no new ones may be paired; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_disabled: Option<bool>,
    /// Whether pages that pair should ask for a nickname; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_nickname_on_pairing: Option<bool>,
    /// Relying party of new devices: a domain in lower case; the deployment's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relying_party_id: Option<&'a str>,
    /// Exact origins that may use the devices; when absent, every origin of the relying party. An
    /// addition of this server; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub allowed_origins: Option<&'a [String]>,
    /// `REQUIRED` (default), `PREFERRED` or `DISCOURAGED`. An addition of this server; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_verification: Option<&'static str>,
    /// `SOFTWARE` (default), `KEYSTORE` or `TPM`. An addition of this server; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_key_protection: Option<&'static str>,
    /// `NONE` (default), `PREFERRED` or `REQUIRED`: whether the place of the key has to be proven.
    /// An addition of this server; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<&'static str>,
    /// Whether a device whose counter went back is blocked; `true` when absent. An addition of this
    /// server; shown if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_on_counter_regression: Option<bool>,
    /// Attestations and assertions that did not verify.
    #[schema(required = false)]
    pub otp: Otp,
}

/// Remembering a browser.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RememberMeWeb {
    /// Whether it is on.
    pub enabled: bool,
    /// How long: a minute to 90 days.
    pub life_time: Duration,
}

/// Remembering.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct RememberMe {
    /// Browsers.
    #[schema(required = false)]
    pub web: RememberMeWeb,
}

/// How a device is picked.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Authentication {
    /// `DEFAULT_TO_FIRST`, `PROMPT_TO_SELECT` or `ALWAYS_DISPLAY_DEVICES`.
    #[schema(required = false)]
    pub device_selection: &'static str,
}

/// A reference that may be empty.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct OptionalReference {
    /// Id of what is referred to; absent = the environment's default one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
}

/// The links of a policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DevicePolicyLinks {
    /// The policy.
    #[serde(rename = "self")]
    pub own: Link,
    /// Its environment.
    pub environment: Link,
    /// Its applications.
    pub applications: Link,
    /// The FIDO2 policy that is in force under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fido2: Option<Link>,
}

/// A device authentication policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceAuthenticationPolicy<'a> {
    /// Links.
    #[serde(rename = "_links")]
    #[schema(read_only)]
    pub links: DevicePolicyLinks,
    /// Its id.
    #[schema(read_only)]
    pub id: Uuid,
    /// Its environment.
    #[schema(read_only)]
    pub environment: Reference,
    /// Its name; unique in the environment, letter case aside.
    #[schema(min_length = 1, max_length = 256)]
    pub name: &'a str,
    /// How a device is picked.
    #[schema(required = false)]
    pub authentication: Authentication,
    /// The notification policy; empty = the environment's default one.
    #[schema(required = false)]
    pub notifications_policy: OptionalReference,
    /// Who is told about a new device: `NONE`, `EMAIL_THEN_SMS` (default) or `SMS_THEN_EMAIL`.
    #[schema(required = false)]
    pub new_device_notification: &'static str,
    /// Text messages.
    pub sms: AddressMethod,
    /// Calls.
    pub voice: AddressMethod,
    /// Mail.
    pub email: AddressMethod,
    /// WhatsApp. Switching it on needs a sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whats_app: Option<AddressMethod>,
    /// Mobile applications.
    pub mobile: MobileMethod,
    /// Authenticator apps with time-based passcodes.
    pub totp: TotpMethod,
    /// FIDO2 authenticators; off when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fido2: Option<Fido2Method>,
    /// Hardware tokens.
    #[schema(required = false)]
    pub oath_token: TokenMethod,
    /// `YubiKey` passcodes; off when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yubikey: Option<TokenMethod>,
    /// The desktop program that shows passcodes; off when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desktop: Option<TokenMethod>,
    /// Remembering browsers.
    #[schema(required = false)]
    pub remember_me: RememberMe,
    /// The passwordless desktop authenticator.
    #[schema(required = false)]
    pub ping_id_desktop_gen2: DesktopMethod<'a>,
    /// Whether locked accounts may be used nevertheless.
    #[schema(required = false)]
    pub ignore_user_lock: bool,
    /// Of an earlier version of the API; always `false`.
    #[schema(read_only)]
    pub for_sign_on_policy: bool,
    /// Kept and shown; users whose MFA is off cannot authenticate in any case.
    #[schema(required = false)]
    pub block_users_with_disabled_mfa: bool,
    /// When it was last changed.
    #[schema(read_only)]
    pub updated_at: String,
    /// When it was created.
    #[schema(read_only)]
    pub created_at: String,
    /// Whether it is used where none is named. Exactly one of an environment is.
    pub default: bool,
}

/// What is in a list of policies.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevicePolicyListEmbedded<'a> {
    /// The policies.
    pub device_authentication_policies: Vec<DeviceAuthenticationPolicy<'a>>,
}

/// A page of the policies of an environment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DevicePolicyList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The policies.
    #[serde(rename = "_embedded")]
    pub embedded: DevicePolicyListEmbedded<'a>,
    /// Number of policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Number of policies on this page.
    pub size: usize,
}
