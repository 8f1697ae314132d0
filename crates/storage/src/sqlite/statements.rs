//! From the shared text to SQLite's, and values in and out.

use std::{collections::HashMap, sync::Arc};

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use smallvec::SmallVec;

use crate::{Row, StorageError, Value};

/// Texts already rewritten, by the address of the original: statements are `'static`, so an address
/// and a length stand for one text.
#[derive(Default)]
pub(super) struct Texts(HashMap<(usize, usize), Arc<str>>);

impl Texts {
    pub(super) fn get(&mut self, sql: &'static str) -> Arc<str> {
        let key = (sql.as_ptr() as usize, sql.len());
        Arc::clone(self.0.entry(key).or_insert_with(|| numbered(sql).into()))
    }
}

/// Turns `$1` into `?1`: to SQLite, `$1` is a *named* parameter, numbered by where it comes up first.
/// Quoted text, quoted names and comments stay as they are.
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => {
                out.push(character);
                copy_until(&mut characters, &mut out, |c, _| c == character);
            }
            '-' if characters.peek() == Some(&'-') => {
                out.push(character);
                copy_until(&mut characters, &mut out, |c, _| c == '\n');
            }
            '/' if characters.peek() == Some(&'*') => {
                out.push(character);
                copy_until(&mut characters, &mut out, |c, before| {
                    c == '/' && before == '*'
                });
            }
            '$' if characters.peek().is_some_and(char::is_ascii_digit) => out.push('?'),
            _ => out.push(character),
        }
    }
    out
}

fn copy_until(
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    out: &mut String,
    end: impl Fn(char, char) -> bool,
) {
    let mut before = '\0';
    for character in characters.by_ref() {
        out.push(character);
        if end(character, before) {
            return;
        }
        before = character;
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Uuid(uuid) => ValueRef::Blob(uuid.as_bytes()),
        }))
    }
}

/// Takes a row over.
pub(super) fn decode(row: &rusqlite::Row<'_>, columns: usize) -> Result<Row, StorageError> {
    let mut values = SmallVec::with_capacity(columns);
    for column in 0..columns {
        let value = row.get_ref(column).map_err(super::errors::from_sqlite)?;
        values.push(match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::Text(text.to_owned()),
                Err(_) => return Err(unreadable(column, "bytes that are not UTF-8")),
            },
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
            ValueRef::Real(_) => return Err(unreadable(column, "a floating-point number")),
        });
    }
    Ok(Row::new(values))
}

const fn unreadable(column: usize, found: &'static str) -> StorageError {
    StorageError::Decode {
        column,
        expected: "a value of ours",
        found,
    }
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn parameters_become_numbered() {
        for (shared, sqlite) in [
            ("SELECT $1", "SELECT ?1"),
            ("SELECT $12, $2", "SELECT ?12, ?2"),
            ("SELECT '$1', \"$2\", $3", "SELECT '$1', \"$2\", ?3"),
            ("SELECT 'it''s $1', $2", "SELECT 'it''s $1', ?2"),
            ("SELECT 1 -- $1 '\n, $2", "SELECT 1 -- $1 '\n, ?2"),
            ("SELECT /* $1 ' **/ $2", "SELECT /* $1 ' **/ ?2"),
            (
                "SELECT j->>'$.a' FROM t WHERE b = $1",
                "SELECT j->>'$.a' FROM t WHERE b = ?1",
            ),
            ("SELECT 5-$1/$2", "SELECT 5-?1/?2"),
        ] {
            assert_eq!(numbered(shared), sqlite);
        }
    }
}
