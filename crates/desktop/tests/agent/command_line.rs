//! The other commands, and how `run` refuses to start.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::screen::{Screen, command};
use crate::support::{Issuer, PAGE, PIN, Setup, Step, TestAgent};

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

/// One clear line on standard error, and exit code 1.
#[track_caller]
fn refuses(output: &Output, words: &str) {
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.starts_with("countersign-desktop: "), "{error}");
    assert!(error.contains(words), "{error}");
    assert!(output.stdout.is_empty());
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// A state folder with one account, made by an agent in this process.
async fn paired() -> (tempfile::TempDir, String) {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    let paired = agent.pair(&issuer).await;
    agent.sign_in(&issuer, &paired).await;
    agent.person.will([Step::Decline]);
    let jwt = issuer.sign_request(&issuer.request(agent.now(), paired.kid()));
    agent.authenticate(PAGE, &jwt).await;
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("data")).unwrap();
    for entry in std::fs::read_dir(agent.folder()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(
            entry.path(),
            home.path().join("data").join(entry.file_name()),
        )
        .unwrap();
    }
    (home, paired.kid().to_string())
}

#[test]
fn a_taken_port() {
    let home = tempfile::tempdir().unwrap();
    for address in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0"] {
        let Ok(taken) = std::net::TcpListener::bind(address) else {
            continue;
        };
        let port = taken.local_addr().unwrap().port().to_string();
        let output = run(&mut command(home.path(), &["run", "--port", &port]));
        refuses(&output, &format!("port {port} on "));
    }
}

#[test]
fn two_agents_do_not_share_a_store() {
    let home = tempfile::tempdir().unwrap();
    let mut first = Screen::start(home.path(), &["run", "--port", "0"]);
    let port = first.port().to_string();
    refuses(
        &run(&mut command(home.path(), &["run", "--port", "0"])),
        "already runs on",
    );
    let doctor = run(&mut command(
        home.path(),
        &["doctor", "--json", "--port", &port],
    ));
    assert_eq!(finding(&json(&doctor), "port", "127.0.0.1"), "ok");
    assert_eq!(finding(&json(&doctor), "port", "is served"), "ok");
}

#[test]
fn this_build_has_no_window() {
    let home = tempfile::tempdir().unwrap();
    let output = run(&mut command(
        home.path(),
        &["run", "--prompt", "window", "--port", "0"],
    ));
    refuses(&output, "this build has no window");
}

#[test]
fn configurations_that_cannot_be_used() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("c.toml");
    let name = file.to_str().unwrap();
    refuses(
        &run(&mut command(home.path(), &["run", "--config", name])),
        "cannot read",
    );
    for (text, words) in [
        ("port = \"x\"", "line 1"),
        ("\nallowed_rp_id = []", "line 2"),
        (
            "trusted_issuers = [\"http://auth.example.com\"]",
            "trusted_issuers",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        refuses(
            &run(&mut command(home.path(), &["run", "--config", name])),
            words,
        );
    }
}

#[test]
fn a_store_that_cannot_be_used() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("data")).unwrap();
    std::fs::write(home.path().join("data/vault.json"), "{\"version\":99}").unwrap();
    for arguments in [&["run", "--port", "0"][..], &["accounts"], &["pin", "set"]] {
        refuses(&run(&mut command(home.path(), arguments)), "newer version");
    }
}

#[test]
fn nothing_hidden() {
    let home = tempfile::tempdir().unwrap();
    let output = run(Command::new(crate::support::screen::BINARY).args(["run", "--help"]));
    let help = String::from_utf8(output.stdout).unwrap();
    let options: Vec<_> = help
        .split_whitespace()
        .filter(|word| word.starts_with("--"))
        .collect();
    let known = [
        "--data",
        "--config",
        "--port",
        "--prompt",
        "--development",
        "--help",
    ];
    assert!(
        options.iter().all(|option| known.contains(option)),
        "{options:?}"
    );
    for guess in [
        "--yes",
        "--auto-approve",
        "--allow",
        "--pin",
        "--no-prompt",
        "--test",
    ] {
        let output = run(&mut command(home.path(), &["run", guess]));
        assert_eq!(output.status.code(), Some(2), "{guess}");
    }
}

#[tokio::test]
async fn accounts_and_activity() {
    let (home, kid) = paired().await;
    let list = json(&run(&mut command(home.path(), &["accounts", "--json"])));
    assert_eq!(list[0]["id"], kid);
    assert_eq!(list[0]["rpId"], "example.com");
    assert_eq!(list[0]["issuer"], "https://auth.example.com/env/as");
    assert_eq!(list[0]["userName"], "a.lee");
    assert_eq!(list[0]["counter"], 1);
    assert_eq!(list[0]["keyProtection"], "SOFTWARE");
    let text = run(&mut command(home.path(), &["accounts"]));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.starts_with("example.com  a.lee (Alex Lee)\n"),
        "{text}"
    );

    let list = json(&run(&mut command(home.path(), &["activity", "--json"])));
    let results: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["result"].as_str().unwrap())
        .collect();
    assert_eq!(results, ["OK", "OK", "USER_DECLINED"]);
    let text = run(&mut command(home.path(), &["activity"]));
    assert!(String::from_utf8(text.stdout).unwrap().contains("sign in"));

    let empty = tempfile::tempdir().unwrap();
    let list = run(&mut command(empty.path(), &["accounts", "--json"]));
    assert_eq!(json(&list), serde_json::json!([]));
}

#[tokio::test]
async fn renaming() {
    let (home, kid) = paired().await;
    let rename = |id: &str, name: &str| run(&mut command(home.path(), &["rename", id, name]));
    refuses(&rename("zzzz", "Work"), "no account has the id");
    let output = rename(&kid[..6], " Work\u{202e}\u{1b}[2J ");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "The account is now shown as Work[2J (a.lee).\n"
    );
    let list = || json(&run(&mut command(home.path(), &["accounts", "--json"])));
    assert_eq!(list()[0]["label"], "Work[2J");
    assert!(rename(&kid, "").status.success());
    assert_eq!(list()[0]["label"], Value::Null);
    assert_eq!(list()[0]["userName"], "a.lee");
}

#[tokio::test]
async fn removing() {
    let (home, kid) = paired().await;
    refuses(
        &run(&mut command(home.path(), &["remove", "nobody"])),
        "no account has the id",
    );
    refuses(
        &run(&mut command(home.path(), &["remove", ""])),
        "no account has the id",
    );

    let mut screen = Screen::start(home.path(), &["remove", &kid[..8]]);
    screen.expect("example.com  a.lee (Alex Lee)\n");
    screen.expect("Remove? [y/N]: ");
    screen.type_in("\n");
    assert_eq!(screen.ended(), 1);
    let list = json(&run(&mut command(home.path(), &["accounts", "--json"])));
    assert_eq!(list.as_array().unwrap().len(), 1);

    let mut screen = Screen::start(home.path(), &["remove", &kid]);
    screen.expect("Remove? [y/N]: ");
    screen.type_in("y\n");
    screen.expect("Removed a.lee (Alex Lee) at example.com.");
    assert_eq!(screen.ended(), 0);
    let list = json(&run(&mut command(home.path(), &["accounts", "--json"])));
    assert_eq!(list, serde_json::json!([]));

    let (home, _) = paired().await;
    assert!(
        run(&mut command(home.path(), &["remove", "--all", "--yes"]))
            .status
            .success()
    );
    let read = |name: &str| std::fs::read_to_string(home.path().join("data").join(name)).unwrap();
    assert!(!read("vault.json").contains("\"pin\""));
    for name in ["vault.json", "issuer-keys.json"] {
        assert!(!read(name).contains("auth.example.com"), "{name}");
    }
}

#[test]
fn setting_the_pin() {
    let home = tempfile::tempdir().unwrap();
    let mut screen = Screen::start(home.path(), &["pin", "set"]);
    assert_eq!(screen.expect("New PIN: "), "");
    screen.type_in("111111\n");
    screen.expect("A PIN needs at least 4 different characters.\nNew PIN: ");
    screen.type_in(&format!("{PIN}\n"));
    screen.expect("\nRepeat PIN: ");
    screen.type_in(&format!("{PIN}\n"));
    screen.expect("The PIN is set.");
    assert_eq!(screen.ended(), 0);

    let mut screen = Screen::start(home.path(), &["pin", "set"]);
    assert_eq!(screen.expect("Current PIN: "), "");
    screen.type_in("000000\n");
    screen.expect("that is not the PIN");
    assert_eq!(screen.ended(), 1);

    let mut screen = Screen::start(home.path(), &["pin", "set"]);
    screen.expect("Current PIN: ");
    screen.type_in(&format!("{PIN}\n"));
    screen.expect("New PIN: ");
    screen.type_in("a new one\n");
    screen.expect("Repeat PIN: ");
    screen.type_in("a new one\n");
    screen.expect("The PIN is set.");
    assert_eq!(screen.ended(), 0);
    assert!(!screen.all().contains(PIN) && !screen.all().contains("a new one"));
}

#[tokio::test]
async fn a_changed_pin_opens_the_keys_beside_a_running_agent() {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    let paired = agent.pair(&issuer).await;
    // The command line works on the folder of the running agent.
    let home = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(agent.folder(), home.path().join("data")).unwrap();
    tokio::task::spawn_blocking(move || {
        let mut screen = Screen::start(home.path(), &["pin", "set"]);
        screen.expect("Current PIN: ");
        screen.type_in(&format!("{PIN}\n"));
        screen.expect("New PIN: ");
        screen.type_in("correct horse\n");
        screen.expect("Repeat PIN: ");
        screen.type_in("correct horse\n");
        screen.expect("The PIN is set.");
        assert_eq!(screen.ended(), 0);
    })
    .await
    .unwrap();
    let jwt = issuer.sign_request(&issuer.request(agent.now(), paired.kid()));
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    agent
        .authenticate(PAGE, &jwt)
        .await
        .is_failure(403, "VERIFICATION_FAILED");
    let jwt = issuer.sign_request(&issuer.request(agent.now(), paired.kid()));
    agent.person.will([Step::Allow, Step::Pin("correct horse")]);
    assert_eq!(agent.authenticate(PAGE, &jwt).await.status, 200);
}

fn finding<'a>(findings: &'a Value, check: &str, words: &str) -> &'a str {
    findings
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == check && one["text"].as_str().unwrap().contains(words))
        .unwrap_or_else(|| panic!("{check} {words}: {findings}"))["level"]
        .as_str()
        .unwrap()
}

#[test]
fn doctor_of_a_new_computer() {
    let home = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let port = free.to_string();
    let output = run(&mut command(
        home.path(),
        &["doctor", "--json", "--port", &port],
    ));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let findings = json(&output);
    assert_eq!(finding(&findings, "port", "127.0.0.1"), "ok");
    assert_eq!(finding(&findings, "port", "[::1]"), "ok");
    assert_eq!(finding(&findings, "store", "not there yet"), "note");
    assert_eq!(finding(&findings, "server", "none"), "note");
    assert!(!home.path().join("data").exists(), "it only looks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_finds_what_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    let squatter = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port().to_string();
    let issuer = Issuer::local().await;
    issuer.send_headers("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    let file = home.path().join("c.toml");
    let elsewhere = Issuer::named("https://auth.example.com/env/as").await;
    let text = format!(
        "development = true\ntrusted_issuers = [\"{}\", {{issuer = \"{}\", jwks_uri = \"{}\"}}]\n",
        issuer.iss,
        elsewhere.iss,
        elsewhere.jwks_uri(),
    );
    std::fs::write(&file, text).unwrap();
    std::fs::create_dir(home.path().join("data")).unwrap();
    std::fs::write(home.path().join("data/vault.json"), "{").unwrap();
    let mut doctor = command(
        home.path(),
        &[
            "doctor",
            "--json",
            "--port",
            &port,
            "--config",
            file.to_str().unwrap(),
        ],
    );
    doctor.env("HTTPS_PROXY", "http://alex:secret@proxy.example:3128");
    let output = tokio::task::spawn_blocking(move || run(&mut doctor))
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let findings = json(&output);
    assert_eq!(
        finding(&findings, "port", "taken by another program of yours"),
        "failure"
    );
    assert_eq!(finding(&findings, "store", "damaged"), "failure");
    assert_eq!(finding(&findings, "development", "plain http"), "warning");
    assert_eq!(finding(&findings, "server", &issuer.iss), "ok");
    assert_eq!(finding(&findings, "server", &elsewhere.iss), "ok");
    assert_eq!(finding(&findings, "clock", "ahead"), "failure");
    assert_eq!(finding(&findings, "proxy", "proxy.example:3128"), "note");
    assert!(!findings.to_string().contains("secret"), "{findings}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_looks_at_everything_that_requests_need() {
    let (home, _) = paired().await;
    std::fs::write(home.path().join("data/spent.json"), "{").unwrap();
    let mut doctor = command(home.path(), &["doctor", "--json", "--port", "0"]);
    let output = tokio::task::spawn_blocking(move || run(&mut doctor))
        .await
        .unwrap();
    let findings = json(&output);
    assert_eq!(
        finding(&findings, "store", "spent.json is damaged"),
        "failure"
    );
}
