//! What was acknowledged survives a power cut, and nothing survives by halves.
//!
//! The load runs through a VFS that knows what is not synced. At many moments it is asked what the
//! disk might hold if the power failed now, and the answer is opened like any database.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "tests"
)]

#[allow(dead_code, reason = "not every test file needs all of it")]
mod common;

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use common::open;
use countersign_storage::{Database, DatabaseUrl, OpenOptions, Unit, params};
use countersign_storage_testkit::power_cut::{VFS, cut};
use uuid::Uuid;

/// Databases, one after another, so that none grows too large to be looked at often.
const ROUNDS: u64 = 6;
/// Power cuts of each.
const CUTS: u64 = 20;
const CALLERS: usize = 8;

/// A unit that leaves a trace in three places: a row each in two tables, and a sum.
fn unit(number: i64) -> Unit {
    let id = Uuid::from_u64_pair(number.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15), 4);
    Unit::new("three places")
        .step(
            "INSERT INTO things (id, name, number, data) VALUES ($1, $2, $3, $4)",
            params![id, number.to_string(), number, vec![0x5a_u8; 300]],
        )
        .guard(
            "sum",
            "UPDATE others SET number = number + 1 WHERE state = 'sum'",
            params![],
        )
        .step(
            "INSERT INTO others (number, state) VALUES ($1, 'row')",
            params![-number],
        )
}

async fn fresh(path: &Path) -> Database {
    let url = DatabaseUrl::sqlite(path);
    let options = OpenOptions {
        create: true,
        sqlite_vfs: Some(VFS.to_owned()),
        ..OpenOptions::default()
    };
    let database = Database::open(&url, options).await.unwrap();
    common::create_tables(&database).await;
    let sum = "INSERT INTO others (number, state) VALUES (1, 'sum')";
    assert!(
        database
            .write(Unit::new("sum").step(sum, params![]))
            .await
            .unwrap()
            .is_applied()
    );
    database
}

/// Everything in `acknowledged` is there, and every trace is complete.
async fn check(copy: &Path, acknowledged: &[i64]) {
    let database = open(&DatabaseUrl::sqlite(copy)).await;
    let rows = database
        .read("SELECT number FROM things ORDER BY number", params![])
        .await
        .unwrap();
    let things: Vec<i64> = rows.iter().map(|row| row.int(0).unwrap()).collect();
    let sql = "SELECT -number FROM others WHERE state = 'row' ORDER BY number DESC";
    let rows = database.read(sql, params![]).await.unwrap();
    let others: Vec<i64> = rows.iter().map(|row| row.int(0).unwrap()).collect();
    assert_eq!(things, others, "a unit was stored by halves");
    let sum = "SELECT number FROM others WHERE state = 'sum'";
    let sum = database
        .read_one(sum, params![])
        .await
        .unwrap()
        .unwrap()
        .int(0)
        .unwrap();
    assert_eq!(
        usize::try_from(sum - 1).unwrap(),
        things.len(),
        "a unit was stored by halves"
    );
    for number in acknowledged {
        assert!(
            things.binary_search(number).is_ok(),
            "acknowledged unit {number} is gone"
        );
    }
    let damage = database
        .read("PRAGMA integrity_check", params![])
        .await
        .unwrap();
    assert_eq!(damage[0].text(0).unwrap(), "ok");
    // And it goes on working.
    assert!(
        database
            .write(unit(1_000_000_000))
            .await
            .unwrap()
            .is_applied()
    );
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_units_survive_a_power_cut() {
    let (mut with_loss, mut units) = (0, 0);
    for round in 0..ROUNDS {
        let (round_with_loss, round_units) = cut_under_load(round * CUTS).await;
        with_loss += round_with_loss;
        units += round_units;
    }
    let all = ROUNDS * CUTS;
    println!("{all} cuts, {with_loss} of them with writes not synced, over {units} units");
    assert!(
        with_loss > all / 4,
        "the cuts fell between the syncs, nothing was tested"
    );
}

/// The storage writes the log back every half second; here it has to happen under the eyes of a cut.
fn checkpoint_often(live: &Path, pause: &AtomicBool, stop: &AtomicBool) {
    let flags = rusqlite::OpenFlags::default();
    let connection = rusqlite::Connection::open_with_flags_and_vfs(live, flags, VFS).unwrap();
    connection
        .execute_batch("PRAGMA synchronous = FULL")
        .unwrap();
    while !stop.load(Ordering::Relaxed) {
        if !pause.load(Ordering::Relaxed) {
            let busy = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            busy.unwrap();
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Returns how many cuts met writes not synced, and how many units were acknowledged.
async fn cut_under_load(first_seed: u64) -> (u64, usize) {
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("live.db");
    let database = fresh(&live).await;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    // While a copy is looked at, the load waits: the time is for cuts, not for a large database.
    let pause = Arc::new(AtomicBool::new(false));
    let (numbers, stop) = (
        Arc::new(AtomicI64::new(1)),
        Arc::new(AtomicBool::new(false)),
    );
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (database, acknowledged) = (database.clone(), Arc::clone(&acknowledged));
            let (pause, numbers) = (Arc::clone(&pause), Arc::clone(&numbers));
            let stop = Arc::clone(&stop);
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    if pause.load(Ordering::Relaxed) {
                        tokio::time::sleep(Duration::from_millis(2)).await;
                        continue;
                    }
                    let number = numbers.fetch_add(1, Ordering::Relaxed);
                    assert!(database.write(unit(number)).await.unwrap().is_applied());
                    acknowledged.lock().unwrap().push(number);
                }
            })
        })
        .collect();
    let checkpoints = {
        let (live, pause, stop) = (live.clone(), Arc::clone(&pause), Arc::clone(&stop));
        std::thread::spawn(move || checkpoint_often(&live, &pause, &stop))
    };
    let mut with_loss = 0;
    for seed in first_seed..first_seed + CUTS {
        // Uneven pauses, so that cuts do not keep step with the commits and checkpoints.
        tokio::time::sleep(Duration::from_micros(1000 + seed * 7919 % 9000)).await;
        let copy = folder.path().join(format!("cut-{seed}.db"));
        let before = acknowledged.lock().unwrap().clone();
        let lost = {
            let (live, copy) = (live.clone(), copy.clone());
            tokio::task::spawn_blocking(move || cut(&live, seed, &copy))
                .await
                .unwrap()
                .unwrap()
        };
        // After a sync, SQLite may pad its log with one more write that nobody needs.
        with_loss += u64::from(lost > 1);
        pause.store(true, Ordering::Relaxed);
        check(&copy, &before).await;
        pause.store(false, Ordering::Relaxed);
        for suffix in ["", "-wal", "-shm"] {
            let _gone = std::fs::remove_file(format!("{}{suffix}", copy.display()));
        }
    }
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    checkpoints.join().unwrap();
    database.close().await;
    let units = acknowledged.lock().unwrap().len();
    (with_loss, units)
}

/// The double is worth something: without syncing, it does lose what was acknowledged.
#[test]
fn the_double_loses_what_was_not_synced() {
    let folder = tempfile::tempdir().unwrap();
    let mut short = 0;
    for seed in 0..20 {
        let live = folder.path().join(format!("live-{seed}.db"));
        let flags = rusqlite::OpenFlags::default();
        let careless = rusqlite::Connection::open_with_flags_and_vfs(&live, flags, VFS).unwrap();
        careless
            .execute_batch(
                "PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER);
                 PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = OFF;",
            )
            .unwrap();
        for number in 0..50 {
            careless
                .execute("INSERT INTO t VALUES (?1)", [number])
                .unwrap();
        }
        let copy = folder.path().join(format!("copy-{seed}.db"));
        assert!(cut(&live, seed, &copy).unwrap() > 0);
        let after = rusqlite::Connection::open(&copy).unwrap();
        let count: i64 = after
            .query_row("SELECT COUNT(*) FROM t", [], |row| row.get(0))
            .unwrap();
        short += i32::from(count < 50);
    }
    assert!(short > 10, "only {short} of 20 cuts lost anything");
}

/// A cut with everything synced is a plain copy.
#[test]
fn nothing_is_lost_when_all_is_synced() {
    let folder = tempfile::tempdir().unwrap();
    let (live, copy) = (folder.path().join("live.db"), folder.path().join("copy.db"));
    let flags = rusqlite::OpenFlags::default();
    let careful = rusqlite::Connection::open_with_flags_and_vfs(&live, flags, VFS).unwrap();
    careful
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (a);")
        .unwrap();
    for seed in 0..20 {
        careful.execute("INSERT INTO t VALUES (?1)", [1]).unwrap();
        cut(&live, seed, &copy).unwrap();
        let after = rusqlite::Connection::open(&copy).unwrap();
        let count: i64 = after
            .query_row("SELECT COUNT(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count.unsigned_abs(), seed + 1);
        let _gone = std::fs::remove_file(folder.path().join("copy.db-shm"));
    }
}
