//! Users. One endpoint, one file.

mod create;
mod decode;
mod delete;
mod encode;
mod examples;
mod list;
mod lock;
mod merge;
mod read;
mod read_enabled;
mod read_mfa_enabled;
mod read_population;
mod relocate;
mod replace;
mod unlock;
mod update_enabled;
mod update_mfa_enabled;

use countersign_domain::ids::EnvironmentId;

pub use decode::input as decode;

use crate::framework::links::Links;
use crate::framework::{Endpoint, in_environment, of_user};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    in_environment::<list::ListUsers>(),
    in_environment::<create::CreateUser>(),
    of_user::<read::ReadUser>(),
    of_user::<replace::ReplaceUser>(),
    of_user::<merge::MergeUser>(),
    of_user::<delete::DeleteUser>(),
    of_user::<lock::LockAccount>(),
    of_user::<unlock::UnlockAccount>(),
    of_user::<read_enabled::ReadEnabled>(),
    of_user::<update_enabled::UpdateEnabled>(),
    of_user::<read_mfa_enabled::ReadMfaEnabled>(),
    of_user::<update_mfa_enabled::UpdateMfaEnabled>(),
    of_user::<read_population::ReadUserPopulation>(),
    of_user::<relocate::MoveUser>(),
];

impl Links {
    /// The users of an environment.
    pub(crate) fn users(&self, environment: EnvironmentId) -> String {
        format!("{}/users", self.environment(environment))
    }
}
