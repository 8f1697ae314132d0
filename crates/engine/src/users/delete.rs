//! Deleting a user.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_storage::{Outcome, Unit, queries};

use crate::access::UserAccess;
use crate::activities::{By, device_resource, user_resource};
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Deletes a user with its devices, open authentications and role assignments. Devices that were
    /// once active leave their tombstones.
    ///
    /// # Errors
    /// When the user cannot be deleted.
    pub async fn delete_user(&self, access: &UserAccess<perm::UserWrite>) -> Result<(), Stop> {
        let mut read_again = None;
        for _ in 0..crate::retry::ROUNDS {
            let access = read_again.as_ref().unwrap_or(access);
            let user = access.user();
            let environment = user.environment;
            let devices = queries::devices::of_user(self.database(), environment, user.id).await?;
            let by = By::Caller(access.caller());
            let mut unit = queries::users::delete(Unit::new("delete_user"), user, self.now());
            for device in &devices {
                unit = self.record(
                    unit,
                    by,
                    environment,
                    Action::DeviceDeleted,
                    vec![user_resource(user), device_resource(device)],
                    format!("Device Deleted {}", device.device_type().as_str()),
                )?;
            }
            unit = self.record(
                unit,
                by,
                environment,
                Action::UserDeleted,
                vec![user_resource(user)],
                format!("Deleted User {}", user.username),
            )?;
            match self.database().write(unit).await? {
                Outcome::Applied(_) => return Ok(()),
                Outcome::Refused("user") => {
                    let again = self
                        .user_access(access.caller(), environment, user.id)
                        .await?;
                    read_again = Some(again);
                }
                Outcome::Refused(_) => return Err(crate::engine::unknown_guard()),
            }
        }
        Err(Refusal::Conflict.into())
    }
}
