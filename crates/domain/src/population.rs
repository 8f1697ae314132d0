//! Populations: the parts of an environment that its users are divided into.

use countersign_crypto::time::Timestamp;

use crate::ids::{EnvironmentId, PopulationId};
use crate::scim_filter::{AttributeRule, Case, Filter, FilterRules, Logic, Operator};

/// A population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// The id.
    pub id: PopulationId,
    /// The environment that it is a part of.
    pub environment: EnvironmentId,
    /// The name, unique within the environment, letter case aside.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether new users go here when nothing else is said; exactly one of an environment is.
    pub default: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The filter of the list of populations.
pub const FILTER: FilterRules = FilterRules {
    attributes: &[
        AttributeRule::text("name", &[Operator::Eq, Operator::Sw]),
        AttributeRule::text("id", &[Operator::Eq]),
    ],
    logic: Logic::AndOr,
};

/// Whether a population meets a filter parsed by [`FILTER`]. Letter case does not matter.
pub fn matches(filter: &Filter, population: &Population) -> bool {
    filter.evaluate_comparisons(&mut |comparison| match comparison.attribute.as_str() {
        "id" => comparison.matches(Some(&population.id.to_string()), Case::Ignore),
        _ => comparison.matches(Some(&population.name), Case::Ignore),
    })
}
