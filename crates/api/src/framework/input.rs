//! From what a member holds on the wire to what a command takes, keeping every fault.
//!
//! Each function answers the value, if there is one, and writes down what is wrong otherwise. A
//! member that is absent or `null` is no fault here: whether it is mandatory is the engine's to say.

use std::str::FromStr;

use countersign_domain::messages;
use countersign_domain::violations::{Violation, Violations};
use countersign_wire::Field;
use countersign_wire::device::ReferenceInput;

/// The value of a member of any type.
pub(crate) fn value<T>(field: Field<T>, target: &str, faults: &mut Violations) -> Option<T> {
    if field.is_wrong() {
        faults.push(Violation::invalid(target, messages::WRONG_TYPE));
    }
    field.value()
}

/// An object, to go on into its members; an absent one is an empty one.
pub(crate) fn object<T: Default>(field: Field<T>, target: &str, faults: &mut Violations) -> T {
    value(field, target, faults).unwrap_or_default()
}

/// A text that is parsed: an id, most of the time.
pub(crate) fn id<T: FromStr>(
    field: Field<String>,
    target: &str,
    faults: &mut Violations,
) -> Option<T> {
    let text = value(field, target, faults)?;
    let parsed = text.parse().ok();
    if parsed.is_none() {
        faults.push(Violation::invalid(target, messages::NOT_A_UUID));
    }
    parsed
}

/// The `id` of a reference object at `target`; `{}` lacks it.
pub(crate) fn reference<T: FromStr>(
    field: Field<ReferenceInput>,
    target: &str,
    faults: &mut Violations,
) -> Option<T> {
    let reference = value(field, target, faults)?;
    let target = format!("{target}.id");
    if reference.id.is_missing() {
        faults.push(Violation::required(target));
        return None;
    }
    id(reference.id, &target, faults)
}

/// A text that must be one of a few.
pub(crate) fn one_of<T>(
    field: Field<String>,
    target: &str,
    allowed: &[&str],
    parse: impl FnOnce(&str) -> Option<T>,
    faults: &mut Violations,
) -> Option<T> {
    let text = value(field, target, faults)?;
    let parsed = parse(&text);
    if parsed.is_none() {
        faults.push(Violation::not_one_of(target, allowed));
    }
    parsed
}
