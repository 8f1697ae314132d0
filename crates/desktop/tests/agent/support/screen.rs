//! The built program on a pseudo-terminal.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rexpect::process::{PtyProcess, Signal, WaitStatus};

pub const BINARY: &str = env!("CARGO_BIN_EXE_countersign-desktop");

/// The program with a state folder, and nothing of the person who runs the tests.
pub fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).arg("--data").arg(home.join("data"));
    clean(&mut command, home);
    command
}

fn clean(command: &mut Command, home: &Path) {
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", "/usr/bin:/bin");
}

pub struct Screen {
    process: PtyProcess,
    seen: Arc<Mutex<String>>,
    read_up_to: usize,
}

impl Screen {
    /// Starts it on a terminal that echoes, as a person's does.
    pub fn start(home: &Path, arguments: &[&str]) -> Self {
        Self::start_with(home, arguments, "")
    }

    /// The same with something before it on the command line, such as `RUST_LOG=trace`.
    pub fn start_with(home: &Path, arguments: &[&str], before: &str) -> Self {
        Self::start_job(home, arguments, &format!("{before} exec"), "")
    }

    /// The same within a line of the shell.
    pub fn start_job(home: &Path, arguments: &[&str], before: &str, after: &str) -> Self {
        let mut shell = Command::new("/bin/bash");
        clean(&mut shell, home);
        shell
            .arg("-c")
            .arg(format!("stty echo; {before} \"$0\" \"$@\" {after}"));
        shell
            .arg(BINARY)
            .args(arguments)
            .arg("--data")
            .arg(home.join("data"));
        let mut process = PtyProcess::new(shell).unwrap();
        process.set_kill_timeout(Some(5000));
        let seen = Arc::new(Mutex::new(String::new()));
        let mut terminal = process.get_file_handle().unwrap();
        let writing = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = terminal.read(&mut buffer) {
                writing
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&buffer[..length]));
            }
        });
        Self {
            process,
            seen,
            read_up_to: 0,
        }
    }

    /// Everything on the screen.
    pub fn all(&self) -> String {
        self.seen.lock().unwrap().replace('\r', "")
    }

    /// Waits for a text after what was waited for before; gives what came before it.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let all = self.all();
            if let Some(at) = all[self.read_up_to..].find(text) {
                let before = all[self.read_up_to..self.read_up_to + at].to_owned();
                self.read_up_to += at + text.len();
                return before;
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{text:?} never came:\n{all}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Nothing else came after what was waited for.
    #[track_caller]
    pub fn is_quiet(&self) {
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(&self.all()[self.read_up_to..], "");
    }

    pub fn type_in(&self, text: &str) {
        self.process
            .get_file_handle()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// The port that `run` says.
    #[track_caller]
    pub fn port(&mut self) -> u16 {
        self.expect("ready on 127.0.0.1:");
        self.expect(" and [::1]:");
        self.expect("\n");
        let all = self.all();
        let after = all.split("ready on 127.0.0.1:").nth(1).unwrap();
        after.split(' ').next().unwrap().parse().unwrap()
    }

    pub fn signal(&mut self, signal: Signal) {
        self.process.signal(signal).unwrap();
    }

    /// Waits for its end; gives the exit code.
    #[track_caller]
    pub fn ended(&self) -> i32 {
        let start = Instant::now();
        loop {
            match self.process.status() {
                Some(WaitStatus::Exited(_, code)) => return code,
                Some(WaitStatus::StillAlive) => {}
                other => panic!("{other:?}: {}", self.all()),
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "still runs:\n{}",
                self.all()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it, and waits until it is gone with all that it held.
    pub fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        while self.process.status() == Some(WaitStatus::StillAlive) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.process_id()
    }

    fn process_id(&self) -> i32 {
        // rexpect keeps it to itself; the session leader of the terminal is the process.
        let terminal = self.process.get_file_handle().unwrap();
        rustix::termios::tcgetpgrp(&terminal)
            .unwrap()
            .as_raw_nonzero()
            .get()
    }

    /// Whether the terminal echoes what is typed.
    pub fn echoes(&self) -> bool {
        let terminal = self.process.get_file_handle().unwrap();
        let modes = rustix::termios::tcgetattr(&terminal).unwrap();
        modes
            .local_modes
            .contains(rustix::termios::LocalModes::ECHO)
    }
}
