//! [`Document`]: a request body that is taken as a whole, for resources that are one deep document.
//!
//! Which members such a body may hold, and what of it is wrong, is a matter of the resource's rules;
//! here it only has to be a JSON object that holds no member twice. What it should look like is said
//! by the response type of the same resource.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::field::Member;

/// An object of any content.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document(pub Map<String, Value>);

impl Member for Document {
    fn from_object<'de, A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        members(object).map(|members| Some(Self(members)))
    }
}

/// A value below; its objects hold no member twice either. (Reading a `serde_json::Value` would let
/// the last of two win.)
struct Nested(Value);

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NestedVisitor).map(Self)
    }
}

struct NestedVisitor;

impl<'de> Visitor<'de> for NestedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Nested(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        members(object).map(Value::Object)
    }
}

fn members<'de, A: MapAccess<'de>>(mut object: A) -> Result<Map<String, Value>, A::Error> {
    let mut members = Map::new();
    while let Some((name, Nested(value))) = object.next_entry::<String, Nested>()? {
        if members.insert(name, value).is_some() {
            return Err(A::Error::custom("duplicate member"));
        }
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::decode;

    #[test]
    fn an_object_of_any_content_without_duplicates() {
        let text = r#"{"a":{"b":[1,"x",null,{"c":true}]},"d":null,"e":1.5}"#;
        let document: Document = decode(text.as_bytes()).unwrap();
        assert_eq!(
            Value::Object(document.0),
            serde_json::from_str::<Value>(text).unwrap()
        );
        for refused in [
            "[]",
            "null",
            "",
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            "{} {}",
        ] {
            assert!(decode::<Document>(refused.as_bytes()).is_err(), "{refused}");
        }
    }

    #[test]
    fn deep_documents_are_refused() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
        assert!(decode::<Document>(deep.as_bytes()).is_err());
    }

    #[test]
    fn duplicates_deep_down_are_refused() {
        assert!(decode::<Document>(br#"{"a":[{"b":{"c":1,"c":1}}]}"#).is_err());
    }
}
