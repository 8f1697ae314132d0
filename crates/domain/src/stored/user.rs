//! Users as rows: columns for what is looked up or changed by condition, a document for the rest.

use std::collections::BTreeMap;

use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::UnreadableDocument;
use crate::ids::{EnvironmentId, PopulationId, UserId};
use crate::lockout::AccountState;
use crate::user::{Attribute, User, UserProfile, Username};

const KIND: &str = "user";
const LAYOUT: u8 = 1;

/// The columns of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// `env_id`
    pub environment: EnvironmentId,
    /// `id`
    pub id: UserId,
    /// `population_id`
    pub population: PopulationId,
    /// `username`
    pub username: String,
    /// `username_key`: the name in the form in which names are compared.
    pub username_key: String,
    /// `enabled`
    pub enabled: bool,
    /// `mfa_enabled`
    pub mfa_enabled: bool,
    /// `ordered`
    pub ordered: bool,
    /// `failed_count`
    pub failures: i64,
    /// `locked_at`
    pub locked_at: Option<Timestamp>,
    /// `unlock_at`
    pub unlock_at: Option<Timestamp>,
    /// `version`
    pub version: i64,
    /// `doc`
    pub document: String,
    /// `created_at`
    pub created_at: Timestamp,
    /// `updated_at`
    pub updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct UserDocument {
    v: u8,
    email_verified: bool,
    profile: BTreeMap<String, String>,
}

impl UserRecord {
    /// The row of a user.
    ///
    /// # Errors
    /// When the document cannot be written; not seen for well-formed users.
    pub fn from_user(user: &User) -> Result<Self, UnreadableDocument> {
        let profile = user.profile.iter();
        let document = UserDocument {
            v: LAYOUT,
            email_verified: user.email_verified,
            profile: profile
                .map(|(attribute, value)| (attribute.path().to_owned(), value.to_owned()))
                .collect(),
        };
        Ok(Self {
            environment: user.environment,
            id: user.id,
            population: user.population,
            username: user.username.as_str().to_owned(),
            username_key: user.username.key(),
            enabled: user.enabled,
            mfa_enabled: user.mfa_enabled,
            ordered: user.ordered,
            failures: i64::from(user.account.failures),
            locked_at: user.account.locked_at,
            unlock_at: user.account.unlock_at,
            version: user.version,
            document: serde_json::to_string(&document)
                .map_err(|error| UnreadableDocument::new(KIND, error))?,
            created_at: user.created_at,
            updated_at: user.updated_at,
        })
    }

    /// The user of a row. `username_key` is not looked at.
    ///
    /// # Errors
    /// When the document is of a newer layout.
    pub fn into_user(self) -> Result<User, UnreadableDocument> {
        let unreadable = |reason: &str| UnreadableDocument::new(KIND, reason);
        let document: UserDocument = serde_json::from_str(&self.document)
            .map_err(|error| UnreadableDocument::new(KIND, error))?;
        if document.v > LAYOUT {
            return Err(unreadable("written by a newer version"));
        }
        let mut profile = UserProfile::default();
        for (path, value) in document.profile {
            profile.set(
                Attribute::parse(&path).ok_or_else(|| unreadable("attribute"))?,
                value,
            );
        }
        Ok(User {
            id: self.id,
            environment: self.environment,
            population: self.population,
            username: Username::checked(self.username),
            enabled: self.enabled,
            mfa_enabled: self.mfa_enabled,
            account: AccountState {
                failures: u32::try_from(self.failures).map_err(|_| unreadable("failed_count"))?,
                locked_at: self.locked_at,
                unlock_at: self.unlock_at,
            },
            ordered: self.ordered,
            version: self.version,
            email_verified: document.email_verified,
            profile,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_user_comes_back_as_it_was_and_the_layout_is_kept() {
        let mut profile = UserProfile::default();
        profile.set(Attribute::GivenName, "Zoë".to_owned());
        profile.set(Attribute::Email, "zoe@example.org".to_owned());
        let user = User {
            id: UserId::from_uuid(Uuid::from_u128(1)),
            environment: EnvironmentId::from_uuid(Uuid::from_u128(2)),
            population: PopulationId::from_uuid(Uuid::from_u128(3)),
            username: Username::checked("Zoë".to_owned()),
            enabled: true,
            mfa_enabled: false,
            account: AccountState {
                failures: 2,
                locked_at: Some(Timestamp::from_unix_seconds(5)),
                unlock_at: None,
            },
            ordered: true,
            version: 7,
            email_verified: true,
            profile,
            created_at: Timestamp::from_unix_seconds(3),
            updated_at: Timestamp::from_unix_seconds(4),
        };
        let record = UserRecord::from_user(&user).unwrap();
        assert_eq!(record.username_key, "zoë");
        assert_eq!(
            record.document,
            r#"{"v":1,"email_verified":true,"profile":{"email":"zoe@example.org","name.given":"Zoë"}}"#
        );
        assert_eq!(record.clone().into_user(), Ok(user));
        for broken in ["", "{}", r#"{"v":2,"email_verified":true,"profile":{}}"#] {
            let record = UserRecord {
                document: broken.to_owned(),
                ..record.clone()
            };
            assert!(record.into_user().is_err(), "{broken}");
        }
    }
}
