//! The write queue and its task.
//!
//! While one group is on its way, the next collects in the queue. One connection is enough: groups of
//! two connections would lock each other's rows. A lost connection is made anew and the group run
//! again, unless its COMMIT had been sent; then the callers get [`StorageError::CommitUnknown`].

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use super::{
    connect::Connector,
    group::{self, Again, Answer},
    session::Session,
};
use crate::{Outcome, StorageError, Unit};

/// Units per transaction at most. PostgreSQL keeps 64 subtransactions at hand, more are slow.
const GROUP: usize = 48;
/// Units in the queue at most; further callers wait outside.
const QUEUE: usize = 4096;
/// Runs of a unit or group before it is given up, connections tried included.
const ATTEMPTS: u32 = 8;
/// No further attempt begins after this long: a short restart of the server passes unnoticed, a server
/// that is gone is reported.
const PATIENCE: Duration = Duration::from_secs(2);
/// Wait before the second attempt; doubles each time.
const BACKOFF: Duration = Duration::from_millis(10);

enum Job {
    Unit(Unit, oneshot::Sender<Answer>),
    Close(oneshot::Sender<()>),
}

/// The way into the queue.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Connects, so that opening fails when the server cannot be reached.
    pub(super) async fn start(connector: Arc<Connector>) -> Result<Self, StorageError> {
        let session = Some(Session::new(connector.connect().await?));
        let (jobs, queue) = mpsc::channel(QUEUE);
        tokio::spawn(
            Worker {
                connector,
                session,
                queue,
            }
            .run(),
        );
        Ok(Self { jobs })
    }

    pub(super) async fn write(&self, unit: Unit) -> Result<Outcome, StorageError> {
        let (answer, wait) = oneshot::channel();
        let job = Job::Unit(unit, answer);
        self.jobs
            .send(job)
            .await
            .map_err(|_| StorageError::Closed)?;
        // Without an answer the unit was still in the queue when the writer closed.
        wait.await.unwrap_or(Err(StorageError::Closed))
    }

    /// Answers everything that is in the queue, then ends the task.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            let _ended = wait.await;
        }
    }
}

struct Worker {
    connector: Arc<Connector>,
    session: Option<Session>,
    queue: mpsc::Receiver<Job>,
}

impl Worker {
    async fn run(mut self) {
        let mut jobs = Vec::with_capacity(GROUP);
        let mut units = Vec::with_capacity(GROUP);
        let mut senders = Vec::with_capacity(GROUP);
        while self.queue.recv_many(&mut jobs, GROUP).await > 0 {
            let mut closing = None;
            for job in jobs.drain(..) {
                match job {
                    Job::Unit(unit, sender) => {
                        units.push(unit);
                        senders.push(sender);
                    }
                    Job::Close(done) => closing = Some(done),
                }
            }
            let answers = self.answer_or_survive(&units).await;
            units.clear();
            for (sender, answer) in senders.drain(..).zip(answers) {
                let _caller_gone = sender.send(answer);
            }
            if let Some(done) = closing {
                drop(self.session.take());
                let _caller_gone = done.send(());
                return;
            }
        }
    }

    /// A panic must not end the task; its transaction goes with the connection.
    async fn answer_or_survive(&mut self, units: &[Unit]) -> Vec<Answer> {
        if let Ok(answers) = AssertUnwindSafe(self.answer(units)).catch_unwind().await {
            return answers;
        }
        self.session = None;
        units
            .iter()
            .map(|unit| Err(StorageError::Panicked(unit.name())))
            .collect()
    }

    async fn answer(&mut self, units: &[Unit]) -> Vec<Answer> {
        if let [unit] = units {
            return vec![self.answer_alone(unit).await];
        }
        let begun = Instant::now();
        for attempt in 0..ATTEMPTS {
            let lost = match self.session(attempt).await {
                Err(error) => error,
                Ok(session) => match group::run(session, units).await {
                    Ok(answers) => return answers,
                    Err(Again::Anew) => break,
                    Err(Again::Lost(error)) => error,
                },
            };
            self.session = None;
            if attempt + 1 == ATTEMPTS || begun.elapsed() > PATIENCE {
                return vec![Err(lost); units.len()];
            }
        }
        let mut answers = Vec::with_capacity(units.len());
        for unit in units {
            answers.push(self.answer_alone(unit).await);
        }
        answers
    }

    async fn answer_alone(&mut self, unit: &Unit) -> Answer {
        let begun = Instant::now();
        let mut last = StorageError::Conflict;
        for attempt in 0..ATTEMPTS {
            last = match self.session(attempt).await {
                Err(error) => error,
                Ok(session) => match group::run_alone(session, unit).await {
                    Ok(answer) => return answer,
                    Err(Again::Anew) => StorageError::Conflict,
                    Err(Again::Lost(error)) => {
                        self.session = None;
                        error
                    }
                },
            };
            if begun.elapsed() > PATIENCE {
                break;
            }
        }
        Err(last)
    }

    /// The connection, made anew if it is gone. Waits before every attempt but the first.
    async fn session(&mut self, attempt: u32) -> Result<&mut Session, StorageError> {
        if attempt > 0 {
            tokio::time::sleep(BACKOFF * 2_u32.saturating_pow(attempt - 1)).await;
        }
        let session = match self.session.take() {
            Some(session) if !session.client.is_closed() => session,
            _ => Session::new(self.connector.connect().await?),
        };
        Ok(self.session.insert(session))
    }
}
