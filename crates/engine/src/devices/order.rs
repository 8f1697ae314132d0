//! The order of a user's active devices.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{OrderRefused, reordered};
use countersign_domain::ids::DeviceId;
use countersign_domain::messages;
use countersign_domain::violations::Violation;
use countersign_storage::{Outcome, Unit, queries};

use super::DeviceList;
use crate::access::UserAccess;
use crate::activities::{By, user_resource};
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Puts the named devices in front, in that order.
    ///
    /// # Errors
    /// Refused when none is named, or an entry is no active device of the user.
    pub async fn reorder_devices(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
        wanted: &[DeviceId],
    ) -> Result<DeviceList, Stop> {
        for _ in 0..crate::retry::ROUNDS {
            let (user, devices) = self.user_and_devices(access).await?;
            let active: Vec<DeviceId> = devices
                .iter()
                .filter(|d| !d.is_pending())
                .map(|d| d.id)
                .collect();
            let order = reordered(&active, wanted).map_err(|refused| {
                Refusal::invalid(match refused {
                    OrderRefused::Empty => Violation::empty("order"),
                    OrderRefused::NotADevice(index) => Violation::invalid(
                        format!("order[{index}].id"),
                        messages::UNKNOWN_DEVICE_IN_ORDER,
                    ),
                })
            })?;
            let mut unit = queries::devices::take_turn(
                Unit::new("reorder_devices"),
                user.environment,
                user.id,
                user.version,
            );
            unit = queries::users::set_ordered(unit, user.environment, user.id, true);
            for (position, device) in (0_i64..).zip(&order) {
                unit =
                    queries::devices::set_position(unit, user.environment, *device, Some(position));
            }
            let unit = self.record(
                unit,
                By::Caller(access.caller()),
                user.environment,
                Action::DevicesOrderUpdated,
                vec![user_resource(&user)],
                "Devices Order Updated",
            )?;
            match self.database().write(unit).await? {
                Outcome::Applied(_) => {
                    let devices = self.live_devices(&user).await?;
                    return Ok(DeviceList {
                        devices,
                        ordered: true,
                    });
                }
                Outcome::Refused("user" | "device") => {}
                Outcome::Refused(_) => return Err(crate::engine::unknown_guard()),
            }
        }
        Err(Refusal::Conflict.into())
    }

    /// Removes the order: the user has no default device from then on. Doing it twice changes
    /// nothing.
    ///
    /// # Errors
    /// When the user is gone.
    pub async fn remove_device_order(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
    ) -> Result<(), Stop> {
        for _ in 0..crate::retry::ROUNDS {
            let (user, devices) = self.user_and_devices(access).await?;
            let active: Vec<DeviceId> = devices
                .iter()
                .filter(|d| !d.is_pending())
                .map(|d| d.id)
                .collect();
            // With one device or none the order is always there.
            if !user.ordered || active.len() < 2 {
                return Ok(());
            }
            let mut unit = queries::devices::take_turn(
                Unit::new("remove_device_order"),
                user.environment,
                user.id,
                user.version,
            );
            unit = queries::users::set_ordered(unit, user.environment, user.id, false);
            for device in active {
                unit = queries::devices::set_position(unit, user.environment, device, None);
            }
            let unit = self.record(
                unit,
                By::Caller(access.caller()),
                user.environment,
                Action::DevicesOrderDeleted,
                vec![user_resource(&user)],
                "Devices Order Deleted",
            )?;
            match self.database().write(unit).await? {
                Outcome::Applied(_) => return Ok(()),
                Outcome::Refused("user" | "device") => {}
                Outcome::Refused(_) => return Err(crate::engine::unknown_guard()),
            }
        }
        Err(Refusal::Conflict.into())
    }
}
