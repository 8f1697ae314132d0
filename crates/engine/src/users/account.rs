//! Locking and unlocking an account by hand.

use countersign_crypto::time::Timestamp;
use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::user::User;
use countersign_storage::queries;

use super::Kind;
use crate::access::UserAccess;
use crate::{Engine, Stop};

impl Engine {
    /// Locks an account until `unlock_at`, or until somebody unlocks it. A time in the past locks
    /// nothing, and nothing is recorded.
    ///
    /// # Errors
    /// When the user cannot be stored.
    pub async fn lock_account(
        &self,
        access: &UserAccess<perm::UserAccountLock>,
        unlock_at: Option<Timestamp>,
    ) -> Result<User, Stop> {
        const KIND: Kind = Kind {
            name: "lock_account",
            store: |unit, user| Ok(queries::users::set_account(unit, user)),
            action: Action::UserLocked,
            description: "Locked User",
        };
        if unlock_at.is_some_and(|end| end <= self.now()) {
            return Ok(access.user().clone());
        }
        self.change_user(access, &KIND, |user| {
            user.lock(unlock_at, self.now());
            Ok(())
        })
        .await
    }

    /// Ends every lock of an account, also one that MFA failures led to, and sets the count of those
    /// back.
    ///
    /// # Errors
    /// When the user cannot be stored.
    pub async fn unlock_account(
        &self,
        access: &UserAccess<perm::UserAccountUnlock>,
    ) -> Result<User, Stop> {
        const KIND: Kind = Kind {
            name: "unlock_account",
            store: |unit, user| Ok(queries::users::set_account(unit, user)),
            action: Action::UserUnlocked,
            description: "Unlocked User",
        };
        self.change_user(access, &KIND, |user| {
            user.unlock(self.now());
            Ok(())
        })
        .await
    }
}
