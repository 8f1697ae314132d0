//! The programs in `examples/`, each against a real server and a real desktop authenticator.

use std::path::Path;
use std::process::{Command, Stdio};

use countersign_tests::binaries::root;
use countersign_tests::desktop::Desktop;
use countersign_tests::server::{Server, run_to_end};
use countersign_tests::skip;
use countersign_tests::terminal::Mood;
use tempfile::TempDir;

/// Runs one example in a folder of its own, first with a person who allows, then with one who does not.
fn run(test: &str, program: &str, arguments: &[&str], file: &str) {
    if !skip::has(test, program) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let desktop = Desktop::start(&folder.path().join("desktop"));

    let first = run_to_end(&mut command(
        program,
        arguments,
        file,
        &server,
        &desktop,
        folder.path(),
    ))
    .success();
    assert_eq!(first.stderr, "");
    let steps: Vec<&str> = first
        .stdout
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert_eq!(steps.len(), 7, "{}", first.stdout);
    assert!(
        first.stdout.trim_end().ends_with("COMPLETED"),
        "{}",
        first.stdout
    );

    desktop.terminal.set_mood(Mood::Decline);
    let user = server.worker().create_user("sam.doe");
    let mut again = command(program, arguments, file, &server, &desktop, folder.path());
    again.env("USER_ID", user).env_remove("POLICY_ID");
    let refused = run_to_end(&mut again);
    assert!(
        refused.code.is_some_and(|code| code != 0),
        "{}",
        refused.stdout
    );
    assert!(
        refused.stderr.contains("USER_DECLINED"),
        "{}",
        refused.stderr
    );
    assert!(!refused.stdout.contains("COMPLETED"), "{}", refused.stdout);
}

fn command(
    program: &str,
    arguments: &[&str],
    file: &str,
    server: &Server,
    desktop: &Desktop,
    folder: &Path,
) -> Command {
    let info = &server.info;
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .args(arguments)
        .arg(root().join("examples").join(file))
        .env("API_PATH", &info.api_path)
        .env("AUTH_PATH", &info.auth_path)
        .env("ENV_ID", &info.environment_id)
        .env("USER_ID", &info.user_id)
        .env("POLICY_ID", &info.policy_id)
        .env("CLIENT_ID", &info.client_id)
        .env("CLIENT_SECRET", &info.client_secret)
        .env("DESKTOP_URL", &desktop.url)
        .env("ORIGIN", info.origin())
        .stdin(Stdio::null());
    command
}

#[test]
fn shell() {
    if skip::has("examples::shell", "curl") {
        run("examples::shell", "sh", &[], "ceremony.sh");
    }
}

#[test]
fn python() {
    run("examples::python", "python3", &[], "ceremony.py");
}

#[test]
fn node() {
    run("examples::node", "node", &[], "ceremony.mjs");
}

#[test]
fn go() {
    run("examples::go", "go", &["run"], "ceremony.go");
}

#[test]
fn java() {
    if skip::has("examples::java", "javac") {
        run("examples::java", "java", &[], "Ceremony.java");
    }
}

#[test]
fn ruby() {
    run("examples::ruby", "ruby", &[], "ceremony.rb");
}
