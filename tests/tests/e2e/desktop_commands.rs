//! `countersign-desktop` from a person's side: what each command prints and how it ends.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use countersign_tests::binaries::countersign_desktop;
use countersign_tests::ceremony::{creation_options, request_options};
use countersign_tests::desktop::Desktop;
use countersign_tests::http::Client;
use countersign_tests::server::{Killed, Server, run_to_end};
use countersign_tests::terminal::{Mood, Terminal};
use rexpect::process::{Signal, WaitStatus};
use tempfile::TempDir;

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(countersign_desktop());
    command.args(arguments).arg("--data").arg(data);
    command
}

#[test]
fn a_taken_port_is_one_line_on_either_address() {
    let folder = TempDir::new().unwrap();
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(taken) = std::net::TcpListener::bind(address) else {
            countersign_tests::skip::skip("desktop_commands::a_taken_port", "no IPv6 here");
            continue;
        };
        let port = taken.local_addr().unwrap().port().to_string();
        let ended = run_to_end(&mut command(folder.path(), &["run", "--port", &port]));
        let line = ended.one_line_failure();
        assert!(line.contains(&port), "{line}");
    }
}

#[test]
fn it_ends_with_0_when_asked_to() {
    let folder = TempDir::new().unwrap();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut desktop = Desktop::start(folder.path());
        let ended = desktop.terminal.end(signal);
        assert!(matches!(ended, WaitStatus::Exited(_, 0)), "{ended:?}");
    }
}

#[test]
fn accounts_activity_and_removal() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let data = folder.path().join("desktop");
    let desktop = Desktop::start(&data);
    let worker = server.worker();
    let origin = server.info.origin();
    let pending = worker.create_device();
    let attestation = desktop
        .post("/register", &origin, creation_options(&pending))
        .expect(200)
        .text();
    worker.activate(&pending, &attestation).expect(200);
    let started = worker.start();
    desktop
        .post("/authenticate", &origin, request_options(&started))
        .expect(200);

    // Paired once: a second request for the same account says so.
    let again = worker.create_device();
    let refused = desktop
        .post("/register", &origin, creation_options(&again))
        .expect(409);
    assert_eq!(refused.code(), "ALREADY_REGISTERED");
    drop(desktop);

    // Nothing of all this is readable by other users of the computer, nor is the key or the PIN.
    for entry in walk(&data) {
        let mode = std::fs::metadata(&entry).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            mode,
            if entry.is_dir() { 0o700 } else { 0o600 },
            "{}",
            entry.display()
        );
        if entry.is_file() {
            let bytes = std::fs::read(&entry).unwrap();
            let pin = countersign_tests::terminal::PIN.as_bytes();
            assert!(
                !bytes.windows(pin.len()).any(|window| window == pin),
                "{}",
                entry.display()
            );
        }
    }

    let accounts = run_to_end(&mut command(&data, &["accounts", "--json"]))
        .success()
        .json();
    let accounts = accounts.as_array().unwrap();
    assert_eq!(accounts.len(), 1, "{accounts:?}");
    assert!(
        accounts[0].to_string().contains(&server.info.issuer()),
        "{accounts:?}"
    );
    let activity = run_to_end(&mut command(&data, &["activity", "--json"]))
        .success()
        .json();
    assert!(activity.as_array().unwrap().len() >= 2, "{activity}");
    run_to_end(&mut command(&data, &["doctor", "--json"])).success();

    let shown = run_to_end(&mut command(&data, &["accounts"]))
        .success()
        .stdout;
    assert!(shown.contains("localhost"), "{shown}");
}

#[test]
fn without_a_terminal_nothing_is_approved() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let port = countersign_tests::http::free_port();
    let device = server.worker().create_device();
    // A session of its own has no controlling terminal, whatever this test was started from.
    let child = Command::new("setsid")
        .arg(countersign_desktop())
        .args([
            "run",
            "--development",
            "--port",
            &port.to_string(),
            "--data",
        ])
        .arg(folder.path().join("desktop"))
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let _child = Killed(child);
    let start = std::time::Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    let reply = Client::default().send(
        "POST",
        &format!("http://localhost:{port}/register"),
        &[
            ("Content-Type", "application/jwt"),
            ("Origin", &server.info.origin()),
        ],
        Some(creation_options(&device).as_bytes()),
    );
    assert_eq!(
        (reply.status, reply.code()),
        (409, "VERIFICATION_UNAVAILABLE".to_owned())
    );
}

#[test]
fn the_pin_can_be_set_and_changed() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("desktop");
    for first in [true, false] {
        let terminal = Terminal::start(command(&data, &["pin", "set"]), Mood::Allow);
        let start = std::time::Instant::now();
        let status = loop {
            if let Some(status) = terminal.status() {
                break status;
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{}",
                terminal.screen()
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(
            matches!(status, WaitStatus::Exited(_, 0)),
            "{status:?}: {}",
            terminal.screen()
        );
        let screen = terminal.screen();
        assert_eq!(screen.contains("Current PIN: "), !first, "{screen}");
        assert!(
            !screen.contains(countersign_tests::terminal::PIN),
            "the PIN was echoed: {screen}"
        );
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![folder.to_path_buf()];
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(walk(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}
