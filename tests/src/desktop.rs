//! A running `countersign-desktop run`, with a person in front of its terminal.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::binaries::countersign_desktop;
use crate::http::{Client, Reply, free_port};
use crate::terminal::{Mood, Terminal};

/// A desktop authenticator; ended when dropped.
pub struct Desktop {
    /// Its terminal.
    pub terminal: Terminal,
    /// `http://localhost:<port>`.
    pub url: String,
    /// Its port.
    pub port: u16,
}

impl Desktop {
    /// Starts one on a free port, in development mode, with a person who allows everything.
    pub fn start(data: &Path) -> Self {
        Self::start_on(data, free_port())
    }

    /// The same on a given port.
    pub fn start_on(data: &Path, port: u16) -> Self {
        let mut command = Command::new(countersign_desktop());
        command.args(["run", "--development", "--prompt", "terminal", "--port"]);
        command.arg(port.to_string()).arg("--data").arg(data);
        let desktop = Self {
            terminal: Terminal::start(command, Mood::Allow),
            url: format!("http://localhost:{port}"),
            port,
        };
        desktop.wait_until_up();
        desktop
    }

    /// Waits until something answers on the port.
    pub fn wait_until_up(&self) {
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(
                self.terminal.status().is_none(),
                "it ended: {}",
                self.terminal.screen()
            );
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{}",
                self.terminal.screen()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Posts a signed request as a page of `origin` would.
    pub fn post(&self, path: &str, origin: &str, jwt: &str) -> Reply {
        post(&self.url, path, origin, jwt)
    }
}

/// Posts a signed request to any desktop authenticator as a page of `origin` would.
pub fn post(desktop_url: &str, path: &str, origin: &str, jwt: &str) -> Reply {
    Client::default().send(
        "POST",
        &format!("{desktop_url}{path}"),
        &[("Content-Type", "application/jwt"), ("Origin", origin)],
        Some(jwt.as_bytes()),
    )
}
