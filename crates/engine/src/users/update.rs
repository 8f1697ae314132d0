//! Changing name and profile of a user.

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::user::{User, UserInput};
use countersign_storage::queries;

use super::Kind;
use crate::access::UserAccess;
use crate::{Engine, Refusal, Stop};

const KIND: Kind = Kind {
    name: "update_user",
    store: queries::users::update,
    action: Action::UserUpdated,
    description: "Updated User",
};

impl Engine {
    /// Puts a name and a profile in the place of the user's: what is left out is cleared.
    ///
    /// # Errors
    /// Refused when members are wrong or the name is taken.
    pub async fn replace_user(
        &self,
        access: &UserAccess<perm::UserWrite>,
        input: UserInput,
    ) -> Result<User, Stop> {
        let change = input.into_replacement().map_err(Refusal::InvalidData)?;
        self.change_user(access, &KIND, |user| {
            user.change(change.clone(), self.now());
            Ok(())
        })
        .await
    }

    /// Merges a name and a profile into the user's: what is left out stays.
    ///
    /// # Errors
    /// Refused when members are wrong or the name is taken.
    pub async fn merge_user(
        &self,
        access: &UserAccess<perm::UserWrite>,
        input: UserInput,
    ) -> Result<User, Stop> {
        self.change_user(access, &KIND, |user| {
            let change = input
                .clone()
                .into_merge(user)
                .map_err(Refusal::InvalidData)?;
            user.change(change, self.now());
            Ok(())
        })
        .await
    }
}
