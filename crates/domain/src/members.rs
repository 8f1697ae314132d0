//! [`Members`]: reads a request document member by member and writes down everything wrong with it.
//!
//! Configuration documents are deep, and most of their members obey one of a few rules. What a
//! request holds arrives here as a tree of JSON values; reading a member gives its value or `None`,
//! and adds the fault, with the exact path of the member, to the list that is answered as a whole.
//!
//! Two customs of existing clients are kept everywhere: `null` is the same as absent, and a whole
//! number may come as a text of digits.

use std::cell::RefCell;

use serde_json::{Map, Value};

use crate::messages::{NOT_A_UUID, WRONG_TYPE};
use crate::named::Named;
use crate::violations::{Violation, Violations};

/// Faults found so far, shared by all objects of one document.
#[derive(Debug, Default)]
pub struct Faults(RefCell<Violations>);

impl Faults {
    /// Adds one.
    pub fn push(&self, violation: Violation) {
        self.0.borrow_mut().push(violation);
    }

    /// `Ok` when none was found.
    ///
    /// # Errors
    /// All that were found, in the order of the document.
    pub fn check(self) -> Result<(), Violations> {
        self.0.into_inner().check()
    }
}

/// An object of a request document.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    object: &'a Map<String, Value>,
    path: String,
    faults: &'a Faults,
}

/// An item of an array of a request document.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    value: &'a Value,
    target: String,
    faults: &'a Faults,
}

impl<'a> Members<'a> {
    /// The document itself.
    pub const fn of(document: &'a Map<String, Value>, faults: &'a Faults) -> Self {
        Self {
            object: document,
            path: String::new(),
            faults,
        }
    }

    /// The path of a member, as faults name it.
    pub fn target(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Writes down a fault.
    pub fn fault(&self, violation: Violation) {
        self.faults.push(violation);
    }

    /// Whether the member is there and not `null`.
    pub fn has(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    fn given(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn take<T>(&self, name: &str, take: impl FnOnce(&'a Value) -> Option<T>) -> Option<T> {
        let taken = take(self.given(name)?);
        if taken.is_none() {
            self.fault(Violation::invalid(self.target(name), WRONG_TYPE));
        }
        taken
    }

    /// Writes down that a mandatory member is missing, if it is.
    fn require(&self, name: &str) -> &Self {
        if !self.has(name) {
            self.fault(Violation::required(self.target(name)));
        }
        self
    }

    /// A switch.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.take(name, Value::as_bool)
    }

    /// A switch that must be there.
    pub fn required_flag(&self, name: &str) -> Option<bool> {
        self.require(name).flag(name)
    }

    /// A whole number; fractions are cut off.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.take(name, whole_number)
    }

    /// A whole number within a range.
    pub fn number_within(&self, name: &str, minimum: u32, maximum: u32) -> Option<u32> {
        let number = self.number(name)?;
        let within = u32::try_from(number)
            .ok()
            .filter(|n| (minimum..=maximum).contains(n));
        if within.is_none() {
            self.fault(Violation::out_of_range(
                self.target(name),
                i64::from(minimum),
                i64::from(maximum),
            ));
        }
        within
    }

    /// A whole number within a range that must be there.
    pub fn required_number_within(&self, name: &str, minimum: u32, maximum: u32) -> Option<u32> {
        self.require(name).number_within(name, minimum, maximum)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.take(name, text)
    }

    /// A text that must be there, not blank, of at most `maximum` characters.
    pub fn required_name(&self, name: &str, maximum: u32) -> Option<&'a str> {
        let text = self.require(name).text(name)?;
        if text.trim().is_empty() {
            self.fault(Violation::empty(self.target(name)));
            return None;
        }
        if text.chars().count() > usize::try_from(maximum).unwrap_or(usize::MAX) {
            self.fault(Violation::too_large(self.target(name), i64::from(maximum)));
            return None;
        }
        Some(text)
    }

    /// One of the names of an enum.
    pub fn one_of<T: Named>(&self, name: &str) -> Option<T> {
        self.one_of_these(name, T::ALL)
    }

    /// One of some of the names of an enum.
    pub fn one_of_these<T: Named>(&self, name: &str, allowed: &[T]) -> Option<T> {
        let text = self.text(name)?;
        let found = allowed.iter().copied().find(|known| known.name() == text);
        if found.is_none() {
            let names: Vec<&str> = allowed.iter().map(|known| known.name()).collect();
            self.fault(Violation::not_one_of(self.target(name), &names));
        }
        found
    }

    /// One of some of the names of an enum; must be there.
    pub fn required_one_of_these<T: Named>(&self, name: &str, allowed: &[T]) -> Option<T> {
        self.require(name).one_of_these(name, allowed)
    }

    /// An id.
    pub fn id<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        let id = self.text(name)?.parse().ok();
        if id.is_none() {
            self.fault(Violation::invalid(self.target(name), NOT_A_UUID));
        }
        id
    }

    /// An id that must be there.
    pub fn required_id<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.require(name).id(name)
    }

    /// An object.
    pub fn object(&self, name: &str) -> Option<Self> {
        let object = self.take(name, Value::as_object)?;
        Some(Self {
            object,
            path: self.target(name),
            faults: self.faults,
        })
    }

    /// An object that must be there.
    pub fn required_object(&self, name: &str) -> Option<Self> {
        self.require(name).object(name)
    }

    /// An array.
    pub fn list(&self, name: &str) -> Option<Vec<Item<'a>>> {
        let list = self.take(name, Value::as_array)?;
        let target = self.target(name);
        let items = list.iter().enumerate().map(|(index, value)| Item {
            value,
            target: format!("{target}[{index}]"),
            faults: self.faults,
        });
        Some(items.collect())
    }

    /// The names of all members and their values as texts; members of other types are faults.
    pub fn texts(&self) -> impl Iterator<Item = (&'a str, &'a str)> + '_ {
        self.object.iter().filter_map(|(name, _)| {
            if text_is_storable(name) {
                Some((name.as_str(), self.text(name)?))
            } else {
                self.fault(Violation::invalid(self.path.clone(), WRONG_TYPE));
                None
            }
        })
    }
}

impl<'a> Item<'a> {
    /// The path of the item, as faults name it.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Writes down a fault.
    pub fn fault(&self, violation: Violation) {
        self.faults.push(violation);
    }

    /// The item as a text.
    pub fn text(&self) -> Option<&'a str> {
        self.taken(text(self.value))
    }

    /// The item as an object.
    pub fn object(&self) -> Option<Members<'a>> {
        let object = self.taken(self.value.as_object())?;
        Some(Members {
            object,
            path: self.target.clone(),
            faults: self.faults,
        })
    }

    fn taken<T>(&self, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.fault(Violation::invalid(self.target.clone(), WRONG_TYPE));
        }
        value
    }
}

/// U+0000 can be written in JSON, but not be kept in every database.
fn text_is_storable(text: &str) -> bool {
    !text.contains('\0')
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| text_is_storable(text))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to lie within 2^53 before"
)]
fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            number
                .as_f64()
                .filter(|float| float.abs() < 9_007_199_254_740_992.0)
                .map(|f| f as i64)
        }),
        Value::String(digits) => {
            let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            // More digits than fit are still a number: as large as it gets.
            all.then(|| digits.parse().unwrap_or(i64::MAX))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults_of(document: &Value, read: impl FnOnce(&Members<'_>)) -> Vec<(String, String)> {
        let faults = Faults::default();
        read(&Members::of(document.as_object().unwrap(), &faults));
        match faults.check() {
            Ok(()) => Vec::new(),
            Err(found) => found
                .into_iter()
                .map(|v| (v.code.as_str().to_owned(), v.target.unwrap_or_default()))
                .collect(),
        }
    }

    #[test]
    fn numbers_come_as_numbers_or_digits() {
        for (given, expected) in [
            (json!(4), Some(4)),
            (json!("4"), Some(4)),
            (json!("004"), Some(4)),
            (json!(4.9), Some(4)),
            (json!(-1), Some(-1)),
            (json!("99999999999999999999"), Some(i64::MAX)),
            (json!("-4"), None),
            (json!("4.0"), None),
            (json!(""), None),
            (json!("٤"), None),
            (json!(true), None),
            (json!([4]), None),
            (json!(1e300), None),
        ] {
            assert_eq!(whole_number(&given), expected, "{given}");
        }
    }

    #[test]
    fn every_fault_has_the_path_of_its_member() {
        let document = json!({"a": {"b": [{"c": "x"}, 7], "d": null}, "e": "\u{0}"});
        let faults = faults_of(&document, |root| {
            let a = root.object("a").unwrap();
            let items = a.list("b").unwrap();
            items[0].object().unwrap().flag("c");
            items[1].object();
            a.required_flag("d");
            assert_eq!(a.flag("d"), None, "null is absent");
            root.text("e");
            root.required_object("f");
        });
        let expected = [
            ("INVALID_VALUE", "a.b[0].c"),
            ("INVALID_VALUE", "a.b[1]"),
            ("REQUIRED_VALUE", "a.d"),
            ("INVALID_VALUE", "e"),
            ("REQUIRED_VALUE", "f"),
        ];
        assert_eq!(
            faults,
            expected.map(|(code, at)| (code.to_owned(), at.to_owned()))
        );
    }
}
