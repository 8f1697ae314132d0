//! Pairing codes, which the device types of this version do not have.

use countersign_domain::access::perm;
use countersign_domain::device::Device;
use countersign_domain::ids::DeviceId;
use countersign_domain::messages;
use countersign_domain::violations::{Violation, ViolationCode};

use crate::access::UserAccess;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// Sends a new pairing code.
    ///
    /// # Errors
    /// Refused for desktop authenticators, which have no code, whatever their status.
    pub async fn send_activation_code(
        &self,
        access: &UserAccess<perm::DeviceUpdate>,
        id: DeviceId,
    ) -> Result<Device, Stop> {
        self.device_of(access, id).await?;
        let violation = Violation::at(
            ViolationCode::ConstraintViolation,
            "type",
            messages::NO_CODE_TO_SEND,
        );
        Err(Refusal::failed(violation).into())
    }

    /// Makes sure that a device is there before its absence would be hidden behind other faults of a
    /// request.
    ///
    /// # Errors
    /// Refused when it does not exist.
    pub async fn require_device<P: Sync>(
        &self,
        access: &UserAccess<P>,
        id: DeviceId,
    ) -> Result<(), Stop> {
        self.device_of(access, id).await.map(|_| ())
    }
}
