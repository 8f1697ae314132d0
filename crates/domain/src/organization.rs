//! Organizations, the owners of environments, and their licenses.
//!
//! A deployment of one's own has one organization and one license that allows everything.

use countersign_crypto::time::Timestamp;

use crate::ids::{LicenseId, OrganizationId};
use crate::scim_filter::{AttributeRule, Case, Filter, FilterRules, Logic, Operator};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The id.
    pub id: OrganizationId,
    /// The name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A license of an organization: allows everything, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    /// The id.
    pub id: LicenseId,
    /// The organization that holds it.
    pub organization: OrganizationId,
    /// The name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The `package` of a license.
pub const PACKAGE: &str = "INTERNAL";
/// The `status` of a license.
pub const STATUS: &str = "ACTIVE";

/// The filter of the list of organizations.
pub const FILTER: FilterRules = FilterRules {
    attributes: &[AttributeRule::text("name", &[Operator::Sw])],
    logic: Logic::And,
};

/// The filter of the list of licenses.
pub const LICENSE_FILTER: FilterRules = FilterRules {
    attributes: &[
        AttributeRule::text("status", &[Operator::Eq]),
        AttributeRule::text("beginsAt", &[Operator::Lt]),
        AttributeRule::text("name", &[Operator::Eq]),
        AttributeRule::text("package", &[Operator::Eq]),
    ],
    logic: Logic::And,
};

/// Whether an organization meets a filter parsed by [`FILTER`]. Letter case does not matter.
pub fn matches(filter: &Filter, organization: &Organization) -> bool {
    filter.evaluate_comparisons(&mut |comparison| {
        comparison.matches(Some(&organization.name), Case::Ignore)
    })
}

/// Whether a license meets a filter parsed by [`LICENSE_FILTER`]. Letter case does not matter.
pub fn license_matches(filter: &Filter, license: &License) -> bool {
    filter.evaluate_comparisons(&mut |comparison| match comparison.attribute.as_str() {
        "status" => comparison.matches(Some(STATUS), Case::Ignore),
        "package" => comparison.matches(Some(PACKAGE), Case::Ignore),
        "beginsAt" => {
            let asked = comparison.text().and_then(Timestamp::parse_rfc3339);
            asked.is_some_and(|asked| license.created_at < asked)
        }
        _ => comparison.matches(Some(&license.name), Case::Ignore),
    })
}
