//! PostgreSQL: a pool for reads, one connection that pipelines grouped writes.

mod connect;
mod errors;
mod group;
mod pipeline;
mod readers;
mod session;
mod values;
mod writer;

use std::sync::Arc;

use crate::{
    Engine, OpenOptions, Outcome, Query, Row, StorageError, Unit,
    migrate::{self, Applied, Migration},
    url::PostgresPlace,
};
use connect::Connector;
use errors::from_postgres;
use readers::Readers;
use writer::Writer;

/// Key of the advisory lock that migrations take: "csgn" and a number.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(1668507502)";

/// The makings of the bookkeeping table; the only DDL outside the migration folders.
const CREATE_BOOKKEEPING: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum BYTEA NOT NULL,
    applied_at BIGINT NOT NULL)";

const INSERT_APPLIED: &str = "INSERT INTO schema_migrations (version, name, checksum, applied_at)
    VALUES ($1, $2, $3, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT))";

const HAS_BOOKKEEPING: &str = "SELECT to_regclass('schema_migrations') IS NOT NULL";

/// An open PostgreSQL database.
pub(crate) struct PostgresDatabase {
    connector: Arc<Connector>,
    readers: Readers,
    writer: Writer,
}

impl PostgresDatabase {
    pub(crate) async fn open(
        place: &PostgresPlace,
        options: &OpenOptions,
    ) -> Result<Self, StorageError> {
        let connector = Arc::new(Connector::new(place, options.busy_timeout)?);
        let writer = Writer::start(Arc::clone(&connector)).await?;
        let readers = Readers::new(&connector, options.readers)?;
        Ok(Self {
            connector,
            readers,
            writer,
        })
    }

    pub(crate) async fn read(&self, query: &Query) -> Result<Vec<Row>, StorageError> {
        self.readers.read(&query.0).await
    }

    pub(crate) async fn read_batch(
        &self,
        queries: &[Query],
    ) -> Result<Vec<Vec<Row>>, StorageError> {
        self.readers.snapshot(queries).await
    }

    pub(crate) async fn write(&self, unit: Unit) -> Result<Outcome, StorageError> {
        self.writer.write(unit).await
    }

    pub(crate) async fn applied_migrations(&self) -> Result<Vec<Applied>, StorageError> {
        applied(&self.connector.connect().await?).await
    }

    /// One transaction for all that is missing, under a lock that keeps other processes waiting.
    pub(crate) async fn migrate(&self, migrations: &[Migration]) -> Result<u32, StorageError> {
        let mut client = self.connector.connect().await?;
        let transaction = client.transaction().await.map_err(from_postgres)?;
        // Waiting for another process that migrates is no fault.
        let settings = format!("SET LOCAL lock_timeout = 0; {MIGRATION_LOCK}");
        transaction
            .batch_execute(&settings)
            .await
            .map_err(from_postgres)?;
        let applied = applied(transaction.client()).await?;
        let pending = migrate::pending(migrations, Engine::Postgres, &applied)?;
        if pending.is_empty() {
            return Ok(0);
        }
        transaction
            .batch_execute(CREATE_BOOKKEEPING)
            .await
            .map_err(from_postgres)?;
        for migration in pending {
            transaction
                .batch_execute(migration.text(Engine::Postgres))
                .await
                .map_err(|error| migration.failed(&from_postgres(error)))?;
            let checksum = migration.checksum(Engine::Postgres);
            let version = i64::from(migration.version);
            transaction
                .execute(
                    INSERT_APPLIED,
                    &[&version, &migration.name, &checksum.as_slice()],
                )
                .await
                .map_err(from_postgres)?;
        }
        let count = u32::try_from(pending.len()).unwrap_or(u32::MAX);
        transaction
            .commit()
            .await
            .map_err(|_| StorageError::CommitUnknown)?;
        Ok(count)
    }

    pub(crate) async fn close(&self) {
        self.writer.close().await;
        self.readers.close();
    }
}

async fn applied(client: &tokio_postgres::Client) -> Result<Vec<Applied>, StorageError> {
    let there = client
        .query_one(HAS_BOOKKEEPING, &[])
        .await
        .map_err(from_postgres)?;
    if !there.try_get::<_, bool>(0).map_err(from_postgres)? {
        return Ok(Vec::new());
    }
    let rows = client
        .query(migrate::SELECT_APPLIED, &[])
        .await
        .map_err(from_postgres)?;
    rows.iter()
        .map(|row| Applied::from_row(&values::decode(row)?))
        .collect()
}
