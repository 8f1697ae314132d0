//! A user's MFA devices.

mod activate;
mod activation_code;
mod application;
mod block;
mod create;
mod delete;
mod nickname;
mod order;
mod read;

pub use activate::ActivateDevice;
pub use application::DESKTOP_APPLICATION_NAME;
pub use create::{CreateDevice, CreatedDevice, RequestedRelyingParty};
pub use read::DeviceList;

pub(crate) use activate::parsed_origins;
pub(crate) use create::{CEREMONY_TIMEOUT_MILLISECONDS, attempt_id, development, origins_within};

use countersign_domain::device::Device;
use countersign_domain::ids::DeviceId;
use countersign_domain::user::User;
use countersign_storage::queries;

use crate::access::UserAccess;
use crate::{Engine, Fault, Refusal, Stop};

impl Engine {
    /// The device of the user that access was granted to; a lapsed one is gone.
    pub(crate) async fn device_of<P>(
        &self,
        access: &UserAccess<P>,
        device: DeviceId,
    ) -> Result<Device, Stop> {
        let user = access.user();
        let found = queries::devices::find(self.database(), user.environment, user.id, device)
            .await?
            .filter(|device| !device.has_lapsed(self.now()));
        found.ok_or_else(|| Refusal::NotFound.into())
    }

    /// The user and the user's devices as they are now, for a round of an operation that changes
    /// the set or order of devices. `NotFound` when the user was deleted meanwhile.
    pub(crate) async fn user_and_devices<P>(
        &self,
        access: &UserAccess<P>,
    ) -> Result<(User, Vec<Device>), Stop> {
        let (environment, id) = (access.user().environment, access.user().id);
        let (user, mut devices) =
            queries::devices::user_with_devices(self.database(), environment, id)
                .await?
                .ok_or(Refusal::NotFound)?;
        let now = self.now();
        devices.retain(|device| !device.has_lapsed(now));
        Ok((user, devices))
    }

    /// The devices of a user that have not lapsed: active ones first, in their order.
    pub(crate) async fn live_devices(&self, user: &User) -> Result<Vec<Device>, Fault> {
        let now = self.now();
        let mut devices =
            queries::devices::of_user(self.database(), user.environment, user.id).await?;
        devices.retain(|device| !device.has_lapsed(now));
        Ok(devices)
    }
}

/// The place behind the last of the order; `None` when the user has no order.
pub(crate) fn next_position(user: &User, devices: &[Device]) -> Option<i64> {
    let last = devices
        .iter()
        .filter_map(|device| device.standing()?.position)
        .max();
    user.ordered
        .then(|| last.map_or(0, |last| last.saturating_add(1)))
}
