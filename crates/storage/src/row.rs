//! A row of an answer, read by column position.

use countersign_crypto::time::Timestamp;
use smallvec::SmallVec;
use uuid::Uuid;

use crate::{StorageError, Value};

/// One row. Columns are counted from 0; reading one as something that it is not, a NULL included, is
/// [`StorageError::Decode`], so a schema that drifted from the code shows itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    columns: SmallVec<[Value; 12]>,
}

macro_rules! opt {
    ($(#[$doc:meta])* $name:ident, $plain:ident, $type:ty) => {
        $(#[$doc])*
        pub fn $name(&self, column: usize) -> Result<Option<$type>, StorageError> {
            match self.value(column)? {
                Value::Null => Ok(None),
                _ => self.$plain(column).map(Some),
            }
        }
    };
}

impl Row {
    pub(crate) fn new(columns: SmallVec<[Value; 12]>) -> Self {
        Self { columns }
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether the row has no column at all.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The column as it is.
    pub fn value(&self, column: usize) -> Result<&Value, StorageError> {
        self.columns.get(column).ok_or(StorageError::Decode {
            column,
            expected: "a column",
            found: "nothing",
        })
    }

    /// A column of 64 bits.
    pub fn int(&self, column: usize) -> Result<i64, StorageError> {
        match self.value(column)? {
            Value::Int(value) => Ok(*value),
            other => Err(wrong(column, "an integer", other)),
        }
    }

    /// A boolean; SQLite keeps it as 0 or 1.
    pub fn bool(&self, column: usize) -> Result<bool, StorageError> {
        match self.value(column)? {
            Value::Bool(value) => Ok(*value),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(wrong(column, "a boolean", other)),
        }
    }

    /// Text.
    pub fn text(&self, column: usize) -> Result<&str, StorageError> {
        match self.value(column)? {
            Value::Text(text) => Ok(text),
            other => Err(wrong(column, "text", other)),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Result<&[u8], StorageError> {
        match self.value(column)? {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(wrong(column, "bytes", other)),
        }
    }

    /// A UUID; SQLite keeps it as 16 bytes.
    pub fn uuid(&self, column: usize) -> Result<Uuid, StorageError> {
        match self.value(column)? {
            Value::Uuid(value) => Ok(*value),
            Value::Blob(bytes) => Uuid::from_slice(bytes)
                .map_err(|_| wrong(column, "a UUID", &Value::Blob(Vec::new()))),
            other => Err(wrong(column, "a UUID", other)),
        }
    }

    /// A point in time: microseconds since the Unix epoch.
    pub fn timestamp(&self, column: usize) -> Result<Timestamp, StorageError> {
        self.int(column).map(Timestamp::from_micros)
    }

    opt!(
        /// As [`Row::int`], `None` for NULL.
        opt_int, int, i64
    );
    opt!(
        /// As [`Row::bool`], `None` for NULL.
        opt_bool, bool, bool
    );
    opt!(
        /// As [`Row::text`], `None` for NULL.
        opt_text, text, &str
    );
    opt!(
        /// As [`Row::blob`], `None` for NULL.
        opt_blob, blob, &[u8]
    );
    opt!(
        /// As [`Row::uuid`], `None` for NULL.
        opt_uuid, uuid, Uuid
    );
    opt!(
        /// As [`Row::timestamp`], `None` for NULL.
        opt_timestamp, timestamp, Timestamp
    );
}

fn wrong(column: usize, expected: &'static str, found: &Value) -> StorageError {
    StorageError::Decode {
        column,
        expected,
        found: found.kind(),
    }
}
