//! What the API acknowledged survives a power cut, and nothing survives by halves.
//!
//! Callers pair desktops and sign in with them, each on behalf of one user after another, and write
//! down what they do as a story: one step after another, each answered before the next. At many
//! moments the power is cut: a second server opens what the disk might hold, and for each user it must
//! know the story up to some step, the last acknowledged one or a later one. What was spent by then is
//! spent there; what was not yet known is good once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{ORIGIN, Scene, options};
use countersign_testkit::power_cut::{VFS, cut, write_back};
use countersign_testkit::server::{Answer, TestServer};
use serde_json::{Value, json};
use uuid::Uuid;

const CUTS: u64 = 40;
const CALLERS: usize = 8;

const SPENT_ATTESTATION: &str = "400 REQUEST_FAILED [CONSTRAINT_VIOLATION status]";
const SPENT_ASSERTION: &str = "400 INVALID_REQUEST";
const BAD_ATTESTATION: &str = "400 INVALID_DATA [INVALID_VALUE attestation]";
const BAD_ASSERTION: &str = "400 INVALID_DATA [INVALID_ASSERTION assertion]";

/// One request of a story.
#[derive(Clone)]
enum Step {
    Create,
    FailActivation,
    Activate {
        attestation: String,
        /// A second answer to the same challenge, by another key; not sent before the cut.
        spare: String,
    },
    Start,
    FailCheck,
    Check {
        authentication: String,
        assertion: String,
        /// A second answer to the same challenge; not sent before the cut.
        spare: String,
        counter: i64,
    },
}

/// What was done for one user, in order. All steps but perhaps the last one were answered.
#[derive(Clone)]
struct Story {
    user: Uuid,
    /// Path of the device; known once it was created.
    device: String,
    steps: Vec<Step>,
    answered: usize,
}

/// What a database knows of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    device: Option<KnownDevice>,
    /// Authentications by their status.
    authentications: HashMap<String, usize>,
    /// Activities by their action.
    trail: HashMap<String, usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct KnownDevice {
    /// It is active, and has a key and a counter.
    active: bool,
    counter: i64,
    failures: i64,
    locked: bool,
}

/// What there is to know after these steps.
fn after(steps: &[Step]) -> Known {
    let mut known = Known::default();
    let Known {
        device,
        authentications,
        trail,
    } = &mut known;
    let mut note = |action: &str| *trail.entry(action.to_owned()).or_default() += 1;
    note("USER.CREATED");
    for step in steps {
        let device = device.get_or_insert_default();
        let mut ended = |status: &str| {
            authentications.remove("ASSERTION_REQUIRED");
            *authentications.entry(status.to_owned()).or_default() += 1;
        };
        match step {
            Step::Create => note("DEVICE.CREATED"),
            Step::FailActivation => {
                device.failures += 1;
                note("DEVICE.ACTIVATION_FAILED");
            }
            Step::Activate { .. } => {
                device.active = true;
                device.failures = 0;
                note("DEVICE.ACTIVATED");
            }
            Step::Start => {
                authentications.insert("ASSERTION_REQUIRED".to_owned(), 1);
                note("AUTHENTICATION.CREATED");
            }
            Step::FailCheck => {
                device.failures += 1;
                note("ASSERTION.CHECK_FAILED");
                if device.failures == 3 {
                    device.locked = true;
                    ended("FAILED");
                    note("DEVICE.LOCKED");
                    note("AUTHENTICATION.UPDATED");
                }
            }
            Step::Check { counter, .. } => {
                device.counter = *counter;
                device.failures = 0;
                ended("COMPLETED");
                note("ASSERTION.CHECK_SUCCESS");
                note("AUTHENTICATION.UPDATED");
            }
        }
    }
    known
}

/// What the database of this server knows of each user, and whether it is sound.
async fn known(server: &TestServer) -> HashMap<Uuid, Known> {
    let read = |sql| server.rows(sql);
    let damage = read("PRAGMA integrity_check").await.unwrap();
    assert_eq!(damage[0].text(0).unwrap(), "ok");
    let mut known = HashMap::<Uuid, Known>::new();
    let sql = "SELECT user_id, active, kid, counter, failures, locked_until FROM devices";
    for row in read(sql).await.unwrap() {
        let (active, counter) = (row.bool(1).unwrap(), row.opt_int(3).unwrap());
        assert_eq!(active, row.opt_text(2).unwrap().is_some(), "half a device");
        assert_eq!(active, counter.is_some(), "half a device");
        let device = KnownDevice {
            active,
            counter: counter.unwrap_or_default(),
            failures: row.int(4).unwrap(),
            locked: row.opt_int(5).unwrap().is_some(),
        };
        let user = known.entry(row.uuid(0).unwrap()).or_default();
        assert_eq!(user.device.replace(device), None, "two devices");
    }
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for row in read("SELECT user_id, doc FROM device_authentications")
        .await
        .unwrap()
    {
        let user = known.entry(row.uuid(0).unwrap()).or_default();
        let status = json(row.text(1).unwrap())["phase"]["status"]
            .as_str()
            .unwrap()
            .to_owned();
        *user.authentications.entry(status).or_default() += 1;
    }
    for row in read("SELECT action, doc FROM activities").await.unwrap() {
        let resources = &json(row.text(1).unwrap())["resources"];
        let user = resources
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["type"] == "USER");
        let Some(user) = user else { continue };
        let user = user["id"].as_str().unwrap().parse().unwrap();
        let trail = &mut known.entry(user).or_default().trail;
        *trail.entry(row.text(0).unwrap().to_owned()).or_default() += 1;
    }
    known
}

/// What the callers share.
struct Load {
    scene: Scene,
    stories: Mutex<Vec<Story>>,
    users: AtomicUsize,
    /// While a copy is looked at, the load waits: the time is for cuts, not for a large database.
    pause: AtomicBool,
    stop: AtomicBool,
}

impl Load {
    async fn run(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            self.story(self.users.fetch_add(1, Ordering::Relaxed)).await;
        }
    }

    async fn turn(&self) {
        while self.pause.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn begin(&self, story: usize, step: Step) {
        self.stories.lock().unwrap()[story].steps.push(step);
    }

    fn answered(&self, story: usize) {
        self.stories.lock().unwrap()[story].answered += 1;
    }

    /// A user who is new, a device, some sign-ins, here and there a wrong answer.
    async fn story(&self, number: usize) {
        self.turn().await;
        let scene = &self.scene;
        let users = format!("/v1/environments/{}/users", scene.server.world.environment);
        let user = scene
            .post(users, &json!({"username": format!("user{number}")}))
            .await;
        assert_eq!(user.summary(), "201");
        let user: Uuid = user.text("id").unwrap().parse().unwrap();
        let story = {
            let mut stories = self.stories.lock().unwrap();
            stories.push(Story {
                user,
                device: String::new(),
                steps: Vec::new(),
                answered: 0,
            });
            stories.len() - 1
        };
        let mut desktop = scene.server.desktop();

        self.begin(story, Step::Create);
        let devices = format!(
            "/v1/environments/{}/users/{user}/devices",
            scene.server.world.environment
        );
        let body = json!({"type": "PINGID_DESKTOP_GEN2", "status": "ACTIVATION_REQUIRED"});
        let created = scene.post(devices.clone(), &body).await;
        assert_eq!(created.summary(), "201");
        let device = format!("{devices}/{}", created.text("id").unwrap());
        self.stories.lock().unwrap()[story]
            .device
            .clone_from(&device);
        self.answered(story);

        if number.is_multiple_of(3) {
            let bad = desktop.register_with(options(&created), ORIGIN, |claims| {
                "another".clone_into(&mut claims.nonce);
            });
            self.turn().await;
            self.begin(story, Step::FailActivation);
            let answer = activate(scene, &device, &bad.unwrap()).await;
            assert_eq!(answer.summary(), BAD_ATTESTATION);
            self.answered(story);
        }
        let spare = desktop.register(options(&created), ORIGIN).unwrap();
        let attestation = desktop.register(options(&created), ORIGIN).unwrap();
        self.turn().await;
        self.begin(
            story,
            Step::Activate {
                attestation: attestation.clone(),
                spare,
            },
        );
        assert_eq!(
            activate(scene, &device, &attestation).await.summary(),
            "200"
        );
        self.answered(story);

        for sign_in in 0..3 {
            // The last one may be a series of wrong answers that ends in a lock.
            let failures = match (number + sign_in) % 4 {
                0 if sign_in == 2 => 3,
                1 => 1,
                2 => 2,
                _ => 0,
            };
            self.turn().await;
            self.begin(story, Step::Start);
            let started = scene.start(&json!({"user": {"id": user}})).await;
            assert_eq!(started.summary(), "201");
            self.answered(story);
            let path = scene.authentication(&started);
            for _ in 0..failures {
                let bad = desktop.authenticate_with(options(&started), ORIGIN, |claims| {
                    "another".clone_into(&mut claims.nonce);
                });
                self.turn().await;
                self.begin(story, Step::FailCheck);
                let answer = scene.check(&path, &bad.unwrap()).await;
                assert_eq!(answer.summary(), BAD_ASSERTION);
                self.answered(story);
            }
            if failures == 3 {
                break;
            }
            let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
            let counter = desktop.credentials.last().unwrap().counter;
            let step = Step::Check {
                authentication: path.clone(),
                assertion: assertion.clone(),
                spare: desktop.authenticate(options(&started), ORIGIN).unwrap(),
                counter: i64::try_from(counter).unwrap(),
            };
            self.turn().await;
            self.begin(story, step);
            assert_eq!(scene.check(&path, &assertion).await.summary(), "200");
            self.answered(story);
        }
    }
}

async fn activate(scene: &Scene, device: &str, attestation: &str) -> Answer {
    scene
        .action(
            device,
            "device.activate",
            &json!({"attestation": attestation}),
        )
        .await
}

/// Looks at a copy. `before` is how many steps of each story were answered before the cut, `seen` how
/// many steps the previous cuts have looked at.
async fn look(copy: &Path, load: &Load, stories: &[Story], before: &[usize], seen: &[usize]) {
    let server = load
        .scene
        .server
        .beside(&format!("sqlite://{}", copy.display()))
        .await
        .unwrap();
    // The token was issued by the other server: the keys are in the copy too.
    let scene = Scene {
        server,
        token: load.scene.token.clone(),
    };
    let there = known(&scene.server).await;
    let mut untouched = Vec::new();
    for (index, story) in stories.iter().enumerate() {
        let answered = before.get(index).copied().unwrap_or(0);
        let known = there.get(&story.user).cloned().unwrap_or_default();
        if before.len() <= index && known == Known::default() {
            // Not even the user was acknowledged before the cut.
            continue;
        }
        let survived = (answered..=story.steps.len()).find(|n| after(&story.steps[..*n]) == known);
        let Some(survived) = survived else {
            panic!(
                "of {} steps {answered} were acknowledged, after which there is {:?}, but there is {known:?}",
                story.steps.len(),
                after(&story.steps[..answered]),
            );
        };
        if seen.get(index) == Some(&story.steps.len()) {
            continue;
        }
        for step in &story.steps[..survived] {
            refused(&scene, story, step).await;
        }
        // Everything that was refused was not counted. What the cut took with it is no more spent than
        // it is done, and good once.
        match story.steps.get(survived) {
            Some(step @ Step::Activate { attestation, .. }) => {
                let answer = activate(&scene, &story.device, attestation).await;
                assert_eq!(answer.summary(), "200");
                refused(&scene, story, step).await;
            }
            Some(
                step @ Step::Check {
                    authentication,
                    assertion,
                    ..
                },
            ) => {
                let answer = scene.check(authentication, assertion).await;
                assert_eq!(answer.summary(), "200");
                refused(&scene, story, step).await;
            }
            _ => untouched.push((story, known)),
        }
    }
    let later = self::known(&scene.server).await;
    for (story, known) in untouched {
        assert_eq!(
            later.get(&story.user),
            Some(&known),
            "a refusal left something behind"
        );
    }
    scene.server.engine.database().close().await;
}

/// What this step spent is refused with the documented answer, and its effect can be read.
async fn refused(scene: &Scene, story: &Story, step: &Step) {
    match step {
        Step::Activate { attestation, spare } => {
            for answer in [attestation, spare] {
                let answer = activate(scene, &story.device, answer).await;
                assert_eq!(answer.summary(), SPENT_ATTESTATION);
            }
            assert_eq!(scene.get(&story.device).await.body["status"], "ACTIVE");
        }
        Step::Check {
            authentication,
            assertion,
            spare,
            ..
        } => {
            for answer in [assertion, spare] {
                let answer = scene.check(authentication, answer).await;
                assert_eq!(answer.summary(), SPENT_ASSERTION);
            }
            assert_eq!(scene.get(authentication).await.body["status"], "COMPLETED");
        }
        Step::Create | Step::FailActivation | Step::Start | Step::FailCheck => {}
    }
}

fn write_back_often(live: &Path, load: &Load) {
    while !load.stop.load(Ordering::Relaxed) {
        if !load.pause.load(Ordering::Relaxed) {
            write_back(live).unwrap();
        }
        std::thread::sleep(Duration::from_millis(15));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_power_cut() {
    let folder = tempfile::tempdir().unwrap();
    let live: PathBuf = folder.path().join("live.db");
    let url = format!("sqlite://{}", live.display());
    let server = TestServer::start_on(&url, Some(VFS)).await.unwrap();
    let token = server.token(server.world.admin).await.unwrap();
    let load = Arc::new(Load {
        scene: Scene { server, token },
        stories: Mutex::default(),
        users: AtomicUsize::new(0),
        pause: AtomicBool::new(false),
        stop: AtomicBool::new(false),
    });
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let load = Arc::clone(&load);
            tokio::spawn(async move { load.run().await })
        })
        .collect();
    let writer_back = {
        let (live, load) = (live.clone(), Arc::clone(&load));
        std::thread::spawn(move || write_back_often(&live, &load))
    };
    let (mut with_loss, mut unanswered) = (0, 0);
    let mut seen = Vec::new();
    for seed in 0..CUTS {
        // Uneven pauses, so that cuts do not keep step with the commits.
        tokio::time::sleep(Duration::from_micros(20_000 + seed * 7919 % 60_000)).await;
        let copy = folder.path().join(format!("cut-{seed}.db"));
        let answered = |stories: &[Story]| stories.iter().map(|one| one.answered).collect();
        let before: Vec<usize> = answered(&load.stories.lock().unwrap());
        let lost = {
            let (live, copy) = (live.clone(), copy.clone());
            tokio::task::spawn_blocking(move || cut(&live, seed, &copy))
                .await
                .unwrap()
                .unwrap()
        };
        load.pause.store(true, Ordering::Relaxed);
        let stories = load.stories.lock().unwrap().clone();
        // After a sync, SQLite may pad its log with one more write that nobody needs.
        with_loss += u64::from(lost > 1);
        unanswered += stories
            .iter()
            .filter(|one| one.answered < one.steps.len())
            .count();
        look(&copy, &load, &stories, &before, &seen).await;
        seen = stories.iter().map(|one| one.steps.len()).collect();
        for suffix in ["", "-wal", "-shm"] {
            let _gone = std::fs::remove_file(format!("{}{suffix}", copy.display()));
        }
        load.pause.store(false, Ordering::Relaxed);
    }
    load.stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    writer_back.join().unwrap();
    let stories = load.stories.lock().unwrap().clone();
    let steps: usize = stories.iter().map(|one| one.answered).sum();
    println!(
        "{CUTS} cuts, {with_loss} of them with writes not synced, {unanswered} requests under way; \
         {} users, {steps} requests",
        stories.len()
    );
    assert!(
        with_loss > CUTS / 4,
        "the cuts fell between the syncs, nothing was tested"
    );
    assert!(steps > 500, "too little load: {steps}");
    load.scene.server.engine.database().close().await;
}
