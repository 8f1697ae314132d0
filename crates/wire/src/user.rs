//! Users, their switches, their account and their population.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Field;
use crate::device::ReferenceInput;
use crate::hal::{Link, PageLinks, Reference};
use crate::request;

request! {
    /// Body of "create user" and "update user". Members that only creation looks at are ignored by
    /// updates.
    pub struct UserBody {
        /// Name, unique within the environment whatever its letter case.
        #[schema(value_type = String, required = true, min_length = 1, max_length = 128, example = "alex.lee")]
        pub username: Field<String>,
        /// E-mail address.
        #[schema(value_type = String, format = Email, example = "alex.lee@example.com")]
        pub email: Field<String>,
        /// Only `false`, and only on creation; `true` comes from verification.
        #[schema(value_type = bool)]
        pub email_verified: Field<bool>,
        /// The population; the environment's default one when absent. Only on creation.
        #[schema(value_type = ReferenceInput)]
        pub population: Field<ReferenceInput>,
        /// Whether the account is on; `true` when absent. Only on creation.
        #[schema(value_type = bool)]
        pub enabled: Field<bool>,
        /// Whether MFA may be used; as the MFA settings say when absent. Only on creation.
        #[schema(value_type = bool)]
        pub mfa_enabled: Field<bool>,
        /// The name of the person.
        #[schema(value_type = NameBody)]
        pub name: Field<NameBody>,
        /// Nickname.
        #[schema(value_type = String, max_length = 256)]
        pub nickname: Field<String>,
        /// Job title.
        #[schema(value_type = String, max_length = 256)]
        pub title: Field<String>,
        /// Relationship to the organization.
        #[serde(rename = "type")]
        #[schema(value_type = String, max_length = 256)]
        pub user_type: Field<String>,
        /// Where the user lives, as a language tag.
        #[schema(value_type = String, max_length = 256, example = "en-US")]
        pub locale: Field<String>,
        /// Languages, as in `Accept-Language`.
        #[schema(value_type = String, example = "en-US,en;q=0.8")]
        pub preferred_language: Field<String>,
        /// Time zone.
        #[schema(value_type = String, pattern = r"^\w+\/\w+$", example = "Europe/Zurich")]
        pub timezone: Field<String>,
        /// Telephone number.
        #[schema(value_type = String, max_length = 32)]
        pub primary_phone: Field<String>,
        /// Number of the mobile phone.
        #[schema(value_type = String, max_length = 32)]
        pub mobile_phone: Field<String>,
        /// Id in another directory.
        #[schema(value_type = String, max_length = 1024)]
        pub external_id: Field<String>,
        /// Id of an account.
        #[schema(value_type = String)]
        pub account_id: Field<String>,
        /// A picture.
        #[schema(value_type = PhotoBody)]
        pub photo: Field<PhotoBody>,
        /// Postal address.
        #[schema(value_type = AddressBody)]
        pub address: Field<AddressBody>,
    }

    /// The name of a person in a request.
    pub struct NameBody {
        /// The whole name as it is to be shown.
        #[schema(value_type = String, max_length = 256)]
        pub formatted: Field<String>,
        /// Given name.
        #[schema(value_type = String, max_length = 256)]
        pub given: Field<String>,
        /// Middle name.
        #[schema(value_type = String, max_length = 256)]
        pub middle: Field<String>,
        /// Family name.
        #[schema(value_type = String, max_length = 256)]
        pub family: Field<String>,
        /// Title before the name.
        #[schema(value_type = String)]
        pub honorific_prefix: Field<String>,
        /// Title behind the name.
        #[schema(value_type = String)]
        pub honorific_suffix: Field<String>,
    }

    /// A picture in a request.
    pub struct PhotoBody {
        /// An http or https URL.
        #[schema(value_type = String, max_length = 2048)]
        pub href: Field<String>,
    }

    /// A postal address in a request.
    pub struct AddressBody {
        /// Street and number; may have several lines.
        #[schema(value_type = String, max_length = 256)]
        pub street_address: Field<String>,
        /// Town.
        #[schema(value_type = String, max_length = 256)]
        pub locality: Field<String>,
        /// State or region.
        #[schema(value_type = String, max_length = 256)]
        pub region: Field<String>,
        /// Postal code.
        #[schema(value_type = String, max_length = 40)]
        pub postal_code: Field<String>,
        /// Two capital letters of ISO 3166-1.
        #[schema(value_type = String, pattern = "^[A-Z]{2}$")]
        pub country_code: Field<String>,
    }

    /// Body of "update enabled".
    pub struct EnabledBody {
        /// Whether the account is on.
        #[schema(value_type = bool, required = true)]
        pub enabled: Field<bool>,
    }

    /// Body of "update MFA enabled".
    pub struct MfaEnabledBody {
        /// Whether MFA may be used.
        #[schema(value_type = bool, required = true)]
        pub mfa_enabled: Field<bool>,
    }

    /// Body of "lock account".
    pub struct LockAccount {
        /// When the lock ends by itself; when absent only "unlock account" ends it. A time in the
        /// past locks nothing.
        #[schema(value_type = String, format = DateTime)]
        pub unlock_at: Field<String>,
    }
}

/// The links of a user. Items of a list have `self` alone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserLinks {
    /// The user.
    #[serde(rename = "self")]
    pub own: Link,
    /// The environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Link>,
    /// The population.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<Link>,
    /// The devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<Link>,
}

/// Whether the user may authenticate.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// `false` when locked or disabled.
    pub can_authenticate: bool,
    /// `OK` or `LOCKED`.
    pub status: &'static str,
    /// When it was locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_at: Option<String>,
    /// When the lock ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlock_at: Option<String>,
    /// Seconds until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_until_unlock: Option<i64>,
}

/// A postal address.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Address<'a> {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<&'a str>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<&'a str>,
    /// State or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<&'a str>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<&'a str>,
}

/// The name of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Name<'a> {
    /// The whole name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<&'a str>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<&'a str>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle: Option<&'a str>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<&'a str>,
    /// Title before the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_prefix: Option<&'a str>,
    /// Title behind the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_suffix: Option<&'a str>,
}

/// A picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Photo<'a> {
    /// Where it is.
    pub href: &'a str,
}

/// Where a user's password is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IdentityProvider {
    /// Always `PING_ONE`: the service itself.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// Where a user stands in the life of an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Lifecycle {
    /// Always `ACCOUNT_OK`.
    pub status: &'static str,
}

/// A user.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: UserLinks,
    /// The id.
    pub id: Uuid,
    /// The environment.
    pub environment: Reference,
    /// Whether the user may authenticate.
    pub account: Account,
    /// Id of an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<&'a str>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address<'a>>,
    /// When the user was created.
    pub created_at: String,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a str>,
    /// Whether the user has shown to receive mail there.
    pub email_verified: bool,
    /// Whether the account is on.
    pub enabled: bool,
    /// Id in another directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<&'a str>,
    /// Where the password is kept.
    pub identity_provider: IdentityProvider,
    /// Where the user stands in the life of an account.
    pub lifecycle: Lifecycle,
    /// Where the user lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<&'a str>,
    /// Whether MFA may be used.
    pub mfa_enabled: bool,
    /// Number of the mobile phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<&'a str>,
    /// The name of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name<'a>>,
    /// Nickname.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<&'a str>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<Photo<'a>>,
    /// The population.
    pub population: Reference,
    /// Languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<&'a str>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_phone: Option<&'a str>,
    /// Time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<&'a str>,
    /// Job title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// Relationship to the organization.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub user_type: Option<&'a str>,
    /// When the user was last changed.
    pub updated_at: String,
    /// The name of the user.
    pub username: &'a str,
    /// State of an identity verification; always `NOT_INITIATED`.
    pub verify_status: &'static str,
}

/// What is in a list of users.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserListEmbedded<'a> {
    /// The users.
    pub users: Vec<User<'a>>,
}

/// A page of the list of users.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The users.
    #[serde(rename = "_embedded")]
    pub embedded: UserListEmbedded<'a>,
    /// Number of users on all pages; absent where counting would take too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Number of users on this page.
    pub size: usize,
}

/// The links of a part of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserPartLinks {
    /// The part.
    #[serde(rename = "self")]
    pub own: Link,
    /// The user.
    pub user: Link,
}

/// Whether the account is on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Enabled {
    /// Links.
    #[serde(rename = "_links")]
    pub links: UserPartLinks,
    /// Whether it is.
    pub enabled: bool,
}

/// Whether MFA may be used.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaEnabled {
    /// Links.
    #[serde(rename = "_links")]
    pub links: UserPartLinks,
    /// Whether it may.
    pub mfa_enabled: bool,
}

/// The population of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserPopulation {
    /// Links.
    #[serde(rename = "_links")]
    pub links: UserPartLinks,
    /// Its id.
    pub id: Uuid,
}
