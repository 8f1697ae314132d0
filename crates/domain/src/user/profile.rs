//! What is known of a user besides the name, and how a request changes it.

use std::collections::BTreeMap;

use super::{Attribute, Group};
use crate::given::Given;
use crate::messages::PROFILE_TOO_LARGE;
use crate::violations::{Violation, ViolationCode, Violations};

/// Largest profile, in bytes of names and values.
pub const PROFILE_LIMIT: usize = 16 * 1024;

/// The attributes that have a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserProfile {
    values: BTreeMap<Attribute, String>,
}

impl UserProfile {
    /// The value of an attribute.
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        self.values.get(&attribute).map(String::as_str)
    }

    /// Sets a value that was checked before, or one read from the database.
    pub(crate) fn set(&mut self, attribute: Attribute, value: String) {
        self.values.insert(attribute, value);
    }

    /// The attributes that have a value, in the order of [`Attribute::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &str)> {
        self.values
            .iter()
            .map(|(attribute, value)| (*attribute, value.as_str()))
    }

    fn size(&self) -> usize {
        self.values
            .iter()
            .map(|(attribute, value)| attribute.path().len() + value.len())
            .sum()
    }
}

/// The profile as a request states it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileInput {
    attributes: BTreeMap<Attribute, Given<String>>,
    groups: BTreeMap<Group, Given<()>>,
}

impl ProfileInput {
    /// States an attribute.
    pub fn set(&mut self, attribute: Attribute, given: Given<String>) {
        self.attributes.insert(attribute, given);
    }

    /// States whether an object of attributes is there; its attributes are stated one by one.
    pub fn set_group(&mut self, group: Group, given: Given<()>) {
        self.groups.insert(group, given);
    }

    /// The profile that takes the place of another: what the request leaves out has no value.
    pub(super) fn replacing(self, violations: &mut Violations) -> UserProfile {
        self.over(UserProfile::default(), violations)
    }

    /// The profile after the request: what it leaves out stays, `null` clears, an object takes the
    /// place of the object that was there.
    pub(super) fn merged_into(
        self,
        mut current: UserProfile,
        violations: &mut Violations,
    ) -> UserProfile {
        let stated = |attribute: Attribute| match attribute.group() {
            Some(group) => self
                .groups
                .get(&group)
                .is_some_and(|given| *given != Given::Absent),
            None => self
                .attributes
                .get(&attribute)
                .is_some_and(|given| *given != Given::Absent),
        };
        current.values.retain(|attribute, _| !stated(*attribute));
        self.over(current, violations)
    }

    fn over(self, mut profile: UserProfile, violations: &mut Violations) -> UserProfile {
        for (group, given) in self.groups {
            given.optional(group.path(), violations);
        }
        for (attribute, given) in self.attributes {
            let Some(value) = given.optional(attribute.path(), violations) else {
                continue;
            };
            match attribute.check(&value) {
                Ok(()) => profile.set(attribute, value),
                Err(violation) => violations.push(violation),
            }
        }
        if profile.size() > PROFILE_LIMIT {
            violations.push(
                Violation::new(ViolationCode::SizeLimitExceeded, PROFILE_TOO_LARGE)
                    .with(|inner| inner.maximum_value = i64::try_from(PROFILE_LIMIT).ok()),
            );
        }
        profile
    }
}
