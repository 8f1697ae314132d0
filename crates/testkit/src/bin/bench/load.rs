//! The load: users, pairings, sign-ins.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde::Deserialize;
use tokio::task::LocalSet;

use crate::authenticator::{Authenticator, ORIGIN};
use crate::http::Connection;
use crate::measure::{Row, own_cpu, quantile};
use crate::server::BenchServer;

const JSON: &str = "application/json";
const ACTIVATE: &str = "application/vnd.pingidentity.device.activate+json";
const CHECK: &str = "application/vnd.pingidentity.assertion.check+json";
/// Devices that a user may have; the most that the settings allow.
const DEVICES_EACH: usize = 15;

/// Users that have no device yet.
pub(crate) struct Seed {
    fresh: RefCell<Vec<String>>,
}

/// A user with one active device.
pub(crate) struct Paired {
    user: String,
    authenticator: Authenticator,
}

/// A pool of things that tasks take and give back.
type Pool<T> = Rc<RefCell<VecDeque<T>>>;

/// Lets users have many devices and makes the first users.
pub(crate) async fn seed(server: &BenchServer, connections: usize) -> anyhow::Result<Seed> {
    let mut connection = Connection::open(&server.address).await?;
    let path = format!(
        "/v1/environments/{}/mfaSettings",
        server.ready.environment_id
    );
    let body = format!(
        r#"{{"pairing":{{"maxAllowedDevices":{DEVICES_EACH},"pairingKeyFormat":"ALPHANUMERIC"}}}}"#
    );
    connection
        .expect(
            StatusCode::OK,
            Method::PUT,
            &path,
            &server.bearer,
            JSON,
            body,
        )
        .await?;
    let seed = Seed {
        fresh: RefCell::new(Vec::new()),
    };
    more_users(server, &seed, 800, connections).await?;
    Ok(seed)
}

async fn more_users(
    server: &BenchServer,
    seed: &Seed,
    count: usize,
    connections: usize,
) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct Created {
        id: String,
    }
    let before = seed.fresh.borrow().len();
    let path = format!("/v1/environments/{}/users", server.ready.environment_id);
    let todo: Pool<usize> = Rc::new(RefCell::new((before..before + count).collect()));
    let made: Rc<RefCell<Vec<String>>> = Rc::default();
    let tasks = LocalSet::new();
    let mut running = Vec::new();
    for _ in 0..connections {
        let (todo, made, path) = (Rc::clone(&todo), Rc::clone(&made), path.clone());
        let (bearer, address) = (server.bearer.clone(), server.address.clone());
        let population = server.ready.population_id.clone();
        running.push(tasks.spawn_local(async move {
            let mut connection = Connection::open(&address).await?;
            loop {
                let Some(number) = todo.borrow_mut().pop_front() else { break };
                let body = format!(
                    r#"{{"username":"bench-{number}","email":"bench-{number}@example.com","population":{{"id":"{population}"}},"mfaEnabled":true}}"#
                );
                let answer = connection
                    .expect(StatusCode::CREATED, Method::POST, &path, &bearer, JSON, body)
                    .await?;
                let created: Created = serde_json::from_slice(&answer)?;
                made.borrow_mut().push(created.id);
            }
            anyhow::Ok(())
        }));
    }
    tasks.await;
    for task in running {
        task.await??;
    }
    seed.fresh.borrow_mut().append(&mut made.borrow_mut());
    Ok(())
}

/// Creates and activates one device.
async fn pair(
    connection: &mut Connection,
    bearer: &str,
    devices: &str,
    authenticator: &Authenticator,
) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Created<'a> {
        id: &'a str,
        ping_id_desktop_credential_creation_options: &'a str,
    }
    let body = r#"{"type":"PINGID_DESKTOP_GEN2","status":"ACTIVATION_REQUIRED"}"#.to_owned();
    let answer = connection
        .expect(
            StatusCode::CREATED,
            Method::POST,
            devices,
            bearer,
            JSON,
            body,
        )
        .await?;
    let created: Created<'_> = serde_json::from_slice(&answer)?;
    let attestation = authenticator.attest(created.ping_id_desktop_credential_creation_options)?;
    let path = format!("{devices}/{}", created.id);
    let body = format!(r#"{{"attestation":"{attestation}"}}"#);
    connection
        .expect(StatusCode::OK, Method::POST, &path, bearer, ACTIVATE, body)
        .await?;
    Ok(())
}

/// Signs in once.
async fn sign_in(
    connection: &mut Connection,
    bearer: &str,
    path: &str,
    paired: &mut Paired,
) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Started<'a> {
        id: &'a str,
        ping_id_desktop_credential_request_options: &'a str,
    }
    let body = format!(r#"{{"user":{{"id":"{}"}}}}"#, paired.user);
    let answer = connection
        .expect(StatusCode::CREATED, Method::POST, path, bearer, JSON, body)
        .await?;
    let started: Started<'_> = serde_json::from_slice(&answer)?;
    let assertion = paired
        .authenticator
        .assert(started.ping_id_desktop_credential_request_options)?;
    let path = format!("{path}/{}", started.id);
    let body = format!(r#"{{"assertion":"{assertion}","origin":"{ORIGIN}"}}"#);
    connection
        .expect(StatusCode::OK, Method::POST, &path, bearer, CHECK, body)
        .await?;
    Ok(())
}

/// Measures pairings (create + activate).
pub(crate) async fn pairings(
    server: &BenchServer,
    seed: &Seed,
    connections: usize,
) -> anyhow::Result<Row> {
    let count = (connections * 150).clamp(600, 3000);
    let users = count.div_ceil(DEVICES_EACH);
    let slots: VecDeque<String> = {
        let mut fresh = seed.fresh.borrow_mut();
        let keep = fresh.len().saturating_sub(users);
        let taken = fresh.split_off(keep);
        // One after another, so that two connections rarely meet at one user.
        (0..DEVICES_EACH)
            .flat_map(|_| taken.clone())
            .take(count)
            .collect()
    };
    let slots: Pool<String> = Rc::new(RefCell::new(slots));
    let step = {
        let slots = Rc::clone(&slots);
        move |mut connection: Connection, bearer: String, server_paths: Paths| {
            let slots = Rc::clone(&slots);
            async move {
                let mut latencies = Vec::new();
                loop {
                    let Some(user) = slots.borrow_mut().pop_front() else {
                        break;
                    };
                    let authenticator = Authenticator::new()?;
                    let started = Instant::now();
                    let devices = server_paths.devices(&user);
                    pair(&mut connection, &bearer, &devices, &authenticator).await?;
                    latencies.push(started.elapsed());
                }
                Ok(latencies)
            }
        }
    };
    measured(server, "pairing (create + activate)", connections, step).await
}

/// Gives some users one device each.
pub(crate) async fn paired_users(
    server: &BenchServer,
    seed: &Seed,
    count: usize,
) -> anyhow::Result<Pool<Paired>> {
    let mut connection = Connection::open(&server.address).await?;
    let mut paired = VecDeque::new();
    let users: Vec<String> = {
        let mut fresh = seed.fresh.borrow_mut();
        let keep = fresh.len().saturating_sub(count);
        fresh.split_off(keep)
    };
    for user in users {
        let authenticator = Authenticator::new()?;
        pair(
            &mut connection,
            &server.bearer,
            &server.devices(&user),
            &authenticator,
        )
        .await?;
        paired.push_back(Paired {
            user,
            authenticator,
        });
    }
    Ok(Rc::new(RefCell::new(paired)))
}

/// Measures sign-ins (start + check).
pub(crate) async fn sign_ins(
    server: &BenchServer,
    _seed: &Seed,
    paired: &Pool<Paired>,
    connections: usize,
    seconds: u64,
) -> anyhow::Result<Row> {
    let until = Instant::now() + Duration::from_secs(seconds);
    let paired = Rc::clone(paired);
    let step = move |mut connection: Connection, bearer: String, paths: Paths| {
        let paired = Rc::clone(&paired);
        async move {
            let mut latencies = Vec::new();
            while Instant::now() < until {
                let taken = paired.borrow_mut().pop_front();
                let Some(mut user) = taken else {
                    anyhow::bail!("more connections than users")
                };
                let started = Instant::now();
                sign_in(&mut connection, &bearer, &paths.authentications, &mut user).await?;
                latencies.push(started.elapsed());
                paired.borrow_mut().push_back(user);
            }
            Ok(latencies)
        }
    };
    measured(server, "sign-in (start + check)", connections, step).await
}

/// The paths that a task needs, without the server that it cannot borrow.
#[derive(Clone)]
struct Paths {
    users: String,
    authentications: String,
}

impl Paths {
    fn devices(&self, user: &str) -> String {
        format!("{}/{user}/devices", self.users)
    }
}

/// Runs one task a connection and gathers the figures.
async fn measured<F, R>(
    server: &BenchServer,
    what: &'static str,
    connections: usize,
    step: F,
) -> anyhow::Result<Row>
where
    F: Fn(Connection, String, Paths) -> R,
    R: Future<Output = anyhow::Result<Vec<Duration>>> + 'static,
{
    let paths = Paths {
        users: format!("/v1/environments/{}/users", server.ready.environment_id),
        authentications: server.authentications(),
    };
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(&server.address).await?);
    }
    let (server_before, client_before) = (server.cpu()?, own_cpu()?);
    let started = Instant::now();
    let tasks = LocalSet::new();
    let running: Vec<_> = open
        .into_iter()
        .map(|connection| tasks.spawn_local(step(connection, server.bearer.clone(), paths.clone())))
        .collect();
    tasks.await;
    let elapsed = started.elapsed();
    let server_cpu = server.cpu()?.saturating_sub(server_before);
    let client_cpu = own_cpu()?.saturating_sub(client_before);
    let mut latencies = Vec::new();
    for task in running {
        latencies.extend(task.await??);
    }
    latencies.sort_unstable();
    let operations = u64::try_from(latencies.len())?;
    anyhow::ensure!(operations > 0, "nothing was measured");
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let each = |total: Duration| total.as_secs_f64() * 1000.0 / operations as f64;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let per_second = operations as f64 / elapsed.as_secs_f64();
    Ok(Row {
        what,
        connections,
        operations,
        per_second,
        p50_milliseconds: quantile(&latencies, 0.50),
        p99_milliseconds: quantile(&latencies, 0.99),
        server_cpu_milliseconds: each(server_cpu),
        client_cpu_milliseconds: each(client_cpu),
    })
}
