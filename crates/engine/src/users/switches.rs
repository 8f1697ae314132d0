//! The switches of a user: `enabled` and `mfaEnabled`.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::user::User;
use countersign_storage::queries;

use super::Kind;
use crate::access::UserAccess;
use crate::{Engine, Stop};

impl Engine {
    /// Switches the account of a user on or off.
    ///
    /// # Errors
    /// When the user cannot be stored.
    pub async fn set_user_enabled(
        &self,
        access: &UserAccess<perm::UserEnabledWrite>,
        enabled: bool,
    ) -> Result<User, Stop> {
        const KIND: Kind = Kind {
            name: "set_user_enabled",
            store: queries::users::update,
            action: Action::UserUpdated,
            description: "Updated enabled for User",
        };
        self.change_user(access, &KIND, |user| {
            user.enabled = enabled;
            user.updated_at = self.now();
            Ok(())
        })
        .await
    }

    /// Switches MFA of a user on or off. The devices stay.
    ///
    /// # Errors
    /// When the user cannot be stored.
    pub async fn set_user_mfa_enabled(
        &self,
        access: &UserAccess<perm::UserMfaEnabledWrite>,
        enabled: bool,
    ) -> Result<User, Stop> {
        const KIND: Kind = Kind {
            name: "set_user_mfa_enabled",
            store: queries::users::update,
            action: Action::UserUpdated,
            description: "Updated mfaEnabled for User",
        };
        self.change_user(access, &KIND, |user| {
            user.mfa_enabled = enabled;
            user.updated_at = self.now();
            Ok(())
        })
        .await
    }
}
