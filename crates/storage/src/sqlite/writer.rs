//! The write queue and its thread.
//!
//! Units wait in a queue; the thread takes what is there, runs it as a group and answers after the
//! commit. Nobody cancels a unit: a caller that goes away leaves its unit in the queue.
//!
//! A sync of the disk costs more than a unit, so company is worth a short wait, but only when there
//! is company to expect: after a group of one, the next unit goes ahead at once.

use std::{
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
    thread,
    time::Duration,
};

use tokio::sync::{Semaphore, oneshot};

use super::{
    checkpoint::Notifier,
    connection::Connection,
    group::{self, Answer},
};
use crate::{Outcome, StorageError, Unit};

/// Units per transaction at most: bounds how long the first of them waits for the last.
const GROUP: usize = 128;
/// How long a group waits for company. The kernel adds its slack, so that about 120 µs pass; shorter
/// makes smaller groups and costs processor time, 500 µs costs throughput.
const COMPANY: Duration = Duration::from_micros(70);
/// Units in the queue at most; further callers wait outside.
const QUEUE: usize = 4096;

enum Job {
    Unit(Unit, oneshot::Sender<Answer>),
    Exclusive(Box<dyn FnOnce(&mut Connection) + Send>),
    Close(oneshot::Sender<()>),
}

/// The way into the queue.
pub(super) struct Writer {
    jobs: Sender<Job>,
    places: Semaphore,
}

impl Writer {
    pub(super) fn start(connection: Connection, written: Notifier) -> Result<Self, StorageError> {
        let (jobs, queue) = channel();
        let worker = Worker {
            connection,
            written,
            queue,
            busy: false,
            units: Vec::with_capacity(GROUP),
            answers: Vec::with_capacity(GROUP),
        };
        thread::Builder::new()
            .name("storage-writer".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| StorageError::Open {
                what: "the thread for writing".to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            jobs,
            places: Semaphore::new(QUEUE),
        })
    }

    pub(super) async fn write(&self, unit: Unit) -> Result<Outcome, StorageError> {
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| StorageError::Closed)?;
        let (answer, wait) = oneshot::channel();
        if self.jobs.send(Job::Unit(unit, answer)).is_err() {
            return Err(StorageError::Closed);
        }
        // Without an answer the unit was still in the queue when the writer closed.
        wait.await.unwrap_or(Err(StorageError::Closed))
    }

    /// Runs a function on the writer's connection, between two groups.
    pub(super) async fn exclusive<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (answer, wait) = oneshot::channel();
        let job = Box::new(move |connection: &mut Connection| {
            let _caller_gone = answer.send(run(connection));
        });
        self.jobs
            .send(Job::Exclusive(job))
            .map_err(|_| StorageError::Closed)?;
        wait.await.unwrap_or(Err(StorageError::Closed))
    }

    /// Answers everything that is in the queue, then ends the thread.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).is_ok() {
            let _ended = wait.await;
        }
    }
}

struct Worker {
    connection: Connection,
    written: Notifier,
    queue: Receiver<Job>,
    /// Whether the last group had more than one unit.
    busy: bool,
    units: Vec<Unit>,
    answers: Vec<oneshot::Sender<Answer>>,
}

impl Worker {
    fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            let mut next = Some(first);
            while let Some(job) = next.take() {
                match job {
                    Job::Unit(unit, answer) => {
                        self.take(unit, answer);
                        next = self.collect();
                        self.run_group();
                    }
                    Job::Exclusive(run) => {
                        // A panic in there drops its answer: the caller hears "closed".
                        let call = std::panic::AssertUnwindSafe(|| run(&mut self.connection));
                        if std::panic::catch_unwind(call).is_err() {
                            self.connection.rollback();
                        }
                        self.written.written();
                    }
                    Job::Close(done) => {
                        drop(self.connection);
                        let _caller_gone = done.send(());
                        return;
                    }
                }
            }
        }
    }

    fn take(&mut self, unit: Unit, answer: oneshot::Sender<Answer>) {
        self.units.push(unit);
        self.answers.push(answer);
    }

    /// Fills the group. Returns the job that ended it, if one did.
    fn collect(&mut self) -> Option<Job> {
        let other = self.drain();
        if other.is_none() && self.busy && self.units.len() < GROUP {
            // One sleep costs less than waking up for each unit that comes in.
            thread::sleep(COMPANY);
            return self.drain();
        }
        other
    }

    /// Takes the units that are there, up to the first job of another kind.
    fn drain(&mut self) -> Option<Job> {
        while self.units.len() < GROUP {
            match self.queue.try_recv() {
                Ok(Job::Unit(unit, answer)) => self.take(unit, answer),
                Ok(other) => return Some(other),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        None
    }

    fn run_group(&mut self) {
        self.busy = self.units.len() > 1;
        let answers = group::run(&mut self.connection, &self.units);
        self.written.written();
        self.units.clear();
        for (sender, answer) in self.answers.drain(..).zip(answers) {
            let _caller_gone = sender.send(answer);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use futures_util::future::join_all;

    use crate::{Database, DatabaseUrl, OpenOptions, StorageError, Unit, params};

    /// A statement that makes the unit panic, see `group::run_steps`.
    pub(in crate::sqlite) const PANIC: &str = "PANIC";

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_panic_ends_the_unit_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::sqlite(folder.path().join("test.db"));
        let options = OpenOptions {
            create: true,
            ..OpenOptions::default()
        };
        let database = Database::open(&url, options).await.unwrap();
        let table = Unit::new("table").step("CREATE TABLE t (a INTEGER NOT NULL)", params![]);
        assert!(database.write(table).await.unwrap().is_applied());
        let unit = |number: i64| {
            let unit = Unit::new("one").step("INSERT INTO t (a) VALUES ($1)", params![number]);
            if number % 10 == 3 {
                unit.step(PANIC, params![])
            } else {
                unit
            }
        };
        let answers = join_all((0..100).map(|number| database.write(unit(number)))).await;
        for (number, answer) in (0..).zip(answers) {
            match answer {
                Ok(outcome) => assert!(outcome.is_applied() && number % 10 != 3),
                Err(error) => {
                    assert!(matches!(error, StorageError::Panicked("one")), "{error:?}");
                    assert_eq!(number % 10, 3);
                }
            }
        }
        let row = database
            .read_one("SELECT COUNT(*), SUM(a % 10 = 3) FROM t", params![])
            .await;
        let row = row.unwrap().unwrap();
        assert_eq!((row.int(0).unwrap(), row.int(1).unwrap()), (90, 0));
        database.close().await;
    }
}
