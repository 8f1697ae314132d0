//! The server under measurement, as a child process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use base64::Engine as _;
use countersign_storage_testkit::postgres::PostgresServer;
use http::{Method, StatusCode};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::http::Connection;

/// What `quickstart --json` prints.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ready {
    pub(crate) auth_path: String,
    pub(crate) environment_id: String,
    pub(crate) population_id: String,
    client_id: String,
    client_secret: String,
}

/// A running server.
pub(crate) struct BenchServer {
    child: Child,
    binary: PathBuf,
    arguments: Vec<String>,
    pub(crate) ready: Ready,
    /// `host:port`.
    pub(crate) address: String,
    /// `Bearer …`
    pub(crate) bearer: String,
    folder: tempfile::TempDir,
    // Stops when dropped.
    _postgres: Option<PostgresServer>,
}

impl BenchServer {
    /// Starts a new server on a new database; also the milliseconds from start to first answer.
    pub(crate) async fn start(binary: &Path, postgres: bool) -> anyhow::Result<(Self, f64)> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let mut arguments: Vec<String> = ["quickstart", "--json", "--no-desktop", "--listen"]
            .into_iter()
            .map(str::to_owned)
            .collect();
        arguments.extend(["127.0.0.1:0".to_owned(), "--data".to_owned()]);
        arguments.push(data.to_string_lossy().into_owned());
        let database = if postgres {
            let server = countersign_storage_testkit::postgres::start()
                .map_err(|skip| anyhow::anyhow!("no PostgreSQL: {skip:?}"))?;
            let url = server
                .create_database()
                .map_err(|skip| anyhow::anyhow!("{skip:?}"))?;
            arguments.extend(["--database".to_owned(), url]);
            Some(server)
        } else {
            None
        };
        let (child, ready, elapsed) = spawn(binary, &arguments).await?;
        let address = address_of(&ready)?;
        let bearer = token(&address, &ready).await?;
        let server = Self {
            child,
            binary: binary.to_owned(),
            arguments,
            ready,
            address,
            bearer,
            folder,
            _postgres: database,
        };
        Ok((server, elapsed))
    }

    /// Path of a user's devices.
    pub(crate) fn devices(&self, user: &str) -> String {
        format!(
            "/v1/environments/{}/users/{user}/devices",
            self.ready.environment_id
        )
    }

    /// Path of device authentications.
    pub(crate) fn authentications(&self) -> String {
        format!("/{}/deviceAuthentications", self.ready.environment_id)
    }

    /// Resident memory of the server.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        let pid = self.child.id().context("the server has stopped")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .context("VmRSS")?;
        let kib: u64 = line.split_whitespace().nth(1).context("VmRSS")?.parse()?;
        Ok(kib * 1024)
    }

    /// CPU time that the server has used so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        crate::measure::cpu_of(self.child.id().context("the server has stopped")?)
    }

    /// Stops the server and starts it again on the same data; milliseconds to the first answer.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<f64> {
        self.terminate().await?;
        let (child, ready, elapsed) = spawn(&self.binary, &self.arguments).await?;
        self.child = child;
        self.ready = ready;
        Ok(elapsed)
    }

    /// Stops the server.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.terminate().await?;
        self.folder.close()?;
        Ok(())
    }

    async fn terminate(&mut self) -> anyhow::Result<()> {
        let pid = self.child.id().context("the server has stopped")?;
        Command::new("kill").arg(pid.to_string()).status().await?;
        self.child.wait().await?;
        Ok(())
    }
}

fn address_of(ready: &Ready) -> anyhow::Result<String> {
    let url = url::Url::parse(&ready.auth_path)?;
    let port = url.port_or_known_default().context("port")?;
    Ok(format!("127.0.0.1:{port}"))
}

/// Starts the server; the time is from start to the answer to a first request.
async fn spawn(binary: &Path, arguments: &[String]) -> anyhow::Result<(Child, Ready, f64)> {
    let started = Instant::now();
    let mut child = Command::new(binary)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    let output = child.stdout.take().context("stdout")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).await?;
    let ready: Ready =
        serde_json::from_str(&line).with_context(|| format!("first line: {line:?}"))?;
    let mut connection = Connection::open(&address_of(&ready)?).await?;
    let path = format!("/{}/as/jwks", ready.environment_id);
    connection
        .expect(
            StatusCode::OK,
            Method::GET,
            &path,
            "",
            "application/json",
            String::new(),
        )
        .await?;
    Ok((child, ready, started.elapsed().as_secs_f64() * 1000.0))
}

async fn token(address: &str, ready: &Ready) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Token {
        access_token: String,
    }
    let basic = base64::engine::general_purpose::STANDARD
        .encode(format!("{}:{}", ready.client_id, ready.client_secret));
    let mut connection = Connection::open(address).await?;
    let answer = connection
        .expect(
            StatusCode::OK,
            Method::POST,
            &format!("/{}/as/token", ready.environment_id),
            &format!("Basic {basic}"),
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials".to_owned(),
        )
        .await?;
    let token: Token = serde_json::from_slice(&answer)?;
    Ok(format!("Bearer {}", token.access_token))
}
