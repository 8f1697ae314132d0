//! What is particular to PostgreSQL: ways to connect, lost connections, other writers.
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

use std::time::Duration;

use common::{Fixture, create_tables, open};
use countersign_storage::{
    Database, DatabaseUrl, OpenOptions, Outcome, StorageError, Unit, params,
};
use countersign_storage_testkit::postgres::{self, PASSWORD, Skip};
use futures_util::future::join_all;

const INSERT: &str = "INSERT INTO others (number, state) VALUES ($1, $2)";

/// Runs the test, or says why not.
macro_rules! or_skip {
    ($name:literal, $result:expr) => {
        match $result {
            Ok(value) => value,
            Err(skip) => return Skip::report(&skip, concat!("storage::postgres::", $name)),
        }
    };
}

fn insert(number: i64) -> Unit {
    Unit::new("insert").guard("new", INSERT, params![number, "x"])
}

async fn count(database: &Database) -> i64 {
    let row = database
        .read_one("SELECT COUNT(*) FROM others", params![])
        .await
        .unwrap();
    row.unwrap().int(0).unwrap()
}

#[tokio::test]
async fn by_socket_without_password() {
    let server = or_skip!("by_socket_without_password", postgres::shared());
    let url = DatabaseUrl::parse(&server.socket_url("postgres")).unwrap();
    let database = open(&url).await;
    assert!(database.clock().await.is_ok());
    database.close().await;
}

#[tokio::test]
async fn by_tcp_with_the_wrong_password() {
    let server = or_skip!("by_tcp_with_the_wrong_password", postgres::shared());
    let url = server.url("postgres").replace(PASSWORD, "guessed");
    let opened = Database::open(&DatabaseUrl::parse(&url).unwrap(), OpenOptions::default()).await;
    let error = opened.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
    assert!(error.to_string().contains("password"), "{error}");
    assert!(!error.to_string().contains("guessed"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_refused_when_tls_is_required() {
    let server = or_skip!(
        "a_server_without_tls_is_refused_when_tls_is_required",
        postgres::shared()
    );
    let url = format!("{}?sslmode=require", server.url("postgres"));
    let opened = Database::open(&DatabaseUrl::parse(&url).unwrap(), OpenOptions::default()).await;
    assert!(matches!(opened.unwrap_err(), StorageError::Unavailable(_)));
}

/// The certificate is checked exactly when the URL asks for it.
#[tokio::test]
async fn certificates_are_verified_on_request() {
    let signed = rcgen::generate_simple_self_signed(["db.example".to_owned()]).unwrap();
    let (certificate, key) = (signed.cert.pem(), signed.signing_key.serialize_pem());
    let server = or_skip!(
        "certificates_are_verified_on_request",
        postgres::start_with_tls(&certificate, &key)
    );
    let folder = tempfile::tempdir().unwrap();
    let (root, other) = (
        folder.path().join("root.pem"),
        folder.path().join("other.pem"),
    );
    std::fs::write(&root, certificate).unwrap();
    let stranger = rcgen::generate_simple_self_signed(["db.example".to_owned()]).unwrap();
    std::fs::write(&other, stranger.cert.pem()).unwrap();
    // `host` is the name to verify, `hostaddr` where it is.
    let plain = server.url("postgres").replace("127.0.0.1", "db.example") + "?hostaddr=127.0.0.1";
    let (root, other) = (root.display(), other.display());
    let wrong_name = server.url("postgres") + "?";
    for (url, encrypted) in [
        (format!("{plain}&sslmode=disable"), Some(false)),
        (format!("{plain}&sslmode=prefer"), Some(true)),
        (format!("{plain}&sslmode=require"), Some(true)),
        (
            format!("{plain}&sslmode=require&channel_binding=require"),
            Some(true),
        ),
        (
            format!("{plain}&sslmode=verify-full&sslrootcert={root}"),
            Some(true),
        ),
        (
            format!("{plain}&sslmode=verify-full&sslrootcert={other}"),
            None,
        ),
        (format!("{plain}&sslmode=verify-full"), None),
        (plain.clone(), None),
        (
            format!("{wrong_name}sslmode=verify-full&sslrootcert={root}"),
            None,
        ),
    ] {
        let url = DatabaseUrl::parse(&url).unwrap();
        match Database::open(&url, OpenOptions::default()).await {
            Ok(database) => {
                let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
                let row = database.read_one(sql, params![]).await.unwrap().unwrap();
                assert_eq!(Some(row.bool(0).unwrap()), encrypted, "{url}");
                database.close().await;
            }
            Err(error) => {
                assert!(
                    matches!(error, StorageError::Unavailable(_) | StorageError::Url(_)),
                    "{error:?}"
                );
                assert_eq!(encrypted, None, "{url}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_listens() {
    let url = DatabaseUrl::parse("postgres://me@127.0.0.1:1/none").unwrap();
    let error = Database::open(&url, OpenOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
}

/// Idle connections that the server ended are replaced without the caller noticing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_may_die() {
    let server = or_skip!("idle_connections_may_die", postgres::shared());
    let fixture = or_skip!("idle_connections_may_die", Fixture::postgres().await);
    for round in 0..3 {
        assert!(
            fixture
                .database
                .write(insert(round))
                .await
                .unwrap()
                .is_applied()
        );
        assert_eq!(count(&fixture.database).await, round + 1);
        let name = fixture.url.to_string();
        let name = name.rsplit('/').next().unwrap();
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        server.sql("postgres", &sql).unwrap();
        // The end of the connection is on its way to us, not a condition one could wait for.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    fixture.database.close().await;
}

/// Under load, the server crashes and comes back. Whoever heard "applied" was told the truth, whoever
/// heard an error that says nothing was stored as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_crashes_under_load() {
    let mut server = or_skip!("the_server_crashes_under_load", postgres::start());
    // By socket: the port changes with every start, the folder does not.
    let url = server
        .create_database()
        .map(|_| server.socket_url("test_0"))
        .unwrap();
    let url = DatabaseUrl::parse(&url).unwrap();
    let database = open(&url).await;
    create_tables(&database).await;
    let writing = {
        let database = database.clone();
        tokio::spawn(async move {
            let mut answers = Vec::new();
            let mut lost = 0;
            for round in 0.. {
                let numbers = round * 16..(round + 1) * 16;
                let writes = numbers.clone().map(|number| database.write(insert(number)));
                for (number, answer) in numbers.zip(join_all(writes).await) {
                    lost += u32::from(answer.is_err());
                    answers.push((number, answer));
                }
                if lost > 0 || round > 20_000 {
                    return answers;
                }
            }
            answers
        })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let server = tokio::task::spawn_blocking(move || {
        server.crash_and_restart().unwrap();
        server
    });
    let server = server.await.unwrap();
    let answers = writing.await.unwrap();
    let url = server.socket_url("test_0");
    let after = open(&DatabaseUrl::parse(&url).unwrap()).await;
    let rows = after
        .read("SELECT number FROM others", params![])
        .await
        .unwrap();
    let stored: std::collections::HashSet<i64> =
        rows.iter().map(|row| row.int(0).unwrap()).collect();
    for (number, answer) in answers {
        match answer {
            Ok(outcome) => assert!(outcome.is_applied() && stored.contains(&number), "{number}"),
            Err(StorageError::CommitUnknown) => {}
            Err(StorageError::Unavailable(_)) => assert!(!stored.contains(&number), "{number}"),
            Err(error) => panic!("{error:?}"),
        }
    }
    after.close().await;
}

/// Two processes update the same rows in opposite orders, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlocks_are_run_again() {
    let fixture = or_skip!("deadlocks_are_run_again", Fixture::postgres().await);
    let second = open(&fixture.url).await;
    for number in 0..2 {
        assert!(
            fixture
                .database
                .write(insert(number))
                .await
                .unwrap()
                .is_applied()
        );
    }
    let sql = "UPDATE others SET state = state || 'x' WHERE number = $1";
    let unit = |first: i64| {
        Unit::new("both").guard("first", sql, params![first]).guard(
            "second",
            sql,
            params![1 - first],
        )
    };
    for _ in 0..30 {
        let (one, other) = tokio::join!(fixture.database.write(unit(0)), second.write(unit(1)));
        assert!(one.unwrap().is_applied() && other.unwrap().is_applied());
    }
    let sql = "SELECT MIN(LENGTH(state)), MAX(LENGTH(state)) FROM others";
    let row = second.read_one(sql, params![]).await.unwrap().unwrap();
    assert_eq!((row.int(0).unwrap(), row.int(1).unwrap()), (61, 61));
    second.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_locked_too_long_is_busy() {
    let server = or_skip!("a_row_locked_too_long_is_busy", postgres::shared());
    let url = server.create_database().unwrap();
    let url = DatabaseUrl::parse(&url).unwrap();
    let options = OpenOptions {
        busy_timeout: Duration::from_millis(50),
        ..OpenOptions::default()
    };
    let database = Database::open(&url, options).await.unwrap();
    create_tables(&database).await;
    assert!(database.write(insert(1)).await.unwrap().is_applied());
    let name = url.to_string().rsplit('/').next().unwrap().to_owned();
    let holder = tokio::task::spawn_blocking(move || {
        server.sql(
            &name,
            "BEGIN; UPDATE others SET state = 'held'; SELECT pg_sleep(2); COMMIT",
        )
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let update = |number: i64| {
        let sql = "UPDATE others SET state = 'mine' WHERE number = $1";
        database.write(Unit::new("update").guard("there", sql, params![number]))
    };
    // Its neighbours of the group go through.
    let (locked, free, missing) = tokio::join!(update(1), database.write(insert(2)), update(3));
    assert!(matches!(locked, Err(StorageError::Busy)), "{locked:?}");
    assert!(free.unwrap().is_applied());
    assert_eq!(missing.unwrap(), Outcome::Refused("there"));
    holder.await.unwrap().unwrap();
    database.close().await;
}

/// Another process changes a table whose statements are prepared.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_go_stale() {
    let server = or_skip!("plans_go_stale", postgres::shared());
    let fixture = or_skip!("plans_go_stale", Fixture::postgres().await);
    let read = "SELECT * FROM others WHERE number = $1";
    let write = "UPDATE others SET state = 'seen' WHERE number = $1 RETURNING *";
    let unit = || Unit::new("star").guard_returning("there", write, params![1]);
    assert!(
        fixture
            .database
            .write(insert(1))
            .await
            .unwrap()
            .is_applied()
    );
    let name = fixture
        .url
        .to_string()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    for columns in 2..5 {
        for _ in 0..7 {
            let row = fixture
                .database
                .read_one(read, params![1])
                .await
                .unwrap()
                .unwrap();
            assert_eq!(row.len(), columns);
        }
        match fixture.database.write(unit()).await.unwrap() {
            Outcome::Applied(rows) => assert_eq!(rows[0][0].len(), columns),
            Outcome::Refused(label) => panic!("{label}"),
        }
        server
            .sql(
                &name,
                &format!("ALTER TABLE others ADD COLUMN extra{columns} TEXT"),
            )
            .unwrap();
    }
    fixture.database.close().await;
}
