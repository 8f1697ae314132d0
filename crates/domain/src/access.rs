//! Who may do what: built-in roles, permissions, and the one table that joins them.
//!
//! An actor (application or user) holds role assignments; each gives a role within a scope: an
//! organization, an environment or a population. A request needs one permission on one target. It is
//! allowed when some assignment's role gives that permission and its scope covers the target. Roles
//! are never in a token: they are looked up on every call, so a change acts at once.

use std::fmt;

use uuid::{Uuid, uuid};

use crate::ids::{EnvironmentId, OrganizationId, PopulationId, RoleId};

/// A built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Organization Admin.
    OrganizationAdmin,
    /// Environment Admin.
    EnvironmentAdmin,
    /// Identity Data Admin.
    IdentityDataAdmin,
    /// Identity Data Read Only.
    IdentityDataReadOnly,
    /// Client Application Developer.
    ClientApplicationDeveloper,
    /// Configuration Read Only.
    ConfigurationReadOnly,
    /// Help Desk Admin.
    HelpDeskAdmin,
}

/// The kinds of scope that a role can be assigned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// All environments of an organization.
    Organization,
    /// One environment.
    Environment,
    /// One population of an environment.
    Population,
}

impl ScopeKind {
    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "ORGANIZATION",
            Self::Environment => "ENVIRONMENT",
            Self::Population => "POPULATION",
        }
    }
}

impl Role {
    /// Every built-in role.
    pub const ALL: [Self; 7] = [
        Self::OrganizationAdmin,
        Self::EnvironmentAdmin,
        Self::IdentityDataAdmin,
        Self::IdentityDataReadOnly,
        Self::ClientApplicationDeveloper,
        Self::ConfigurationReadOnly,
        Self::HelpDeskAdmin,
    ];

    /// The id by which assignments name the role. All but the last are the ids that existing
    /// configurations carry.
    pub const fn id(self) -> RoleId {
        const fn role(uuid: Uuid) -> RoleId {
            RoleId::from_uuid(uuid)
        }
        match self {
            Self::OrganizationAdmin => role(uuid!("1813bc13-8d13-4e88-a825-d40bfe82777b")),
            Self::EnvironmentAdmin => role(uuid!("29ddce68-cd7f-4b2a-b6fc-f7a19553b496")),
            Self::IdentityDataAdmin => role(uuid!("0bd9c966-7664-4ac1-b059-0ff9293908e2")),
            Self::IdentityDataReadOnly => role(uuid!("ce00e15f-f845-4df1-abf3-fdc4ff4e176c")),
            Self::ClientApplicationDeveloper => role(uuid!("b5057d0d-7281-47f6-9398-8a7e4cb71397")),
            Self::ConfigurationReadOnly => role(uuid!("7aba580c-5ec7-4b26-987d-85f462767455")),
            Self::HelpDeskAdmin => role(uuid!("5c7a2f0e-3b64-4d3e-9f0a-6b8c1d2e4f70")),
        }
    }

    /// The role that an id names.
    pub fn from_id(id: RoleId) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// The name shown to people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrganizationAdmin => "Organization Admin",
            Self::EnvironmentAdmin => "Environment Admin",
            Self::IdentityDataAdmin => "Identity Data Admin",
            Self::IdentityDataReadOnly => "Identity Data Read Only",
            Self::ClientApplicationDeveloper => "Client Application Developer",
            Self::ConfigurationReadOnly => "Configuration Read Only",
            Self::HelpDeskAdmin => "Help Desk Admin",
        }
    }

    /// Whether the role gives the permission. This table is the whole of it.
    pub const fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        use Role as R;
        match permission {
            P::DeviceRead => matches!(
                self,
                R::IdentityDataAdmin | R::IdentityDataReadOnly | R::HelpDeskAdmin
            ),
            P::DeviceBlock | P::DeviceDelete | P::UserAccountUnlock => {
                matches!(self, R::IdentityDataAdmin | R::HelpDeskAdmin)
            }
            P::DeviceCreate
            | P::DeviceUpdate
            | P::DeviceAuthenticate
            | P::UserWrite
            | P::UserAccountLock
            | P::UserEnabledWrite
            | P::UserMfaEnabledWrite => matches!(self, R::IdentityDataAdmin),
            P::UserRead => matches!(
                self,
                R::IdentityDataAdmin | R::IdentityDataReadOnly | R::HelpDeskAdmin
            ),
            P::PopulationRead => matches!(
                self,
                R::EnvironmentAdmin
                    | R::IdentityDataAdmin
                    | R::IdentityDataReadOnly
                    | R::ClientApplicationDeveloper
                    | R::ConfigurationReadOnly
            ),
            P::EnvironmentRead => !matches!(self, R::HelpDeskAdmin),
            P::OrganizationRead => matches!(self, R::OrganizationAdmin | R::EnvironmentAdmin),
            P::ApplicationRead => matches!(
                self,
                R::EnvironmentAdmin | R::ClientApplicationDeveloper | R::ConfigurationReadOnly
            ),
            P::DevicePolicyRead
            | P::Fido2PolicyRead
            | P::MfaSettingsRead
            | P::BillOfMaterialsRead => {
                matches!(self, R::EnvironmentAdmin | R::ConfigurationReadOnly)
            }
            P::DevicePolicyWrite | P::MfaSettingsWrite => matches!(self, R::EnvironmentAdmin),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where an assignment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All environments of an organization.
    Organization(OrganizationId),
    /// One environment.
    Environment(EnvironmentId),
    /// One population. Population ids are unique within an environment only, so both are kept.
    Population(EnvironmentId, PopulationId),
}

/// A role within a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Assignment {
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
}

/// How much of an environment an actor reaches with one permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// Everything in it.
    All,
    /// What belongs to these populations, and nothing else.
    Populations(Vec<PopulationId>),
}

impl Visibility {
    /// Whether things of this population are reached.
    pub fn covers(&self, population: PopulationId) -> bool {
        match self {
            Self::All => true,
            Self::Populations(visible) => visible.contains(&population),
        }
    }
}

/// What the assignments give of one environment: `None` when nothing covers any of it.
pub fn visibility(
    assignments: &[Assignment],
    permission: Permission,
    organization: OrganizationId,
    environment: EnvironmentId,
) -> Option<Visibility> {
    let mut populations = Vec::new();
    for assignment in assignments
        .iter()
        .filter(|held| held.role.allows(permission))
    {
        match assignment.scope {
            Scope::Organization(covered) if covered == organization => {
                return Some(Visibility::All);
            }
            Scope::Environment(covered) if covered == environment => return Some(Visibility::All),
            Scope::Population(within, population) if within == environment => {
                populations.push(population);
            }
            _ => {}
        }
    }
    (!populations.is_empty()).then_some(Visibility::Populations(populations))
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// One thing that a role can allow.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name,)+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }

        /// The permissions as types, so that a use case can ask for exactly one in its signature.
        pub mod perm {
            $(
                $(#[$doc])*
                #[derive(Debug, Clone, Copy)]
                pub struct $name;

                impl super::PermissionMarker for $name {
                    const PERMISSION: super::Permission = super::Permission::$name;
                }
            )+
        }
    };
}

/// A permission as a type.
pub trait PermissionMarker: Send + Sync + 'static {
    /// The permission that the type stands for.
    const PERMISSION: Permission;
}

permissions! {
    /// Read devices and their order.
    DeviceRead,
    /// Create devices.
    DeviceCreate,
    /// Activate, rename and reorder devices.
    DeviceUpdate,
    /// Block, unblock and unlock devices.
    DeviceBlock,
    /// Delete devices.
    DeviceDelete,
    /// Start and drive device authentications.
    DeviceAuthenticate,
    /// Read users.
    UserRead,
    /// Create, update, move and delete users.
    UserWrite,
    /// Lock an account.
    UserAccountLock,
    /// Unlock an account.
    UserAccountUnlock,
    /// Enable and disable users.
    UserEnabledWrite,
    /// Switch MFA of a user.
    UserMfaEnabledWrite,
    /// Read populations.
    PopulationRead,
    /// Read environments.
    EnvironmentRead,
    /// Read what environments offer and can do.
    BillOfMaterialsRead,
    /// Read organizations and licenses.
    OrganizationRead,
    /// Read applications.
    ApplicationRead,
    /// Read device authentication policies.
    DevicePolicyRead,
    /// Create, update and delete device authentication policies.
    DevicePolicyWrite,
    /// Read FIDO2 policies.
    Fido2PolicyRead,
    /// Read MFA settings.
    MfaSettingsRead,
    /// Update and reset MFA settings.
    MfaSettingsWrite,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn a_scope_covers_only_what_lies_in_it() {
        let organization = OrganizationId::from_uuid(id(1));
        let environment = EnvironmentId::from_uuid(id(2));
        let other = EnvironmentId::from_uuid(id(3));
        let population = PopulationId::from_uuid(id(4));
        let seen = |scope| {
            visibility(
                &[Assignment {
                    role: Role::IdentityDataAdmin,
                    scope,
                }],
                Permission::DeviceRead,
                organization,
                environment,
            )
        };
        assert_eq!(
            seen(Scope::Organization(organization)),
            Some(Visibility::All)
        );
        assert_eq!(
            seen(Scope::Organization(OrganizationId::from_uuid(id(9)))),
            None
        );
        assert_eq!(seen(Scope::Environment(environment)), Some(Visibility::All));
        assert_eq!(seen(Scope::Environment(other)), None);
        assert_eq!(
            seen(Scope::Population(environment, population)),
            Some(Visibility::Populations(vec![population]))
        );
        assert_eq!(seen(Scope::Population(other, population)), None);
    }

    #[test]
    fn the_table_of_roles_and_permissions() {
        // The whole table, so that a change of it is seen in review.
        let mut table = String::new();
        for permission in Permission::ALL {
            let roles: Vec<_> = Role::ALL
                .into_iter()
                .filter(|role| role.allows(*permission))
                .map(Role::name)
                .collect();
            assert!(!roles.is_empty(), "nobody may {permission:?}");
            table.extend([
                format!("{permission:?}"),
                ": ".to_owned(),
                roles.join(", "),
                "\n".to_owned(),
            ]);
        }
        insta::assert_snapshot!(table);
    }
}
