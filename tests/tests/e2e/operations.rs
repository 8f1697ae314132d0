//! Running a deployment: `init`, `serve`, `migrate`, `doctor`, `keys`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use countersign_tests::binaries::countersign;
use countersign_tests::ceremony::{Worker, token_request};
use countersign_tests::http::{Client, free_port};
use countersign_tests::server::{
    Info, Killed, Server, quickstart_command, run_to_end, signal, wait,
};
use serde_json::Value;
use tempfile::TempDir;

fn command(arguments: &[&str], target: &str, path: &Path) -> Command {
    let mut command = Command::new(countersign());
    command.args(arguments).arg(target).arg(path);
    command
}

/// `kid` in the header of a token.
fn kid(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(header)
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// The `kid`s of an issuer's key set.
fn published(info: &Info) -> Vec<String> {
    let set = Client::default()
        .get(&format!("{}/jwks", info.issuer()))
        .expect(200)
        .json();
    set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn rotated_keys_stay_published_and_their_tokens_good() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let server = Server::start(&data);
    let before = published(&server.info);
    let old = server.worker();
    let info = server.info.clone();
    server.terminate();

    // Announced: the new key is published, the old one goes on signing for a day.
    let announced = run_to_end(&mut rotate(&data, &[])).success().json();
    assert!(
        announced.as_array().is_some_and(|keys| !keys.is_empty()),
        "{announced}"
    );
    let server = Server::start(&data);
    let during = published(&info);
    assert!(
        before.iter().all(|kid| during.contains(kid)),
        "{before:?} {during:?}"
    );
    assert!(during.len() > before.len(), "{during:?}");
    let announced_worker = server.worker();
    assert_eq!(kid(&announced_worker.token), kid(&old.token));
    server.terminate();

    // At once: the new key signs, and what the old one signed stays good.
    run_to_end(&mut rotate(&data, &["--now"])).success();
    let server = Server::start(&data);
    let fresh = server.worker();
    assert_ne!(kid(&fresh.token), kid(&old.token));
    let after = published(&info);
    for worker in [&old, &announced_worker, &fresh] {
        assert!(after.contains(&kid(&worker.token)));
        worker
            .on_own_connections()
            .get(&info.environment_url())
            .expect(200);
    }
}

fn rotate(data: &Path, options: &[&str]) -> Command {
    let mut all = vec!["keys", "rotate", "--json"];
    all.extend(options);
    command(&all, "--data", data)
}

#[test]
fn a_newer_database_is_one_line_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    Server::start(&data).terminate();
    let file = data.join("countersign.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .execute(
            "INSERT INTO schema_migrations SELECT 9999, 'from_the_future', checksum, applied_at \
             FROM schema_migrations WHERE version = 1",
            [],
        )
        .unwrap();
    drop(database);
    let line = run_to_end(&mut quickstart_command(&data))
        .one_line_failure()
        .to_owned();
    assert!(line.contains("newer"), "{line}");
    let migrate = run_to_end(&mut command(&["migrate"], "--data", &data));
    assert!(migrate.one_line_failure().contains("newer"));

    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .execute("DELETE FROM schema_migrations WHERE version = 9999", [])
        .unwrap();
    drop(database);
    Server::start(&data).worker();
}

#[test]
fn doctor_and_migrate_find_a_healthy_folder_healthy() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let server = Server::start(&data);
    // Also while it runs.
    let doctor = run_to_end(&mut command(&["doctor", "--json"], "--data", &data)).success();
    doctor.json();
    server.terminate();
    let doctor = run_to_end(&mut command(&["doctor"], "--data", &data)).success();
    assert!(!doctor.stdout.is_empty());
    let migrated = run_to_end(&mut command(&["migrate", "--json"], "--data", &data)).success();
    assert_eq!(migrated.json()["applied"], 0);
    let nothing = folder.path().join("nothing");
    run_to_end(&mut command(&["migrate"], "--data", &nothing)).one_line_failure();
    assert!(!nothing.exists());
}

#[test]
fn two_servers_on_one_folder_are_refused() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let server = Server::start(&data);
    let mut second = Command::new(countersign());
    second.args(["quickstart", "--no-desktop", "--json", "--listen"]);
    second
        .arg(format!("127.0.0.1:{}", free_port()))
        .arg("--data")
        .arg(&data);
    run_to_end(&mut second).one_line_failure();
    server.worker();
}

/// A configured deployment in a folder.
struct Deployment {
    _folder: TempDir,
    config: PathBuf,
    base: String,
}

impl Deployment {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let base = format!("http://127.0.0.1:{}", free_port());
        let config = folder.path().join("countersign.toml");
        let text = format!(
            "database = \"sqlite://countersign.db\"\n\
             listen = \"{}\"\n\
             api_base = \"{base}/v1\"\n\
             auth_base = \"{base}\"\n\
             rp_id = \"example.com\"\n\
             master_key_file = \"master.key\"\n",
            base.strip_prefix("http://").unwrap()
        );
        std::fs::write(&config, text).unwrap();
        Self {
            _folder: folder,
            config,
            base,
        }
    }

    fn run(&self, arguments: &[&str]) -> countersign_tests::server::Ended {
        run_to_end(&mut command(arguments, "--config", &self.config))
    }

    fn serve(&self) -> Killed {
        let mut child = command(&["serve", "--json"], "--config", &self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        let serving: Value =
            serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        assert_eq!(serving["authPath"], self.base);
        Killed(child)
    }
}

#[test]
fn init_then_serve() {
    let deployment = Deployment::new();
    // Nothing serves what was never set up.
    deployment.run(&["serve"]).one_line_failure();
    let made = deployment.run(&["init", "--json"]).success().json();
    let text = |name: &str| {
        made[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {made}"))
    };
    // Once only, and without a second secret.
    let again = deployment.run(&["init", "--json"]);
    assert!(!again.one_line_failure().contains(text("clientSecret")));

    let mut serving = deployment.serve();
    let info = Info {
        api_path: format!("{}/v1", deployment.base),
        auth_path: deployment.base.clone(),
        organization_id: text("organizationId").to_owned(),
        environment_id: text("administratorsEnvironmentId").to_owned(),
        client_id: text("clientId").to_owned(),
        client_secret: text("clientSecret").to_owned(),
        ..empty_info()
    };
    let worker = Worker::with_token(&info);
    let first = format!(
        "{}/v1/environments/{}",
        deployment.base,
        text("environmentId")
    );
    worker.get(&first).expect(200);
    // The console's page for trying things out belongs to quickstart alone.
    Client::default()
        .get(&format!("{}/try", deployment.base))
        .expect(404);

    // Keys rotate while it serves; the token that is out stays good.
    let rotated = run_to_end(&mut command(
        &["keys", "rotate", "--now", "--json"],
        "--config",
        &deployment.config,
    ))
    .success();
    rotated.json();
    worker.get(&first).expect(200);
    let start = std::time::Instant::now();
    loop {
        let token = token_request(&Client::default(), &info).expect(200).json();
        if kid(token["access_token"].as_str().unwrap()) != kid(&worker.token) {
            break;
        }
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "the new key never signed"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    worker.get(&first).expect(200);
    deployment.run(&["doctor", "--json"]).success().json();

    signal(serving.0.id(), rustix::process::Signal::TERM);
    let status = wait(&mut serving.0, Duration::from_secs(15)).expect("it stops");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_wrong_configuration_is_one_line() {
    let deployment = Deployment::new();
    std::fs::write(&deployment.config, "databse = \"sqlite://x.db\"\n").unwrap();
    let ended = deployment.run(&["serve"]);
    assert!(ended.one_line_failure().contains("databse"));
    std::fs::remove_file(&deployment.config).unwrap();
    deployment.run(&["serve"]).one_line_failure();
}

fn empty_info() -> Info {
    Info {
        api_path: String::new(),
        auth_path: String::new(),
        organization_id: String::new(),
        license_id: String::new(),
        environment_id: String::new(),
        population_id: String::new(),
        user_id: String::new(),
        username: String::new(),
        policy_id: String::new(),
        rp_id: String::new(),
        client_id: String::new(),
        client_secret: String::new(),
        ca_certificate: None,
        console_url: String::new(),
    }
}
