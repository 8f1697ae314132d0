//! Running a group of units in one transaction with few round trips.
//!
//! Everything is sent at once: for each unit of statements a SAVEPOINT and its statements, then the
//! units that have one PostgreSQL text. Then the answers are looked at in order. The first unit that
//! was refused or failed is undone to its savepoint, with all that ran after it, and the units after
//! it are sent again. In the common case, nobody is refused and the group takes two round trips: the
//! units, the COMMIT.
//!
//! A failed statement aborts the transaction up to the savepoint, and COMMIT of an aborted
//! transaction answers "ok" while it rolls back. So COMMIT is sent only after every answer was read.

use futures_util::{FutureExt, TryStreamExt, future::BoxFuture};
use tokio_postgres::Error;

use super::{
    errors::{from_postgres, is_collision, is_connection_lost, is_stale_plan},
    pipeline::pipelined,
    readers::{bound, check_parameters},
    session::Session,
    values::{decode, decode_from},
};
use crate::{Outcome, StorageError, Unit, unit::Statement};

pub(super) type Answer = Result<Outcome, StorageError>;

/// Why a group or a unit has to be run again. Nothing of it is stored.
pub(super) enum Again {
    /// The connection was lost before COMMIT was sent.
    Lost(StorageError),
    /// The transaction was rolled back: it met another one, a plan was stale, or a unit without a
    /// savepoint failed.
    Anew,
}

/// A unit and its prepared statements.
struct Plan<'a> {
    unit: &'a Unit,
    parts: Vec<(&'a Statement, tokio_postgres::Statement)>,
    /// Whether the one part is the PostgreSQL text of the unit.
    one_text: bool,
}

/// What one statement did.
#[derive(Default)]
struct Ran {
    rows: Vec<tokio_postgres::Row>,
    touched: u64,
}

type Sent<'a> = BoxFuture<'a, Result<Ran, Error>>;

/// Runs the units and returns their answers in the same order.
pub(super) async fn run(session: &mut Session, units: &[Unit]) -> Result<Vec<Answer>, Again> {
    let mut answers: Vec<Option<Answer>> = Vec::with_capacity(units.len());
    let mut plans = Vec::with_capacity(units.len());
    for (index, plan) in prepare(session, units).await?.into_iter().enumerate() {
        match plan {
            Ok(plan) => {
                answers.push(None);
                plans.push((index, plan));
            }
            Err(error) => answers.push(Some(Err(error))),
        }
    }
    // Units of one text come last: they need no savepoint, since a refused one changed nothing.
    plans.sort_by_key(|(_, plan)| plan.one_text);
    let ended = run_plans(session, &plans).await?;
    for ((index, _), answer) in plans.iter().zip(ended) {
        if let Some(place) = answers.get_mut(*index) {
            *place = Some(answer);
        }
    }
    Ok(answers
        .into_iter()
        .map(|answer| answer.unwrap_or(Err(StorageError::Closed)))
        .collect())
}

/// Runs a unit in a transaction of its own.
pub(super) async fn run_alone(session: &mut Session, unit: &Unit) -> Result<Answer, Again> {
    let plan = match prepare(session, std::slice::from_ref(unit)).await?.pop() {
        Some(Ok(plan)) => plan,
        Some(Err(error)) => return Ok(Err(error)),
        None => return Ok(Err(StorageError::Closed)),
    };
    run_single(session, &plan).await
}

async fn prepare<'a>(
    session: &mut Session,
    units: &'a [Unit],
) -> Result<Vec<Result<Plan<'a>, StorageError>>, Again> {
    session.prepare(units.iter().flat_map(statements)).await;
    let plans: Vec<_> = units.iter().map(|unit| plan(session, unit)).collect();
    if session.client.is_closed() {
        return Err(Again::Lost(StorageError::Unavailable(
            "connection closed".to_owned(),
        )));
    }
    Ok(plans)
}

fn statements(unit: &Unit) -> Vec<&Statement> {
    match unit.postgres_statement() {
        Some(text) => vec![text],
        None => unit.steps().iter().map(|step| &step.statement).collect(),
    }
}

fn plan<'a>(session: &Session, unit: &'a Unit) -> Result<Plan<'a>, StorageError> {
    let mut parts = Vec::new();
    for statement in statements(unit) {
        let prepared = session.prepared(statement.sql)?;
        check_parameters(&prepared, statement)?;
        parts.push((statement, prepared));
    }
    Ok(Plan {
        unit,
        parts,
        one_text: unit.postgres_statement().is_some(),
    })
}

async fn run_plans(
    session: &mut Session,
    plans: &[(usize, Plan<'_>)],
) -> Result<Vec<Answer>, Again> {
    if let [(_, plan)] = plans {
        return Ok(vec![run_single(session, plan).await?]);
    }
    let mut answers: Vec<Answer> = Vec::with_capacity(plans.len());
    let mut opening = "BEGIN".to_owned();
    while let Some(remaining) = plans.get(answers.len()..).filter(|rest| !rest.is_empty()) {
        let first = answers.len();
        let mut sent = Vec::new();
        for (offset, (_, plan)) in remaining.iter().enumerate() {
            let mut control = std::mem::take(&mut opening);
            if !plan.one_text {
                control = format!("{control}; SAVEPOINT unit{}", first + offset);
            }
            sent.push(send_control(session, control));
            sent.extend(plan.parts.iter().map(|part| send(session, part)));
        }
        let mut received = pipelined(sent).await.into_iter();
        for (offset, (_, plan)) in remaining.iter().enumerate() {
            if let Some(Err(error)) = received.next() {
                return Err(give_up(session, &error).await);
            }
            let ran: Vec<_> = received.by_ref().take(plan.parts.len()).collect();
            let answer = match evaluate(plan, ran) {
                Ok(answer) => answer,
                Err(error) if plan.one_text || is_worth_another(session, &error) => {
                    return Err(give_up(session, &error).await);
                }
                Err(error) => Err(from_postgres(error)),
            };
            let undo = !plan.one_text && !is_applied(&answer);
            answers.push(answer);
            if undo {
                opening = format!("ROLLBACK TO SAVEPOINT unit{}", first + offset);
                break;
            }
        }
    }
    finish(session, answers, &opening).await
}

/// Commits what was applied. `opening` is what still has to be sent first.
async fn finish(
    session: &mut Session,
    answers: Vec<Answer>,
    opening: &str,
) -> Result<Vec<Answer>, Again> {
    if !answers.iter().any(is_applied) {
        // Nothing to keep: whether the connection still lives makes no difference.
        let _rolled_back = session.client.batch_execute("ROLLBACK").await;
        return Ok(answers);
    }
    match session
        .client
        .batch_execute(&format!("{opening}; COMMIT"))
        .await
    {
        Ok(()) => Ok(answers),
        Err(error) if is_lost(session, &error) => {
            let unknown = |answer| {
                if is_applied(&answer) {
                    Err(StorageError::CommitUnknown)
                } else {
                    answer
                }
            };
            Ok(answers.into_iter().map(unknown).collect())
        }
        Err(error) => Err(give_up(session, &error).await),
    }
}

async fn run_single(session: &mut Session, plan: &Plan<'_>) -> Result<Answer, Again> {
    if plan.one_text {
        return run_one_text(session, plan).await;
    }
    let mut sent = vec![send_control(session, "BEGIN".to_owned())];
    sent.extend(plan.parts.iter().map(|part| send(session, part)));
    let mut received = pipelined(sent).await.into_iter();
    if let Some(Err(error)) = received.next() {
        return Err(give_up(session, &error).await);
    }
    let answer = match evaluate(plan, received.collect()) {
        Ok(answer) => answer,
        Err(error) if is_worth_another(session, &error) => {
            return Err(give_up(session, &error).await);
        }
        Err(error) => Err(from_postgres(error)),
    };
    let end = if is_applied(&answer) {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    match session.client.batch_execute(end).await {
        Err(error) if is_applied(&answer) => {
            if is_lost(session, &error) {
                Ok(Err(StorageError::CommitUnknown))
            } else if is_collision(&error) {
                Err(give_up(session, &error).await)
            } else {
                // A deferred constraint; the failed COMMIT rolled back.
                Ok(Err(from_postgres(error)))
            }
        }
        _ => Ok(answer),
    }
}

/// One statement is a transaction of its own, and its answer is the answer to its commit.
async fn run_one_text(session: &mut Session, plan: &Plan<'_>) -> Result<Answer, Again> {
    let sent = plan.parts.iter().map(|part| send(session, part)).collect();
    match evaluate(plan, pipelined(sent).await) {
        Ok(answer) => Ok(answer),
        Err(error) if is_lost(session, &error) => Ok(Err(StorageError::CommitUnknown)),
        Err(error) if is_worth_another(session, &error) => Err(give_up(session, &error).await),
        Err(error) => Ok(Err(from_postgres(error))),
    }
}

fn send<'a>(
    session: &'a Session,
    (statement, prepared): &'a (&'a Statement, tokio_postgres::Statement),
) -> Sent<'a> {
    async move {
        let stream = session.client.query_raw(prepared, bound(statement)).await?;
        let mut stream = std::pin::pin!(stream);
        let mut rows = Vec::new();
        while let Some(row) = stream.try_next().await? {
            rows.push(row);
        }
        let touched = stream.rows_affected().unwrap_or_default();
        Ok(Ran { rows, touched })
    }
    .boxed()
}

/// A statement that controls the transaction; an empty one is not sent.
fn send_control(session: &Session, sql: String) -> Sent<'_> {
    if sql.is_empty() {
        return std::future::ready(Ok(Ran::default())).boxed();
    }
    async move {
        session
            .client
            .batch_execute(&sql)
            .await
            .map(|()| Ran::default())
    }
    .boxed()
}

/// Judges what the statements did. The error is the first of PostgreSQL's.
fn evaluate(plan: &Plan<'_>, ran: Vec<Result<Ran, Error>>) -> Result<Answer, Error> {
    let ran = ran.into_iter().collect::<Result<Vec<_>, _>>()?;
    if plan.one_text {
        return Ok(evaluate_one_text(plan.unit, &ran));
    }
    let mut returned = Vec::new();
    for (step, ran) in plan.unit.steps().iter().zip(ran) {
        if let Some(label) = step.refused(ran.touched) {
            return Ok(Ok(Outcome::Refused(label)));
        }
        if step.returning {
            match ran.rows.iter().map(decode).collect() {
                Ok(rows) => returned.push(rows),
                Err(error) => return Ok(Err(error)),
            }
        }
    }
    Ok(Ok(Outcome::Applied(returned)))
}

fn evaluate_one_text(unit: &Unit, ran: &[Ran]) -> Answer {
    let unexpected = StorageError::Answer(unit.name());
    let [Ran { rows, .. }] = ran else {
        return Err(unexpected);
    };
    let [row] = rows.as_slice() else {
        return Err(unexpected);
    };
    match row.try_get::<_, Option<&str>>(0) {
        Ok(None) if row.len() == 1 => Ok(Outcome::Applied(Vec::new())),
        Ok(None) => Ok(Outcome::Applied(vec![vec![decode_from(row, 1)?]])),
        Ok(Some(label)) => unit.label(label).map(Outcome::Refused).ok_or(unexpected),
        Err(_) => Err(unexpected),
    }
}

fn is_applied(answer: &Answer) -> bool {
    answer.as_ref().is_ok_and(Outcome::is_applied)
}

fn is_lost(session: &Session, error: &Error) -> bool {
    session.client.is_closed() || is_connection_lost(error)
}

fn is_worth_another(session: &Session, error: &Error) -> bool {
    is_lost(session, error) || is_collision(error) || is_stale_plan(error)
}

/// Ends a transaction that cannot go on.
async fn give_up(session: &mut Session, error: &Error) -> Again {
    if !is_lost(session, error) {
        if is_stale_plan(error) {
            session.forget();
        }
        match session.client.batch_execute("ROLLBACK").await {
            Ok(()) => return Again::Anew,
            Err(error) => tracing::warn!(%error, "rollback failed"),
        }
    }
    Again::Lost(StorageError::Unavailable(error.to_string()))
}
