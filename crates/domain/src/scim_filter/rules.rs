//! What an endpoint lets a filter ask, and the answer to a filter that asks something else.

use super::parser::{FilterError, parse};
use super::{Filter, FilterValue, Operator};
use crate::violations::{Violation, ViolationCode};

/// What an endpoint takes in its `filter` parameter.
#[derive(Debug, Clone, Copy)]
pub struct FilterRules {
    /// The attributes that can be asked for.
    pub attributes: &'static [AttributeRule],
    /// How comparisons can be joined.
    pub logic: Logic,
}

/// An attribute that can be asked for.
#[derive(Debug, Clone, Copy)]
pub struct AttributeRule {
    /// Dotted path, as documented; letter case does not matter in a request.
    pub name: &'static str,
    /// What it holds.
    pub kind: ValueKind,
    /// How it can be compared.
    pub operators: &'static [Operator],
}

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A text (ids and timestamps too).
    Text,
    /// `true` or `false`, with or without quotes.
    Bool,
}

/// How comparisons can be joined. Parentheses can always be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logic {
    /// `and` only.
    And,
    /// `and` and `or`.
    AndOr,
}

impl AttributeRule {
    /// A text attribute.
    pub const fn text(name: &'static str, operators: &'static [Operator]) -> Self {
        Self {
            name,
            kind: ValueKind::Text,
            operators,
        }
    }
}

impl FilterRules {
    /// Parses a filter and checks it against the rules. Attribute names come out in the spelling of
    /// the rules.
    ///
    /// # Errors
    /// An `INVALID_FILTER` violation at `filter`, with the attributes and operators that can be used.
    pub fn parse(&self, text: &str) -> Result<Filter, Violation> {
        let mut filter = parse(text).map_err(|error| self.violation(error))?;
        self.check(&mut filter)
            .map_err(|reason| self.refuse(reason))?;
        Ok(filter)
    }

    fn violation(&self, error: FilterError) -> Violation {
        self.refuse(error.to_string())
    }

    fn refuse(&self, reason: String) -> Violation {
        Violation::at(ViolationCode::InvalidFilter, "filter", reason).with(|inner| {
            let names = self.attributes.iter().map(|rule| rule.name.to_owned());
            inner.supported_attributes = Some(names.collect());
            let used = Operator::ALL.iter().filter(|operator| {
                self.attributes
                    .iter()
                    .any(|rule| rule.operators.contains(operator))
            });
            inner.supported_operators =
                Some(used.map(|operator| operator.as_str().to_owned()).collect());
        })
    }

    fn check(&self, filter: &mut Filter) -> Result<(), String> {
        match filter {
            Filter::And(parts) => parts.iter_mut().try_for_each(|part| self.check(part)),
            Filter::Or(parts) => {
                if self.logic == Logic::And {
                    return Err("must not use or".to_owned());
                }
                parts.iter_mut().try_for_each(|part| self.check(part))
            }
            Filter::Not(_) => Err("must not use not".to_owned()),
            Filter::Present(_) => Err("must not use pr".to_owned()),
            Filter::Within(attribute, _) => Err(format!("must not ask for {attribute}[…]")),
            Filter::Compare(comparison) => {
                let name = &comparison.attribute;
                let rule = self
                    .attributes
                    .iter()
                    .find(|rule| rule.name.eq_ignore_ascii_case(name))
                    .ok_or_else(|| format!("must not ask for {name}"))?;
                if !rule.operators.contains(&comparison.operator) {
                    let operator = comparison.operator.as_str();
                    return Err(format!("must not compare {} by {operator}", rule.name));
                }
                if !comparison.values.iter().all(|value| rule.kind.takes(value)) {
                    return Err(format!(
                        "must compare {} with {}",
                        rule.name,
                        rule.kind.article()
                    ));
                }
                rule.name.clone_into(&mut comparison.attribute);
                Ok(())
            }
        }
    }
}

impl ValueKind {
    fn takes(self, value: &FilterValue) -> bool {
        match value {
            FilterValue::Text(text) => self == Self::Text || text == "true" || text == "false",
            FilterValue::Bool(_) => self == Self::Bool,
            FilterValue::Number(_) | FilterValue::Null => false,
        }
    }

    const fn article(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Bool => "true or false",
        }
    }
}
