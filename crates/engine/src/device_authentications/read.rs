//! Reading an authentication; also how clients poll.

use countersign_domain::access::perm;
use countersign_domain::ids::DeviceAuthenticationId;
use countersign_storage::queries::device_authentications::WithOwner;
use countersign_storage::{Unit, queries};

use super::AuthenticationView;
use crate::access::EnvironmentAccess;
use crate::{Engine, Stop};

/// Calls are noted at most this often, so that polling does not write each time.
const NOTED_EVERY_SECONDS: i64 = 60;

impl Engine {
    /// Reads an authentication. A call keeps an open one alive.
    ///
    /// # Errors
    /// Refused when it does not exist or is gone.
    pub async fn read_authentication(
        &self,
        access: &EnvironmentAccess<perm::DeviceAuthenticate>,
        id: DeviceAuthenticationId,
    ) -> Result<AuthenticationView, Stop> {
        let WithOwner {
            mut authentication,
            devices,
            ..
        } = self.authentication_of(access, id).await?;
        let policy = self.policy_of(&authentication).await?;
        let now = self.now();
        let noted_at = authentication.touched_at;
        if !authentication.phase.is_terminal() && noted_at.plus_seconds(NOTED_EVERY_SECONDS) <= now
        {
            authentication.touched_at = now;
            let unit = queries::device_authentications::touch(
                Unit::new("touch_authentication"),
                &authentication,
            );
            self.database().write(unit).await?;
        }
        Ok(AuthenticationView::new(
            authentication,
            devices,
            &policy,
            now,
        ))
    }
}
