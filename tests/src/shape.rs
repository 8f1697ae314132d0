//! Comparing the shape of documents: which members there are, and of which JSON type.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every member as `path: type`, e.g. `lock.status: string`; the order of members does not count.
pub fn shape(document: &Value) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    collect("", document, &mut members);
    members
}

fn collect(path: &str, value: &Value, members: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Object(object) if object.is_empty() => "empty object",
        Value::Object(object) => {
            for (name, member) in object {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                collect(&below, member, members);
            }
            return;
        }
        Value::Array(items) if items.is_empty() => "empty array",
        Value::Array(items) => {
            for item in items {
                collect(&format!("{path}[]"), item, members);
            }
            return;
        }
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Null => "null",
    };
    members.insert(format!("{path}: {kind}"));
}

/// Fails the test, naming the differences, unless both have the same shape.
#[track_caller]
pub fn assert_same_shape(got: &Value, expected: &Value) {
    let (got_shape, expected_shape) = (shape(got), shape(expected));
    let extra: Vec<_> = got_shape.difference(&expected_shape).collect();
    let missing: Vec<_> = expected_shape.difference(&got_shape).collect();
    assert!(
        extra.is_empty() && missing.is_empty(),
        "not expected: {extra:?}; missing: {missing:?}; the document: {got:#}"
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_and_values_do_not_count_but_members_and_types_do() {
        assert_same_shape(
            &json!({"a": 1, "b": {"c": ""}}),
            &json!({"b": {"c": "x"}, "a": 2}),
        );
        for other in [
            json!({"a": 1, "b": {}}),
            json!({"a": "1", "b": {"c": ""}}),
            json!({"a": 1, "b": {"c": "", "d": null}}),
            json!({"a": 1, "b": {"c": ""}, "e": []}),
        ] {
            assert_ne!(
                shape(&json!({"a": 1, "b": {"c": ""}})),
                shape(&other),
                "{other}"
            );
        }
    }
}
