//! Running a group of units in one transaction, each in a savepoint of its own.
//!
//! Answers are final only after COMMIT. A unit that fails or is refused is undone to its savepoint and
//! leaves its neighbours alone. Some errors (disk full, I/O, out of memory) end the *whole*
//! transaction instead; a group that this happens to, or whose COMMIT failed, is run again unit by
//! unit, each in a transaction of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{
    connection::{CommitError, Connection},
    errors::from_sqlite,
};
use crate::{Outcome, StorageError, Unit};

pub(super) type Answer = Result<Outcome, StorageError>;

/// The transaction is gone and nothing of the group is stored.
struct Lost;

/// Runs the units and returns their answers in the same order.
pub(super) fn run(connection: &mut Connection, units: &[Unit]) -> Vec<Answer> {
    if let [unit] = units {
        return vec![run_alone(connection, unit)];
    }
    match run_together(connection, units) {
        Ok(answers) => answers,
        Err(Lost) => units
            .iter()
            .map(|unit| run_alone(connection, unit))
            .collect(),
    }
}

fn run_together(connection: &mut Connection, units: &[Unit]) -> Result<Vec<Answer>, Lost> {
    if let Err(error) = connection.begin_immediate() {
        return Ok(vec![Err(error); units.len()]);
    }
    let mut answers = Vec::with_capacity(units.len());
    for unit in units {
        let Ok(answer) = run_in_savepoint(connection, unit) else {
            connection.rollback();
            return Err(Lost);
        };
        answers.push(answer);
    }
    // With nothing to keep there is nothing to sync.
    if !answers.iter().any(is_applied) {
        connection.rollback();
        return Ok(answers);
    }
    match connection.try_commit() {
        Ok(()) => Ok(answers),
        Err(CommitError::Failed(error)) => {
            tracing::warn!(%error, "commit of a group failed, running its units one by one");
            Err(Lost)
        }
        Err(CommitError::Unknown) => Ok(answers.into_iter().map(unless_refused).collect()),
    }
}

/// What is left of an answer when nobody knows whether the commit is stored.
fn unless_refused(answer: Answer) -> Answer {
    if is_applied(&answer) {
        Err(StorageError::CommitUnknown)
    } else {
        answer
    }
}

fn is_applied(answer: &Answer) -> bool {
    answer.as_ref().is_ok_and(Outcome::is_applied)
}

fn run_in_savepoint(connection: &mut Connection, unit: &Unit) -> Result<Answer, Lost> {
    control(connection, "SAVEPOINT unit")?;
    let answer = run_steps(connection, unit);
    if connection.is_autocommit() {
        return Err(Lost);
    }
    if !is_applied(&answer) {
        control(connection, "ROLLBACK TO unit")?;
    }
    control(connection, "RELEASE unit")?;
    Ok(answer)
}

fn control(connection: &Connection, sql: &str) -> Result<(), Lost> {
    connection.control(sql).map_err(|error| {
        let error = from_sqlite(error);
        tracing::error!(%error, sql, "transaction lost");
        Lost
    })
}

fn run_alone(connection: &mut Connection, unit: &Unit) -> Answer {
    connection.begin_immediate()?;
    let answer = run_steps(connection, unit);
    if !is_applied(&answer) {
        connection.rollback();
        return answer;
    }
    match connection.try_commit() {
        Ok(()) => answer,
        Err(CommitError::Failed(error)) => Err(error),
        Err(CommitError::Unknown) => Err(StorageError::CommitUnknown),
    }
}

/// Runs the statements up to the first that does not do what it has to. A panic ends the unit, not the
/// thread; the connection is sound after one because every statement resets itself when dropped.
fn run_steps(connection: &mut Connection, unit: &Unit) -> Answer {
    let steps = AssertUnwindSafe(|| {
        let mut returned = Vec::new();
        for step in unit.steps() {
            #[cfg(test)]
            assert_ne!(step.statement.sql, super::writer::tests::PANIC);
            let ran = connection.run(&step.statement)?;
            if let Some(label) = step.refused(ran.touched) {
                return Ok(Outcome::Refused(label));
            }
            if step.returning {
                returned.push(ran.rows);
            }
        }
        Ok(Outcome::Applied(returned))
    });
    catch_unwind(steps).unwrap_or(Err(StorageError::Panicked(unit.name())))
}
