//! Users.

mod account;
mod create;
mod delete;
mod list;
mod relocate;
mod switches;
mod update;

use countersign_domain::access::PermissionMarker;
use countersign_domain::activity::Action;
use countersign_domain::messages::USERNAME_TAKEN;
use countersign_domain::user::User;
use countersign_domain::violations::{Violation, ViolationCode};
use countersign_storage::{Outcome, StorageError, Unit};

use crate::access::UserAccess;
use crate::activities::{By, user_resource};
use crate::{Engine, Refusal, Stop};

/// One kind of change: how it is stored and told.
struct Kind {
    name: &'static str,
    store: fn(Unit, &User) -> Result<Unit, StorageError>,
    action: Action,
    description: &'static str,
}

impl Engine {
    /// Changes a user: reads, lets `change` decide, stores on condition that nobody changed the user
    /// meanwhile; starts over otherwise, access included.
    async fn change_user<P: PermissionMarker>(
        &self,
        access: &UserAccess<P>,
        kind: &Kind,
        mut change: impl FnMut(&mut User) -> Result<(), Refusal> + Send,
    ) -> Result<User, Stop> {
        let mut read_again = None;
        for _ in 0..crate::retry::ROUNDS {
            let access = read_again.as_ref().unwrap_or(access);
            let mut user = access.user().clone();
            change(&mut user)?;
            let unit = (kind.store)(Unit::new(kind.name), &user)?;
            let unit = self.record(
                unit,
                By::Caller(access.caller()),
                user.environment,
                kind.action,
                vec![user_resource(&user)],
                format!("{} {}", kind.description, user.username),
            )?;
            match self.database().write(unit).await {
                Ok(Outcome::Applied(_)) => {
                    user.version += 1;
                    return Ok(user);
                }
                Ok(Outcome::Refused("user")) => {
                    let again = self
                        .user_access(access.caller(), user.environment, user.id)
                        .await?;
                    read_again = Some(again);
                }
                Ok(Outcome::Refused("username")) | Err(StorageError::UniqueViolation { .. }) => {
                    return Err(username_taken().into());
                }
                Ok(Outcome::Refused("population")) => {
                    return Err(Refusal::NotFound.into());
                }
                Ok(Outcome::Refused(_)) => return Err(crate::engine::unknown_guard()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::Conflict.into())
    }
}

/// The answer when a user name is taken; says nothing of who has it.
fn username_taken() -> Refusal {
    Refusal::invalid(Violation::at(
        ViolationCode::UniquenessViolation,
        "username",
        USERNAME_TAKEN,
    ))
}
