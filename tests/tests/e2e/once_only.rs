//! An attestation or an assertion succeeds once, however many arrive at the same time.

use std::sync::{Arc, Barrier};

use countersign_tests::ceremony::{creation_options, link, request_options};
use countersign_tests::desktop::Desktop;
use countersign_tests::http::Reply;
use countersign_tests::server::Server;
use serde_json::Value;
use tempfile::TempDir;

/// How many callers try at once.
const CALLERS: usize = 100;

/// Runs `call` in that many threads, released together.
pub(crate) fn at_once(
    callers: usize,
    call: impl Fn() -> Reply + Send + Sync + 'static,
) -> Vec<Reply> {
    let barrier = Arc::new(Barrier::new(callers));
    let call = Arc::new(call);
    let threads: Vec<_> = (0..callers)
        .map(|_| {
            let (barrier, call) = (Arc::clone(&barrier), Arc::clone(&call));
            std::thread::spawn(move || {
                barrier.wait();
                call()
            })
        })
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect()
}

fn winners_and_losers(replies: Vec<Reply>) -> Vec<Reply> {
    let (winners, losers): (Vec<Reply>, Vec<Reply>) =
        replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(winners.len(), 1, "exactly one success");
    losers
}

#[test]
fn of_100_parallel_activations_and_checks_one_succeeds() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(&folder.path().join("server"));
    let desktop = Desktop::start(&folder.path().join("desktop"));
    hundred_of_each(&server, &desktop);
}

pub(crate) fn hundred_of_each(server: &Server, desktop: &Desktop) {
    let worker = server.worker();
    let origin = server.info.origin();

    let pending = worker.create_device();
    let attestation = desktop
        .post("/register", &origin, creation_options(&pending))
        .expect(200)
        .text();
    let (caller, device) = (worker.clone(), pending.clone());
    let replies = at_once(CALLERS, move || {
        caller.on_own_connections().activate(&device, &attestation)
    });
    // The losers find a device that is ACTIVE already: refused by its status, and not counted.
    for loser in winners_and_losers(replies) {
        assert_eq!(loser.status, 400, "{}", loser.text());
        assert_eq!(loser.code(), "REQUEST_FAILED");
        assert_eq!(
            loser.detail(),
            ("CONSTRAINT_VIOLATION".into(), "status".into())
        );
    }
    let device = worker.get(link(&pending)).expect(200).json();
    assert_eq!(device["status"], "ACTIVE");

    let started = worker.start();
    let assertion = desktop
        .post("/authenticate", &origin, request_options(&started))
        .expect(200)
        .text();
    let (caller, authentication, signed) = (worker.clone(), started.clone(), assertion.clone());
    let from = origin.clone();
    let replies = at_once(CALLERS, move || {
        caller
            .on_own_connections()
            .check(&authentication, &signed, &from)
    });
    for loser in winners_and_losers(replies) {
        assert_eq!(loser.status, 400, "{}", loser.text());
        assert_eq!(loser.code(), "INVALID_REQUEST");
    }
    let completed = worker.get(link(&started)).expect(200).json();
    assert_eq!(completed["status"], "COMPLETED");

    // Nothing was counted: more losers than the failure limit, and the device still signs in.
    let device: Value = worker.get(link(&pending)).expect(200).json();
    assert_eq!(device["lock"]["status"], "UNLOCKED");
    let started = worker.start();
    assert_eq!(started["status"], "ASSERTION_REQUIRED");
    let replayed = worker.check(&started, &assertion, &origin).expect(400);
    assert_eq!(
        replayed.detail(),
        ("INVALID_ASSERTION".into(), "assertion".into())
    );
    let fresh = desktop
        .post("/authenticate", &origin, request_options(&started))
        .expect(200)
        .text();
    let completed = worker.check(&started, &fresh, &origin).expect(200).json();
    assert_eq!(completed["status"], "COMPLETED");
}
