//! What was acknowledged survives `kill -9` at any moment, and what was spent stays spent.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_crypto::random::SystemRandom;
use countersign_crypto::time::SystemClock;
use countersign_testkit::desktop::SoftDesktop;
use countersign_tests::ceremony::{Worker, creation_options, link, request_options};
use countersign_tests::server::Server;
use serde_json::Value;
use tempfile::TempDir;

/// How often the server is killed.
const KILLS: usize = 200;
/// Threads that pair and sign in meanwhile.
const THREADS: usize = 4;

/// A request that carries a signed answer, and what became of it.
struct Sent {
    resource: Value,
    answer: String,
    /// The server said 200 before it was killed.
    acknowledged: bool,
}

#[derive(Default)]
struct Record {
    activations: Vec<Sent>,
    checks: Vec<Sent>,
}

#[test]
fn acknowledged_means_durable_through_200_kills() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    kill_in_a_loop(&data, KILLS, Duration::from_millis(200), Server::start);
}

/// Kills what `start` starts within `longest` of the load's begin, again and again, and looks after each
/// restart whether every promise holds.
pub(crate) fn kill_in_a_loop(
    data: &Path,
    kills: usize,
    longest: Duration,
    start: impl Fn(&Path) -> Server,
) {
    let users = Arc::new(AtomicUsize::new(0));
    let mut acknowledged = (0, 0);
    let mut undecided = 0;
    let mut server = start(data);
    // One token throughout: its key is as durable as the rest.
    let worker = server.worker();
    let origin = server.info.origin();
    for round in 0..kills {
        let stop = Arc::new(AtomicBool::new(false));
        let record = Arc::new(Mutex::new(Record::default()));
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let load = Load {
                    worker: worker.on_own_connections(),
                    origin: origin.clone(),
                    users: Arc::clone(&users),
                    record: Arc::clone(&record),
                    stop: Arc::clone(&stop),
                };
                std::thread::spawn(move || load.run())
            })
            .collect();
        // Any moment: from before the first answer to long after it.
        let moment = 10 + (round * 37) % 90;
        std::thread::sleep(longest * u32::try_from(moment).unwrap() / 100);
        server.kill_9();
        stop.store(true, Ordering::SeqCst);
        for thread in threads {
            thread.join().unwrap();
        }

        server = start(data);
        let fresh = worker.on_own_connections();
        let record = std::mem::take(&mut *record.lock().unwrap());
        for sent in &record.activations {
            undecided += usize::from(!after_activation(&fresh, sent));
            acknowledged.0 += usize::from(sent.acknowledged);
        }
        for sent in &record.checks {
            undecided += usize::from(!after_check(&fresh, sent, &origin));
            acknowledged.1 += usize::from(sent.acknowledged);
        }
    }
    println!(
        "{kills} kills; acknowledged: {} activations, {} sign-ins; {undecided} requests had left no trace",
        acknowledged.0, acknowledged.1
    );
    assert!(
        acknowledged.0 > kills / 4 && acknowledged.1 > kills / 4,
        "too little load to prove anything: {acknowledged:?}"
    );
    assert!(server.terminate().0.success());
}

/// Looks at an activation after a restart; `false` if the server had not got to it before.
fn after_activation(worker: &Worker, sent: &Sent) -> bool {
    let device = worker.get(link(&sent.resource)).expect(200).json();
    let done = device["status"] == "ACTIVE";
    if !done {
        assert!(
            !sent.acknowledged,
            "an acknowledged activation is gone: {device}"
        );
        assert_eq!(device["status"], "ACTIVATION_REQUIRED");
        // Nothing was spent either: the same answer still works, once.
        worker.activate(&sent.resource, &sent.answer).expect(200);
    }
    let again = worker.activate(&sent.resource, &sent.answer).expect(400);
    assert_eq!(again.code(), "REQUEST_FAILED");
    assert_eq!(
        again.detail(),
        ("CONSTRAINT_VIOLATION".into(), "status".into())
    );
    done
}

/// Looks at a check after a restart; `false` if the server had not got to it before.
fn after_check(worker: &Worker, sent: &Sent, origin: &str) -> bool {
    let authentication = worker.get(link(&sent.resource)).expect(200).json();
    let done = authentication["status"] == "COMPLETED";
    if !done {
        assert!(
            !sent.acknowledged,
            "an acknowledged sign-in is gone: {authentication}"
        );
        assert_eq!(authentication["status"], "ASSERTION_REQUIRED");
        worker
            .check(&sent.resource, &sent.answer, origin)
            .expect(200);
    }
    let again = worker
        .check(&sent.resource, &sent.answer, origin)
        .expect(400);
    assert_eq!(again.code(), "INVALID_REQUEST");
    done
}

/// One thread's load: a user, a device, a few sign-ins, and so on until the server is gone.
struct Load {
    worker: Worker,
    origin: String,
    users: Arc<AtomicUsize>,
    record: Arc<Mutex<Record>>,
    stop: Arc<AtomicBool>,
}

impl Load {
    fn run(&self) {
        while !self.stop.load(Ordering::SeqCst) && self.one_user().is_some() {}
    }

    /// `None` when no answer came: the server is gone.
    fn one_user(&self) -> Option<()> {
        let number = self.users.fetch_add(1, Ordering::SeqCst);
        let user = self.create_user(number)?;
        let mut desktop = SoftDesktop::new(Arc::new(SystemClock), Arc::new(SystemRandom));
        let device = self.post(
            &self.worker.devices_url(&user),
            &serde_json::json!({"type": "PINGID_DESKTOP_GEN2", "status": "ACTIVATION_REQUIRED"}),
        )?;
        let attestation = desktop
            .register(creation_options(&device), &self.origin)
            .unwrap();
        let body = serde_json::json!({"attestation": attestation});
        let activated = self.send(link(&device), countersign_tests::ceremony::ACTIVATE, &body);
        self.record.lock().unwrap().activations.push(Sent {
            resource: device,
            answer: attestation,
            acknowledged: activated.is_some(),
        });
        activated?;
        for _ in 0..3 {
            let started = self.post(
                &self.worker.info.authentications_url(),
                &serde_json::json!({"user": {"id": user}}),
            )?;
            let assertion = desktop
                .authenticate(request_options(&started), &self.origin)
                .unwrap();
            let body = serde_json::json!({"assertion": assertion, "origin": self.origin});
            let checked = self.send(link(&started), countersign_tests::ceremony::CHECK, &body);
            self.record.lock().unwrap().checks.push(Sent {
                resource: started,
                answer: assertion,
                acknowledged: checked.is_some(),
            });
            checked?;
        }
        Some(())
    }

    fn create_user(&self, number: usize) -> Option<String> {
        let users = format!("{}/users", self.worker.info.environment_url());
        let user = self.post(
            &users,
            &serde_json::json!({
                "username": format!("user{number}"),
                "population": {"id": self.worker.info.population_id},
            }),
        )?;
        let id = user["id"].as_str().unwrap().to_owned();
        let enabled = self.worker.try_call(
            "PUT",
            &format!("{users}/{id}/mfaEnabled"),
            "application/json",
            Some(br#"{"mfaEnabled":true}"#),
        );
        enabled.ok()?.expect(200);
        Some(id)
    }

    fn post(&self, url: &str, body: &Value) -> Option<Value> {
        let reply = self
            .worker
            .try_call(
                "POST",
                url,
                "application/json",
                Some(body.to_string().as_bytes()),
            )
            .ok()?;
        Some(reply.expect(201).json())
    }

    /// A call that must succeed if it is answered at all.
    fn send(&self, url: &str, media_type: &str, body: &Value) -> Option<Value> {
        let reply = self
            .worker
            .try_call("POST", url, media_type, Some(body.to_string().as_bytes()))
            .ok()?;
        Some(reply.expect(200).json())
    }
}
