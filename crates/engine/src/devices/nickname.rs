//! Renaming a device.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::device::{Device, Nickname};
use countersign_domain::ids::DeviceId;
use countersign_storage::{Outcome, Unit, queries};

use crate::access::UserAccess;
use crate::activities::{By, device_resource, user_resource};
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Sets a device's nickname; the empty text clears it.
    ///
    /// # Errors
    /// Refused when it is too long or the device does not exist.
    pub async fn set_nickname(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
        id: DeviceId,
        nickname: &str,
    ) -> Result<Device, Stop> {
        for _ in 0..crate::retry::ROUNDS {
            let mut device = self.device_of(access, id).await?;
            device.nickname = Nickname::parse(nickname).map_err(Refusal::invalid)?;
            device.updated_at = self.now();
            let unit = queries::devices::update(Unit::new("set_nickname"), &device)?;
            let unit = self.record(
                unit,
                By::Caller(access.caller()),
                device.environment,
                Action::DeviceNicknameUpdated,
                vec![user_resource(access.user()), device_resource(&device)],
                format!("Device Nickname Updated {}", device.device_type().as_str()),
            )?;
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
