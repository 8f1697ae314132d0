//! A person who says no, a page of another site, a wrong PIN: what the client sees then.

use countersign_tests::ceremony::{creation_options, link, request_options};
use countersign_tests::desktop::Desktop;
use countersign_tests::http::{Client, Reply};
use countersign_tests::server::Server;
use countersign_tests::terminal::Mood;
use tempfile::TempDir;

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!(
        (reply.status, reply.code()),
        (status, code.to_owned()),
        "{}",
        reply.text()
    );
    assert!(reply.json()["id"].is_string() && reply.json()["message"].is_string());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[test]
fn refusals_at_the_desktop_never_count_at_the_server() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let desktop = Desktop::start(&folder.path().join("desktop"));
    let worker = server.worker();
    let origin = server.info.origin();

    let pending = worker.create_device();
    let attestation = desktop
        .post("/register", &origin, creation_options(&pending))
        .expect(200)
        .text();
    worker.activate(&pending, &attestation).expect(200);

    desktop.terminal.set_mood(Mood::Decline);
    let started = worker.start();
    let options = request_options(&started).to_owned();
    assert_refused(
        &desktop.post("/authenticate", &origin, &options),
        403,
        "USER_DECLINED",
    );
    // Its id is spent, whatever the person said.
    assert_refused(
        &desktop.post("/authenticate", &origin, &options),
        409,
        "REQUEST_REPLAYED",
    );

    desktop.terminal.set_mood(Mood::AllowWithWrongPin);
    let started = worker.start();
    let answer = desktop.post("/authenticate", &origin, request_options(&started));
    assert_refused(&answer, 403, "VERIFICATION_FAILED");

    desktop.terminal.set_mood(Mood::Allow);
    let started = worker.start();
    let options = request_options(&started).to_owned();
    let asked = desktop.terminal.questions();
    // Asked without a person noticing: another site's page, and one that is no page at all.
    assert_refused(
        &desktop.post("/authenticate", "https://evil.test", &options),
        403,
        "ORIGIN_NOT_ALLOWED",
    );
    assert_refused(
        &desktop.post("/authenticate", "null", &options),
        403,
        "ORIGIN_NOT_ALLOWED",
    );
    let plain = Client::default().send(
        "POST",
        &format!("{}/authenticate", desktop.url),
        &[("Content-Type", "text/plain"), ("Origin", &origin)],
        Some(options.as_bytes()),
    );
    assert_refused(&plain, 415, "INVALID_REQUEST");
    let rebound = Client::default().send(
        "POST",
        &format!("{}/authenticate", desktop.url),
        &[
            ("Content-Type", "application/jwt"),
            ("Origin", &origin),
            ("Host", "attacker.example:9410"),
        ],
        Some(options.as_bytes()),
    );
    assert_refused(&rebound, 421, "WRONG_HOST");
    assert_eq!(desktop.terminal.questions(), asked, "nobody was asked");

    // After all that the server has counted nothing.
    let assertion = desktop
        .post("/authenticate", &origin, &options)
        .expect(200)
        .text();
    let completed = worker
        .check(&started, &assertion, &origin)
        .expect(200)
        .json();
    assert_eq!(completed["status"], "COMPLETED");
    assert_eq!(
        worker.get(link(&pending)).expect(200).json()["lock"]["status"],
        "UNLOCKED"
    );
}

#[test]
fn a_device_of_another_user_cannot_be_activated_with_this_attestation() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let desktop = Desktop::start(&folder.path().join("desktop"));
    let worker = server.worker();
    let origin = server.info.origin();
    let other = worker.create_user("sam.doe");

    let mine = worker.create_device();
    let theirs = worker.create_device_of(&other);
    let attestation = desktop
        .post("/register", &origin, creation_options(&mine))
        .expect(200)
        .text();
    let refused = worker.activate(&theirs, &attestation).expect(400);
    assert_eq!(refused.code(), "INVALID_DATA");
    assert_eq!(
        refused.detail(),
        ("INVALID_VALUE".into(), "attestation".into())
    );
    assert_eq!(
        worker.get(link(&theirs)).expect(200).json()["status"],
        "ACTIVATION_REQUIRED"
    );
    // Under the other user's path the device does not exist at all.
    let device_id = mine["id"].as_str().unwrap();
    worker
        .get(&format!("{}/{device_id}", worker.devices_url(&other)))
        .expect(404);
    worker.activate(&mine, &attestation).expect(200);
}
