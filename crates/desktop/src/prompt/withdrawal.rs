//! Ending a question from outside: a flag that a blocking thread can wait for together with the
//! terminal, and an async task together with the network.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

/// Why a question was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nobody answered in time.
    TimedOut,
    /// The page closed the connection.
    PageClosed,
    /// A request of a trusted issuer took its place.
    Displaced,
    /// The program stops.
    Stopping,
}

/// Withdraws a question, from any thread, once: the first reason counts.
#[derive(Debug, Clone)]
pub struct Withdrawal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reason: OnceLock<Reason>,
    /// A byte is written here, so that `poll` on the other end wakes.
    bell: UnixStream,
    waiting: UnixStream,
    notify: Notify,
}

impl Withdrawal {
    /// Nothing withdrawn yet.
    ///
    /// # Errors
    /// If the system gives no pair of sockets.
    pub fn new() -> io::Result<Self> {
        let (bell, waiting) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        Ok(Self(Arc::new(Inner {
            reason: OnceLock::new(),
            bell,
            waiting,
            notify: Notify::new(),
        })))
    }

    /// Withdraws.
    pub fn withdraw(&self, reason: Reason) {
        if self.0.reason.set(reason).is_ok() {
            let _ = (&self.0.bell).write(&[1]);
            self.0.notify.notify_waiters();
        }
    }

    /// Why it was withdrawn, if it was.
    pub fn reason(&self) -> Option<Reason> {
        self.0.reason.get().copied()
    }

    /// Waits until it is withdrawn.
    pub async fn withdrawn(&self) -> Reason {
        loop {
            let notified = self.0.notify.notified();
            if let Some(reason) = self.reason() {
                return reason;
            }
            notified.await;
        }
    }
}

impl AsFd for Withdrawal {
    /// Readable once it is withdrawn.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.waiting.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    use super::*;

    #[tokio::test]
    async fn wakes_both_kinds_of_waiters_and_keeps_the_first_reason() {
        let withdrawal = Withdrawal::new().unwrap();
        let waiting = withdrawal.clone();
        let task = tokio::spawn(async move { waiting.withdrawn().await });
        tokio::task::yield_now().await;
        withdrawal.withdraw(Reason::Displaced);
        withdrawal.withdraw(Reason::TimedOut);
        assert_eq!(task.await.unwrap(), Reason::Displaced);
        assert_eq!(withdrawal.withdrawn().await, Reason::Displaced);
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut fds = [PollFd::new(&withdrawal, PollFlags::IN)];
        assert_eq!(poll(&mut fds, Some(&now)).unwrap(), 1);
    }
}
