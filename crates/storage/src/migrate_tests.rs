//! The runner of migrations, with histories made up for the purpose.

use countersign_storage_testkit::postgres;
use tempfile::TempDir;

use super::*;
use crate::{Database, DatabaseUrl, OpenOptions, params};

const fn migration(version: u32, name: &'static str, text: &'static str) -> Migration {
    Migration {
        version,
        name,
        sqlite: text,
        postgres: text,
    }
}

const ONE: Migration = migration(
    1,
    "one",
    "CREATE TABLE one (a TEXT NOT NULL); CREATE INDEX one_a ON one (a);",
);
const TWO: Migration = migration(
    2,
    "two",
    "CREATE TABLE two (a TEXT); INSERT INTO two (a) VALUES ('x');",
);
const BROKEN: Migration = migration(
    3,
    "broken",
    "CREATE TABLE three (a TEXT); CREATE TABLE one (a TEXT);",
);
const FIRST: &[Migration] = &[ONE];
const BOTH: &[Migration] = &[ONE, TWO];
const EDITED: &[Migration] = &[migration(1, "one", "CREATE TABLE one (b TEXT);"), TWO];
const FAILS: &[Migration] = &[ONE, TWO, BROKEN];

async fn databases(test: &str) -> Vec<(Database, Option<TempDir>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut urls = vec![(
        DatabaseUrl::sqlite(folder.path().join("test.db")),
        Some(folder),
    )];
    match postgres::shared() {
        Ok(server) => {
            let url = server.create_database().unwrap();
            urls.push((DatabaseUrl::parse(&url).unwrap(), None));
        }
        Err(skip) => skip.report(test),
    }
    let mut databases = Vec::new();
    for (url, folder) in urls {
        let options = OpenOptions {
            create: true,
            ..OpenOptions::default()
        };
        databases.push((Database::open(&url, options).await.unwrap(), folder));
    }
    databases
}

#[tokio::test]
async fn step_by_step() {
    for (database, _folder) in databases("storage::migrate::step_by_step").await {
        assert_eq!(
            database.schema_version_of(BOTH).await.unwrap(),
            SchemaState::Empty
        );
        assert_eq!(database.migrate_with(FIRST).await.unwrap(), 1);
        assert_eq!(
            database.schema_version_of(FIRST).await.unwrap(),
            SchemaState::Current
        );
        assert_eq!(
            database.schema_version_of(BOTH).await.unwrap(),
            SchemaState::Older(1)
        );
        assert_eq!(database.migrate_with(BOTH).await.unwrap(), 1);
        assert_eq!(database.migrate_with(BOTH).await.unwrap(), 0);
        assert_eq!(
            database.schema_version_of(BOTH).await.unwrap(),
            SchemaState::Current
        );
        assert_eq!(
            database.schema_version_of(FIRST).await.unwrap(),
            SchemaState::Newer(2)
        );
        let row = database
            .read_one("SELECT a FROM two", params![])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.text(0).unwrap(), "x");
        let error = database.migrate_with(FIRST).await.unwrap_err();
        assert!(
            matches!(error, StorageError::SchemaTooNew { found: 2, known: 1 }),
            "{error:?}"
        );
        database.close().await;
    }
}

#[tokio::test]
async fn history_is_not_edited() {
    for (database, _folder) in databases("storage::migrate::history_is_not_edited").await {
        database.migrate_with(FIRST).await.unwrap();
        let error = database.migrate_with(EDITED).await.unwrap_err();
        assert!(
            matches!(error, StorageError::MigrationChanged(1)),
            "{error:?}"
        );
        let error = database.schema_version_of(EDITED).await.unwrap_err();
        assert!(
            matches!(error, StorageError::MigrationChanged(1)),
            "{error:?}"
        );
        database.close().await;
    }
}

#[tokio::test]
async fn all_or_nothing() {
    for (database, _folder) in databases("storage::migrate::all_or_nothing").await {
        database.migrate_with(FIRST).await.unwrap();
        let error = database.migrate_with(FAILS).await.unwrap_err();
        assert!(
            matches!(error, StorageError::Migration { version: 3, .. }),
            "{error:?}"
        );
        assert_eq!(
            database.schema_version_of(BOTH).await.unwrap(),
            SchemaState::Older(1)
        );
        assert!(database.read("SELECT a FROM two", params![]).await.is_err());
        database.close().await;
    }
}

#[tokio::test]
async fn a_text_cannot_end_the_transaction() {
    const ENDS: &[Migration] = &[
        ONE,
        migration(2, "ends", "CREATE TABLE two (a TEXT); COMMIT;"),
    ];
    let (database, _folder) = databases("storage::migrate::a_text_cannot_end_the_transaction")
        .await
        .remove(0);
    let error = database.migrate_with(ENDS).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Migration { version: 2, .. }),
        "{error:?}"
    );
    database.close().await;
}

#[test]
fn numbers_run_on_and_line_ends_do_not_count() {
    for (expected, migration) in (1..).zip(ALL) {
        assert_eq!(migration.version, expected);
    }
    let windows = migration(1, "one", "CREATE TABLE one (a TEXT);\r\n");
    let unix = migration(1, "one", "CREATE TABLE one (a TEXT);\n");
    assert_eq!(
        windows.checksum(Engine::Sqlite),
        unix.checksum(Engine::Sqlite)
    );
}
