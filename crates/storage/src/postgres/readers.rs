//! The pool of reading connections.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use futures_util::FutureExt;
use tokio_postgres::{Error, NoTls};

use super::{
    connect::Connector,
    errors::{from_postgres, is_connection_lost, is_stale_plan},
    pipeline::pipelined,
    values::decode,
};
use crate::{Query, Row, StorageError, Value, unit::Statement};

/// How long a read waits for a connection before it is `Unavailable`.
const PATIENCE: Duration = Duration::from_secs(5);

/// A write through this pool is a mistake in a statement. Every statement has an index to go by; a plan
/// made while a table was nearly empty would otherwise scan it, and be kept when it no longer is.
const SETTINGS: &str =
    "SET default_transaction_read_only = on; SET jit = off; SET enable_seqscan = off";

pub(super) struct Readers {
    pool: Pool,
}

/// A failure that may be worth another attempt, and one that is not.
enum Failure {
    Postgres(Error),
    Ours(StorageError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Ours(error)
    }
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Postgres(error) => from_postgres(error),
            Failure::Ours(error) => error,
        }
    }
}

impl Readers {
    pub(super) fn new(
        connector: &Arc<Connector>,
        size: Option<usize>,
    ) -> Result<Self, StorageError> {
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let config = connector.config.clone();
        let manager = match &connector.tls {
            None => Manager::from_config(config, NoTls, recycling),
            Some(tls) => Manager::from_config(config, tls.clone(), recycling),
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let settings = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            async {
                client
                    .batch_execute(SETTINGS)
                    .await
                    .map_err(HookError::Backend)
            }
            .boxed()
        });
        let pool = Pool::builder(manager)
            .max_size(size.unwrap_or(processors.max(2) * 4))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .post_create(settings)
            .build()
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
        Ok(Self { pool })
    }

    async fn get(&self) -> Result<Object, StorageError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Closed => StorageError::Closed,
            PoolError::Backend(error) => match from_postgres(error) {
                StorageError::Engine { message, .. } => StorageError::Unavailable(message),
                other => other,
            },
            other => StorageError::Unavailable(other.to_string()),
        })
    }

    /// Runs one statement. Reads change nothing, so a connection that turns out to be dead is
    /// replaced without the caller noticing.
    pub(super) async fn read(&self, statement: &Statement) -> Result<Vec<Row>, StorageError> {
        let client = self.get().await?;
        match read_on(&client, statement).await {
            Err(Failure::Postgres(error)) if self.another_attempt(&client, &error) => {
                drop(client);
                Ok(read_on(&self.get().await?, statement).await?)
            }
            other => Ok(other?),
        }
    }

    /// Runs the queries on one snapshot, in one round trip.
    pub(super) async fn snapshot(&self, queries: &[Query]) -> Result<Vec<Vec<Row>>, StorageError> {
        if let [query] = queries {
            return Ok(vec![self.read(&query.0).await?]);
        }
        let client = self.get().await?;
        match snapshot_on(&client, queries).await {
            Err(Failure::Postgres(error)) if self.another_attempt(&client, &error) => {
                drop(client);
                Ok(snapshot_on(&self.get().await?, queries).await?)
            }
            other => Ok(other?),
        }
    }

    /// After a lost connection, the other idle ones are probably dead too.
    fn another_attempt(&self, client: &Object, error: &Error) -> bool {
        if is_stale_plan(error) {
            self.pool.manager().statement_caches.clear();
            return true;
        }
        let lost = client.is_closed() || is_connection_lost(error);
        if lost {
            let _removed = self.pool.retain(|idle, _| !idle.is_closed());
        }
        lost
    }

    pub(super) fn close(&self) {
        self.pool.close();
    }
}

async fn read_on(client: &Object, statement: &Statement) -> Result<Vec<Row>, Failure> {
    let prepared = client.prepare_cached(statement.sql).await?;
    check_parameters(&prepared, statement)?;
    rows(client, &prepared, statement).await
}

async fn snapshot_on(client: &Object, queries: &[Query]) -> Result<Vec<Vec<Row>>, Failure> {
    let mut prepared = Vec::with_capacity(queries.len());
    for query in queries {
        let one = client.prepare_cached(query.0.sql).await?;
        check_parameters(&one, &query.0)?;
        prepared.push(one);
    }
    let begin = async {
        client
            .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        Ok(Vec::new())
    };
    let end = async {
        client.batch_execute("COMMIT").await?;
        Ok(Vec::new())
    };
    let mut all = vec![begin.boxed()];
    for (query, prepared) in queries.iter().zip(&prepared) {
        all.push(rows(client, prepared, &query.0).boxed());
    }
    all.push(end.boxed());
    let mut answers: Vec<Vec<Row>> = pipelined(all)
        .await
        .into_iter()
        .collect::<Result<_, Failure>>()?;
    answers.pop();
    if !answers.is_empty() {
        answers.remove(0);
    }
    Ok(answers)
}

async fn rows(
    client: &tokio_postgres::Client,
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
) -> Result<Vec<Row>, Failure> {
    let rows = client.query(prepared, &bound(statement)).await?;
    Ok(rows.iter().map(decode).collect::<Result<_, _>>()?)
}

/// The driver panics when the number of parameters is wrong.
pub(super) fn check_parameters(
    prepared: &tokio_postgres::Statement,
    statement: &Statement,
) -> Result<(), StorageError> {
    let (expected, given) = (prepared.params().len(), statement.params.len());
    if expected == given {
        return Ok(());
    }
    Err(StorageError::Parameters {
        sql: statement.sql,
        expected,
        given,
    })
}

/// The parameters as the driver takes them.
pub(super) fn bound(statement: &Statement) -> Vec<&(dyn tokio_postgres::types::ToSql + Sync)> {
    let as_dyn = |value| value as &(dyn tokio_postgres::types::ToSql + Sync);
    statement
        .params
        .iter()
        .map(|value: &Value| as_dyn(value))
        .collect()
}
