//! Filters of list endpoints, in the syntax of SCIM (RFC 7644 §3.4.2.2).
//!
//! ```text
//!  text ──► lexer ──► parser ──► Filter ──► rules: which attributes and operators ──► evaluate
//! ```
//!
//! An endpoint states what it takes as [`FilterRules`] and gets a [`Filter`] by [`FilterRules::parse`],
//! or the violation to answer. [`Filter::evaluate`] asks a closure about each [`Comparison`]; the
//! comparison itself knows how to compare with a text.

mod lexer;
mod parser;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;

pub use parser::FilterError;
pub use rules::{AttributeRule, FilterRules, Logic, ValueKind};

use crate::case_fold::{case_fold, folded_starts_with};

/// Longest filter, in bytes.
pub const LENGTH_LIMIT: usize = 8192;
/// Deepest nesting of parentheses and brackets.
pub const DEPTH_LIMIT: usize = 16;

/// A parsed filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// `attribute operator value`.
    Compare(Comparison),
    /// `attribute pr`: the attribute has a value.
    Present(String),
    /// `attribute[filter]`: one and the same item of a list meets the filter.
    Within(String, Box<Filter>),
    /// All of them; two at least.
    And(Vec<Filter>),
    /// One of them; two at least.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
}

/// One comparison of a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Dotted path, after [`FilterRules::parse`] in the spelling of the rules.
    pub attribute: String,
    /// How to compare.
    pub operator: Operator,
    /// What to compare with: one value, or one and more for [`Operator::In`].
    pub values: Vec<FilterValue>,
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterValue {
    /// `"text"`
    Text(String),
    /// `12.5`
    Number(f64),
    /// `true` or `false`
    Bool(bool),
    /// `null`
    Null,
}

impl FilterValue {
    /// The value as text: a text itself, `true` or `false`; nothing else has one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Number(_) | Self::Null => None,
        }
    }
}

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// A comparing operator.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operator {
            $($(#[$doc])* $name,)+
        }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The operator as written.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

operators! {
    /// Equal.
    Eq = "eq",
    /// Not equal.
    Ne = "ne",
    /// Contains.
    Co = "co",
    /// Starts with.
    Sw = "sw",
    /// Ends with.
    Ew = "ew",
    /// Greater.
    Gt = "gt",
    /// Greater or equal.
    Ge = "ge",
    /// Less.
    Lt = "lt",
    /// Less or equal.
    Le = "le",
    /// One of a list.
    In = "in",
}

impl Operator {
    /// The operator of this name, in any letter case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operator| operator.as_str().eq_ignore_ascii_case(text))
    }
}

/// Whether letter case matters where texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// It does.
    Exact,
    /// It does not.
    Ignore,
}

impl Comparison {
    /// Whether a text meets the comparison. An attribute without a value (`None`) meets none but
    /// `ne`. Order is that of the code points, which for timestamps of one form is that of time.
    pub fn matches(&self, value: Option<&str>, case: Case) -> bool {
        let Some(value) = value else {
            return self.operator == Operator::Ne;
        };
        let holds = |operand: &FilterValue| {
            let Some(operand) = operand.as_text() else {
                return false;
            };
            match case {
                Case::Exact => compare(self.operator, value, operand),
                Case::Ignore if self.operator == Operator::Sw => folded_starts_with(value, operand),
                Case::Ignore => compare(self.operator, &case_fold(value), &case_fold(operand)),
            }
        };
        match self.operator {
            Operator::Ne => !self.values.iter().any(|operand| match operand.as_text() {
                Some(operand) if case == Case::Ignore => case_fold(value) == case_fold(operand),
                Some(operand) => value == operand,
                None => false,
            }),
            _ => self.values.iter().any(holds),
        }
    }

    /// The one text compared with, if there is exactly one.
    pub fn text(&self) -> Option<&str> {
        match self.values.as_slice() {
            [value] => value.as_text(),
            _ => None,
        }
    }
}

fn compare(operator: Operator, value: &str, operand: &str) -> bool {
    match operator {
        Operator::Eq | Operator::In => value == operand,
        Operator::Ne => value != operand,
        Operator::Co => value.contains(operand),
        Operator::Sw => value.starts_with(operand),
        Operator::Ew => value.ends_with(operand),
        Operator::Gt => value > operand,
        Operator::Ge => value >= operand,
        Operator::Lt => value < operand,
        Operator::Le => value <= operand,
    }
}

/// A thing that a filter asks about.
#[derive(Debug, Clone, Copy)]
pub enum Question<'a> {
    /// Does this comparison hold?
    Compare(&'a Comparison),
    /// Has this attribute a value?
    Present(&'a str),
    /// Does one item of this list meet the filter?
    Within(&'a str, &'a Filter),
}

impl Filter {
    /// Whether the filter holds, given the answers to what it asks. Asks in order and no further than
    /// needed.
    pub fn evaluate(&self, answer: &mut dyn FnMut(Question<'_>) -> bool) -> bool {
        match self {
            Self::Compare(comparison) => answer(Question::Compare(comparison)),
            Self::Present(attribute) => answer(Question::Present(attribute)),
            Self::Within(attribute, filter) => answer(Question::Within(attribute, filter)),
            Self::And(parts) => parts.iter().all(|part| part.evaluate(answer)),
            Self::Or(parts) => parts.iter().any(|part| part.evaluate(answer)),
            Self::Not(part) => !part.evaluate(answer),
        }
    }

    /// Evaluates a filter of comparisons only; `pr` and lists, which the rules of such an endpoint do
    /// not allow, hold for nothing.
    pub fn evaluate_comparisons(&self, holds: &mut dyn FnMut(&Comparison) -> bool) -> bool {
        self.evaluate(&mut |question| match question {
            Question::Compare(comparison) => holds(comparison),
            Question::Present(_) | Question::Within(..) => false,
        })
    }

    /// The parts that must all hold: those of an outermost `and`, else the filter itself.
    pub fn conjuncts(&self) -> &[Self] {
        match self {
            Self::And(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }
}

impl fmt::Display for FilterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
            Self::Number(number) => write!(f, "{}", serde_json::Value::from(*number)),
            Self::Bool(value) => value.fmt(f),
            Self::Null => f.write_str("null"),
        }
    }
}

/// Writes the filter so that parsing it gives the same filter again.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn joined(f: &mut fmt::Formatter<'_>, parts: &[Filter], word: &str) -> fmt::Result {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Filter::And(_) | Filter::Or(_) => write!(f, "({part})")?,
                    _ => part.fmt(f)?,
                }
            }
            Ok(())
        }
        match self {
            Self::Compare(Comparison {
                attribute,
                operator,
                values,
            }) => {
                write!(f, "{attribute} {} ", operator.as_str())?;
                if *operator != Operator::In {
                    return values.iter().try_for_each(|value| value.fmt(f));
                }
                for (at, value) in values.iter().enumerate() {
                    f.write_str(if at == 0 { "(" } else { "," })?;
                    value.fmt(f)?;
                }
                f.write_str(")")
            }
            Self::Present(attribute) => write!(f, "{attribute} pr"),
            Self::Within(attribute, filter) => write!(f, "{attribute}[{filter}]"),
            Self::And(parts) => joined(f, parts, "and"),
            Self::Or(parts) => joined(f, parts, "or"),
            Self::Not(part) => write!(f, "not ({part})"),
        }
    }
}
