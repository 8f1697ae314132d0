//! The writer's connection and its prepared statements.

use std::collections::{HashMap, HashSet};

use futures_util::FutureExt;
use tokio_postgres::Client;

use super::{errors::from_postgres, pipeline::pipelined};
use crate::{StorageError, unit::Statement};

/// Statements are `'static`: an address and a length stand for one text.
type Key = (usize, usize);

fn key(sql: &'static str) -> Key {
    (sql.as_ptr() as usize, sql.len())
}

pub(super) struct Session {
    pub(super) client: Client,
    prepared: HashMap<Key, tokio_postgres::Statement>,
    /// Why the statements of the group at hand cannot be prepared.
    refused: HashMap<Key, StorageError>,
}

impl Session {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            prepared: HashMap::new(),
            refused: HashMap::new(),
        }
    }

    /// Prepares what is not prepared yet. This happens outside the transaction, so that a bad
    /// statement is the trouble of its unit alone.
    pub(super) async fn prepare<'a>(&mut self, statements: impl Iterator<Item = &'a Statement>) {
        self.refused.clear();
        let mut missing = HashSet::new();
        let mut texts = Vec::new();
        for Statement { sql, .. } in statements {
            if !self.prepared.contains_key(&key(sql)) && missing.insert(key(sql)) {
                texts.push(*sql);
            }
        }
        if texts.is_empty() {
            return;
        }
        let client = &self.client;
        let sent = texts
            .iter()
            .map(|sql| client.prepare(sql).boxed())
            .collect();
        for (sql, result) in texts.iter().zip(pipelined(sent).await) {
            match result {
                Ok(statement) => {
                    self.prepared.insert(key(sql), statement);
                }
                Err(error) => {
                    self.refused.insert(key(sql), from_postgres(error));
                }
            }
        }
    }

    /// The statement as [`Session::prepare`] left it.
    pub(super) fn prepared(
        &self,
        sql: &'static str,
    ) -> Result<tokio_postgres::Statement, StorageError> {
        if let Some(statement) = self.prepared.get(&key(sql)) {
            return Ok(statement.clone());
        }
        let refused = self.refused.get(&key(sql)).cloned();
        Err(refused.unwrap_or_else(|| StorageError::Unavailable("not prepared".to_owned())))
    }

    /// Forgets all statements; they are prepared again when needed.
    pub(super) fn forget(&mut self) {
        self.prepared.clear();
    }
}
