//! Locking and unlocking an account by hand.

use countersign_crypto::time::Timestamp;
use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::given::Given;
use countersign_domain::messages::BAD_TIMESTAMP;
use countersign_domain::user::User;
use countersign_domain::violations::{Violation, Violations};
use countersign_storage::queries;

use super::Kind;
use crate::access::UserAccess;
use crate::stop::checked;
use crate::{Engine, Stop};

impl Engine {
    /// Locks an account until `unlock_at` (RFC 3339), or until somebody unlocks it. A time in the
    /// past locks nothing, and nothing is recorded.
    ///
    /// # Errors
    /// Refused when `unlock_at` cannot be read.
    pub async fn lock_account(
        &self,
        access: &UserAccess<perm::UserAccountLock>,
        unlock_at: Given<String>,
    ) -> Result<User, Stop> {
        const KIND: Kind = Kind {
            name: "lock_account",
            store: |unit, user| Ok(queries::users::set_account(unit, user)),
            action: Action::UserLocked,
            description: "Locked User",
        };
        let mut violations = Violations::new();
        let text = unlock_at.optional("unlockAt", &mut violations);
        let unlock_at = text.as_deref().map(Timestamp::parse_rfc3339);
        if unlock_at == Some(None) {
            violations.push(Violation::invalid("unlockAt", BAD_TIMESTAMP));
        }
        checked(violations)?;
        let unlock_at = unlock_at.flatten();
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
