//! Write units: what is written together, as data.
//!
//! A unit holds statements and what each has to achieve. It has no code of its own, so the writer can
//! run it in a group with others, and again when the group failed, without asking anybody. For this,
//! time, ids and random bytes are drawn before the unit is built and travel as parameters.

use crate::{Params, Row};

/// Statements that apply together or not at all.
#[derive(Clone, Debug)]
pub struct Unit {
    name: &'static str,
    steps: Vec<Step>,
    postgres: Option<Box<Statement>>,
}

/// A statement: a text in the subset both engines share, with `$1`, `$2`, …, and its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) params: Params,
}

/// A read statement of [`Database::read_batch`](crate::Database::read_batch).
#[derive(Clone, Debug)]
pub struct Query(pub(crate) Statement);

impl Query {
    /// A statement and its parameters.
    pub const fn new(sql: &'static str, params: Params) -> Self {
        Self(Statement { sql, params })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) statement: Statement,
    /// Label and number of rows that have to be touched; any number without.
    pub(crate) guard: Option<(&'static str, u64)>,
    /// Whether the rows go into the outcome.
    pub(crate) returning: bool,
}

impl Unit {
    /// An empty unit. The name shows in errors and in traces.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            steps: Vec::with_capacity(4),
            postgres: None,
        }
    }

    /// A statement that may touch any number of rows.
    #[must_use]
    pub fn step(self, sql: &'static str, params: Params) -> Self {
        self.with(sql, params, None, false)
    }

    /// A statement that must touch exactly one row, or the unit is rolled back and the outcome is
    /// [`Outcome::Refused`] with this label. A SELECT counts its rows.
    #[must_use]
    pub fn guard(self, label: &'static str, sql: &'static str, params: Params) -> Self {
        self.with(sql, params, Some((label, 1)), false)
    }

    /// As [`Unit::guard`], for exactly `rows` rows.
    #[must_use]
    pub fn guard_rows(
        self,
        label: &'static str,
        rows: u64,
        sql: &'static str,
        params: Params,
    ) -> Self {
        self.with(sql, params, Some((label, rows)), false)
    }

    /// A statement whose rows (RETURNING) go into the outcome, however many.
    #[must_use]
    pub fn returning(self, sql: &'static str, params: Params) -> Self {
        self.with(sql, params, None, true)
    }

    /// A guard whose one row (RETURNING) goes into the outcome.
    #[must_use]
    pub fn guard_returning(self, label: &'static str, sql: &'static str, params: Params) -> Self {
        self.with(sql, params, Some((label, 1)), true)
    }

    /// One text that does the whole unit on PostgreSQL and saves round trips there: a data-modifying
    /// `WITH`. It answers one row; the first column, text, is NULL when it was applied, or the label
    /// of the guard that failed, and then it must not have changed anything (chain the statements,
    /// each from the result of the one before). Further columns become the only row of the outcome.
    #[must_use]
    pub fn postgres(mut self, sql: &'static str, params: Params) -> Self {
        self.postgres = Some(Box::new(Statement { sql, params }));
        self
    }

    /// The name given to [`Unit::new`].
    pub const fn name(&self) -> &'static str {
        self.name
    }

    fn with(
        mut self,
        sql: &'static str,
        params: Params,
        guard: Option<(&'static str, u64)>,
        returning: bool,
    ) -> Self {
        self.steps.push(Step {
            statement: Statement { sql, params },
            guard,
            returning,
        });
        self
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(crate) fn postgres_statement(&self) -> Option<&Statement> {
        self.postgres.as_deref()
    }

    /// The label as one of ours, when the unit has a guard of this name.
    pub(crate) fn label(&self, name: &str) -> Option<&'static str> {
        let labels = self
            .steps
            .iter()
            .filter_map(|step| step.guard.map(|(label, _)| label));
        labels.into_iter().find(|label| *label == name)
    }
}

impl Step {
    /// The label, if the guard did not get its rows.
    pub(crate) fn refused(&self, touched: u64) -> Option<&'static str> {
        self.guard
            .and_then(|(label, rows)| (rows != touched).then_some(label))
    }
}

/// How a unit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is stored, and synced. The rows of each `returning` step, in the order of the steps.
    Applied(Vec<Vec<Row>>),
    /// The guard with this label did not hold; nothing of the unit is stored.
    Refused(&'static str),
}

impl Outcome {
    /// Whether the unit was applied.
    pub const fn is_applied(&self) -> bool {
        matches!(self, Self::Applied(_))
    }
}
