//! Deleting a device.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{Device, DeviceKind, Phase};
use countersign_domain::ids::DeviceId;
use countersign_storage::{Outcome, Unit, queries};
use serde_json::json;

use crate::access::UserAccess;
use crate::activities::{By, device_resource, user_resource};
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Deletes a device, whatever its state. One that was active leaves a tombstone, so that the
    /// record of every authenticator ever bound is complete; its key is never accepted again.
    ///
    /// # Errors
    /// Refused when it does not exist.
    pub async fn delete_device(
        &self,
        access: &UserAccess<perm::DeviceDelete>,
        id: DeviceId,
    ) -> Result<(), Stop> {
        for _ in 0..crate::retry::ROUNDS {
            let (user, devices) = self.user_and_devices(access).await?;
            let device = devices
                .iter()
                .find(|device| device.id == id)
                .ok_or(Refusal::NotFound)?;
            let unit = queries::devices::take_turn(
                Unit::new("delete_device"),
                user.environment,
                user.id,
                user.version,
            );
            let unit = queries::devices::delete(unit, device, &characteristics(device), self.now());
            // An unordered user whose active devices shrink to one or none has an order again.
            let mut left = devices
                .iter()
                .filter(|known| !known.is_pending() && known.id != id);
            let unit = match (user.ordered, left.next(), left.next()) {
                (false, only, None) => {
                    let unit = queries::users::set_ordered(unit, user.environment, user.id, true);
                    match only {
                        Some(only) => {
                            queries::devices::set_position(unit, user.environment, only.id, Some(0))
                        }
                        None => unit,
                    }
                }
                _ => unit,
            };
            let unit = self.record(
                unit,
                By::Caller(access.caller()),
                user.environment,
                Action::DeviceDeleted,
                vec![user_resource(&user), device_resource(device)],
                format!("Device Deleted {}", device.device_type().as_str()),
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

/// What the record keeps of a device that was active: no secret, no key.
fn characteristics(device: &Device) -> String {
    let DeviceKind::Desktop { rp, phase } = &device.kind;
    let protection = match phase {
        Phase::Active { credential, .. } => json!({
            "type": credential.protected_by.protection,
            "verified": credential.protected_by.verified,
        }),
        Phase::Pending { .. } => serde_json::Value::Null,
    };
    json!({"v": 1, "rp": rp.id.as_str(), "keyProtection": protection}).to_string()
}
