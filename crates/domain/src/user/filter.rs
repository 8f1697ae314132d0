//! What the list of users can be filtered by.

use super::{Attribute, User};
use crate::scim_filter::{
    AttributeRule, Case, Comparison, Filter, FilterRules, Logic, Operator, ValueKind,
};

const EQ: &[Operator] = &[Operator::Eq];
const EQ_SW: &[Operator] = &[Operator::Eq, Operator::Sw];

const fn text(name: &'static str) -> AttributeRule {
    AttributeRule::text(name, EQ_SW)
}

/// The filter of the list of users.
pub const FILTER: FilterRules = FilterRules {
    attributes: &[
        text("accountId"),
        text("address.streetAddress"),
        text("address.locality"),
        text("address.region"),
        text("address.postalCode"),
        text("address.countryCode"),
        text("email"),
        AttributeRule {
            name: "enabled",
            kind: ValueKind::Bool,
            operators: EQ_SW,
        },
        text("externalId"),
        text("locale"),
        text("mobilePhone"),
        text("name.formatted"),
        text("name.given"),
        text("name.middle"),
        text("name.family"),
        text("name.honorificPrefix"),
        text("name.honorificSuffix"),
        text("nickname"),
        text("photo.href"),
        text("preferredLanguage"),
        text("primaryPhone"),
        text("timezone"),
        text("title"),
        text("type"),
        text("username"),
        AttributeRule::text("population.id", EQ),
    ],
    logic: Logic::AndOr,
};

/// Whether a user meets a filter parsed by [`FILTER`]. Letter case does not matter.
pub fn matches(filter: &Filter, user: &User) -> bool {
    filter.evaluate_comparisons(&mut |comparison| holds(comparison, user))
}

fn holds(comparison: &Comparison, user: &User) -> bool {
    let population;
    let value = match comparison.attribute.as_str() {
        "username" => Some(user.username.as_str()),
        "enabled" => Some(if user.enabled { "true" } else { "false" }),
        "population.id" => {
            population = user.population.to_string();
            Some(population.as_str())
        }
        path => Attribute::parse(path).and_then(|attribute| user.profile.get(attribute)),
    };
    comparison.matches(value, Case::Ignore)
}
