//! The passwordless desktop authenticator.

use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{Development, Evidence, KeyProtection, UserVerification};
use serde::{Deserialize, Serialize};

use super::PairingSwitches;
use super::failures::{FROM_ZERO, Failures};
use crate::members::{Item, Members};
use crate::messages::{BAD_ALLOWED_ORIGIN, BAD_RP_ID};
use crate::named::Named;
use crate::violations::Violation;

/// Origins in one list: they travel in every signed request.
const ORIGIN_LIMIT: usize = 20;

/// `pingIdDesktopGen2` as it was put. The members that are `Option` are shown only when they were
/// sent; [`DesktopSettings::method`] says what holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesktopSettings {
    /// `enabled`
    pub enabled: bool,
    /// `otp.failure`: attestations and assertions that did not verify.
    pub failures: Failures,
    /// `pairingDisabled`, `promptForNicknameOnPairing`
    pub pairing: PairingSwitches,
    /// `relyingPartyId`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub relying_party_id: Option<String>,
    /// `allowedOrigins`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub allowed_origins: Option<Vec<String>>,
    /// `userVerification`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_verification: Option<UserVerification>,
    /// `minKeyProtection`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub min_key_protection: Option<KeyProtection>,
    /// `evidence`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<Evidence>,
    /// `blockOnCounterRegression`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub block_on_counter_regression: Option<bool>,
}

/// What holds for desktop authenticators under a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DesktopMethod<'a> {
    /// Whether they may be used.
    pub enabled: bool,
    /// Whether no new ones may be paired.
    pub pairing_disabled: bool,
    /// Whether pages that pair should ask for a nickname.
    pub prompt_for_nickname: bool,
    /// Failures until the device is locked.
    pub failure_count: u32,
    /// How long it stays locked, in seconds; 0 = no lock.
    pub cool_down_seconds: i64,
    /// Relying party of new devices; `None` = the deployment's.
    pub relying_party_id: Option<&'a str>,
    /// Exact origins that may use them; empty = every origin of the relying party.
    pub allowed_origins: &'a [String],
    /// Whether the person has to be verified.
    pub user_verification: UserVerification,
    /// How well keys have to be kept.
    pub min_key_protection: KeyProtection,
    /// Whether that has to be proven.
    pub evidence: Evidence,
    /// Whether a device whose counter went back is blocked.
    pub block_on_counter_regression: bool,
}

impl DesktopSettings {
    /// As a new environment has it, on or off.
    pub const fn standard(enabled: bool) -> Self {
        Self {
            enabled,
            failures: Failures::TWO_MINUTES,
            pairing: PairingSwitches {
                disabled: None,
                prompt_for_nickname: None,
            },
            relying_party_id: None,
            allowed_origins: None,
            user_verification: None,
            min_key_protection: None,
            evidence: None,
            block_on_counter_regression: None,
        }
    }

    /// What holds.
    pub fn method(&self) -> DesktopMethod<'_> {
        DesktopMethod {
            enabled: self.enabled,
            pairing_disabled: self.pairing.disabled.unwrap_or_default(),
            prompt_for_nickname: self.pairing.prompt_for_nickname.unwrap_or_default(),
            failure_count: self.failures.count,
            cool_down_seconds: self.failures.cool_down.in_seconds(),
            relying_party_id: self.relying_party_id.as_deref(),
            allowed_origins: self.allowed_origins.as_deref().unwrap_or_default(),
            user_verification: self.user_verification.unwrap_or(UserVerification::Required),
            min_key_protection: self.min_key_protection.unwrap_or(KeyProtection::Software),
            evidence: self.evidence.unwrap_or(Evidence::None),
            block_on_counter_regression: self.block_on_counter_regression.unwrap_or(true),
        }
    }

    pub(super) fn read(method: &Members<'_>, development: Development) -> Self {
        let has_otp = method.has("otp");
        Self {
            enabled: method.required_flag("enabled").unwrap_or_default(),
            failures: if has_otp {
                Failures::required_in_otp(method, &FROM_ZERO)
            } else {
                Failures::TWO_MINUTES
            },
            pairing: PairingSwitches::read(method),
            relying_party_id: relying_party_id(method, development),
            allowed_origins: allowed_origins(method, development),
            user_verification: method.one_of("userVerification"),
            min_key_protection: method.one_of("minKeyProtection"),
            evidence: method.one_of("evidence"),
            block_on_counter_regression: method.flag("blockOnCounterRegression"),
        }
    }
}

/// `relyingPartyId`, or `rp.id`, which some clients send.
fn relying_party_id(method: &Members<'_>, development: Development) -> Option<String> {
    const NAME: &str = "relyingPartyId";
    let (members, name) = if method.has(NAME) {
        (method.clone(), NAME)
    } else {
        (method.object("rp")?, "id")
    };
    let text = members.text(name)?;
    if RpId::parse(text, development).is_err() {
        members.fault(Violation::invalid(members.target(name), BAD_RP_ID));
    }
    Some(text.to_owned())
}

fn allowed_origins(method: &Members<'_>, development: Development) -> Option<Vec<String>> {
    const NAME: &str = "allowedOrigins";
    let items = method.list(NAME)?;
    if items.len() > ORIGIN_LIMIT {
        let limit = i64::try_from(ORIGIN_LIMIT).unwrap_or(i64::MAX);
        method.fault(Violation::too_large(method.target(NAME), limit));
        return None;
    }
    Some(
        items
            .iter()
            .filter_map(|item| allowed_origin(item, development))
            .collect(),
    )
}

/// An origin, spelled as browsers spell it; plain http only on this computer, in development.
fn allowed_origin(item: &Item<'_>, development: Development) -> Option<String> {
    let text = item.text()?;
    let good = Origin::parse_exact(text)
        .is_ok_and(|origin| origin.is_https() || development.is_on() && origin.is_loopback_host());
    if !good {
        item.fault(Violation::invalid(item.target(), BAD_ALLOWED_ORIGIN));
    }
    Some(text.to_owned())
}

/// The name of a choice in a policy: in capitals, unlike in signed requests.
pub const fn user_verification_name(value: UserVerification) -> &'static str {
    match value {
        UserVerification::Required => "REQUIRED",
        UserVerification::Preferred => "PREFERRED",
        UserVerification::Discouraged => "DISCOURAGED",
    }
}

/// The name of a choice in a policy: in capitals, unlike in signed requests.
pub const fn evidence_name(value: Evidence) -> &'static str {
    match value {
        Evidence::None => "NONE",
        Evidence::Preferred => "PREFERRED",
        Evidence::Required => "REQUIRED",
    }
}

impl Named for UserVerification {
    const ALL: &'static [Self] = &[Self::Required, Self::Preferred, Self::Discouraged];

    fn name(self) -> &'static str {
        user_verification_name(self)
    }
}

impl Named for Evidence {
    const ALL: &'static [Self] = &[Self::None, Self::Preferred, Self::Required];

    fn name(self) -> &'static str {
        evidence_name(self)
    }
}

/// A policy can ask for hardware, not for a brand of it: `TPM` stands for a secure enclave too.
impl Named for KeyProtection {
    const ALL: &'static [Self] = &[Self::Software, Self::Keystore, Self::Tpm];

    fn name(self) -> &'static str {
        self.as_str()
    }
}
