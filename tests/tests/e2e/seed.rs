//! The activation request as the customary HTTP clients send it; see `tests/seed/README.md`.

use std::io::{Read as _, Write as _};
use std::process::Command;

use countersign_tests::binaries::{root, target};
use countersign_tests::ceremony::{ACTIVATE, Worker, creation_options, link};
use countersign_tests::desktop::Desktop;
use countersign_tests::server::{Server, run_to_end};
use countersign_tests::skip;
use serde_json::Value;
use tempfile::TempDir;

struct Stage {
    _folder: TempDir,
    server: Server,
    desktop: Desktop,
    worker: Worker,
}

/// A pending device and the attestation that activates it.
struct Prepared {
    device: Value,
    attestation: String,
}

impl Stage {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let server = Server::start(&folder.path().join("server"));
        let desktop = Desktop::start(&folder.path().join("desktop"));
        let worker = server.worker();
        Self {
            _folder: folder,
            server,
            desktop,
            worker,
        }
    }

    /// Each call is for another user and from another port of this computer: one credential per user,
    /// and the desktop authenticator asks no more than five questions a minute for one origin.
    fn prepare(&self, number: usize) -> Prepared {
        let user = self.worker.create_user(&format!("user{number}"));
        let device = self.worker.create_device_of(&user);
        let origin = format!("http://localhost:{}", 3000 + number);
        let attestation = self
            .desktop
            .post("/register", &origin, creation_options(&device))
            .expect(200)
            .text();
        Prepared {
            device,
            attestation,
        }
    }

    #[track_caller]
    fn assert_active(&self, prepared: &Prepared, answer: &str) {
        let answer: Value =
            serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
        assert_eq!(answer["status"], "ACTIVE", "{answer}");
        assert_eq!(answer["id"], prepared.device["id"]);
        let read = self.worker.get(link(&prepared.device)).expect(200).json();
        assert_eq!(read, answer);
    }
}

/// Runs one client program and looks at what it printed.
fn client(test: &str, program: &str, arguments: &[&str], file: &str) {
    if !skip::has(test, program) {
        return;
    }
    let stage = Stage::new();
    let prepared = stage.prepare(1);
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg(root().join("tests/seed").join(file))
        .env("URL", link(&prepared.device))
        .env("TOKEN", &stage.worker.token)
        .env("ATTESTATION", &prepared.attestation);
    let ended = run_to_end(&mut command).success();
    stage.assert_active(&prepared, &ended.stdout);
}

#[test]
fn curl() {
    let test = "seed::curl";
    if !skip::has(test, "curl") {
        return;
    }
    let stage = Stage::new();
    let prepared = stage.prepare(1);
    let body = format!(
        "{{\n    \"attestation\":\n        \"{}\"\n}}",
        prepared.attestation
    );
    let ended = run_to_end(
        Command::new("curl")
            .args(["--silent", "--show-error", "--location", "--globoff"])
            .arg(link(&prepared.device))
            .args(["--header", &format!("Content-Type: {ACTIVATE}")])
            .args([
                "--header",
                &format!("Authorization: Bearer {}", stage.worker.token),
            ])
            .args(["--data", &body]),
    )
    .success();
    stage.assert_active(&prepared, &ended.stdout);
}

#[test]
fn go() {
    client("seed::go", "go", &["run"], "activate.go");
}

#[test]
fn java_okhttp() {
    let test = "seed::java_okhttp";
    let jars = "/usr/share/java/okhttp.jar:/usr/share/java/okio.jar";
    if !std::path::Path::new("/usr/share/java/okhttp.jar").is_file() {
        skip::skip(test, "OkHttp is not installed");
    } else if skip::has(test, "javac") {
        client(test, "java", &["-cp", jars], "Activate.java");
    }
}

#[test]
fn python_requests() {
    let test = "seed::python_requests";
    // The Python on PATH may be another than the one that Debian's package belongs to.
    let python = ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        Command::new(python)
            .args(["-c", "import requests"])
            .stderr(std::process::Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    });
    match python {
        Some("python3") => client(test, "python3", &[], "activate.py"),
        Some(_) => client(test, "env", &["/usr/bin/python3"], "activate.py"),
        None => skip::skip(test, "the Python package `requests` is not installed"),
    }
}

#[test]
fn ruby_net_http() {
    client("seed::ruby_net_http", "ruby", &[], "activate.rb");
}

#[test]
fn node_request() {
    node("seed::node_request", "node/request.cjs");
}

#[test]
fn jquery() {
    node("seed::jquery", "node/jquery.cjs");
}

/// Runs a script with the packages that `cargo xtask test` has put under `target/`.
fn node(test: &str, file: &str) {
    let modules = target().join("tools/seed-node/node_modules");
    if !modules.is_dir() {
        skip::skip(test, "its Node packages are not installed");
        return;
    }
    let path = format!("NODE_PATH={}", modules.display());
    if skip::has(test, "node") {
        client(test, "env", &[&path, "node"], file);
    }
}

/// The bytes that each customary client sends as body, with the attestation in its place.
const BODIES: &[(&str, &str)] = &[
    (
        "curl, Go, raw HTTP",
        "{\n    \"attestation\":\n        \"@\"\n}",
    ),
    (
        "C#, Java, Swift",
        "{   \n    \"attestation\": \n        \"@\"\n}",
    ),
    ("jQuery, Node, Ruby", "{\"attestation\":\"@\"}"),
    ("Python", "{\"attestation\": \"@\"}"),
    (
        "with line ends of Windows",
        "{\r\n\t\"attestation\":\r\n\t\"@\"\r\n}\r\n",
    ),
];

#[test]
fn raw_http_with_every_body() {
    let stage = Stage::new();
    let types = [
        ACTIVATE.to_owned(),
        format!("{ACTIVATE}; charset=utf-8"),
        format!("{ACTIVATE};charset=UTF-8"),
        ACTIVATE.to_uppercase(),
        ACTIVATE.to_owned(),
    ];
    for (number, ((client, body), content_type)) in BODIES.iter().zip(types).enumerate() {
        let prepared = stage.prepare(number);
        let body = body.replace('@', &prepared.attestation);
        let (status, answer) = raw(&stage, &prepared, &content_type, &body);
        assert_eq!(status, 200, "{client}: {answer}");
        stage.assert_active(&prepared, &answer);
    }
}

/// In single quotes PHP leaves `\n` as it stands, so that this customary body is no JSON.
#[test]
fn a_body_that_is_no_json_is_refused_and_changes_nothing() {
    let stage = Stage::new();
    let prepared = stage.prepare(1);
    let body = r#"{   \n    "attestation": \n        "@"\n}"#.replace('@', &prepared.attestation);
    let (status, answer) = raw(&stage, &prepared, ACTIVATE, &body);
    assert_eq!(status, 400, "{answer}");
    let error: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(error["code"], "INVALID_REQUEST");
    let read = stage.worker.get(link(&prepared.device)).expect(200).json();
    assert_eq!(read["status"], "ACTIVATION_REQUIRED");
    stage
        .worker
        .activate(&prepared.device, &prepared.attestation)
        .expect(200);
}

/// One request written by hand to a socket; status and body of the answer.
fn raw(stage: &Stage, prepared: &Prepared, content_type: &str, body: &str) -> (u16, String) {
    let authority = stage.server.info.auth_path.strip_prefix("http://").unwrap();
    let path = link(&prepared.device)
        .strip_prefix(&stage.server.info.auth_path)
        .unwrap();
    let mut socket = std::net::TcpStream::connect(authority).unwrap();
    write!(
        socket,
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: {content_type}\r\n\
         Authorization: Bearer {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        stage.worker.token,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
    (status, body.to_owned())
}
