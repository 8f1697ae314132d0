//! The controlling terminal as a device: lines with and without echo, given back as it was found.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use countersign_crypto::secret::SecretString;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::termios::{self, LocalModes, OptionalActions, QueueSelector, Termios};
use zeroize::{Zeroize, Zeroizing};

use crate::prompt::{Interrupted, Withdrawal};

/// Longest line (bytes); the terminal's own editing has a limit of 4095.
const LINE: usize = 4096;

/// Whether what is typed is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// It is.
    On,
    /// It is not: for PINs.
    Off,
}

/// The controlling terminal of this process.
#[derive(Debug)]
pub struct Tty {
    file: File,
}

impl Tty {
    /// Opens it.
    ///
    /// # Errors
    /// If there is none, or if this process is in its background: asking there would stop it.
    pub fn open() -> io::Result<Self> {
        let flags = OFlags::NOCTTY | OFlags::CLOEXEC;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        let no_terminal = |_| io::Error::other("there is no terminal");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags)
            .open("/dev/tty")
            .map_err(no_terminal)?;
        let foreground = termios::tcgetpgrp(&file).map_err(|errno| no_terminal(errno.into()))?;
        if foreground != rustix::process::getpgrp() {
            return Err(io::Error::other(
                "this process is in the background of its terminal",
            ));
        }
        Ok(Self { file })
    }

    /// Writes a text; a terminal that went away is noticed at the next question.
    pub fn say(&mut self, text: &str) {
        let _ = self.file.write_all(text.as_bytes());
        let _ = self.file.flush();
    }

    /// Waits a moment.
    ///
    /// # Errors
    /// [`Interrupted::Withdrawn`].
    pub fn pause(&self, time: Duration, withdrawal: &Withdrawal) -> Result<(), Interrupted> {
        let mut fds = [PollFd::new(withdrawal, PollFlags::IN)];
        let time = Timespec {
            tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: time.subsec_nanos().into(),
        };
        match retry(|| poll(&mut fds, Some(&time)))? {
            0 => Ok(()),
            _ => Err(Interrupted::Withdrawn),
        }
    }

    /// Drops what was typed and not read yet.
    pub fn drop_pending(&self) {
        let _ = termios::tcflush(&self.file, QueueSelector::IFlush);
    }

    /// Asks a question and reads one line.
    ///
    /// # Errors
    /// [`Interrupted`]; whatever happens, the terminal echoes again afterwards.
    pub fn ask(
        &mut self,
        question: &str,
        echo: Echo,
        withdrawal: Option<&Withdrawal>,
    ) -> Result<SecretString, Interrupted> {
        let silence = match echo {
            Echo::On => None,
            // Before the question is shown: nothing that is typed after it may be seen.
            Echo::Off => Some(Silence::start(self.file.as_fd())?),
        };
        let _ = (&self.file).write_all(question.as_bytes());
        let line = self.line(withdrawal);
        if line.is_err() {
            self.drop_pending();
        }
        drop(silence);
        if echo == Echo::Off && line.is_ok() {
            // The line break that the person typed was not shown either.
            self.say("\n");
        }
        line
    }

    fn line(&self, withdrawal: Option<&Withdrawal>) -> Result<SecretString, Interrupted> {
        // The terminal edits lines, so it has something to read only when one is complete.
        let mut fds = vec![PollFd::new(&self.file, PollFlags::IN)];
        fds.extend(withdrawal.map(|withdrawal| PollFd::new(withdrawal, PollFlags::IN)));
        retry(|| poll(&mut fds, None))?;
        if fds.get(1).is_some_and(|fd| !fd.revents().is_empty()) {
            return Err(Interrupted::Withdrawn);
        }
        let mut buffer = Zeroizing::new([0_u8; LINE]);
        let length = match retry(|| rustix::io::read(&self.file, buffer.as_mut_slice())) {
            Ok(length) => length,
            // The terminal hung up.
            Err(error) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => 0,
            Err(error) => return Err(error.into()),
        };
        if length == 0 {
            return Err(Interrupted::Closed);
        }
        let line = buffer.get(..length).unwrap_or_default();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match String::from_utf8(line.to_vec()) {
            Ok(text) => Ok(SecretString::from(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(io::Error::other("what was typed is not UTF-8").into())
            }
        }
    }
}

fn retry<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            outcome => return outcome.map_err(Into::into),
        }
    }
}

/// Switches the echo off and, when dropped, back to what it was.
struct Silence<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Silence<'a> {
    fn start(terminal: BorrowedFd<'a>) -> io::Result<Self> {
        let before = termios::tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL);
        termios::tcsetattr(terminal, OptionalActions::Drain, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(self.terminal, OptionalActions::Drain, &self.before);
    }
}
