//! A running `countersign quickstart`.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::binaries::countersign;
use crate::ceremony::Worker;

/// How long a server may take to be up; generous, for slow machines under load.
const START: Duration = Duration::from_mins(1);

/// The line that `quickstart --json` prints.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the names are those of the line itself")]
pub struct Info {
    pub api_path: String,
    pub auth_path: String,
    pub organization_id: String,
    pub license_id: String,
    pub environment_id: String,
    pub population_id: String,
    pub user_id: String,
    pub username: String,
    pub policy_id: String,
    pub rp_id: String,
    pub client_id: String,
    pub client_secret: String,
    pub ca_certificate: Option<String>,
    pub console_url: String,
}

impl Info {
    /// `{apiPath}/environments/{environmentId}`.
    pub fn environment_url(&self) -> String {
        format!("{}/environments/{}", self.api_path, self.environment_id)
    }

    /// The seeded user's devices.
    pub fn devices_url(&self) -> String {
        format!("{}/users/{}/devices", self.environment_url(), self.user_id)
    }

    /// `{authPath}/{environmentId}/deviceAuthentications`.
    pub fn authentications_url(&self) -> String {
        format!(
            "{}/{}/deviceAuthentications",
            self.auth_path, self.environment_id
        )
    }

    /// `{authPath}/{environmentId}/as`, which is also the issuer.
    pub fn issuer(&self) -> String {
        format!("{}/{}/as", self.auth_path, self.environment_id)
    }

    /// An origin that fits the seeded relying party `localhost`.
    pub fn origin(&self) -> String {
        let port = self.auth_path.rsplit(':').next().unwrap();
        format!("http://localhost:{port}")
    }
}

/// A server process; killed when dropped.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    data: PathBuf,
    /// What it said about itself.
    pub info: Info,
}

/// `countersign quickstart` on a data folder, with a free port, without a desktop authenticator.
pub fn quickstart_command(data: &Path) -> Command {
    quickstart_command_on(data, "127.0.0.1:0")
}

/// The same on a given address.
pub fn quickstart_command_on(data: &Path, listen: &str) -> Command {
    let mut command = Command::new(countersign());
    command
        .args([
            "quickstart",
            "--listen",
            listen,
            "--no-desktop",
            "--json",
            "--data",
        ])
        .arg(data)
        .stdin(Stdio::null());
    command
}

impl Server {
    /// Starts `quickstart` on `data` and waits for its line.
    pub fn start(data: &Path) -> Self {
        Self::start_with::<&str>(data, &[])
    }

    /// The same with further options.
    pub fn start_with<S: Into<OsString> + Clone>(data: &Path, options: &[S]) -> Self {
        let mut command = quickstart_command(data);
        command.args(options.iter().cloned().map(Into::into));
        Self::run(command, data)
    }

    /// Runs a `quickstart --json` command and waits for its line.
    pub fn run(mut command: Command, data: &Path) -> Self {
        std::fs::create_dir_all(data).unwrap();
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(stderr_file(data))
            .unwrap();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let lines = read_lines(child.stdout.take().unwrap());
        let line = match lines.recv_timeout(START) {
            Ok(line) => line,
            Err(why) => {
                let _ = child.kill();
                let status = child.wait();
                panic!(
                    "no line from quickstart ({why}, {status:?}): {}",
                    stderr_text(data)
                );
            }
        };
        let info = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("quickstart printed {line:?}: {error}"));
        Self {
            child,
            lines,
            data: data.to_path_buf(),
            info,
        }
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The seeded worker, with a token.
    pub fn worker(&self) -> Worker {
        Worker::with_token(&self.info)
    }

    /// Kills it as a power cut would, as far as a process can tell.
    pub fn kill_9(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and returns how it ended, and what it printed after its first line.
    pub fn terminate(mut self) -> (ExitStatus, Vec<String>) {
        signal(self.child.id(), rustix::process::Signal::TERM);
        let status = wait(&mut self.child, Duration::from_secs(20))
            .unwrap_or_else(|| panic!("did not stop: {}", stderr_text(&self.data)));
        let mut rest = Vec::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(5)) {
                Ok(line) => rest.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("standard output was not closed"),
            }
        }
        (status, rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("server said:\n{}", stderr_text(&self.data));
        }
    }
}

/// A process that is killed when dropped.
pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a signal to a process of ours.
pub fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Waits for a process for at most `limit`.
pub fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = std::time::Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

/// How a command ended that is expected to end by itself.
pub struct Ended {
    /// Exit code; `None` if it had to be killed.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("not JSON ({error}): {:?}, {:?}", self.stdout, self.stderr)
        })
    }

    /// Fails the test unless the command succeeded.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails the test unless the command ended with code 1 and exactly one line on standard error,
    /// which is returned.
    #[track_caller]
    pub fn one_line_failure(&self) -> &str {
        assert_eq!(self.code, Some(1), "{}\n{}", self.stdout, self.stderr);
        let line = self.stderr.trim_end();
        assert!(
            !line.is_empty() && !line.contains('\n'),
            "not one line: {:?}",
            self.stderr
        );
        assert_eq!(self.stdout, "");
        line
    }
}

/// Runs a command to its end; one that is still there after 30 s is killed.
pub fn run_to_end(command: &mut Command) -> Ended {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let stdout = read_all(child.stdout.take().unwrap());
    let stderr = read_all(child.stderr.take().unwrap());
    let status = wait(&mut child, Duration::from_secs(30));
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    Ended {
        code: status.and_then(|status| status.code()),
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

fn read_all(mut source: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = source.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn read_lines(source: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn stderr_file(data: &Path) -> PathBuf {
    // Beside the data folder, whose contents are the server's own.
    let mut name = data.file_name().unwrap().to_os_string();
    name.push(".stderr");
    data.with_file_name(name)
}

fn stderr_text(data: &Path) -> String {
    let log = std::fs::read_to_string(data.join("server.log")).unwrap_or_default();
    std::fs::read_to_string(stderr_file(data)).unwrap_or_default() + &log
}
