//! Users as requests state them, and what becomes of them: everything wrong is told at once.

use super::attribute::check;
use super::form::Form;
use super::{ProfileInput, User, UserProfile, Username};
use crate::given::Given;
use crate::ids::PopulationId;
use crate::messages::{NOT_A_UUID, ONLY_IMPORT_VERIFIES};
use crate::violations::{Violation, Violations};

/// Longest user name, in characters.
const USERNAME_LIMIT: usize = 128;

/// The `population` of a request: an object with an `id`.
pub type PopulationInput = Given<Given<String>>;

/// A user as a request states it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserInput {
    /// `username`
    pub username: Given<String>,
    /// `population`; counts on creation only.
    pub population: PopulationInput,
    /// `enabled`; counts on creation only.
    pub enabled: Given<bool>,
    /// `mfaEnabled`; counts on creation only.
    pub mfa_enabled: Given<bool>,
    /// `emailVerified`; looked at on creation only.
    pub email_verified: Given<bool>,
    /// Everything else.
    pub profile: ProfileInput,
}

/// A user to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The name.
    pub username: Username,
    /// The population; `None` = the environment's default one.
    pub population: Option<PopulationId>,
    /// Whether the account is on.
    pub enabled: bool,
    /// Whether MFA may be used; `None` = as the MFA settings say.
    pub mfa_enabled: Option<bool>,
    /// The profile.
    pub profile: UserProfile,
}

/// Name and profile after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserChange {
    /// The name.
    pub username: Username,
    /// The profile.
    pub profile: UserProfile,
}

impl UserInput {
    /// The user to create.
    ///
    /// # Errors
    /// Everything that is wrong with the request.
    pub fn into_new(self) -> Result<NewUser, Violations> {
        let mut violations = Violations::new();
        let username = self
            .username
            .required("username", &mut violations)
            .and_then(|text| username(text, &mut violations));
        let population = population(self.population, &mut violations);
        let enabled = self
            .enabled
            .optional("enabled", &mut violations)
            .unwrap_or(true);
        let mfa_enabled = self.mfa_enabled.optional("mfaEnabled", &mut violations);
        if self
            .email_verified
            .optional("emailVerified", &mut violations)
            == Some(true)
        {
            violations.push(Violation::invalid("emailVerified", ONLY_IMPORT_VERIFIES));
        }
        let profile = self.profile.replacing(&mut violations);
        match username {
            Some(username) if violations.is_empty() => Ok(NewUser {
                username,
                population,
                enabled,
                mfa_enabled,
                profile,
            }),
            _ => Err(violations),
        }
    }

    /// The user after the request took the place of what was there (PUT): attributes left out are
    /// cleared.
    ///
    /// # Errors
    /// Everything that is wrong with the request.
    pub fn into_replacement(self) -> Result<UserChange, Violations> {
        let mut violations = Violations::new();
        let username = self
            .username
            .required("username", &mut violations)
            .and_then(|text| username(text, &mut violations));
        let profile = self.profile.replacing(&mut violations);
        match username {
            Some(username) if violations.is_empty() => Ok(UserChange { username, profile }),
            _ => Err(violations),
        }
    }

    /// The user after the request was merged into what was there (PATCH): attributes left out stay.
    ///
    /// # Errors
    /// Everything that is wrong with the request.
    pub fn into_merge(self, current: &User) -> Result<UserChange, Violations> {
        let mut violations = Violations::new();
        let username = match self.username {
            Given::Absent => Some(current.username.clone()),
            given => given
                .required("username", &mut violations)
                .and_then(|text| username(text, &mut violations)),
        };
        let profile = self
            .profile
            .merged_into(current.profile.clone(), &mut violations);
        match username {
            Some(username) if violations.is_empty() => Ok(UserChange { username, profile }),
            _ => Err(violations),
        }
    }
}

fn username(text: String, violations: &mut Violations) -> Option<Username> {
    match check("username", &text, Some(USERNAME_LIMIT), Form::Printable) {
        Ok(()) => Some(Username::checked(text)),
        Err(violation) => {
            violations.push(violation);
            None
        }
    }
}

fn population(given: PopulationInput, violations: &mut Violations) -> Option<PopulationId> {
    let text = given
        .optional("population", violations)?
        .required("population.id", violations)?;
    let id = text.parse().ok();
    if id.is_none() {
        violations.push(Violation::invalid("population.id", NOT_A_UUID));
    }
    id
}
