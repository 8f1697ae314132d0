//! Beginning to pair a device.

use countersign_crypto::encoding::base64url;
use countersign_crypto::random;
use countersign_desktop_protocol::creation_options::{self, CreationOptions};
use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{Development, OPTIONS_MAX_LIFETIME_SECONDS, request_hash};
use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{
    DesktopPairing, Device, DeviceKind, DeviceType, Nickname, PENDING_LIFE_SECONDS, PENDING_LIMIT,
    PairingTerms, Phase, RelyingParty,
};
use countersign_domain::device_policy::DevicePolicy;
use countersign_domain::environment::{Environment, EnvironmentType};
use countersign_domain::ids::{DeviceId, DevicePolicyId};
use countersign_domain::messages;
use countersign_domain::user::{Attribute, User};
use countersign_domain::violations::{Violation, ViolationCode, Violations};
use countersign_storage::{Outcome, Unit, queries};
use uuid::Uuid;

use crate::access::UserAccess;
use crate::activities::{By, device_resource, user_resource};
use crate::stop::checked;
use crate::{Engine, Fault, Refusal, Stop};

/// How long the page waits for the authenticator, in milliseconds.
pub(crate) const CEREMONY_TIMEOUT_MILLISECONDS: u64 = 60_000;

/// The relying party that a request asks for instead of the policy's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestedRelyingParty {
    /// `rp.id`
    pub id: Option<String>,
    /// `rp.name`
    pub name: Option<String>,
}

/// A request to pair a device. Faults found while it was decoded come along, so that all faults are
/// answered together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateDevice {
    /// What decoding found wrong.
    pub faults: Violations,
    /// `type`, where it is a known one.
    pub device_type: Option<DeviceType>,
    /// `status`
    pub status: Option<String>,
    /// `policy.id`
    pub policy: Option<DevicePolicyId>,
    /// `rp`
    pub relying_party: RequestedRelyingParty,
    /// `nickname`
    pub nickname: Option<String>,
}

/// A device that waits for its attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedDevice {
    /// The device.
    pub device: Device,
    /// The signed options for the desktop authenticator; shown this once.
    pub options: String,
}

impl Engine {
    /// Begins to pair a device.
    ///
    /// # Errors
    /// Refused when members are wrong, the policy does not let the type be paired, or a limit is
    /// reached.
    pub async fn create_device(
        &self,
        access: &UserAccess<perm::DeviceCreate>,
        mut command: CreateDevice,
    ) -> Result<CreatedDevice, Stop> {
        let environment = access.environment();
        let mut faults = std::mem::take(&mut command.faults);
        check_type_and_status(&command, &mut faults);
        let nickname = match Nickname::parse(command.nickname.as_deref().unwrap_or_default()) {
            Ok(nickname) => nickname,
            Err(violation) => {
                faults.push(violation);
                None
            }
        };
        let policy = self
            .effective_device_policy(environment.id, command.policy)
            .await?;
        let Some(policy) = policy else {
            faults.push(Violation::invalid("policy.id", messages::UNKNOWN_POLICY));
            return Err(Refusal::InvalidData(faults).into());
        };
        let method = policy.document.desktop();
        if command.device_type == Some(DeviceType::Desktop)
            && (!method.enabled || method.pairing_disabled)
        {
            faults.push(Violation::invalid(
                "type",
                messages::METHOD_NOT_ALLOWED_BY_POLICY,
            ));
        }
        let relying_party =
            self.relying_party(environment, &policy, &command.relying_party, &mut faults);
        checked(faults)?;
        // `checked` let nothing pass without a relying party.
        let relying_party = relying_party.ok_or(Fault::Inconsistent(
            "a device without a relying party passed the checks",
        ))?;
        self.pair_desktop(access, &policy, relying_party, nickname)
            .await
    }

    /// The relying party of a new device: the request's, else the policy's, else the deployment's.
    fn relying_party(
        &self,
        environment: &Environment,
        policy: &DevicePolicy,
        requested: &RequestedRelyingParty,
        faults: &mut Violations,
    ) -> Option<RelyingParty> {
        let id = requested
            .id
            .clone()
            .or_else(|| {
                policy
                    .document
                    .desktop()
                    .relying_party_id
                    .map(str::to_owned)
            })
            .unwrap_or_else(|| self.config().default_relying_party.clone());
        if id.is_empty() {
            faults.push(Violation::required("rp.id"));
            return None;
        }
        match RpId::parse(&id, development(environment)) {
            Ok(parsed) => {
                let name = requested
                    .name
                    .clone()
                    .filter(|name| !name.is_empty())
                    .unwrap_or(id);
                if name.chars().count() > 256 {
                    faults.push(Violation::too_large("rp.name", 256));
                }
                Some(RelyingParty { id: parsed, name })
            }
            Err(_) => {
                faults.push(Violation::invalid("rp.id", messages::BAD_RP_ID));
                None
            }
        }
    }

    async fn pair_desktop(
        &self,
        access: &UserAccess<perm::DeviceCreate>,
        policy: &DevicePolicy,
        relying_party: RelyingParty,
        nickname: Option<Nickname>,
    ) -> Result<CreatedDevice, Stop> {
        let environment = access.environment();
        let id = DeviceId::generate(self.random());
        for _ in 0..crate::retry::ROUNDS {
            let (user, devices) = self.user_and_devices(access).await?;
            self.check_limits(environment, &devices).await?;
            let (pairing, options) = self
                .open_pairing(environment, &user, id, policy, &relying_party, &devices)
                .await?;
            let now = self.now();
            let device = Device {
                id,
                environment: environment.id,
                user: user.id,
                nickname: nickname.clone(),
                created_at: now,
                updated_at: now,
                version: 1,
                kind: DeviceKind::Desktop {
                    rp: relying_party.clone(),
                    phase: Phase::Pending {
                        expires_at: now.plus_seconds(PENDING_LIFE_SECONDS),
                        pairing,
                    },
                },
            };
            let unit = queries::devices::take_turn(
                Unit::new("create_device"),
                environment.id,
                user.id,
                user.version,
            );
            let unit = queries::devices::insert(unit, &device)?;
            let unit = self.record(
                unit,
                By::Caller(access.caller()),
                environment.id,
                Action::DeviceCreated,
                vec![user_resource(&user), device_resource(&device)],
                format!("Device Created {}", device.device_type().as_str()),
            )?;
            match self.database().write(unit).await? {
                Outcome::Applied(_) => return Ok(CreatedDevice { device, options }),
                Outcome::Refused("user") => {}
                Outcome::Refused(_) => return Err(crate::engine::unknown_guard()),
            }
        }
        Err(Refusal::Conflict.into())
    }

    /// The device limit counts active and blocked devices; pending ones have a limit of their own.
    pub(crate) async fn check_limits(
        &self,
        environment: &Environment,
        devices: &[Device],
    ) -> Result<(), Stop> {
        let maximum = i64::from(
            self.mfa_settings_of(environment.id)
                .await?
                .max_allowed_devices,
        );
        let pending = devices.iter().filter(|device| device.is_pending()).count();
        let active = devices.len() - pending;
        if i64::try_from(active).unwrap_or(i64::MAX) >= maximum {
            return Err(device_limit(maximum).into());
        }
        if i64::try_from(pending).unwrap_or(i64::MAX) >= PENDING_LIMIT {
            let violation =
                Violation::new(ViolationCode::LimitExceeded, messages::PENDING_DEVICE_LIMIT)
                    .with(|inner| inner.maximum_allowed = Some(PENDING_LIMIT));
            return Err(Refusal::failed(violation).into());
        }
        Ok(())
    }

    /// Draws the challenge and signs the options.
    async fn open_pairing(
        &self,
        environment: &Environment,
        user: &User,
        device: DeviceId,
        policy: &DevicePolicy,
        relying_party: &RelyingParty,
        devices: &[Device],
    ) -> Result<(DesktopPairing, String), Stop> {
        let now = self.now();
        let method = policy.document.desktop();
        let origins = origins_within(method.allowed_origins, &relying_party.id);
        let nonce = base64url(&random::bytes::<32>(self.random()));
        let application = self.desktop_application(environment.id).await?;
        let keys = self
            .environment_keys(environment.id)
            .await?
            .ok_or(Fault::Inconsistent("the environment has no keys"))?;
        let (kid, key) = keys.options_signer(now).ok_or(Fault::Inconsistent(
            "the environment has no key that signs options",
        ))?;
        let exclude = devices
            .iter()
            .filter_map(|known| match &known.kind {
                DeviceKind::Desktop {
                    rp,
                    phase: Phase::Active { credential, .. },
                } if rp.id == relying_party.id => Some(credential.kid),
                DeviceKind::Desktop { .. } => None,
            })
            .collect();
        let options = CreationOptions {
            iss: self.issuer(environment.id),
            sub: user.id.to_string(),
            jti: attempt_id(device.uuid(), random::uuid_v4(self.random())),
            iat: now,
            exp: now.plus_seconds(OPTIONS_MAX_LIFETIME_SECONDS),
            nonce: nonce.clone(),
            env: environment.id.uuid(),
            device: device.uuid(),
            rp: countersign_desktop_protocol::RelyingParty {
                id: relying_party.id.to_string(),
                name: relying_party.name.clone(),
            },
            origins: origins.clone(),
            user: creation_options::User {
                name: user.username.to_string(),
                display_name: display_name(user),
            },
            application: creation_options::ApplicationRef {
                id: application.id.uuid(),
                name: application.name.clone(),
            },
            algs: vec!["ES256".to_owned()],
            uv: method.user_verification,
            min_key_protection: method.min_key_protection,
            evidence: method.evidence,
            exclude,
            timeout: CEREMONY_TIMEOUT_MILLISECONDS,
        };
        let jwt = options
            .sign(kid, key)
            .map_err(|error| Fault::Keys(error.to_string()))?;
        let pairing = DesktopPairing {
            nonce,
            request_hash: request_hash(&jwt),
            challenge_expires_at: now.plus_seconds(OPTIONS_MAX_LIFETIME_SECONDS),
            terms: PairingTerms {
                origins: origins.iter().map(ToString::to_string).collect(),
                user_verification: method.user_verification,
                min_key_protection: method.min_key_protection,
                evidence: method.evidence,
                attempts: method.failure_count,
            },
            failures: 0,
        };
        Ok((pairing, jwt))
    }
}

fn check_type_and_status(command: &CreateDevice, faults: &mut Violations) {
    match command.device_type {
        // Decoding has said what is wrong with it.
        None => return,
        Some(DeviceType::Desktop) => {}
        Some(DeviceType::Mobile) => {
            faults.push(Violation::invalid("type", messages::PAIR_BY_KEY));
            return;
        }
        Some(_) => {
            faults.push(Violation::invalid("type", messages::TYPE_NOT_OFFERED));
            return;
        }
    }
    match command.status.as_deref() {
        Some("ACTIVATION_REQUIRED") => {}
        None => faults.push(Violation::required("status")),
        Some("ACTIVE") => {
            faults.push(Violation::invalid(
                "status",
                messages::DESKTOP_NEEDS_ACTIVATION,
            ));
        }
        Some(_) => faults.push(Violation::not_one_of(
            "status",
            &["ACTIVE", "ACTIVATION_REQUIRED"],
        )),
    }
}

pub(crate) fn device_limit(maximum: i64) -> Refusal {
    Refusal::failed(
        Violation::new(ViolationCode::LimitExceeded, messages::DEVICE_LIMIT)
            .with(|inner| inner.maximum_allowed = Some(maximum)),
    )
}

/// What to call the person: the formatted name, else given and family name, else the username.
fn display_name(user: &User) -> String {
    let profile = &user.profile;
    if let Some(name) = profile.get(Attribute::FormattedName) {
        return name.to_owned();
    }
    let parts: Vec<&str> = [Attribute::GivenName, Attribute::FamilyName]
        .into_iter()
        .filter_map(|part| profile.get(part))
        .collect();
    if parts.is_empty() {
        user.username.to_string()
    } else {
        parts.join(" ")
    }
}

/// `localhost` and plain http are for sandboxes only.
pub(crate) fn development(environment: &Environment) -> Development {
    Development::from_bool(environment.environment_type == EnvironmentType::Sandbox)
}

/// Of the policy's origins those that lie within the relying party.
pub(crate) fn origins_within(allowed: &[String], rp: &RpId) -> Vec<Origin> {
    allowed
        .iter()
        .filter_map(|text| Origin::parse_exact(text).ok())
        .filter(|origin| origin.within(rp))
        .collect()
}

/// The `jti` of options: what they are for, and which attempt.
pub(crate) fn attempt_id(subject: Uuid, attempt: Uuid) -> String {
    format!("{subject}.{attempt}")
}
