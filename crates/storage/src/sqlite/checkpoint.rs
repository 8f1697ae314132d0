//! Writing the log back into the database file, away from the writer's thread.
//!
//! While units come in, a PASSIVE checkpoint every half second copies what it can without holding
//! anybody up. When they stop, a TRUNCATE gives the space of the log back; its busy timeout is zero,
//! so a reader makes it give up instead of wait. With nothing written, the thread sleeps.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::connection::{Connection, Role, Target};
use crate::StorageError;

const PAUSE: Duration = Duration::from_millis(500);
/// How long closing waits at most for a pause to end.
const STEP: Duration = Duration::from_millis(20);

enum Notice {
    Written,
    Close(oneshot::Sender<()>),
}

pub(super) struct Checkpointer {
    notices: Mutex<Option<SyncSender<Notice>>>,
}

/// Tells the checkpointer that something was committed.
pub(super) struct Notifier(SyncSender<Notice>);

impl Notifier {
    /// Never waits: one notice in the queue is as good as many.
    pub(super) fn written(&self) {
        let _full_or_gone = self.0.try_send(Notice::Written);
    }
}

impl Checkpointer {
    pub(super) fn start(target: &Target) -> Result<Self, StorageError> {
        let connection = Connection::open(target, Role::Checkpointer)?;
        let (sender, receiver) = sync_channel(1);
        thread::Builder::new()
            .name("storage-checkpoint".to_owned())
            .spawn(move || run(connection, &receiver))
            .map_err(|error| StorageError::Open {
                what: "the thread for checkpoints".to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            notices: Mutex::new(Some(sender)),
        })
    }

    pub(super) fn notifier(&self) -> Notifier {
        // Only asked for at start, when the sender is there; a dead end otherwise.
        let sender = self.notices.lock().clone();
        Notifier(sender.unwrap_or_else(|| sync_channel(0).0))
    }

    /// Writes everything back and ends the thread. Called after the writer has ended.
    pub(super) async fn close(&self) {
        let Some(sender) = self.notices.lock().take() else {
            return;
        };
        let (done, wait) = oneshot::channel();
        let mut notice = Notice::Close(done);
        // The queue holds at most one notice, which the thread takes within its pause.
        while let Err(TrySendError::Full(back)) = sender.try_send(notice) {
            notice = back;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let _ended = wait.await;
    }
}

fn run(connection: Connection, notices: &Receiver<Notice>) {
    let mut log_is_empty = false;
    loop {
        let first = if log_is_empty {
            notices.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            notices.recv_timeout(PAUSE)
        };
        let ended = match first {
            Ok(Notice::Written) => wait(notices),
            Ok(Notice::Close(done)) => Err(Some(done)),
            Err(RecvTimeoutError::Timeout) => {
                log_is_empty = checkpoint(&connection, "PRAGMA wal_checkpoint(TRUNCATE)");
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => Err(None),
        };
        match ended {
            Ok(()) => {
                checkpoint(&connection, "PRAGMA wal_checkpoint(PASSIVE)");
                log_is_empty = false;
            }
            Err(done) => {
                checkpoint(&connection, "PRAGMA wal_checkpoint(TRUNCATE)");
                drop(connection);
                if let Some(done) = done {
                    let _caller_gone = done.send(());
                }
                return;
            }
        }
    }
}

/// Lets the pause pass while units are written. Ends early, as an error, when it is time to close;
/// with the one to tell, if somebody waits for it.
fn wait(notices: &Receiver<Notice>) -> Result<(), Option<oneshot::Sender<()>>> {
    let until = Instant::now() + PAUSE;
    loop {
        // In steps, since every group leaves a notice: a step takes one, and the queue is full again.
        let left = until.saturating_duration_since(Instant::now());
        match notices.recv_timeout(left) {
            Ok(Notice::Written) => thread::sleep(STEP.min(left)),
            Ok(Notice::Close(done)) => return Err(Some(done)),
            Err(RecvTimeoutError::Timeout) => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => return Err(None),
        }
        if left.is_zero() {
            return Ok(());
        }
    }
}

/// Runs the statement; true if it went through. A busy database is no failure here.
fn checkpoint(connection: &Connection, sql: &str) -> bool {
    match connection.checkpoint(sql) {
        Ok(through) => through,
        Err(error) => {
            tracing::warn!(%error, "checkpoint failed");
            false
        }
    }
}
