//! Environments: the tenants of a deployment.

use countersign_crypto::time::Timestamp;
use uuid::Uuid;

use crate::ids::{EnvironmentId, LicenseId, OrganizationId};
use crate::scim_filter::{AttributeRule, Case, Filter, FilterRules, Logic, Operator};

macro_rules! names {
    ($(#[$outer:meta])* $kind:ident { $($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)? }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind {
            $($(#[$doc])* $name,)+
        }

        impl $kind {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// The one of this name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == text)
            }
        }
    };
}

pub(crate) use names;

names! {
    /// What an environment is used for.
    EnvironmentType {
        /// Real users.
        Production = "PRODUCTION",
        /// Trying things out.
        Sandbox = "SANDBOX",
    }
}

names! {
    /// Where an environment lies.
    Region {
        /// Asia-Pacific.
        Ap = "AP",
        /// Australia.
        Au = "AU",
        /// Canada.
        Ca = "CA",
        /// Europe.
        Eu = "EU",
        /// North America.
        Na = "NA",
        /// Singapore.
        Sg = "SG",
    }
}

/// A product that an environment offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The id of this entry.
    pub id: Uuid,
    /// What is offered, for example `PING_ONE_MFA`.
    pub product_type: String,
}

/// What an environment offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillOfMaterials {
    /// The products.
    pub products: Vec<Product>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The id.
    pub id: EnvironmentId,
    /// The organization that owns it.
    pub organization: OrganizationId,
    /// The license that it runs under.
    pub license: LicenseId,
    /// The name, unique within the organization, letter case aside.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it is used for.
    pub environment_type: EnvironmentType,
    /// Where it lies.
    pub region: Region,
    /// What it offers.
    pub bill_of_materials: BillOfMaterials,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The filter of the list of environments.
pub const FILTER: FilterRules = FilterRules {
    attributes: &[
        AttributeRule::text("name", &[Operator::Sw]),
        AttributeRule::text("id", &[Operator::Eq]),
        AttributeRule::text("organization.id", &[Operator::Eq]),
        AttributeRule::text("license.id", &[Operator::Eq]),
    ],
    logic: Logic::And,
};

/// Whether an environment meets a filter parsed by [`FILTER`]. Letter case does not matter.
pub fn matches(filter: &Filter, environment: &Environment) -> bool {
    filter.evaluate_comparisons(&mut |comparison| {
        let value = match comparison.attribute.as_str() {
            "id" => environment.id.to_string(),
            "organization.id" => environment.organization.to_string(),
            "license.id" => environment.license.to_string(),
            _ => environment.name.clone(),
        };
        comparison.matches(Some(&value), Case::Ignore)
    })
}
