//! How many units of three statements a second the storage commits, with many callers at once.
//!
//! `cargo run --release -p countersign-storage --example write_rate -- [seconds] [callers]`
//!
//! Measures a SQLite file in the temporary directory (or in `WRITE_RATE_DIR`) and, if `DATABASE_URL`
//! names one, a PostgreSQL database: it gets a table `write_rate` and loses it again. On PostgreSQL
//! the same unit is measured as statements and as one text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a program for people who measure; it has nobody to report errors to"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use countersign_storage::{Database, DatabaseUrl, Engine, OpenOptions, Outcome, Unit, params};
use uuid::Uuid;

const ACCOUNTS: i64 = 1000;

/// So many units were made.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

const ONE_TEXT: &str = "
    WITH spent AS (
        UPDATE write_rate SET number = number + 1 WHERE id = $1 RETURNING id
    ), counted AS (
        UPDATE write_rate_counts SET number = number + 1
         WHERE id IN (SELECT id FROM spent) RETURNING id
    ), logged AS (
        INSERT INTO write_rate_log (id, account, text) SELECT $2, id, $3 FROM counted RETURNING id
    )
    SELECT CASE WHEN EXISTS (SELECT 1 FROM logged) THEN NULL ELSE 'account' END";

fn unit(account: i64, id: Uuid, one_text: bool) -> Unit {
    let text = "eighty characters of text or so, as a record of an activity has it, and no more";
    let unit = Unit::new("account")
        .guard(
            "account",
            "UPDATE write_rate SET number = number + 1 WHERE id = $1",
            params![account],
        )
        .guard(
            "count",
            "UPDATE write_rate_counts SET number = number + 1 WHERE id = $1",
            params![account],
        )
        .step(
            "INSERT INTO write_rate_log (id, account, text) VALUES ($1, $2, $3)",
            params![id, account, text],
        );
    if one_text {
        unit.postgres(ONE_TEXT, params![account, id, text])
    } else {
        unit
    }
}

async fn prepare(database: &Database) {
    let (integer, uuid) = match database.engine() {
        Engine::Sqlite => ("INTEGER", "BLOB"),
        Engine::Postgres => ("BIGINT", "UUID"),
    };
    let tables = [
        format!(
            "CREATE TABLE write_rate (id {integer} NOT NULL PRIMARY KEY, number {integer} NOT NULL)"
        ),
        format!(
            "CREATE TABLE write_rate_counts (id {integer} NOT NULL PRIMARY KEY, number {integer} NOT NULL)"
        ),
        format!(
            "CREATE TABLE write_rate_log (id {uuid} NOT NULL PRIMARY KEY, account {integer} NOT NULL, text TEXT NOT NULL)"
        ),
    ];
    let mut unit = Unit::new("tables");
    for table in tables {
        unit = unit.step(table.leak(), params![]);
    }
    database.write(unit).await.unwrap();
    let mut unit = Unit::new("accounts");
    for account in 0..ACCOUNTS {
        unit = unit
            .step(
                "INSERT INTO write_rate (id, number) VALUES ($1, 0)",
                params![account],
            )
            .step(
                "INSERT INTO write_rate_counts (id, number) VALUES ($1, 0)",
                params![account],
            );
    }
    database.write(unit).await.unwrap();
}

/// Processor time of this process so far; 0 where there is no `/proc`. Without the server's, if the
/// database is one.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses: state, and 11 and 12 fields on the ticks of user and system.
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    ticks as f64 / 100.0
}

async fn measure(name: &str, database: &Database, seconds: u64, callers: usize, one_text: bool) {
    let stop = Arc::new(AtomicBool::new(false));
    let (start, processor) = (Instant::now(), processor_seconds());
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (database, stop) = (database.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    // Spread like random ones: a step through the numbers by a large odd one.
                    let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
                    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    let id = Uuid::from_u64_pair(mixed, number);
                    let account = i64::try_from(mixed >> 40).unwrap() % ACCOUNTS;
                    let begun = Instant::now();
                    let outcome = database.write(unit(account, id, one_text)).await.unwrap();
                    assert!(matches!(outcome, Outcome::Applied(_)));
                    latencies.push(begun.elapsed());
                }
                latencies
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    let processor = (processor_seconds() - processor) * 1e6 / latencies.len() as f64;
    let elapsed = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |share: usize| latencies[(latencies.len() * share / 1000).min(latencies.len() - 1)];
    println!(
        "{name:34} {callers:4} callers {:8.0} units/s   p50 {:7.2} ms   p99 {:7.2} ms   max {:7.2} ms   \
         {processor:5.0} µs of processor each",
        latencies.len() as f64 / elapsed,
        at(500).as_secs_f64() * 1000.0,
        at(990).as_secs_f64() * 1000.0,
        at(1000).as_secs_f64() * 1000.0,
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments
        .next()
        .map_or(5, |text| text.parse().expect("seconds"));
    let callers: Vec<usize> = arguments.next().map_or(vec![1, 8, 32, 128], |text| {
        vec![text.parse().expect("callers")]
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = std::env::var_os("WRITE_RATE_DIR").map_or_else(std::env::temp_dir, Into::into);
        let folder = tempfile::tempdir_in(folder).unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("rate.db"));
        let options = OpenOptions {
            create: true,
            ..OpenOptions::default()
        };
        let database = Database::open(&url, options).await.unwrap();
        prepare(&database).await;
        for callers in &callers {
            measure("SQLite", &database, seconds, *callers, false).await;
        }
        database.close().await;
        if let Ok(url) = std::env::var("DATABASE_URL") {
            let url = DatabaseUrl::parse(&url).unwrap();
            let database = Database::open(&url, OpenOptions::default()).await.unwrap();
            prepare(&database).await;
            for callers in &callers {
                measure(
                    "PostgreSQL, statements",
                    &database,
                    seconds,
                    *callers,
                    false,
                )
                .await;
                measure("PostgreSQL, one text", &database, seconds, *callers, true).await;
                let clear = Unit::new("clear").step("TRUNCATE write_rate_log", params![]);
                database.write(clear).await.unwrap();
            }
            let tables = "DROP TABLE write_rate, write_rate_counts, write_rate_log";
            database
                .write(Unit::new("drop").step(tables, params![]))
                .await
                .unwrap();
            database.close().await;
        }
    });
}
