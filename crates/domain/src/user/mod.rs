//! Users: who is known, whether they may authenticate, and their profile.

mod attribute;
mod email;
mod filter;
mod form;
mod input;
mod profile;

pub use attribute::{Attribute, Group};
pub use filter::{FILTER, matches};
pub use input::{NewUser, PopulationInput, UserChange, UserInput};
pub use profile::{PROFILE_LIMIT, ProfileInput, UserProfile};

use std::fmt;

use countersign_crypto::time::Timestamp;

use crate::case_fold::case_fold;
use crate::ids::{EnvironmentId, PopulationId, UserId};
use crate::lockout::AccountState;

/// A user name: 1 to 128 characters, none of them a control character; unique within the
/// environment, letter case aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Takes over a user name that was checked before, or one read from the database.
    pub(crate) fn checked(text: String) -> Self {
        Self(text)
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which user names are compared.
    pub fn key(&self) -> String {
        case_fold(&self.0)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The environment that the user belongs to.
    pub environment: EnvironmentId,
    /// The population within it; roles can be limited to it.
    pub population: PopulationId,
    /// The name.
    pub username: Username,
    /// Whether the account is switched on.
    pub enabled: bool,
    /// Whether MFA may be used.
    pub mfa_enabled: bool,
    /// Lockout of the account.
    pub account: AccountState,
    /// Whether the devices have an order that somebody set.
    pub ordered: bool,
    /// Goes up with every change of the user or the set of devices.
    pub version: i64,
    /// Whether the user has shown to receive mail at the address.
    pub email_verified: bool,
    /// Everything else that is known.
    pub profile: UserProfile,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user was last changed.
    pub updated_at: Timestamp,
}

impl User {
    /// Whether the user may authenticate at all at `now`: enabled and not locked.
    pub fn can_authenticate(&self, now: Timestamp) -> bool {
        self.enabled && !self.account.is_locked(now)
    }

    /// Locks the account by hand. `unlock_at` in the past locks nothing; without one only an
    /// administrator unlocks. The failure count stays.
    pub fn lock(&mut self, unlock_at: Option<Timestamp>, now: Timestamp) {
        if unlock_at.is_some_and(|end| end <= now) {
            return;
        }
        self.account.locked_at = Some(now);
        self.account.unlock_at = unlock_at;
        self.updated_at = now;
    }

    /// Ends every lock of the account and sets the MFA failure count back.
    pub fn unlock(&mut self, now: Timestamp) {
        self.account.reset();
        self.updated_at = now;
    }

    /// Takes over a changed name and profile. A new address is not verified.
    pub fn change(&mut self, change: UserChange, now: Timestamp) {
        if change.profile.get(Attribute::Email) != self.profile.get(Attribute::Email) {
            self.email_verified = false;
        }
        self.username = change.username;
        self.profile = change.profile;
        self.updated_at = now;
    }
}

#[cfg(test)]
mod tests;
