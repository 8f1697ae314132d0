//! The desktop authenticator as a child of quickstart. It shares the terminal, where it asks its
//! questions, and ends with the server.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

const BINARY: &str = "countersign-desktop";
/// How long it may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// The authenticator, running.
pub(crate) struct Desktop {
    child: Child,
    pid: Option<rustix::process::Pid>,
}

/// What there is to know before it is started: where the program is, and that its port is free.
///
/// # Errors
/// Why it will not be started, in one sentence.
pub(crate) fn prepare(port: u16) -> Result<PathBuf, String> {
    let Some(program) = find() else {
        return Err(format!(
            "{BINARY} was found neither beside this program nor in PATH; the server runs without \
             a desktop authenticator"
        ));
    };
    if is_taken(port) {
        return Err(format!(
            "port {port} is taken, perhaps by a desktop authenticator that runs already; the server \
             starts none"
        ));
    }
    Ok(program)
}

/// Beside this program, else in `PATH`.
fn find() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let beside = own.with_file_name(BINARY);
    if beside.is_file() {
        return Some(beside);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(BINARY))
        .find(|file| file.is_file())
}

/// Whether somebody listens on the port, on either loopback address.
pub(crate) fn is_taken(port: u16) -> bool {
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ];
    addresses.into_iter().any(|address| {
        TcpListener::bind(address).is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
    })
}

impl Desktop {
    /// Starts the program. With `quiet` its standard output is dropped: ours carries JSON.
    ///
    /// # Errors
    /// Why it did not start, in one sentence.
    pub(crate) fn start(
        program: &Path,
        folder: &Path,
        port: u16,
        quiet: bool,
    ) -> Result<Self, String> {
        let mut command = Command::new(program);
        command
            .args(["run", "--development", "--data"])
            .arg(folder)
            .args(["--port", &port.to_string()])
            // It asks on the terminal itself, not on standard input.
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if quiet {
            command.stdout(Stdio::null());
        }
        let child = command
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        Ok(Self { child, pid })
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => {
                format!("the desktop authenticator ended ({status}); the server goes on without it")
            }
            Err(error) => format!("the desktop authenticator was lost: {error}"),
        }
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) {
        if let Ok(Some(_)) = self.child.try_wait() {
            return;
        }
        if let Some(pid) = self.pid {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        if tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .is_err()
        {
            let _ = self.child.kill().await;
        }
    }
}
