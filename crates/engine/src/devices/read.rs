//! Reading devices.

use countersign_domain::access::perm;
use countersign_domain::device::Device;
use countersign_domain::ids::DeviceId;

use crate::access::UserAccess;
use crate::{Engine, Stop};

/// The devices of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceList {
    /// Active ones first, in the user's order (or by creation where there is none), then pending.
    pub devices: Vec<Device>,
    /// Whether the user has an order.
    pub ordered: bool,
}

impl DeviceList {
    /// The ids of the active devices in order; empty when the user has no order.
    pub fn order(&self) -> Vec<DeviceId> {
        if !self.ordered {
            return Vec::new();
        }
        self.devices
            .iter()
            .filter(|device| !device.is_pending())
            .map(|device| device.id)
            .collect()
    }
}

impl Engine {
    /// One device.
    ///
    /// # Errors
    /// Refused when it does not exist.
    pub async fn read_device(
        &self,
        access: &UserAccess<perm::DeviceRead>,
        id: DeviceId,
    ) -> Result<Device, Stop> {
        self.device_of(access, id).await
    }

    /// All devices of the user.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list_devices(
        &self,
        access: &UserAccess<perm::DeviceRead>,
    ) -> Result<DeviceList, Stop> {
        let user = access.user();
        Ok(DeviceList {
            devices: self.live_devices(user).await?,
            ordered: user.ordered,
        })
    }
}
