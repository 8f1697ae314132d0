//! What is particular to SQLite: the file, and other processes that have it open.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

#[allow(dead_code, reason = "not every test file needs all of it")]
mod common;

use std::{os::unix::fs::PermissionsExt as _, process::Command, time::Duration};

use common::{Fixture, open};
use countersign_storage::{Database, DatabaseUrl, OpenOptions, StorageError, Unit, params};
use futures_util::future::join_all;

const INSERT: &str = "INSERT INTO others (number, state) VALUES ($1, $2)";
/// Tells the child process which file to write to.
const CHILD: &str = "COUNTERSIGN_STORAGE_TEST_CHILD";

#[tokio::test]
async fn the_files_are_for_the_owner_alone() {
    let fixture = Fixture::sqlite().await;
    let path = fixture.url.sqlite_path().unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{}{suffix}", path.display()))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn a_database_is_only_created_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::sqlite(folder.path().join("none.db"));
    let error = Database::open(&url, OpenOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, StorageError::NotFound(_)), "{error:?}");
    let url = DatabaseUrl::sqlite(folder.path().join("no folder/none.db"));
    let options = OpenOptions {
        create: true,
        ..OpenOptions::default()
    };
    let error = Database::open(&url, options).await.unwrap_err();
    assert!(matches!(error, StorageError::Open { .. }), "{error:?}");
}

#[tokio::test]
async fn another_kind_of_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.db");
    std::fs::write(&path, "This is no database. ".repeat(500)).unwrap();
    let error = Database::open(&DatabaseUrl::sqlite(path), OpenOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, StorageError::Open { .. }), "{error:?}");
}

#[tokio::test]
async fn closing_writes_the_log_back() {
    let fixture = Fixture::sqlite().await;
    fixture.database.close().await;
    let path = fixture.url.sqlite_path().unwrap();
    assert!(!std::fs::exists(format!("{}-wal", path.display())).unwrap());
    // The file alone is the database.
    let copy = fixture.folder.as_ref().unwrap().path().join("copy.db");
    std::fs::copy(path, &copy).unwrap();
    let copy = open(&DatabaseUrl::sqlite(copy)).await;
    assert_eq!(
        copy.read("SELECT * FROM others", params![]).await.unwrap(),
        []
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_held_too_long_is_busy_and_changes_nothing() {
    let fixture = Fixture::sqlite().await;
    let options = OpenOptions {
        busy_timeout: Duration::from_millis(50),
        ..OpenOptions::default()
    };
    let impatient = Database::open(&fixture.url, options).await.unwrap();
    let holder = rusqlite::Connection::open(fixture.url.sqlite_path().unwrap()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let writes = (0..5)
        .map(|number| impatient.write(Unit::new("locked out").step(INSERT, params![number, "x"])));
    for answer in join_all(writes).await {
        assert!(matches!(answer, Err(StorageError::Busy)), "{answer:?}");
    }
    holder.execute_batch("COMMIT").unwrap();
    let unit = Unit::new("free again").guard("new", INSERT, params![1, "x"]);
    assert!(impatient.write(unit).await.unwrap().is_applied());
    impatient.close().await;
}

/// Some errors end the whole transaction, not the savepoint; this statement asks for that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_ends_the_transaction_takes_nobody_along() {
    let fixture = Fixture::sqlite().await;
    let taken = Unit::new("taken").step(INSERT, params![-1, "x"]);
    assert!(fixture.database.write(taken).await.unwrap().is_applied());
    let unit = |number: i64| match number % 10 {
        7 => Unit::new("rolls back")
            .step(INSERT, params![number, "x"])
            .step(
                "INSERT OR ROLLBACK INTO others (number, state) VALUES (-1, 'y')",
                params![],
            ),
        _ => Unit::new("good").guard("new", INSERT, params![number, "x"]),
    };
    let answers = join_all((0..200).map(|number| fixture.database.write(unit(number)))).await;
    for (number, answer) in (0_i64..).zip(answers) {
        match answer {
            Ok(outcome) => assert!(outcome.is_applied() && number % 10 != 7, "{number}"),
            Err(error) => assert!(error.is_unique_violation() && number % 10 == 7, "{error:?}"),
        }
    }
    let sql = "SELECT COUNT(*), COUNT(CASE WHEN number % 10 = 7 THEN 1 END) FROM others";
    let row = fixture
        .database
        .read_one(sql, params![])
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.int(0).unwrap(), row.int(1).unwrap()), (181, 0));
}

/// A reader in the middle of a long snapshot keeps the log from being written back. That must not
/// hold up the writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_read_does_not_hold_up_writing() {
    let fixture = Fixture::sqlite().await;
    let reader = rusqlite::Connection::open(fixture.url.sqlite_path().unwrap()).unwrap();
    reader
        .execute_batch("BEGIN; SELECT COUNT(*) FROM others;")
        .unwrap();
    // Long enough for checkpoints of both kinds to be tried.
    for number in 0..30 {
        let unit = Unit::new("beside").guard("new", INSERT, params![number, "x"]);
        assert!(fixture.database.write(unit).await.unwrap().is_applied());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    reader.execute_batch("COMMIT").unwrap();
    fixture.database.close().await;
}

/// The other process of the next test; does nothing when run by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_process_that_writes() {
    let Ok(path) = std::env::var(CHILD) else {
        return;
    };
    let database = open(&DatabaseUrl::sqlite(path)).await;
    let first = i64::from(std::process::id()) * 1000;
    let writes = (first..first + 200).map(|number| {
        database.write(Unit::new("child").guard("new", INSERT, params![number, "c"]))
    });
    for answer in join_all(writes).await {
        assert!(answer.unwrap().is_applied());
    }
    let sql = "UPDATE others SET state = 'spent' WHERE number = -1 AND state = 'open'";
    let spend = Unit::new("spend").guard("spent", sql, params![]);
    if database.write(spend).await.unwrap().is_applied() {
        let unit = Unit::new("won").guard("new", INSERT, params![first + 999, "won"]);
        assert!(database.write(unit).await.unwrap().is_applied());
    }
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_write_the_same_file() {
    let fixture = Fixture::sqlite().await;
    let unit = Unit::new("open").step(INSERT, params![-1, "open"]);
    assert!(fixture.database.write(unit).await.unwrap().is_applied());
    let program = std::env::current_exe().unwrap();
    let children: Vec<_> = (0..3)
        .map(|_| {
            Command::new(&program)
                .args(["--exact", "child_process_that_writes"])
                .env(CHILD, fixture.url.sqlite_path().unwrap())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for number in 0..200 {
        let unit = Unit::new("parent").guard("new", INSERT, params![number, "p"]);
        assert!(fixture.database.write(unit).await.unwrap().is_applied());
    }
    for mut child in children {
        let status = tokio::task::spawn_blocking(move || child.wait())
            .await
            .unwrap()
            .unwrap();
        assert!(status.success());
    }
    let count = async |state: &str| {
        let sql = "SELECT COUNT(*) FROM others WHERE state = $1";
        fixture
            .database
            .read_one(sql, params![state])
            .await
            .unwrap()
            .unwrap()
            .int(0)
            .unwrap()
    };
    assert_eq!(count("p").await, 200);
    assert_eq!(count("c").await, 600);
    assert_eq!(
        (
            count("open").await,
            count("spent").await,
            count("won").await
        ),
        (0, 1, 1)
    );
}
