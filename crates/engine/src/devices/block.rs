//! Blocking, unblocking and unlocking a device: an administrator's acts.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{Device, NotActive};
use countersign_domain::ids::DeviceId;
use countersign_domain::messages;
use countersign_domain::violations::{Violation, ViolationCode};
use countersign_storage::{Outcome, Unit, queries};

use crate::access::UserAccess;
use crate::activities::{By, device_resource, user_resource};
use crate::{Engine, Refusal, Stop};

/// Whether a change has to be stored, and what it is called in the trail.
enum Change {
    Store(Action, &'static str),
    /// The failure count goes back, which is no event of its own.
    StoreQuietly,
    Nothing,
}

impl Engine {
    /// Blocks a device. Blocking twice keeps the first time.
    ///
    /// # Errors
    /// Refused when it has not been activated.
    pub async fn block_device(
        &self,
        access: &UserAccess<perm::DeviceBlock>,
        id: DeviceId,
    ) -> Result<Device, Stop> {
        self.change_standing(access, id, |device, now| {
            let was_blocked = device.standing().is_some_and(|s| s.blocked_at.is_some());
            device.block(now).map_err(|NotActive| {
                Refusal::failed(Violation::at(
                    ViolationCode::ConstraintViolation,
                    "status",
                    messages::NOT_ACTIVE_YET,
                ))
            })?;
            Ok(if was_blocked {
                Change::StoreQuietly
            } else {
                Change::Store(Action::DeviceBlocked, "Device Blocked")
            })
        })
        .await
    }

    /// Ends a block. Does nothing where there is none.
    ///
    /// # Errors
    /// Refused when the device does not exist.
    pub async fn unblock_device(
        &self,
        access: &UserAccess<perm::DeviceBlock>,
        id: DeviceId,
    ) -> Result<Device, Stop> {
        self.change_standing(access, id, |device, now| {
            Ok(if device.unblock(now) {
                Change::Store(Action::DeviceUnblocked, "Device Unblocked")
            } else {
                Change::Nothing
            })
        })
        .await
    }

    /// Ends a lock and sets the failure count back.
    ///
    /// # Errors
    /// Refused when the device does not exist.
    pub async fn unlock_device(
        &self,
        access: &UserAccess<perm::DeviceBlock>,
        id: DeviceId,
    ) -> Result<Device, Stop> {
        self.change_standing(access, id, |device, now| {
            Ok(if device.is_pending() {
                Change::Nothing
            } else if device.unlock(now) {
                Change::Store(Action::DeviceUnlocked, "Device Unlocked")
            } else {
                Change::StoreQuietly
            })
        })
        .await
    }

    async fn change_standing(
        &self,
        access: &UserAccess<perm::DeviceBlock>,
        id: DeviceId,
        change: impl Fn(&mut Device, countersign_crypto::time::Timestamp) -> Result<Change, Refusal>,
    ) -> Result<Device, Stop> {
        for _ in 0..crate::retry::ROUNDS {
            let mut device = self.device_of(access, id).await?;
            let change = change(&mut device, self.now())?;
            let unit = match change {
                Change::Nothing => return Ok(device),
                Change::Store(..) | Change::StoreQuietly => {
                    queries::devices::update(Unit::new("change_standing"), &device)?
                }
            };
            let unit = match change {
                Change::Store(action, text) => self.record(
                    unit,
                    By::Caller(access.caller()),
                    device.environment,
                    action,
                    vec![user_resource(access.user()), device_resource(&device)],
                    format!("{text} {}", device.device_type().as_str()),
                )?,
                _ => unit,
            };
            match self.database().write(unit).await? {
                Outcome::Applied(_) => {
                    device.version += 1;
                    return Ok(device);
                }
                Outcome::Refused("device") => {}
                Outcome::Refused(_) => return Err(crate::engine::unknown_guard()),
            }
        }
        Err(Refusal::Conflict.into())
    }
}
