//! A fresh database on either engine.

use countersign_storage::{Database, DatabaseUrl, Engine, OpenOptions, Outcome, Unit, params};
use countersign_storage_testkit::postgres::{self, Skip};
use tempfile::TempDir;

/// A database of a test's own, with the tables `things` and `others`.
pub(crate) struct Fixture {
    pub(crate) url: DatabaseUrl,
    pub(crate) database: Database,
    /// The folder of the SQLite file.
    pub(crate) folder: Option<TempDir>,
}

impl Fixture {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("test.db"));
        let database = open(&url).await;
        create_tables(&database).await;
        Self {
            url,
            database,
            folder: Some(folder),
        }
    }

    pub(crate) async fn postgres() -> Result<Self, Skip> {
        let url = DatabaseUrl::parse(&postgres::shared()?.create_database()?).unwrap();
        let database = open(&url).await;
        create_tables(&database).await;
        Ok(Self {
            url,
            database,
            folder: None,
        })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.database.engine() == Engine::Postgres
    }
}

pub(crate) async fn open(url: &DatabaseUrl) -> Database {
    let options = OpenOptions {
        create: true,
        ..OpenOptions::default()
    };
    Database::open(url, options).await.unwrap()
}

const SQLITE_THINGS: &str = "CREATE TABLE things (
    id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, number INTEGER, flag INTEGER,
    data BLOB, at INTEGER) STRICT";
const POSTGRES_THINGS: &str = "CREATE TABLE things (
    id UUID NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, number BIGINT, flag BOOLEAN,
    data BYTEA, at BIGINT)";
const SQLITE_OTHERS: &str =
    "CREATE TABLE others (number INTEGER NOT NULL PRIMARY KEY, state TEXT NOT NULL) STRICT";
const POSTGRES_OTHERS: &str =
    "CREATE TABLE others (number BIGINT NOT NULL PRIMARY KEY, state TEXT NOT NULL)";

pub(crate) async fn create_tables(database: &Database) {
    let (things, others) = match database.engine() {
        Engine::Sqlite => (SQLITE_THINGS, SQLITE_OTHERS),
        Engine::Postgres => (POSTGRES_THINGS, POSTGRES_OTHERS),
    };
    let unit = Unit::new("tables")
        .step(things, params![])
        .step(others, params![]);
    assert_eq!(
        database.write(unit).await.unwrap(),
        Outcome::Applied(vec![])
    );
}
