//! `countersign quickstart` as a person or a script starts it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use countersign_tests::binaries::countersign;
use countersign_tests::ceremony::{creation_options, link, request_options};
use countersign_tests::desktop::{self, Desktop};
use countersign_tests::http::{Client, free_port};
use countersign_tests::server::{Server, quickstart_command, quickstart_command_on, run_to_end};
use countersign_tests::terminal::{Mood, Terminal};
use rexpect::process::{Signal, WaitStatus};
use serde_json::Value;
use tempfile::TempDir;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_second_start_keeps_ids_secrets_port_and_devices() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let desktop = Desktop::start(&folder.path().join("desktop"));

    let first = Server::start(&data);
    let worker = first.worker();
    let origin = first.info.origin();
    let pending = worker.create_device();
    let attestation = desktop
        .post("/register", &origin, creation_options(&pending))
        .expect(200)
        .text();
    let device = worker.activate(&pending, &attestation).expect(200).json();
    let info = first.info.clone();
    let (status, rest) = first.terminate();
    assert_eq!(status.code(), Some(0));
    assert_eq!(
        rest,
        Vec::<String>::new(),
        "only one line goes to standard output"
    );

    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("master.key")), 0o600);

    let second = Server::start(&data);
    assert_eq!(second.info, info);
    // The token of the first run still opens the second.
    let read = worker
        .on_own_connections()
        .get(link(&device))
        .expect(200)
        .json();
    assert_eq!(read, device);

    let started = worker.on_own_connections().start();
    let assertion = desktop
        .post("/authenticate", &origin, request_options(&started))
        .expect(200)
        .text();
    let worker = second.worker();
    let completed = worker
        .check(&started, &assertion, &origin)
        .expect(200)
        .json();
    assert_eq!(completed["status"], "COMPLETED");
}

#[test]
fn the_line_says_what_was_seeded() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let worker = server.worker();
    let info = &server.info;
    let port = info.auth_path.rsplit(':').next().unwrap();
    assert_eq!(info.auth_path, format!("http://127.0.0.1:{port}"));
    assert_eq!(info.api_path, format!("http://127.0.0.1:{port}/v1"));
    assert_eq!(info.username, "alex.lee");
    assert_eq!(info.rp_id, "localhost");
    assert_eq!(info.ca_certificate, None);

    let environment = worker.get(&info.environment_url()).expect(200).json();
    assert_eq!(environment["type"], "SANDBOX");
    let user = worker
        .get(&format!(
            "{}/users/{}",
            info.environment_url(),
            info.user_id
        ))
        .expect(200)
        .json();
    assert_eq!(user["username"], "alex.lee");
    assert_eq!(user["enabled"], true);
    assert_ne!(
        user["population"]["id"],
        info.population_id.as_str(),
        "alone in a second one"
    );
    let populations = worker
        .get(&format!("{}/populations", info.environment_url()))
        .expect(200)
        .json();
    let names: Vec<&str> = populations["_embedded"]["populations"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|population| population["name"].as_str())
        .collect();
    assert!(names.contains(&"Demo") && names.len() == 2, "{names:?}");
    let policy = worker
        .get(&format!(
            "{}/deviceAuthenticationPolicies/{}",
            info.environment_url(),
            info.policy_id
        ))
        .expect(200)
        .json();
    assert_eq!(policy["default"], true);
    assert_eq!(policy["pingIdDesktopGen2"]["enabled"], true);

    let discovery = worker
        .client
        .get(&format!(
            "{}/.well-known/openid-configuration",
            info.issuer()
        ))
        .expect(200)
        .json();
    assert_eq!(discovery["issuer"], info.issuer());
}

#[test]
fn the_desktop_authenticator_runs_as_a_child_in_the_same_terminal() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let (port, desktop_port) = (free_port(), free_port());
    let mut command = Command::new(countersign());
    command.args(["quickstart", "--data"]).arg(&data);
    command.args(["--listen", &format!("127.0.0.1:{port}")]);
    command.args(["--desktop-port", &desktop_port.to_string()]);
    let mut terminal = Terminal::start(command, Mood::Allow);

    // What a person sees: lines to paste, with real values, and a link to the page.
    let screen = terminal.wait_for("/try", Duration::from_mins(1));
    terminal.wait_for("curl", Duration::from_secs(10));
    assert!(
        !screen.contains("{{"),
        "a value was not filled in:\n{screen}"
    );
    assert!(screen.contains(&format!("127.0.0.1:{port}")), "{screen}");

    wait_for_port(desktop_port);
    let mine = data.to_str().unwrap().to_owned();
    assert_eq!(
        processes_with_argument(&mine).len(),
        2,
        "server and desktop authenticator"
    );
    let url = format!("http://localhost:{desktop_port}");
    let status = Client::default().send(
        "GET",
        &format!("{url}/status"),
        &[("Origin", &format!("http://localhost:{port}"))],
        None,
    );
    assert_eq!(status.status, 200, "{}", status.text());
    assert!(status.json()["name"].is_string());
    assert!(data.join("desktop").is_dir());
    assert!(
        data.join("server.log").is_file(),
        "logs stay off the terminal"
    );

    // Ctrl-C in the terminal reaches both; the server answers with 0 and leaves nobody behind.
    terminal.type_in("\u{3}");
    let ended = wait_for_end(&mut terminal);
    assert!(matches!(ended, WaitStatus::Exited(_, 0)), "{ended:?}");
    assert_eq!(
        processes_with_argument(&mine),
        Vec::<u32>::new(),
        "somebody was left behind"
    );

    // The same folder again, with a line to read: the whole job through the child's prompts.
    let command = quickstart_command_on(&data, &format!("127.0.0.1:{port}"));
    let server = Server::run(command, &data);
    let info = server.info.clone();
    drop(server);
    let mut command = Command::new(countersign());
    command.args(["quickstart", "--data"]).arg(&data);
    command.args(["--listen", &format!("127.0.0.1:{port}")]);
    command.args(["--desktop-port", &desktop_port.to_string()]);
    let mut terminal = Terminal::start(command, Mood::Allow);
    terminal.wait_for("/try", Duration::from_mins(1));
    wait_for_port(desktop_port);
    let worker = countersign_tests::ceremony::Worker::with_token(&info);
    let origin = info.origin();
    let pending = worker.create_device();
    let attestation = desktop::post(&url, "/register", &origin, creation_options(&pending))
        .expect(200)
        .text();
    worker.activate(&pending, &attestation).expect(200);
    let started = worker.start();
    let assertion = desktop::post(&url, "/authenticate", &origin, request_options(&started))
        .expect(200)
        .text();
    let completed = worker
        .check(&started, &assertion, &origin)
        .expect(200)
        .json();
    assert_eq!(completed["status"], "COMPLETED");
    assert_eq!(terminal.questions(), 2);
    assert!(matches!(
        terminal.end(Signal::SIGTERM),
        WaitStatus::Exited(_, 0)
    ));
}

/// The lines that are printed for pasting, as a person would paste them.
#[test]
fn the_printed_lines_do_the_whole_job() {
    let test = "quickstart::the_printed_lines_do_the_whole_job";
    if !countersign_tests::skip::has(test, "curl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(countersign());
    command
        .args(["quickstart", "--data"])
        .arg(folder.path().join("server"));
    command.args(["--listen", &format!("127.0.0.1:{}", free_port())]);
    command.args(["--desktop-port", &free_port().to_string()]);
    let terminal = Terminal::start(command, Mood::Allow);
    let screen = terminal.wait_for("countersign-desktop: ready", Duration::from_mins(1));
    let (_, lines) = screen.split_once("With cURL").expect("lines to paste");
    let script: String = lines
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect();
    let ended = run_to_end(Command::new("sh").args(["-euc", &script]));
    assert_eq!(ended.code, Some(0), "{}\n{script}", ended.stderr);
    assert!(
        ended.stdout.contains("\"status\":\"ACTIVE\""),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("\"status\":\"COMPLETED\""),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_taken_desktop_port_is_a_warning_only() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let desktop_port = taken.local_addr().unwrap().port();
    let mut command = Command::new(countersign());
    command
        .args(["quickstart", "--listen", "127.0.0.1:0", "--json", "--data"])
        .arg(&data);
    command.args(["--desktop-port", &desktop_port.to_string()]);
    command.stdin(std::process::Stdio::null());
    let server = Server::run(command, &data);
    server
        .worker()
        .get(&server.info.environment_url())
        .expect(200);
}

#[test]
fn https_with_a_certificate_of_its_own_authority() {
    let test = "quickstart::https_with_a_certificate_of_its_own_authority";
    if !countersign_tests::skip::has(test, "curl") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let options = [
        "--https",
        &address,
        "--host",
        "localhost",
        "--host",
        "login.example.test",
    ];
    let server = Server::start_with(&data, &options);
    let certificate = server
        .info
        .ca_certificate
        .clone()
        .expect("an authority's certificate");
    for name in ["localhost", "login.example.test"] {
        let url = format!(
            "https://{name}:{port}/{}/as/.well-known/openid-configuration",
            server.info.environment_id
        );
        let curl = |further: &[&str]| {
            run_to_end(
                Command::new("curl")
                    .args(["--silent", "--fail", "--noproxy", "*"])
                    .args(["--resolve", &format!("{name}:{port}:127.0.0.1")])
                    .args(further)
                    .arg(&url),
            )
        };
        let discovery = curl(&["--cacert", &certificate]).success().json();
        assert_eq!(discovery["issuer"], server.info.issuer());
        // 60: the certificate is of no authority that the system knows.
        assert_eq!(curl(&[]).code, Some(60));
    }
}

#[test]
fn sigint_and_sigterm_end_it_with_0() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    assert_eq!(server.terminate().0.code(), Some(0));
    let server = Server::start(&folder.path().join("server"));
    countersign_tests::server::signal(server.pid(), rustix::process::Signal::INT);
    assert_eq!(server.terminate().0.code(), Some(0));
}

#[test]
fn a_taken_port_is_one_line_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new(countersign());
    command
        .args([
            "quickstart",
            "--no-desktop",
            "--json",
            "--listen",
            &address,
            "--data",
        ])
        .arg(&data);
    let ended = run_to_end(&mut command);
    let line = ended.one_line_failure();
    assert!(line.contains(&port), "{line}");
    assert!(!data.join("countersign.db").exists());
}

#[test]
fn an_address_beyond_this_machine_is_refused() {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(countersign());
    command
        .args([
            "quickstart",
            "--no-desktop",
            "--json",
            "--listen",
            "0.0.0.0:0",
            "--data",
        ])
        .arg(folder.path().join("server"));
    let ended = run_to_end(&mut command);
    assert_ne!(ended.code, Some(0));
    assert!(ended.stderr.contains("loopback"), "{}", ended.stderr);
}

#[test]
fn an_unreadable_folder_is_one_line() {
    let folder = TempDir::new().unwrap();
    // A file stands where the folder should be: root cannot read that either.
    let data = folder.path().join("server");
    std::fs::write(&data, "not a folder").unwrap();
    let ended = run_to_end(&mut quickstart_command(&data));
    ended.one_line_failure();
    assert_eq!(std::fs::read_to_string(&data).unwrap(), "not a folder");
}

#[test]
fn a_wrong_master_key_is_one_line_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let other = folder.path().join("other");
    Server::start(&data).terminate();
    Server::start(&other).terminate();
    let right = std::fs::read(data.join("master.key")).unwrap();
    std::fs::copy(other.join("master.key"), data.join("master.key")).unwrap();
    let line = run_to_end(&mut quickstart_command(&data))
        .one_line_failure()
        .to_owned();
    assert!(line.contains("master key"), "{line}");
    std::fs::write(data.join("master.key"), right).unwrap();
    let server = Server::start(&data);
    server.worker();
}

fn wait_for_port(port: u16) {
    let start = std::time::Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "nothing listens on {port}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn wait_for_end(terminal: &mut Terminal) -> WaitStatus {
    let start = std::time::Instant::now();
    loop {
        if let Some(status) = terminal.status() {
            return status;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "did not end: {}",
            terminal.screen()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Ids of processes that were started with `text` among their arguments.
fn processes_with_argument(text: &str) -> Vec<u32> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            std::fs::read(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(text))
        })
        .collect()
}

#[test]
fn other_peoples_pages_get_nothing_without_a_token() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let client = Client::default();
    for url in [server.info.environment_url(), server.info.devices_url()] {
        let reply = client.get(&url).expect(401);
        let error: Value = reply.json();
        assert_eq!(error["code"], "ACCESS_FAILED", "{error}");
    }
}
