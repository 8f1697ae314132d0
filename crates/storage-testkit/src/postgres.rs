//! A PostgreSQL server of one's own: a folder in the temporary directory, a Unix socket in it and a
//! free port on 127.0.0.1.
//!
//! The server belongs to a small shell that waits on a pipe from us. When the test process ends, in
//! whatever way, the pipe closes, the shell stops the server and removes the folder.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread::sleep,
    time::Duration,
};

/// The user of the database; log-in by TCP needs [`PASSWORD`] (SCRAM), by socket nothing.
pub const USER: &str = "countersign";
/// The password of [`USER`].
pub const PASSWORD: &str = "only-for-tests";

/// Why a test cannot run here.
#[derive(Clone, Debug)]
pub struct Skip(String);

impl Skip {
    /// Prints the line by which the test run lists what it left out.
    ///
    /// # Panics
    /// With `CI=true`, where every tool has to be there.
    #[allow(
        clippy::panic,
        clippy::print_stdout,
        reason = "this is how a test fails and speaks"
    )]
    pub fn report(&self, test: &str) {
        let line = format!("SKIPPED: {test}: {}\n", self.0);
        print!("{line}");
        // Where `cargo xtask test` collects such lines; the output of a passing test is not shown.
        if let Some(log) = std::env::var_os("COUNTERSIGN_SKIP_LOG") {
            let _lost = fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(log)
                .and_then(|mut log| log.write_all(line.as_bytes()));
        }
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "skipped with CI=true: {}",
            self.0
        );
    }
}

impl std::fmt::Display for Skip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A running server. Dropping it stops the server and removes its folder.
#[derive(Debug)]
pub struct PostgresServer {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    keeper: Option<Keeper>,
    databases: AtomicU32,
}

#[derive(Debug)]
struct Keeper {
    shell: Child,
    pipe: ChildStdin,
}

/// Starts a server for the caller alone.
///
/// # Errors
/// [`Skip`], when PostgreSQL is not installed or does not start here.
pub fn start() -> Result<PostgresServer, Skip> {
    PostgresServer::start(None)
}

/// Starts a server that offers TLS, with this certificate and key (PEM).
///
/// # Errors
/// As [`start`].
pub fn start_with_tls(certificate: &str, key: &str) -> Result<PostgresServer, Skip> {
    PostgresServer::start(Some((certificate, key)))
}

/// The server that all tests of this process share, started by the first.
///
/// # Errors
/// As [`start`].
pub fn shared() -> Result<&'static PostgresServer, Skip> {
    static SHARED: OnceLock<Result<PostgresServer, Skip>> = OnceLock::new();
    SHARED
        .get_or_init(|| PostgresServer::start(None))
        .as_ref()
        .map_err(Clone::clone)
}

impl PostgresServer {
    fn start(tls: Option<(&str, &str)>) -> Result<Self, Skip> {
        let programs = find_programs()?;
        let user = unprivileged_user()?;
        let folder = tempfile::Builder::new()
            .prefix("countersign-postgres-")
            .tempdir()
            .map_err(|error| Skip(format!("no temporary folder: {error}")))?
            .keep();
        let mut server = Self {
            folder,
            programs,
            port: 0,
            user,
            keeper: None,
            databases: AtomicU32::new(0),
        };
        server.prepare()?;
        if let Some((certificate, key)) = tls {
            server.offer_tls(certificate, key)?;
        }
        server.launch()?;
        Ok(server)
    }

    /// A URL by TCP, with password, of a new and empty database.
    ///
    /// # Errors
    /// [`Skip`] with what the server said.
    pub fn create_database(&self) -> Result<String, Skip> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(&name))
    }

    /// The URL of a database by TCP, with password.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// The URL of a database by Unix socket.
    pub fn socket_url(&self, database: &str) -> String {
        let folder = self.folder.display();
        format!(
            "postgres:///{database}?host={folder}&port={}&user={USER}",
            self.port
        )
    }

    /// Runs a statement through `psql` and returns what it printed, without decoration.
    ///
    /// # Errors
    /// [`Skip`] with what the server said.
    pub fn sql(&self, database: &str, statement: &str) -> Result<String, Skip> {
        let mut psql = self.program("psql");
        psql.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            USER,
            "-d",
            database,
        ]);
        psql.arg("-h")
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-c", statement]);
        run(&mut psql)
    }

    /// Stops the server as a crash would (no checkpoint, clients cut off) and starts it again.
    ///
    /// # Errors
    /// [`Skip`], when it does not come back.
    pub fn crash_and_restart(&mut self) -> Result<(), Skip> {
        if let Some(mut keeper) = self.keeper.take() {
            let _gone = keeper.pipe.write_all(b"keep\n");
            keeper.end();
        }
        self.launch()
    }

    fn prepare(&self) -> Result<(), Skip> {
        let secret = self.folder.join("password");
        fs::write(&secret, PASSWORD).map_err(|error| Skip(error.to_string()))?;
        if let Some((uid, gid)) = self.user {
            for path in [&self.folder, &secret] {
                chown(path, Some(uid), Some(gid)).map_err(|error| Skip(error.to_string()))?;
            }
        }
        // The client program may run as somebody else than the server.
        let _mode = fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o711));
        let mut initdb = self.program("initdb");
        initdb
            .arg("-D")
            .arg(self.data())
            .args(["-U", USER, "-E", "UTF8", "--locale=C"]);
        initdb.args([
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--no-sync",
        ]);
        initdb.arg("--pwfile").arg(&secret);
        run(&mut initdb).map(|_| ())
    }

    fn offer_tls(&self, certificate: &str, key: &str) -> Result<(), Skip> {
        let write = |name: &str, text: &str| -> std::io::Result<()> {
            let path = self.data().join(name);
            fs::write(&path, text)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
            self.user
                .map_or(Ok(()), |(uid, gid)| chown(&path, Some(uid), Some(gid)))
        };
        write("server.crt", certificate)
            .and_then(|()| write("server.key", key))
            .and_then(|()| write("postgresql.auto.conf", "ssl = on\n"))
            .map_err(|error| Skip(format!("TLS files: {error}")))
    }

    fn launch(&mut self) -> Result<(), Skip> {
        self.port = free_port()?;
        let log = fs::File::create(self.folder.join("log"))
            .map_err(|error| Skip(format!("no log file: {error}")))?;
        // "keep" on the pipe: stop the server, leave the folder.
        let script = r#"
            "$1/postgres" -D "$2/data" -k "$2" -p "$3" -h 127.0.0.1 -c max_connections=100 &
            server=$!; keep=
            while read -r line; do keep=$line; done
            kill -QUIT $server; wait $server
            [ "$keep" = keep ] || rm -rf "$2""#;
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", script, "sh"])
            .arg(&self.programs)
            .arg(&self.folder);
        shell.arg(self.port.to_string()).current_dir("/");
        shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        // A group of its own: an interrupt of the terminal is ours to handle first.
        shell.process_group(0);
        if let Some((uid, gid)) = self.user {
            shell.uid(uid).gid(gid);
        }
        let mut shell = shell.spawn().map_err(|error| Skip(error.to_string()))?;
        let Some(pipe) = shell.stdin.take() else {
            return Err(Skip("no pipe".to_owned()));
        };
        self.keeper = Some(Keeper { shell, pipe });
        self.wait_until_ready()
    }

    fn wait_until_ready(&self) -> Result<(), Skip> {
        for _ in 0..600 {
            let mut ready = self.program("pg_isready");
            ready
                .arg("-h")
                .arg(&self.folder)
                .args(["-p", &self.port.to_string()]);
            if run(&mut ready).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(Skip(format!("PostgreSQL does not start: {log}")))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir("/").env("LC_ALL", "C");
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.take() {
            keeper.end();
        }
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

impl Keeper {
    fn end(self) {
        let Self { mut shell, pipe } = self;
        drop(pipe);
        let _status = shell.wait();
    }
}

fn find_programs() -> Result<PathBuf, Skip> {
    // 15 first: it is what we promise to work with.
    let debian = ["15", "16", "17", "18"].map(|v| format!("/usr/lib/postgresql/{v}/bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = debian
        .into_iter()
        .map(PathBuf::from)
        .chain(std::env::split_paths(&path));
    let complete = |folder: &Path| {
        ["initdb", "postgres", "psql", "pg_isready"]
            .iter()
            .all(|name| folder.join(name).exists())
    };
    candidates
        .into_iter()
        .find(|folder| complete(folder))
        .ok_or_else(|| {
            Skip("PostgreSQL is not installed (Debian: apt-get install postgresql)".to_owned())
        })
}

/// PostgreSQL refuses to run as root; then it runs as one of these.
fn unprivileged_user() -> Result<Option<(u32, u32)>, Skip> {
    let id = |arguments: &[&str]| {
        let printed = run(Command::new("id").args(arguments)).ok()?;
        printed.trim().parse::<u32>().ok()
    };
    if id(&["-u"]) != Some(0) {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
        .map(Some)
        .ok_or_else(|| Skip("running as root, and there is no user postgres or nobody".to_owned()))
}

fn free_port() -> Result<u16, Skip> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Skip(format!("no free port: {error}")))
}

fn run(command: &mut Command) -> Result<String, Skip> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Skip(format!("{name}: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(Skip(format!(
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}
