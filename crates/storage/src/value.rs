//! Values that go into a statement and come out of a row.

use std::fmt;

use countersign_crypto::time::Timestamp;
use smallvec::SmallVec;
use uuid::Uuid;

/// One parameter or one column.
///
/// Both engines know these six kinds. SQLite keeps a boolean as 0 or 1 and a UUID as a BLOB of 16
/// bytes; PostgreSQL has native types for both. Points in time are [`Value::Int`]: microseconds
/// since the Unix epoch in a BIGINT, because text of varying width does not sort.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL; fits every column.
    Null,
    /// BOOLEAN.
    Bool(bool),
    /// BIGINT (and INTEGER, SMALLINT when it fits).
    Int(i64),
    /// TEXT.
    Text(String),
    /// BLOB in SQLite, BYTEA in PostgreSQL.
    Blob(Vec<u8>),
    /// UUID.
    Uuid(Uuid),
}

/// Parameters travel through logs and panics of tests; what is in them may be a secret. So only the
/// kind and the length show.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(value) => write!(f, "Bool({value})"),
            Self::Int(value) => write!(f, "Int({value})"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Blob(bytes) => write!(f, "Blob({} bytes)", bytes.len()),
            Self::Uuid(value) => write!(f, "Uuid({value})"),
        }
    }
}

/// The parameters of one statement, `$1` first. Build them with [`params!`](crate::params!).
pub type Params = SmallVec<[Value; 8]>;

/// Parameters of a statement, in the order `$1`, `$2`, …: `params![user_id, "name", now]`.
#[macro_export]
macro_rules! params {
    () => { $crate::Params::new() };
    ($($value:expr),+ $(,)?) => {{
        let mut params = $crate::Params::new();
        $( params.push($crate::Value::from($value)); )+
        params
    }};
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr),+ $(,)?) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $make
            }
        })+
    };
}

from! {
    bool => |value| Self::Bool(value),
    i64 => |value| Self::Int(value),
    i32 => |value| Self::Int(value.into()),
    u32 => |value| Self::Int(value.into()),
    u16 => |value| Self::Int(value.into()),
    u8 => |value| Self::Int(value.into()),
    String => |value| Self::Text(value),
    &String => |value| Self::Text(value.clone()),
    &str => |value| Self::Text(value.to_owned()),
    Vec<u8> => |value| Self::Blob(value),
    &Vec<u8> => |value| Self::Blob(value.clone()),
    &[u8] => |value| Self::Blob(value.to_vec()),
    Uuid => |value| Self::Uuid(value),
    &Uuid => |value| Self::Uuid(*value),
    Timestamp => |value| Self::Int(value.micros()),
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Value {
    /// The name of the kind, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytes",
            Self::Uuid(_) => "a UUID",
        }
    }
}

#[cfg(test)]
mod tests {

    #[test]
    fn debug_never_shows_text_or_bytes() {
        let params = params!["hunter2", vec![1_u8, 2, 3], None::<i64>, true];
        let shown = format!("{params:?}");
        assert_eq!(shown, "[Text(7 bytes), Blob(3 bytes), Null, Bool(true)]");
    }
}
