//! [`Field`]: a member of a request, which may be absent, `null`, of the wrong type, or a value.
//!
//! A decoder that stops at the first wrong member cannot report all of them. So decoding a member
//! never fails for what it holds, only when the text is not JSON at all.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One member of a request body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// The member is not there.
    #[default]
    Absent,
    /// The member is `null`.
    Null,
    /// The member is there, but of another JSON type than it should be.
    Wrong,
    /// The member holds a value of the right type.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one of the right type.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null | Self::Wrong => None,
        }
    }

    /// A view of the value, keeping what else the field may be.
    pub const fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Wrong => Field::Wrong,
            Self::Value(value) => Field::Value(value),
        }
    }

    /// Changes the value, keeping what else the field may be.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Wrong => Field::Wrong,
            Self::Value(value) => Field::Value(change(value)),
        }
    }

    /// Goes on into an object: `null` and the wrong type end here as they are.
    pub fn and_then<U>(self, next: impl FnOnce(T) -> Field<U>) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Wrong => Field::Wrong,
            Self::Value(value) => next(value),
        }
    }

    /// Whether the member is not there, or `null`, which most resources take for the same.
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Absent | Self::Null)
    }

    /// Whether the member is there with the wrong type.
    pub const fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong)
    }
}

/// A type that a [`Field`] can hold: says which JSON values it takes. What it does not take becomes
/// [`Field::Wrong`].
pub trait Member: Sized {
    /// Takes `true` or `false`.
    fn from_bool(_value: bool) -> Option<Self> {
        None
    }

    /// Takes a whole number.
    fn from_integer(_value: i64) -> Option<Self> {
        None
    }

    /// Takes a number with a fraction or one beyond 64 bits.
    fn from_float(_value: f64) -> Option<Self> {
        None
    }

    /// Takes a text.
    fn from_text(_value: &str) -> Option<Self> {
        None
    }

    /// Takes an array. Whatever it answers, the whole array must have been read.
    ///
    /// # Errors
    /// Only when the text is not JSON.
    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    /// Takes an object. Whatever it answers, the whole object must have been read.
    ///
    /// # Errors
    /// When the text is not JSON, or a member is there twice.
    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl Member for String {
    fn from_text(value: &str) -> Option<Self> {
        // U+0000 can be written in JSON but not be kept in every database; no member needs it.
        (!value.contains('\0')).then(|| value.to_owned())
    }
}

impl Member for bool {
    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Member for i64 {
    fn from_integer(value: i64) -> Option<Self> {
        Some(value)
    }

    /// A fraction is cut off.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to lie within 2^53 before"
    )]
    fn from_float(value: f64) -> Option<Self> {
        (value.abs() < 9_007_199_254_740_992.0).then_some(value as Self)
    }

    /// A text of digits stands for the number.
    fn from_text(value: &str) -> Option<Self> {
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| value.parse().ok()).flatten()
    }
}

/// Any JSON value as it is: for documents whose own code looks into them.
impl Member for serde_json::Value {
    fn from_bool(value: bool) -> Option<Self> {
        Some(Self::Bool(value))
    }

    fn from_integer(value: i64) -> Option<Self> {
        Some(value.into())
    }

    fn from_float(value: f64) -> Option<Self> {
        Some(value.into())
    }

    fn from_text(value: &str) -> Option<Self> {
        Some(value.into())
    }

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Some(Self::Array(values)))
    }

    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        let mut members = serde_json::Map::new();
        while let Some((name, value)) = object.next_entry::<String, Self>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("duplicate member"));
            }
        }
        Ok(Some(Self::Object(members)))
    }
}

/// An array, each item of it a field of its own, so that the faults of all items can be named.
impl<T: Member> Member for Vec<Field<T>> {
    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Option<Self>, A::Error> {
        let mut items = Self::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Some(items))
    }
}

/// Declares request structs. Every member is a [`Field`]; its name on the wire is the member's in
/// camel case; a `#[schema(value_type = …)]` says what it should hold, for the OpenAPI document.
///
/// ```
/// countersign_wire::request! {
///     /// Body of "rename".
///     pub struct Rename {
///         /// The new name.
///         #[schema(value_type = String, required = true)]
///         pub new_name: Field<String>,
///     }
/// }
/// # use countersign_wire::Field;
/// let body: Rename = countersign_wire::field::decode(br#"{"newName":7}"#).unwrap();
/// assert!(body.new_name.is_wrong());
/// ```
#[macro_export]
macro_rules! request {
    ($(
        $(#[$outer:meta])*
        pub struct $name:ident {
            $( $(#[$inner:meta])* pub $member:ident : $kind:ty, )*
        }
    )+) => {$(
        $(#[$outer])*
        #[derive(Debug, Default, PartialEq, ::serde::Deserialize, ::utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[$inner])*
                #[serde(default)]
                pub $member: $kind,
            )*
        }

        impl $crate::field::Member for $name {
            fn from_object<'de, A: ::serde::de::MapAccess<'de>>(
                object: A,
            ) -> ::core::result::Result<::core::option::Option<Self>, A::Error> {
                let members = ::serde::de::value::MapAccessDeserializer::new(object);
                ::serde::Deserialize::deserialize(members).map(::core::option::Option::Some)
            }
        }
    )+};
}

impl<'de, T: Member> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

fn taken<T>(value: Option<T>) -> Field<T> {
    value.map_or(Field::Wrong, Field::Value)
}

impl<'de, T: Member> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Field<T>, E> {
        Ok(taken(T::from_bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Field<T>, E> {
        Ok(taken(T::from_integer(value)))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "beyond 64 bits only the size matters"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<Field<T>, E> {
        Ok(taken(match i64::try_from(value) {
            Ok(value) => T::from_integer(value),
            Err(_) => T::from_float(value as f64),
        }))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Field<T>, E> {
        Ok(taken(T::from_float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Field<T>, E> {
        Ok(taken(T::from_text(value)))
    }

    fn visit_unit<E>(self) -> Result<Field<T>, E> {
        Ok(Field::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Field<T>, A::Error> {
        T::from_list(list).map(taken)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Field<T>, A::Error> {
        T::from_object(object).map(taken)
    }
}

/// A body that is not JSON, is no object, or holds a member twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnObject;

/// Decodes a request body. An object of any content gives `Ok`.
///
/// # Errors
/// The body is not JSON, not an object, or an object in it has a member twice.
pub fn decode<T: Member>(body: &[u8]) -> Result<T, NotAnObject> {
    // Through `Field`, because a derived struct would also take an array of its members.
    match serde_json::from_slice::<Field<T>>(body) {
        Ok(Field::Value(object)) => Ok(object),
        Ok(Field::Absent | Field::Null | Field::Wrong) | Err(_) => Err(NotAnObject),
    }
}

#[cfg(test)]
mod tests {
    #![allow(unreachable_pub, reason = "the macro declares public structs")]
    use super::*;

    request! {
        /// An inner object.
        pub struct Inner {
            /// A text.
            #[schema(value_type = String)]
            pub id: Field<String>,
        }
        /// A body.
        pub struct Body {
            /// A text.
            #[schema(value_type = String)]
            pub text: Field<String>,
            /// A flag.
            #[schema(value_type = bool)]
            pub flag: Field<bool>,
            /// A number.
            #[schema(value_type = i64)]
            pub number: Field<i64>,
            /// An object.
            #[schema(value_type = Inner)]
            pub inner: Field<Inner>,
            /// A list.
            #[schema(value_type = Vec<Inner>)]
            pub list: Field<Vec<Field<Inner>>>,
        }
    }

    fn body(text: &str) -> Result<Body, NotAnObject> {
        decode(text.as_bytes())
    }

    #[test]
    fn every_member_is_judged_for_itself() {
        let body = body(
            r#"{"text":7,"flag":"true","number":2.9,"unknown":{"a":[1]},
                "inner":{"id":null},"list":[{"id":"a"},3,{}]}"#,
        )
        .unwrap();
        assert_eq!(body.text, Field::Wrong);
        assert_eq!(body.flag, Field::Wrong);
        assert_eq!(body.number, Field::Value(2));
        assert_eq!(body.inner, Field::Value(Inner { id: Field::Null }));
        assert_eq!(
            body.list,
            Field::Value(vec![
                Field::Value(Inner {
                    id: Field::Value("a".to_owned())
                }),
                Field::Wrong,
                Field::Value(Inner::default()),
            ])
        );
    }

    #[test]
    fn numbers_may_come_as_digits_but_not_as_anything() {
        for (json, expected) in [
            ("4", Field::Value(4)),
            (r#""4""#, Field::Value(4)),
            ("-4", Field::Value(-4)),
            ("4.99", Field::Value(4)),
            (r#""-4""#, Field::Wrong),
            (r#"" 4""#, Field::Wrong),
            (r#""""#, Field::Wrong),
            ("1e300", Field::Wrong),
            ("18446744073709551615", Field::Wrong),
            ("true", Field::Wrong),
            ("null", Field::Null),
            ("[4]", Field::Wrong),
            ("{}", Field::Wrong),
        ] {
            let read: Field<i64> = serde_json::from_str(json).unwrap();
            assert_eq!(read, expected, "{json}");
        }
    }

    #[test]
    fn a_body_must_be_an_object_and_hold_each_member_once() {
        for refused in [
            "",
            "{",
            "null",
            "7",
            r#""text""#,
            "[]",
            r#"["a"]"#,
            r#"{"text":"a","text":"b"}"#,
            r#"{"inner":{"id":"a","id":"b"}}"#,
            r#"{"text":"a"} x"#,
            r#"{"text":"\ud800"}"#,
        ] {
            assert_eq!(body(refused), Err(NotAnObject), "{refused}");
        }
        assert_eq!(body("{}"), Ok(Body::default()));
        assert_eq!(body(" {\n} "), Ok(Body::default()));
    }

    #[test]
    fn deep_values_are_skipped_or_refused_without_recursion() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            body(&format!("{{\"unknown\":{deep}}}")),
            Ok(Body::default())
        );
        assert!(
            body(&format!("{{\"text\":{deep}}}"))
                .unwrap()
                .text
                .is_wrong()
        );
        assert!(serde_json::from_str::<Field<serde_json::Value>>(&deep).is_err());
    }

    #[test]
    fn a_text_with_a_nul_is_wrong() {
        assert_eq!(body(r#"{"text":"a\u0000"}"#).unwrap().text, Field::Wrong);
    }
}
