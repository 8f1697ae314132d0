//! Typed ids: every id of the API is a UUID; a type each keeps them from being mixed up.

use std::fmt;
use std::str::FromStr;

use countersign_crypto::random::{Random, uuid_v4};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an id: the API accepts the canonical 8-4-4-4-12 form only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID in canonical form")]
pub struct InvalidId;

fn parse_canonical(text: &str) -> Result<Uuid, InvalidId> {
    // `Uuid::parse_str` also takes braces, URNs and the 32-digit form; the API does not.
    if text.len() != 36 {
        return Err(InvalidId);
    }
    Uuid::try_parse(text).map_err(|_| InvalidId)
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to name this kind of thing.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Draws a new id (UUID version 4).
            pub fn generate(random: &dyn Random) -> Self {
                Self(uuid_v4(random))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_canonical(text).map(Self)
            }
        }
    )+};
}

id! {
    /// An organization: the owner of environments.
    OrganizationId,
    /// A license of an organization.
    LicenseId,
    /// An environment: the tenant. Every key in the database begins with it.
    EnvironmentId,
    /// A population: a group of users within an environment; roles can be limited to it.
    PopulationId,
    /// A user.
    UserId,
    /// An application; also its OAuth `client_id`.
    ApplicationId,
    /// The assignment of a role to an actor.
    RoleAssignmentId,
    /// A built-in or custom role.
    RoleId,
    /// A device authentication policy ("MFA policy").
    DevicePolicyId,
    /// A FIDO2 policy.
    Fido2PolicyId,
    /// A notification policy.
    NotificationPolicyId,
    /// A user's MFA device.
    DeviceId,
    /// One device authentication: a single run of proving a second factor.
    DeviceAuthenticationId,
    /// An audit activity.
    ActivityId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_an_id() {
        let canonical = "0783541c-a172-8d40-0783-541ca1728d40";
        assert_eq!(
            canonical.parse::<DeviceId>().map(|id| id.to_string()),
            Ok(canonical.to_owned())
        );
        for refused in [
            "",
            "0783541ca1728d400783541ca1728d40",
            "{0783541c-a172-8d40-0783-541ca1728d40}",
            "urn:uuid:0783541c-a172-8d40-0783-541ca1728d40",
            "0783541c-a172-8d40-0783-541ca1728d4g",
            "0783541c-a172-8d40-0783-541ca1728d4",
        ] {
            assert_eq!(refused.parse::<DeviceId>(), Err(InvalidId), "{refused}");
        }
    }
}
