//! What a [`Database`] promises, on both engines.
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

use common::{Fixture, open};
use countersign_crypto::time::Timestamp;
use countersign_storage::{
    Database, Outcome, Params, Query, SchemaState, StorageError, Unit, Value, params,
};
use futures_util::future::join_all;
use uuid::Uuid;

/// Every function of the list runs on SQLite and on PostgreSQL.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&crate::Fixture::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                match crate::Fixture::postgres().await {
                    Ok(fixture) => super::$name(&fixture).await,
                    Err(skip) => skip.report(concat!("storage::postgres::", stringify!($name))),
                }
            })+
        }
    };
}

on_both_engines![
    values_come_back_as_they_went,
    nulls_fit_every_column,
    columns_are_not_mistaken,
    points_in_time_sort,
    a_guard_that_holds,
    a_guard_that_does_not_hold_undoes_the_unit,
    guards_count_rows,
    guards_may_select,
    rows_are_returned,
    a_refused_unit_leaves_its_neighbours_alone,
    a_failed_unit_leaves_its_neighbours_alone,
    unique_violations_have_a_type,
    other_constraints_have_a_type,
    missing_parameters_are_an_error,
    one_of_a_hundred_conditional_updates_applies,
    a_batch_reads_one_snapshot,
    reads_cannot_write,
    one_text_for_postgres,
    data_outlives_the_database,
    closing_answers_what_is_queued,
    nobody_cancels_a_unit,
    an_empty_unit_applies,
    the_clock_of_the_database,
    two_migrate_at_once,
];

const INSERT: &str = "INSERT INTO things (id, name, number) VALUES ($1, $2, $3)";
const INSERT_OTHER: &str = "INSERT INTO others (number, state) VALUES ($1, $2)";
const COUNT: &str = "SELECT COUNT(*) FROM things";

fn id(number: u64) -> Uuid {
    Uuid::from_u64_pair(0x0123_4567_89ab_4def, number)
}

fn insert(number: u64) -> Unit {
    let parameters = params![
        id(number),
        format!("thing {number}"),
        i64::try_from(number).unwrap()
    ];
    Unit::new("insert").step(INSERT, parameters)
}

async fn int(database: &Database, sql: &'static str) -> i64 {
    database
        .read_one(sql, params![])
        .await
        .unwrap()
        .unwrap()
        .int(0)
        .unwrap()
}

async fn apply(database: &Database, unit: Unit) -> Vec<Vec<countersign_storage::Row>> {
    match database.write(unit).await.unwrap() {
        Outcome::Applied(rows) => rows,
        Outcome::Refused(label) => panic!("refused: {label}"),
    }
}

async fn values_come_back_as_they_went(fixture: &Fixture) {
    let database = &fixture.database;
    let at = Timestamp::from_micros(1_771_335_274_840_123);
    let text = "Ünïcode, 'quotes' and \u{1F511}";
    let unit = Unit::new("all kinds").step(
        "INSERT INTO things (id, name, number, flag, data, at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id(1), text, i64::MIN, true, vec![0_u8, 255, 7], at],
    );
    apply(database, unit).await;
    let sql = "SELECT id, name, number, flag, data, at FROM things WHERE id = $1";
    let row = database
        .read_one(sql, params![id(1)])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.uuid(0).unwrap(), id(1));
    assert_eq!(row.text(1).unwrap(), text);
    assert_eq!(row.int(2).unwrap(), i64::MIN);
    assert!(row.bool(3).unwrap());
    assert_eq!(row.blob(4).unwrap(), [0, 255, 7]);
    assert_eq!(row.timestamp(5).unwrap(), at);
    assert_eq!(row.opt_timestamp(5).unwrap(), Some(at));
    assert_eq!(row.len(), 6);
    assert_eq!(database.read_one(sql, params![id(2)]).await.unwrap(), None);
}

async fn nulls_fit_every_column(fixture: &Fixture) {
    let unit = Unit::new("nulls").step(
        "INSERT INTO things (id, name, number, flag, data, at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            id(1),
            "",
            None::<i64>,
            None::<bool>,
            None::<Vec<u8>>,
            Value::Null
        ],
    );
    apply(&fixture.database, unit).await;
    let sql = "SELECT name, number, flag, data, at FROM things";
    let row = fixture
        .database
        .read_one(sql, params![])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.opt_text(0).unwrap(), Some(""));
    assert_eq!(row.opt_int(1).unwrap(), None);
    assert_eq!(row.opt_bool(2).unwrap(), None);
    assert_eq!(row.opt_blob(3).unwrap(), None);
    assert_eq!(row.opt_timestamp(4).unwrap(), None);
}

async fn columns_are_not_mistaken(fixture: &Fixture) {
    apply(&fixture.database, insert(1)).await;
    let sql = "SELECT name, number FROM things";
    let row = fixture
        .database
        .read_one(sql, params![])
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(
        row.int(0),
        Err(StorageError::Decode { column: 0, .. })
    ));
    assert!(matches!(row.uuid(0), Err(StorageError::Decode { .. })));
    assert!(matches!(
        row.text(1),
        Err(StorageError::Decode { column: 1, .. })
    ));
    assert!(matches!(
        row.text(2),
        Err(StorageError::Decode { column: 2, .. })
    ));
}

async fn points_in_time_sort(fixture: &Fixture) {
    let times = [
        1_000_000,
        999_999,
        0,
        -1,
        1_771_335_274_840_000,
        1_771_335_274_000_001,
    ];
    for (number, time) in (0_u64..).zip(times) {
        let at = Timestamp::from_micros(time);
        let unit = Unit::new("time").step(
            "INSERT INTO things (id, name, at) VALUES ($1, $2, $3)",
            params![id(number), number.to_string(), at],
        );
        apply(&fixture.database, unit).await;
    }
    let rows = fixture
        .database
        .read("SELECT at FROM things ORDER BY at", params![])
        .await
        .unwrap();
    let read: Vec<i64> = rows
        .iter()
        .map(|row| row.timestamp(0).unwrap().micros())
        .collect();
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    assert_eq!(read, sorted);
    let before = "SELECT COUNT(*) FROM things WHERE at < $1";
    let row = fixture
        .database
        .read_one(before, params![Timestamp::from_micros(1_000_000)])
        .await;
    assert_eq!(row.unwrap().unwrap().int(0).unwrap(), 3);
}

async fn a_guard_that_holds(fixture: &Fixture) {
    apply(&fixture.database, insert(1)).await;
    let unit = Unit::new("two guards")
        .guard(
            "there",
            "UPDATE things SET number = number + 1 WHERE id = $1",
            params![id(1)],
        )
        .guard("new", INSERT_OTHER, params![7, "seen"]);
    assert!(fixture.database.write(unit).await.unwrap().is_applied());
    assert_eq!(int(&fixture.database, "SELECT number FROM things").await, 2);
}

async fn a_guard_that_does_not_hold_undoes_the_unit(fixture: &Fixture) {
    let unit = insert(1)
        .step(INSERT_OTHER, params![1, "before"])
        .guard(
            "there",
            "UPDATE things SET number = 5 WHERE id = $1",
            params![id(99)],
        )
        .step(INSERT_OTHER, params![2, "after"]);
    assert_eq!(
        fixture.database.write(unit).await.unwrap(),
        Outcome::Refused("there")
    );
    assert_eq!(int(&fixture.database, COUNT).await, 0);
    assert_eq!(
        int(&fixture.database, "SELECT COUNT(*) FROM others").await,
        0
    );
    // Two rows are as wrong as none.
    apply(&fixture.database, insert(1)).await;
    apply(&fixture.database, insert(2)).await;
    let unit = Unit::new("both").guard("one", "UPDATE things SET number = 5", params![]);
    assert_eq!(
        fixture.database.write(unit).await.unwrap(),
        Outcome::Refused("one")
    );
    assert_eq!(
        int(
            &fixture.database,
            "SELECT COUNT(*) FROM things WHERE number = 5"
        )
        .await,
        0
    );
}

async fn guards_count_rows(fixture: &Fixture) {
    for number in 0..3 {
        apply(&fixture.database, insert(number)).await;
    }
    let touch = |rows| {
        Unit::new("three").guard_rows("rows", rows, "UPDATE things SET flag = $1", params![true])
    };
    assert_eq!(
        fixture.database.write(touch(2)).await.unwrap(),
        Outcome::Refused("rows")
    );
    assert_eq!(
        fixture.database.write(touch(3)).await.unwrap(),
        Outcome::Applied(vec![])
    );
    let none = Unit::new("none").guard_rows(
        "rows",
        0,
        "DELETE FROM things WHERE number = $1",
        params![17],
    );
    assert!(fixture.database.write(none).await.unwrap().is_applied());
}

async fn guards_may_select(fixture: &Fixture) {
    apply(&fixture.database, insert(1)).await;
    let unit = |number: i64| {
        Unit::new("only if there")
            .guard(
                "there",
                "SELECT 1 FROM things WHERE number = $1",
                params![number],
            )
            .step(INSERT_OTHER, params![number, "found"])
    };
    assert!(fixture.database.write(unit(1)).await.unwrap().is_applied());
    assert_eq!(
        fixture.database.write(unit(2)).await.unwrap(),
        Outcome::Refused("there")
    );
}

async fn rows_are_returned(fixture: &Fixture) {
    let unit = insert(1)
        .returning(
            "INSERT INTO others (number, state) VALUES (1, 'a'), (2, 'b') RETURNING number",
            params![],
        )
        .step("UPDATE others SET state = 'c' RETURNING number", params![])
        .guard_returning(
            "there",
            "UPDATE things SET number = number + $2 WHERE id = $1 RETURNING number, name",
            params![id(1), 41],
        );
    let rows = apply(&fixture.database, unit).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[0]
            .iter()
            .map(|row| row.int(0).unwrap())
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(rows[1].len(), 1);
    assert_eq!(rows[1][0].int(0).unwrap(), 42);
    assert_eq!(rows[1][0].text(1).unwrap(), "thing 1");
    // `step` ran to its end although nobody asked for its rows.
    assert_eq!(
        int(
            &fixture.database,
            "SELECT COUNT(*) FROM others WHERE state = 'c'"
        )
        .await,
        2
    );
}

/// Units of three kinds at once, so that they share groups.
async fn a_refused_unit_leaves_its_neighbours_alone(fixture: &Fixture) {
    let unit = |number: u64| {
        let unit = insert(number).step(INSERT_OTHER, params![i64::try_from(number).unwrap(), "x"]);
        if number.is_multiple_of(3) {
            unit.guard(
                "never",
                "UPDATE things SET number = 0 WHERE name = $1",
                params!["nobody"],
            )
        } else {
            unit
        }
    };
    let writes = (0..300).map(|number| fixture.database.write(unit(number)));
    for (number, outcome) in (0_u64..).zip(join_all(writes).await) {
        let expected = if number.is_multiple_of(3) {
            Outcome::Refused("never")
        } else {
            Outcome::Applied(vec![])
        };
        assert_eq!(outcome.unwrap(), expected, "{number}");
    }
    assert_eq!(int(&fixture.database, COUNT).await, 200);
    assert_eq!(
        int(&fixture.database, "SELECT COUNT(*) FROM others").await,
        200
    );
    assert_eq!(
        int(
            &fixture.database,
            "SELECT COUNT(*) FROM things WHERE number % 3 = 0"
        )
        .await,
        0
    );
}

async fn a_failed_unit_leaves_its_neighbours_alone(fixture: &Fixture) {
    let unit = |number: u64| match number % 5 {
        // The same name as its neighbour: whichever comes second fails.
        1 => Unit::new("double").step(
            INSERT,
            params![id(number), format!("thing {}", number - 1), 0],
        ),
        2 => insert(number).step("INSERT INTO nowhere VALUES ($1)", params![1]),
        3 => insert(number).step(INSERT_OTHER, params![1]),
        4 => insert(number).step(INSERT_OTHER, params![1, Value::Null]),
        _ => insert(number),
    };
    let writes = (0..250).map(|number| fixture.database.write(unit(number)));
    let answers = join_all(writes).await;
    let mut applied = 0;
    for (number, answer) in (0_u64..).zip(answers) {
        match number % 5 {
            0 | 1 => match answer {
                Ok(outcome) => applied += i64::from(outcome.is_applied()),
                Err(error) => assert!(error.is_unique_violation(), "{error}"),
            },
            2 => assert!(
                matches!(answer, Err(StorageError::Engine { .. })),
                "{answer:?}"
            ),
            3 => assert!(
                matches!(answer, Err(StorageError::Parameters { .. })),
                "{answer:?}"
            ),
            _ => assert!(
                matches!(answer, Err(StorageError::Constraint { .. })),
                "{answer:?}"
            ),
        }
    }
    assert_eq!(applied, 50);
    assert_eq!(int(&fixture.database, COUNT).await, 50);
}

async fn unique_violations_have_a_type(fixture: &Fixture) {
    apply(&fixture.database, insert(1)).await;
    for parameters in [params![id(1), "other", 1], params![id(2), "thing 1", 1]] {
        let unit = Unit::new("double").step(INSERT, parameters);
        let error = fixture.database.write(unit).await.unwrap_err();
        assert!(
            matches!(error, StorageError::UniqueViolation { .. }),
            "{error:?}"
        );
        assert!(
            !error.to_string().contains("thing 1"),
            "no values in errors: {error}"
        );
    }
}

async fn other_constraints_have_a_type(fixture: &Fixture) {
    let unit = Unit::new("no name").step(INSERT, params![id(1), Value::Null, 1]);
    let error = fixture.database.write(unit).await.unwrap_err();
    assert!(
        matches!(error, StorageError::Constraint { .. }),
        "{error:?}"
    );
}

async fn missing_parameters_are_an_error(fixture: &Fixture) {
    let one: Params = params![1];
    let read = fixture
        .database
        .read("SELECT 1 FROM others WHERE number = $1 AND state = $2", one);
    let error = read.await.unwrap_err();
    assert!(
        matches!(
            error,
            StorageError::Parameters {
                expected: 2,
                given: 1,
                ..
            }
        ),
        "{error:?}"
    );
    let write = Unit::new("too many").step(INSERT_OTHER, params![1, "x", 3]);
    let error = fixture.database.write(write).await.unwrap_err();
    assert!(
        matches!(
            error,
            StorageError::Parameters {
                expected: 2,
                given: 3,
                ..
            }
        ),
        "{error:?}"
    );
}

async fn one_of_a_hundred_conditional_updates_applies(fixture: &Fixture) {
    apply(
        &fixture.database,
        Unit::new("open").step(INSERT_OTHER, params![1, "open"]),
    )
    .await;
    let second = open(&fixture.url).await;
    let spend = || {
        let sql = "UPDATE others SET state = 'spent' WHERE number = 1 AND state = 'open'";
        Unit::new("spend").guard("spent", sql, params![])
    };
    // From two handles, as two processes would.
    let writes = (0..100).map(|number| {
        let database = if number % 2 == 0 {
            &fixture.database
        } else {
            &second
        };
        let (database, unit) = (database.clone(), spend());
        tokio::spawn(async move { database.write(unit).await })
    });
    let mut applied = 0;
    for answer in join_all(writes).await {
        match answer.unwrap().unwrap() {
            Outcome::Applied(_) => applied += 1,
            Outcome::Refused(label) => assert_eq!(label, "spent"),
        }
    }
    assert_eq!(applied, 1);
    second.close().await;
}

async fn a_batch_reads_one_snapshot(fixture: &Fixture) {
    let database = fixture.database.clone();
    let writing = tokio::spawn(async move {
        for number in 0..200 {
            let unit =
                insert(number).step(INSERT_OTHER, params![i64::try_from(number).unwrap(), "x"]);
            apply(&database, unit).await;
        }
    });
    let mut batches = 0;
    while !writing.is_finished() || batches == 0 {
        let queries = vec![
            Query::new(COUNT, params![]),
            Query::new("SELECT COUNT(*) FROM others WHERE state = $1", params!["x"]),
        ];
        let rows = fixture.database.read_batch(queries).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0][0].int(0).unwrap(), rows[1][0].int(0).unwrap());
        batches += 1;
    }
    writing.await.unwrap();
    let bad = vec![
        Query::new(COUNT, params![]),
        Query::new("SELECT * FROM nowhere", params![]),
    ];
    assert!(fixture.database.read_batch(bad).await.is_err());
    assert_eq!(int(&fixture.database, COUNT).await, 200);
}

async fn reads_cannot_write(fixture: &Fixture) {
    let read = fixture
        .database
        .read(INSERT_OTHER, params![1, "sneaked in"])
        .await;
    assert!(read.is_err());
    assert_eq!(
        int(&fixture.database, "SELECT COUNT(*) FROM others").await,
        0
    );
}

async fn one_text_for_postgres(fixture: &Fixture) {
    const CTE: &str = "
        WITH spent AS (
            UPDATE others SET state = 'spent' WHERE number = $1 AND state = 'open' RETURNING number
        ), stored AS (
            INSERT INTO things (id, name, number) SELECT $2, $3, number FROM spent RETURNING number
        )
        SELECT CASE WHEN EXISTS (SELECT 1 FROM stored) THEN NULL ELSE 'open' END,
               (SELECT number FROM stored)";
    let unit = |number: i64, thing: u64| {
        Unit::new("spend and store")
            .guard(
                "open",
                "UPDATE others SET state = 'spent' WHERE number = $1 AND state = 'open'",
                params![number],
            )
            .returning(
                "INSERT INTO things (id, name, number) VALUES ($1, $2, $3) RETURNING number",
                params![id(thing), format!("thing {thing}"), number],
            )
            .postgres(CTE, params![number, id(thing), format!("thing {thing}")])
    };
    for number in 0..20 {
        let unit = Unit::new("open").step(INSERT_OTHER, params![number, "open"]);
        apply(&fixture.database, unit).await;
    }
    // Each number is tried five times, beside units of statements and of failing ones.
    let mut writes = Vec::new();
    for thing in 0..100_u64 {
        let number = i64::try_from(thing % 20).unwrap();
        writes.push(fixture.database.write(unit(number, thing)));
        writes.push(fixture.database.write(Unit::new("log").step(
            INSERT_OTHER,
            params![1000 + i64::try_from(thing).unwrap(), "log"],
        )));
    }
    let answers = join_all(writes).await;
    let mut applied = Vec::new();
    for answer in answers.into_iter().step_by(2) {
        match answer.unwrap() {
            Outcome::Applied(rows) => applied.push(rows[0][0].int(0).unwrap()),
            Outcome::Refused(label) => assert_eq!(label, "open"),
        }
    }
    applied.sort_unstable();
    assert_eq!(applied, (0..20).collect::<Vec<_>>());
    assert_eq!(int(&fixture.database, COUNT).await, 20);
    assert_eq!(
        int(
            &fixture.database,
            "SELECT COUNT(*) FROM others WHERE state = 'log'"
        )
        .await,
        100
    );

    // One text that fails, in a group of others of its kind.
    let reopen = Unit::new("reopen").step(
        "UPDATE others SET state = 'open' WHERE number < 20",
        params![],
    );
    apply(&fixture.database, reopen).await;
    let double = fixture.database.write(unit(0, 0));
    let others =
        join_all((1..20).map(|n| fixture.database.write(unit(n, 1000 + n.unsigned_abs()))));
    let (double, others) = tokio::join!(double, others);
    let taken = double.is_err_and(|error| error.is_unique_violation());
    let was_first = int(
        &fixture.database,
        "SELECT COUNT(*) FROM things WHERE name = 'thing 0'",
    )
    .await;
    assert!(taken == (was_first == 1));
    assert!(
        others
            .iter()
            .all(|answer| answer.as_ref().unwrap().is_applied())
    );

    if fixture.is_postgres() {
        let odd = Unit::new("odd").postgres("SELECT 'no such guard'", params![]);
        let error = fixture.database.write(odd).await.unwrap_err();
        assert!(matches!(error, StorageError::Answer("odd")), "{error:?}");
    }
}

async fn data_outlives_the_database(fixture: &Fixture) {
    apply(&fixture.database, insert(1)).await;
    fixture.database.close().await;
    let again = open(&fixture.url).await;
    assert_eq!(int(&again, COUNT).await, 1);
    again.close().await;
}

async fn closing_answers_what_is_queued(fixture: &Fixture) {
    let writes: Vec<_> = (0..100)
        .map(|number| {
            let database = fixture.database.clone();
            tokio::spawn(async move { database.write(insert(number)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    fixture.database.close().await;
    let again = open(&fixture.url).await;
    let mut applied = 0;
    for answer in join_all(writes).await {
        match answer.unwrap() {
            Ok(outcome) => applied += i64::from(outcome.is_applied()),
            Err(error) => assert!(matches!(error, StorageError::Closed), "{error}"),
        }
    }
    assert_eq!(int(&again, COUNT).await, applied);
    let late = fixture.database.write(insert(1000)).await;
    assert!(matches!(late, Err(StorageError::Closed)), "{late:?}");
    let late = fixture.database.read(COUNT, params![]).await;
    assert!(matches!(late, Err(StorageError::Closed)), "{late:?}");
    fixture.database.close().await;
    again.close().await;
}

async fn nobody_cancels_a_unit(fixture: &Fixture) {
    for number in 0..50 {
        let mut write = Box::pin(fixture.database.write(insert(number)));
        // Far enough to be queued; then the caller goes away.
        assert!(futures_util::poll!(&mut write).is_pending());
        drop(write);
    }
    apply(&fixture.database, insert(1000)).await;
    assert_eq!(int(&fixture.database, COUNT).await, 51);
}

async fn an_empty_unit_applies(fixture: &Fixture) {
    let outcome = fixture.database.write(Unit::new("empty")).await.unwrap();
    assert_eq!(outcome, Outcome::Applied(vec![]));
}

async fn the_clock_of_the_database(fixture: &Fixture) {
    let first = fixture.database.clock().await.unwrap();
    let second = fixture.database.clock().await.unwrap();
    assert!(first.micros() > 1_700_000_000_000_000, "{first:?}");
    assert!(second >= first);
}

async fn two_migrate_at_once(fixture: &Fixture) {
    assert_eq!(
        fixture.database.schema_version().await.unwrap(),
        SchemaState::Empty
    );
    let second = open(&fixture.url).await;
    let (one, other) = tokio::join!(fixture.database.migrate(), second.migrate());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(
        one.min(other) == 0 && one.max(other) > 0,
        "{one} and {other}"
    );
    assert_eq!(second.schema_version().await.unwrap(), SchemaState::Current);
    assert_eq!(second.migrate().await.unwrap(), 0);
    second.close().await;
}
