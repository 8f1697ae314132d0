//! Finishing a pairing with an attestation.

use countersign_crypto::random;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::attestation::{Attestation, Expected, Verified};
use countersign_desktop_protocol::origin::Origin;
use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{
    ActivationRefused, ApplicationFacts, COUNTER_MAX, DesktopCredential, DesktopFacts,
    DesktopPairing, Device, DeviceKind, ModelFacts, Nickname, OperatingSystem, Phase, ProtectedBy,
    default_nickname_prefix,
};
use countersign_domain::ids::DeviceId;
use countersign_domain::messages;
use countersign_domain::user::User;
use countersign_domain::violations::{Violation, ViolationCode, Violations};
use countersign_storage::{Outcome, StorageError, Unit, queries};

use super::create::{development, device_limit};
use super::next_position;
use crate::access::UserAccess;
use crate::activities::{By, device_resource, user_resource};
use crate::stop::checked;
use crate::{Engine, Fault, Refusal, Stop};

/// A request to finish a pairing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivateDevice {
    /// What decoding found wrong.
    pub faults: Violations,
    /// `attestation`: a compact JWS.
    pub attestation: Option<String>,
    /// `nickname`
    pub nickname: Option<String>,
}

/// Why an attestation was not accepted.
enum Wrong {
    /// It is not even a compact JWS: refused, but not counted.
    NotAnAttestation,
    /// It does not answer the challenge: counted.
    Refused(String),
}

impl Engine {
    /// Makes a pending device active.
    ///
    /// # Errors
    /// Refused when the attestation does not answer the challenge (counted, at most as often as the
    /// policy allows), the device is active already, or the device limit is reached.
    pub async fn activate_device(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
        id: DeviceId,
        mut command: ActivateDevice,
    ) -> Result<Device, Stop> {
        let mut faults = std::mem::take(&mut command.faults);
        let nickname = match command.nickname.as_deref().map(Nickname::parse) {
            None => None,
            Some(Ok(nickname)) => nickname,
            Some(Err(violation)) => {
                faults.push(violation);
                None
            }
        };
        for _ in 0..crate::retry::ROUNDS {
            let device = self.device_of(access, id).await?;
            let pairing = open_pairing(&device)?;
            let attestation = required_attestation(&command, faults.clone())?;
            match self
                .judge_attestation(access, &device, pairing, attestation)
                .await?
            {
                Ok(verified) => {
                    let done = self
                        .finish(access, device, &verified, nickname.clone())
                        .await?;
                    if let Some(active) = done {
                        return Ok(active);
                    }
                }
                Err(Wrong::NotAnAttestation) => return Err(bad_attestation(pairing).into()),
                Err(Wrong::Refused(reason)) => {
                    if let Some(refusal) = self
                        .count_attestation_failure(access, device, &reason)
                        .await?
                    {
                        return Err(refusal.into());
                    }
                }
            }
        }
        Err(Refusal::Conflict.into())
    }

    /// Verifies an attestation against the pairing that it answers. Writes nothing.
    async fn judge_attestation(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
        device: &Device,
        pairing: &DesktopPairing,
        attestation: &str,
    ) -> Result<Result<Verified, Wrong>, Stop> {
        let now = self.now();
        let verified = match Attestation::verify(attestation) {
            Ok(verified) => verified,
            Err(error) if error.is_malformed() => return Ok(Err(Wrong::NotAnAttestation)),
            Err(error) => return Ok(Err(Wrong::Refused(error.to_string()))),
        };
        let DeviceKind::Desktop { rp, .. } = &device.kind;
        let issuer = self.issuer(device.environment);
        let subject = device.user.to_string();
        let origins = parsed_origins(&pairing.terms.origins);
        let expected = Expected {
            aud: &issuer,
            sub: &subject,
            nonce: &pairing.nonce,
            rqh: &pairing.request_hash,
            rp: &rp.id,
            origins: &origins,
            development: development(access.environment()),
            uv: pairing.terms.user_verification,
            min_key_protection: pairing.terms.min_key_protection,
            evidence: pairing.terms.evidence,
        };
        if let Err(error) = verified.check_request(&expected, now) {
            return Ok(Err(Wrong::Refused(error.to_string())));
        }
        if pairing.challenge_expires_at <= now {
            return Ok(Err(Wrong::Refused("the challenge has expired".to_owned())));
        }
        if let Err(error) = verified.check_policy(&expected) {
            return Ok(Err(Wrong::Refused(error.to_string())));
        }
        if verified.claims().ctr > COUNTER_MAX {
            return Ok(Err(Wrong::Refused("the counter is too large".to_owned())));
        }
        let kid = verified.kid().to_string();
        if queries::devices::kid_was_used(self.database(), device.environment, &kid).await? {
            return Ok(Err(Wrong::Refused(
                "the key is known in this environment".to_owned(),
            )));
        }
        Ok(Ok(verified))
    }

    /// Stores the active device. `None` when somebody else was faster.
    async fn finish(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
        mut device: Device,
        verified: &Verified,
        nickname: Option<Nickname>,
    ) -> Result<Option<Device>, Stop> {
        let now = self.now();
        let environment = access.environment();
        let (user, devices) = self.user_and_devices(access).await?;
        let maximum = self
            .mfa_settings_of(environment.id)
            .await?
            .max_allowed_devices;
        let active = devices.iter().filter(|known| !known.is_pending()).count();
        if active >= usize::try_from(maximum).unwrap_or(usize::MAX) {
            return Err(device_limit(i64::from(maximum)).into());
        }
        let application = self.desktop_application(environment.id).await?;
        let credential = self.credential_of(verified, application.id, now);
        if nickname.is_some() {
            device.nickname = nickname;
        }
        let fallback = default_nickname(&credential.facts.os.kind, &devices)?;
        device
            .activate_desktop(credential, fallback, next_position(&user, &devices), now)
            .map_err(already_decided)?;
        let unit = queries::devices::take_turn(
            Unit::new("activate_device"),
            environment.id,
            user.id,
            user.version,
        );
        let unit = queries::devices::update(unit, &device)?;
        let unit = regain_order(unit, &user, &devices, device.id);
        let unit = self.record(
            unit,
            By::Caller(access.caller()),
            environment.id,
            Action::DeviceActivated,
            vec![user_resource(&user), device_resource(&device)],
            format!("Device Activated {}", device.device_type().as_str()),
        )?;
        match self.database().write(unit).await {
            Ok(Outcome::Applied(_)) => {
                device.version += 1;
                Ok(Some(device))
            }
            // The unique index: the same key for two devices at once. The next round sees it taken.
            Ok(Outcome::Refused("user" | "device")) | Err(StorageError::UniqueViolation { .. }) => {
                Ok(None)
            }
            Ok(Outcome::Refused(_)) => Err(crate::engine::unknown_guard()),
            Err(error) => Err(error.into()),
        }
    }

    fn credential_of(
        &self,
        verified: &Verified,
        application: countersign_domain::ids::ApplicationId,
        now: Timestamp,
    ) -> DesktopCredential {
        let claims = verified.claims();
        DesktopCredential {
            key: verified.key().clone(),
            kid: *verified.kid(),
            credential_id: random::uuid_v4(self.random()),
            counter: claims.ctr,
            counter_issued_at: now,
            // No kind of evidence is verified by this version: the place of the key is a claim.
            protected_by: ProtectedBy {
                protection: claims.key_protection,
                verified: false,
            },
            facts: DesktopFacts {
                os: OperatingSystem {
                    kind: claims.os.kind.as_str().to_owned(),
                    version: claims.os.version.clone(),
                },
                model: ModelFacts {
                    name: claims.model.name.clone(),
                    manufacturer: claims.model.manufacturer.clone(),
                },
                application: ApplicationFacts {
                    id: application,
                    native_name: claims.application.native_name.clone(),
                    version: claims.application.version.clone(),
                },
                unit_id: claims.unit_id,
            },
        }
    }

    /// Counts a wrong attestation. `None` when somebody else was faster.
    async fn count_attestation_failure(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
        mut device: Device,
        reason: &str,
    ) -> Result<Option<Refusal>, Stop> {
        let now = self.now();
        let DeviceKind::Desktop { phase, .. } = &mut device.kind;
        let Phase::Pending { pairing, .. } = phase else {
            return Err(Fault::Inconsistent("a failure of a device that is not pending").into());
        };
        pairing.fail();
        let refusal = bad_attestation(pairing);
        device.updated_at = now;
        let unit = queries::devices::update(Unit::new("refuse_attestation"), &device)?;
        let unit = self.record(
            unit,
            By::Caller(access.caller()),
            device.environment,
            Action::DeviceActivationFailed,
            vec![user_resource(access.user()), device_resource(&device)],
            format!("Device Activation Failed: {reason}"),
        )?;
        match self.database().write(unit).await? {
            Outcome::Applied(_) => Ok(Some(refusal)),
            Outcome::Refused("device") => Ok(None),
            Outcome::Refused(_) => Err(crate::engine::unknown_guard()),
        }
    }
}

/// A user without order whose only active device this becomes has an order again.
fn regain_order(unit: Unit, user: &User, devices: &[Device], device: DeviceId) -> Unit {
    let others = devices
        .iter()
        .filter(|known| !known.is_pending() && known.id != device);
    if user.ordered || others.count() > 0 {
        return unit;
    }
    let unit = queries::users::set_ordered(unit, user.environment, user.id, true);
    queries::devices::set_position(unit, user.environment, device, Some(0))
}

/// Presence of the attestation comes after the state of the device, as documented.
fn required_attestation(command: &ActivateDevice, mut faults: Violations) -> Result<&str, Stop> {
    match command.attestation.as_deref() {
        Some("") => faults.push(Violation::empty("attestation")),
        Some(text) if faults.is_empty() => return Ok(text),
        Some(_) => {}
        // Decoding has said what is wrong with one that is there but is not a text.
        None if faults
            .iter()
            .any(|v| v.target.as_deref() == Some("attestation")) => {}
        None => faults.push(Violation::required("attestation")),
    }
    checked(faults)?;
    Err(Fault::Inconsistent("a missing attestation passed the checks").into())
}

fn open_pairing(device: &Device) -> Result<&DesktopPairing, Stop> {
    device.open_desktop_pairing().map_err(already_decided)
}

fn already_decided(refused: ActivationRefused) -> Stop {
    Refusal::failed(match refused {
        ActivationRefused::AlreadyActive => Violation::at(
            ViolationCode::ConstraintViolation,
            "status",
            messages::ALREADY_ACTIVE,
        ),
        ActivationRefused::Void => Violation::new(
            ViolationCode::LimitExceeded,
            messages::PAIRING_ATTEMPTS_USED_UP,
        ),
    })
    .into()
}

fn bad_attestation(pairing: &DesktopPairing) -> Refusal {
    let left = pairing.terms.attempts.saturating_sub(pairing.failures);
    Refusal::invalid(
        Violation::invalid("attestation", messages::BAD_ATTESTATION)
            .with(|inner| inner.attempts_remaining = Some(i64::from(left))),
    )
}

/// Origins as stored; they were parsed before they were stored.
pub(crate) fn parsed_origins(stored: &[String]) -> Vec<Origin> {
    stored
        .iter()
        .filter_map(|text| Origin::parse(text).ok())
        .collect()
}

/// `Desktop Mac <n>` with the smallest n that is free for the user.
fn default_nickname(os_kind: &str, devices: &[Device]) -> Result<Nickname, Fault> {
    let prefix = default_nickname_prefix(os_kind);
    let taken: Vec<&str> = devices
        .iter()
        .filter_map(|device| Some(device.nickname.as_ref()?.as_str()))
        .collect();
    // Among one number more than there are names, one is free.
    (1..=taken.len() + 1)
        .map(|n| format!("{prefix} {n}"))
        .find(|name| !taken.contains(&name.as_str()))
        .and_then(|name| Nickname::parse(&name).ok().flatten())
        .ok_or(Fault::Inconsistent("no default nickname is free"))
}
