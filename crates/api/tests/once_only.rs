//! One attestation activates once, one assertion signs in once, and a device gives away no more tries
//! than its policy allows, however many ask at the same moment and whichever server they ask.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::collections::BTreeMap;

use common::{ORIGIN, Scene, options};
use countersign_testkit::postgres;
use countersign_testkit::server::{Answer, TestServer};
use serde_json::{Value, json};

const PARALLEL: usize = 100;

/// Servers with one database: the first made the world, the others came later.
struct Servers {
    scenes: Vec<Scene>,
    _folder: tempfile::TempDir,
}

impl Servers {
    async fn on(url: Option<String>, count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = url.unwrap_or_else(|| format!("sqlite://{}/test.db", folder.path().display()));
        let server = TestServer::start_on(&url, None).await.unwrap();
        let token = server.token(server.world.admin).await.unwrap();
        let mut scenes = vec![Scene { server, token }];
        for _ in 1..count {
            let server = scenes[0].server.beside(&url).await.unwrap();
            let token = scenes[0].token.clone();
            scenes.push(Scene { server, token });
        }
        Self {
            scenes,
            _folder: folder,
        }
    }

    /// Sends these actions at the same time, to the servers in turn, and counts the answers.
    async fn all_at_once(
        &self,
        action: &str,
        requests: &[(&str, Value)],
    ) -> BTreeMap<String, usize> {
        let mut sent = tokio::task::JoinSet::new();
        let start = std::sync::Arc::new(tokio::sync::Barrier::new(requests.len()));
        for ((path, body), scene) in requests.iter().zip(self.scenes.iter().cycle()) {
            let request = http::Request::post(*path)
                .header("authorization", format!("Bearer {}", scene.token))
                .header(
                    "content-type",
                    format!("application/vnd.pingidentity.{action}+json"),
                )
                .body(axum::body::Body::from(body.to_string()))
                .unwrap();
            let (router, start) = (scene.server.router.clone(), start.clone());
            sent.spawn(async move {
                start.wait().await;
                Answer::of(router, request).await.unwrap().summary()
            });
        }
        let mut answers = BTreeMap::new();
        while let Some(answer) = sent.join_next().await {
            *answers.entry(answer.unwrap()).or_default() += 1;
        }
        answers
    }

    /// The failures that are counted on devices, pending ones too.
    async fn failures(&self) -> i64 {
        let rows = self.scenes[0]
            .server
            .rows("SELECT failures FROM devices")
            .await
            .unwrap();
        rows.iter().map(|row| row.int(0).unwrap()).sum()
    }

    async fn recorded(&self, action: &str) -> usize {
        let recorded = self.scenes[0].server.recorded_actions().await.unwrap();
        recorded.iter().filter(|one| *one == action).count()
    }

    async fn close(self) {
        for scene in &self.scenes {
            scene.server.engine.database().close().await;
        }
    }
}

fn counted<const N: usize>(answers: [(&str, usize); N]) -> BTreeMap<String, usize> {
    answers
        .map(|(answer, count)| (answer.to_owned(), count))
        .into()
}

async fn one_attestation_activates_once(servers: &Servers) {
    let scene = &servers.scenes[0];
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    let created = scene.create(user).await;
    let path = scene.device(user, &created);
    let attestation = desktop.register(options(&created), ORIGIN).unwrap();
    let request = (path.as_str(), json!({"attestation": attestation}));
    let answers = servers
        .all_at_once("device.activate", &vec![request; PARALLEL])
        .await;
    let refused = "400 REQUEST_FAILED [CONSTRAINT_VIOLATION status]";
    assert_eq!(answers, counted([("200", 1), (refused, PARALLEL - 1)]));
    assert_eq!(servers.failures().await, 0);
    assert_eq!(servers.recorded("DEVICE.ACTIVATED").await, 1);
    assert_eq!(servers.recorded("DEVICE.ACTIVATION_FAILED").await, 0);
    assert_eq!(scene.get(&path).await.body["status"], "ACTIVE");
}

async fn one_assertion_signs_in_once(servers: &Servers) {
    let scene = &servers.scenes[0];
    let user = scene.server.world.other_user;
    let mut desktop = scene.server.desktop();
    scene.pair(&mut desktop, user).await;
    let started = scene.start(&json!({"user": {"id": user}})).await;
    let path = scene.authentication(&started);
    let assertion = desktop.authenticate(options(&started), ORIGIN).unwrap();
    let request = (
        path.as_str(),
        json!({"origin": ORIGIN, "assertion": assertion}),
    );
    let answers = servers
        .all_at_once("assertion.check", &vec![request; PARALLEL])
        .await;
    assert_eq!(
        answers,
        counted([("200", 1), ("400 INVALID_REQUEST", PARALLEL - 1)])
    );
    assert_eq!(servers.failures().await, 0);
    assert_eq!(servers.recorded("ASSERTION.CHECK_SUCCESS").await, 1);
    assert_eq!(servers.recorded("ASSERTION.CHECK_FAILED").await, 0);
    assert_eq!(scene.get(&path).await.body["status"], "COMPLETED");
}

/// The device of the other user again; `ways` authentications of it are open at the same time.
async fn wrong_assertions_count_as_far_as_the_limit(servers: &Servers, ways: usize) {
    const LIMIT: usize = 3;
    let scene = &servers.scenes[0];
    let user = scene.server.world.user;
    let mut desktop = scene.server.desktop();
    let (device, _) = scene.pair(&mut desktop, user).await;
    let id = device.rsplit('/').next().unwrap();
    let recorded = servers.recorded("ASSERTION.CHECK_FAILED").await;
    let mut open = Vec::new();
    for _ in 0..ways {
        let body = json!({"user": {"id": user}, "selectedDevice": {"id": id}});
        let started = scene.start(&body).await;
        assert_eq!(started.summary(), "201");
        let bad = desktop.authenticate_with(options(&started), ORIGIN, |claims| {
            "another".clone_into(&mut claims.nonce);
        });
        open.push((scene.authentication(&started), bad.unwrap()));
    }
    let requests: Vec<_> = (0..PARALLEL)
        .map(|number| {
            let (path, bad) = &open[number % ways];
            (path.as_str(), json!({"origin": ORIGIN, "assertion": bad}))
        })
        .collect();
    let answers = servers.all_at_once("assertion.check", &requests).await;
    // The rest comes too late: the authentication has failed, or the device is locked.
    let counted = "400 INVALID_DATA [INVALID_ASSERTION assertion]";
    let late = ["400 INVALID_REQUEST", "400 REQUEST_FAILED [LIMIT_EXCEEDED]"];
    assert_eq!(answers.get(counted), Some(&LIMIT), "{answers:?}");
    let of_late: usize = late.iter().filter_map(|answer| answers.get(*answer)).sum();
    assert_eq!(of_late, PARALLEL - LIMIT, "{answers:?}");
    assert_eq!(
        servers.recorded("ASSERTION.CHECK_FAILED").await,
        recorded + LIMIT
    );
    assert_eq!(scene.get(&device).await.body["lock"]["status"], "LOCKED");
    // So does the right answer.
    let (path, _) = &open[0];
    let read = scene.get(path).await;
    if read.body["status"] == "ASSERTION_REQUIRED" {
        let good = desktop.authenticate(options(&read), ORIGIN).unwrap();
        let answer = scene.check(path, &good).await;
        assert_eq!(answer.summary(), "400 REQUEST_FAILED [LIMIT_EXCEEDED]");
    }
    assert_eq!(scene.delete(&device).await.summary(), "204");
}

async fn everything(url: Option<String>, count: usize) {
    let servers = Servers::on(url, count).await;
    one_attestation_activates_once(&servers).await;
    one_assertion_signs_in_once(&servers).await;
    wrong_assertions_count_as_far_as_the_limit(&servers, 1).await;
    wrong_assertions_count_as_far_as_the_limit(&servers, 5).await;
    servers.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    everything(None, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_with_two_servers() {
    everything(None, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    match postgres::shared().and_then(postgres::PostgresServer::create_database) {
        Ok(url) => everything(Some(url), 1).await,
        Err(skip) => skip.report("once only, on PostgreSQL"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_with_two_servers() {
    match postgres::shared().and_then(postgres::PostgresServer::create_database) {
        Ok(url) => everything(Some(url), 2).await,
        Err(skip) => skip.report("once only with two servers, on PostgreSQL"),
    }
}
