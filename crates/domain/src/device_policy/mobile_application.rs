//! One mobile application under a policy.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::token::PAIRING_KEY_LIFETIME;
use crate::ids::ApplicationId;
use crate::members::Members;
use crate::messages::{BAD_IPV4_BLOCK, NOT_FOR_PING_ID_APP, ONLY_FOR_PING_ID_APP};
use crate::named::named;
use crate::period::{MINUTES_OR_SECONDS, Period, PeriodRule, TimeUnit};
use crate::violations::Violation;

const SECONDS_ONLY: &[TimeUnit] = &[TimeUnit::Seconds];
const PUSH_TIMEOUT: PeriodRule = PeriodRule {
    units: SECONDS_ONLY,
    shortest: 40,
    longest: 150,
};
const PING_ID_PUSH_TIMEOUT: PeriodRule = PeriodRule {
    units: SECONDS_ONLY,
    shortest: 1,
    longest: 150,
};
const PUSH_LIMIT_PERIOD: PeriodRule = PeriodRule {
    units: MINUTES_OR_SECONDS,
    shortest: 60,
    longest: 7_200,
};
const DEVICE_TIMEOUT: PeriodRule = PeriodRule {
    units: SECONDS_ONLY,
    shortest: 15,
    longest: 75,
};
const TOTAL_TIMEOUT: PeriodRule = PeriodRule {
    units: SECONDS_ONLY,
    shortest: 30,
    longest: 90,
};
/// How much longer the whole request must last than the way to the device.
const TIMEOUT_DISTANCE: i64 = 15;

named! {
    /// What kind of application it is; without one it is an organization's own app.
    MobileApplicationType {
        /// The built-in app.
        PingIdApp = "pingIdAppConfig",
    }
}

named! {
    /// What a check that gave no answer counts as.
    Leniency {
        /// As passed.
        Permissive = "permissive",
        /// As failed.
        Restrictive = "restrictive",
    }
}

/// `push`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSettings {
    /// `enabled`
    pub enabled: bool,
    /// `numberMatching.enabled`; `None` = not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number_matching: Option<bool>,
}

/// `pushLimit`: pushes in a row that were denied or ignored, until pushes are blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushLimit {
    /// `count`, 1 to 50.
    pub count: u32,
    /// `timePeriod`: how long they count.
    pub time_period: Period,
    /// `lockDuration`: how long pushes stay blocked.
    pub lock_duration: Period,
}

impl PushLimit {
    /// Five in ten minutes, then half an hour.
    pub const STANDARD: Self = Self {
        count: 5,
        time_period: Period::minutes(10),
        lock_duration: Period::minutes(30),
    };
}

/// `deviceAuthorization`: approving silently what comes from the paired device itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceAuthorization {
    /// `enabled`
    pub enabled: bool,
    /// `extraVerification`; `None` = no check by a silent push.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub extra_verification: Option<Leniency>,
}

/// `ipPairingConfiguration`: where devices may be paired from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IpPairing {
    /// `anyIPAdress` (as the API spells it); `None` = not sent: any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub any_address: Option<bool>,
    /// `onlyTheseIpAddresses`; `None` = not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub only_these: Option<Vec<Ipv4Block>>,
}

/// `newRequestDurationConfiguration`: how long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestTimeouts {
    /// `deviceTimeout`: until it has reached the device.
    pub device: Period,
    /// `totalTimeout`: all in all.
    pub total: Period,
}

impl RequestTimeouts {
    /// What holds when nothing is said.
    pub const STANDARD: Self = Self {
        device: Period::seconds(25),
        total: Period::seconds(40),
    };
}

/// A block of IPv4 addresses: `192.0.2.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ipv4Block {
    address: Ipv4Addr,
    prefix: u8,
}

/// A text that is no block of IPv4 addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a block of IPv4 addresses")]
pub struct NotABlock;

impl FromStr for Ipv4Block {
    type Err = NotABlock;

    /// An address alone is a block of one.
    fn from_str(text: &str) -> Result<Self, NotABlock> {
        let (address, prefix) = text.split_once('/').unwrap_or((text, "32"));
        let digits = (1..=2).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit());
        let prefix = prefix.parse().ok().filter(|prefix| digits && *prefix <= 32);
        Ok(Self {
            address: address.parse().map_err(|_| NotABlock)?,
            prefix: prefix.ok_or(NotABlock)?,
        })
    }
}

impl fmt::Display for Ipv4Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl Serialize for Ipv4Block {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ipv4Block {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One of `mobile.applications`. The members that are `Option` are shown only when they were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MobileApplication {
    /// `id`
    pub id: ApplicationId,
    /// `type`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub application_type: Option<MobileApplicationType>,
    /// `push`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub push: Option<PushSettings>,
    /// `otp.enabled`: passcodes that the app shows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub otp: Option<bool>,
    /// `pushTimeout`: how long a push can be answered.
    pub push_timeout: Period,
    /// `pairingKeyLifetime`
    pub pairing_key_lifetime: Period,
    /// `pushLimit`
    pub push_limit: PushLimit,
    /// `deviceAuthorization`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device_authorization: Option<DeviceAuthorization>,
    /// `autoEnrollment.enabled`: the first sign-on pairs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub auto_enrollment: Option<bool>,
    /// `integrityDetection`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub integrity_detection: Option<Leniency>,
    /// `pairingDisabled`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pairing_disabled: Option<bool>,
    /// `biometricsEnabled`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub biometrics_enabled: Option<bool>,
    /// `ipPairingConfiguration`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ip_pairing: Option<IpPairing>,
    /// `newRequestDurationConfiguration`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_timeouts: Option<RequestTimeouts>,
}

/// Members of the built-in app only.
const PING_ID_ONLY: [&str; 2] = ["biometricsEnabled", "ipPairingConfiguration"];
/// Members of an organization's own apps only.
const CUSTOMER_ONLY: [&str; 3] = [
    "deviceAuthorization",
    "autoEnrollment",
    "integrityDetection",
];

impl MobileApplication {
    /// An application with the defaults.
    pub const fn standard(id: ApplicationId) -> Self {
        Self {
            id,
            application_type: None,
            push: None,
            otp: None,
            push_timeout: Period::seconds(40),
            pairing_key_lifetime: Period::minutes(10),
            push_limit: PushLimit::STANDARD,
            device_authorization: None,
            auto_enrollment: None,
            integrity_detection: None,
            pairing_disabled: None,
            biometrics_enabled: None,
            ip_pairing: None,
            request_timeouts: None,
        }
    }

    /// `None` when it has no usable id; its other faults are told nevertheless.
    pub(super) fn read(members: &Members<'_>) -> Option<Self> {
        let id = members.required_id("id");
        let application_type = members.one_of("type");
        let (foreign, message, push_timeout): (&[&str], _, _) = match application_type {
            Some(MobileApplicationType::PingIdApp) => {
                (&CUSTOMER_ONLY, NOT_FOR_PING_ID_APP, PING_ID_PUSH_TIMEOUT)
            }
            // Of an unknown type: that is told already; what follows from it is not known.
            None if members.has("type") => (&[], "", PING_ID_PUSH_TIMEOUT),
            None => (&PING_ID_ONLY, ONLY_FOR_PING_ID_APP, PUSH_TIMEOUT),
        };
        for name in foreign.iter().filter(|name| members.has(name)) {
            members.fault(Violation::invalid(members.target(name), message));
        }
        let standard = Self::standard(id.unwrap_or(ApplicationId::from_uuid(uuid::Uuid::nil())));
        let read = Self {
            application_type,
            push: members.object("push").map(|push| read_push(&push)),
            otp: enabled(members, "otp"),
            push_timeout: push_timeout
                .read(members, "pushTimeout")
                .unwrap_or(standard.push_timeout),
            pairing_key_lifetime: PAIRING_KEY_LIFETIME
                .read(members, "pairingKeyLifetime")
                .unwrap_or(standard.pairing_key_lifetime),
            push_limit: read_push_limit(members),
            device_authorization: members.object("deviceAuthorization").map(|given| {
                DeviceAuthorization {
                    enabled: given.required_flag("enabled").unwrap_or_default(),
                    extra_verification: given.one_of("extraVerification"),
                }
            }),
            auto_enrollment: enabled(members, "autoEnrollment"),
            integrity_detection: members.one_of("integrityDetection"),
            pairing_disabled: members.flag("pairingDisabled"),
            biometrics_enabled: members.flag("biometricsEnabled"),
            ip_pairing: members
                .object("ipPairingConfiguration")
                .map(|given| read_ip(&given)),
            request_timeouts: members
                .object("newRequestDurationConfiguration")
                .and_then(|given| read_timeouts(&given)),
            ..standard
        };
        id.map(|_| read)
    }
}

/// `{"enabled": …}`
fn enabled(members: &Members<'_>, name: &str) -> Option<bool> {
    members
        .object(name)
        .map(|given| given.required_flag("enabled").unwrap_or_default())
}

fn read_push(push: &Members<'_>) -> PushSettings {
    PushSettings {
        enabled: push.required_flag("enabled").unwrap_or_default(),
        number_matching: enabled(push, "numberMatching"),
    }
}

fn read_push_limit(members: &Members<'_>) -> PushLimit {
    let standard = PushLimit::STANDARD;
    let Some(limit) = members.object("pushLimit") else {
        return standard;
    };
    PushLimit {
        count: limit
            .number_within("count", 1, 50)
            .unwrap_or(standard.count),
        time_period: PUSH_LIMIT_PERIOD
            .read(&limit, "timePeriod")
            .unwrap_or(standard.time_period),
        lock_duration: PUSH_LIMIT_PERIOD
            .read(&limit, "lockDuration")
            .unwrap_or(standard.lock_duration),
    }
}

fn read_ip(given: &Members<'_>) -> IpPairing {
    const ADDRESSES: &str = "onlyTheseIpAddresses";
    let any_address = given.flag("anyIPAdress");
    let blocks = given.list(ADDRESSES).map(|items| {
        let blocks = items.iter().filter_map(|item| {
            let block = item.text()?.parse().ok();
            if block.is_none() {
                item.fault(Violation::invalid(item.target(), BAD_IPV4_BLOCK));
            }
            block
        });
        (items.len(), blocks.collect())
    });
    if any_address == Some(false) {
        match &blocks {
            None if !given.has(ADDRESSES) => {
                given.fault(Violation::required(given.target(ADDRESSES)));
            }
            Some((0, _)) => given.fault(Violation::empty(given.target(ADDRESSES))),
            _ => {}
        }
    }
    IpPairing {
        any_address,
        only_these: blocks.map(|(_, blocks)| blocks),
    }
}

/// Both or neither.
fn read_timeouts(given: &Members<'_>) -> Option<RequestTimeouts> {
    const TOTAL: &str = "totalTimeout";
    if !given.has("deviceTimeout") && !given.has(TOTAL) {
        return None;
    }
    let device = DEVICE_TIMEOUT.required(given, "deviceTimeout");
    let total = TOTAL_TIMEOUT.required(given, TOTAL);
    let (device, total) = (device?, total?);
    let shortest = device.in_seconds() + TIMEOUT_DISTANCE;
    if total.in_seconds() < shortest {
        let target = format!("{}.duration", given.target(TOTAL));
        given.fault(Violation::out_of_range(
            target,
            shortest,
            TOTAL_TIMEOUT.longest,
        ));
    }
    Some(RequestTimeouts { device, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_addresses() {
        for (text, expected) in [
            ("192.0.2.0/24", Some("192.0.2.0/24")),
            ("192.0.2.7", Some("192.0.2.7/32")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("192.0.2.0/33", None),
            ("192.0.2.0/", None),
            ("192.0.2.0/+8", None),
            ("192.0.2.0/024", None),
            ("192.0.2", None),
            ("2001:db8::/32", None),
            ("", None),
        ] {
            let block: Option<Ipv4Block> = text.parse().ok();
            assert_eq!(
                block.map(|block| block.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
