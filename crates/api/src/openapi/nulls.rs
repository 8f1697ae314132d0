//! Takes `null` out of schemas. A Rust `Option` is described as "or null", but no answer of this API
//! holds a `null`: a member without a value is left out. In requests `null` is the same as leaving the
//! member out, which needs no word either.

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};

/// The schema without `null`.
pub(super) fn without(schema: RefOr<Schema>) -> RefOr<Schema> {
    let Ok(mut value) = serde_json::to_value(&schema) else {
        return schema;
    };
    strip(&mut value);
    serde_json::from_value(value).unwrap_or(schema)
}

fn strip(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = members.get_mut("oneOf") {
                choices.retain(|choice| *choice != json!({"type": "null"}));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    members.remove("oneOf");
                    members.extend(only);
                }
            }
            members.values_mut().for_each(strip);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_lose_their_null_and_nothing_else() {
        let mut value = json!({
            "type": "object",
            "required": ["a"],
            "properties": {
                "a": {"type": ["string", "null"], "description": "A"},
                "b": {"oneOf": [{"type": "null"}, {"$ref": "#/x", "description": "B"}]},
                "c": {"oneOf": [{"$ref": "#/x"}, {"$ref": "#/y"}]},
                "d": {"type": "array", "items": {"type": ["integer", "null"]}},
            },
        });
        strip(&mut value);
        assert_eq!(
            value,
            json!({
                "type": "object",
                "required": ["a"],
                "properties": {
                    "a": {"type": "string", "description": "A"},
                    "b": {"$ref": "#/x", "description": "B"},
                    "c": {"oneOf": [{"$ref": "#/x"}, {"$ref": "#/y"}]},
                    "d": {"type": "array", "items": {"type": "integer"}},
                },
            })
        );
    }
}
