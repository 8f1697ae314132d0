//! JSON objects without duplicate members at any depth.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};

/// Why a text is not acceptable JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonFault {
    /// Not one JSON object.
    NotAnObject,
    /// Some object in it has a member twice.
    Duplicate,
}

/// Member names that `serde_json` itself gives a meaning to (its raw values); no honest token has them.
const RESERVED: &str = "$serde_json::private::";

/// Whether `text` is one JSON object in which no object has a member twice (RFC 7515 §4 lets a
/// parser refuse these; taking the last one is how two readers come to disagree).
pub(super) fn check_object(text: &str) -> Result<(), JsonFault> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(JsonFault::NotAnObject);
    }
    let duplicate = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Unique(&duplicate)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    match read {
        Ok(()) => Ok(()),
        Err(_) if duplicate.get() => Err(JsonFault::Duplicate),
        Err(_) => Err(JsonFault::NotAnObject),
    }
}

/// Reads any value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Unique<'f>(&'f Cell<bool>);

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names: Vec<Cow<'de, str>> = Vec::with_capacity(16);
        while let Some(name) = members.next_key_seed(Name)? {
            if name.starts_with(RESERVED) {
                return Err(A::Error::custom("reserved member name"));
            }
            names.push(name);
            members.next_value_seed(self)?;
        }
        // Sorted once at the end: a hostile object with thousands of members costs no more than n log n.
        names.sort_unstable();
        if names.array_windows().any(|[one, next]| one == next) {
            self.0.set(true);
            return Err(A::Error::custom("duplicate member"));
        }
        Ok(())
    }
}

/// Reads a member name, borrowed where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// For `#[serde(deserialize_with)]` on members that are structs: takes JSON objects only. What serde
/// derives takes lists as well, by position.
pub fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct ObjectOnly<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOnly<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
    }

    deserializer.deserialize_map(ObjectOnly(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    #[test]
    fn table() {
        use JsonFault::{Duplicate, NotAnObject};
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        for (text, expected) in [
            ("{}", Ok(())),
            (
                r#" {"a":1,"b":[{"a":1},{"a":2}],"c":{"a":null,"b":true,"c":1.5}} "#,
                Ok(()),
            ),
            (r#"{"a":1,"A":2}"#, Ok(())),
            (r#"{"a":1,"a":1}"#, Err(Duplicate)),
            (r#"{"a":1,"b":2,"\u0061":3}"#, Err(Duplicate)),
            (r#"{"o":{"a":1,"a":2}}"#, Err(Duplicate)),
            (r#"{"o":[[{"x":{"a":1,"b":{},"a":2}}]]}"#, Err(Duplicate)),
            (r#"{"":1,"":1}"#, Err(Duplicate)),
            ("", Err(NotAnObject)),
            ("[]", Err(NotAnObject)),
            ("null", Err(NotAnObject)),
            (r#""a""#, Err(NotAnObject)),
            ("{} {}", Err(NotAnObject)),
            (r#"{"a":1,}"#, Err(NotAnObject)),
            (r#"{"a":01}"#, Err(NotAnObject)),
            (r#"{"a":1e999}"#, Err(NotAnObject)),
            (r#"{"a":NaN}"#, Err(NotAnObject)),
            (r#"{"a":"\ud800"}"#, Err(NotAnObject)),
            ("{\"a\":\"\u{1}\"}", Err(NotAnObject)),
            ("\u{feff}{}", Err(NotAnObject)),
            ("{//\n}", Err(NotAnObject)),
            (
                r#"{"$serde_json::private::RawValue":"{}"}"#,
                Err(NotAnObject),
            ),
            (&deep, Err(NotAnObject)),
        ] {
            assert_eq!(check_object(text), expected, "{text}");
        }
    }

    /// Some JSON object, a few levels deep.
    fn object() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        let any_value = leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                members(inner),
            ]
        });
        members(any_value)
    }

    fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        proptest::collection::btree_map("[a-f\"\\\\]{1,3}", value, 1..5)
            .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>()))
    }

    /// Writes `value` with the first member of the `chosen`-th object written twice.
    fn write_with_duplicate(value: &Value, chosen: usize, seen: &mut usize) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<_> = items
                    .iter()
                    .map(|item| write_with_duplicate(item, chosen, seen))
                    .collect();
                format!("[{}]", items.join(","))
            }
            Value::Object(map) => {
                let mine = *seen == chosen;
                *seen += 1;
                let mut written: Vec<_> = map
                    .iter()
                    .map(|(name, item)| {
                        let name = Value::from(name.as_str());
                        format!("{name}:{}", write_with_duplicate(item, chosen, seen))
                    })
                    .collect();
                if mine {
                    let name = Value::from(map.keys().next().unwrap().as_str());
                    written.push(format!("{name}:0"));
                }
                format!("{{{}}}", written.join(","))
            }
            other => other.to_string(),
        }
    }

    fn count_objects(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(count_objects).sum(),
            Value::Object(map) => 1 + map.values().map(count_objects).sum::<usize>(),
            _ => 0,
        }
    }

    proptest! {
        #[test]
        fn a_duplicate_is_found_at_any_depth(value in object(), index: prop::sample::Index) {
            prop_assert_eq!(check_object(&value.to_string()), Ok(()));
            let chosen = index.index(count_objects(&value));
            let text = write_with_duplicate(&value, chosen, &mut 0);
            prop_assert_eq!(check_object(&text), Err(JsonFault::Duplicate), "{}", text);
        }

        #[test]
        fn it_never_panics(text in "\\PC*|[{}\\[\\]\",:a0\\\\u]{0,60}") {
            let _ = check_object(&text);
        }
    }
}
