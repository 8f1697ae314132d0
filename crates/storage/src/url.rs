//! Database URLs.

use std::{fmt, path::PathBuf, str::FromStr};

use tokio_postgres::config::{Host, SslMode};

use crate::StorageError;

/// Where a database is: `sqlite:///absolute/path.db`, `sqlite://relative/path.db`, or
/// `postgres://user:password@host:port/name`.
///
/// PostgreSQL URLs take the parameters of libpq that the driver knows, and these two of ours:
/// `sslmode` (see [`TlsMode`]) and `sslrootcert`, a PEM file used instead of the roots of the
/// platform. A socket directory is `postgres:///name?host=/var/run/postgresql`.
///
/// Printing a URL leaves the password out.
#[derive(Clone)]
pub struct DatabaseUrl(pub(crate) Place);

#[derive(Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PostgresPlace>),
}

#[derive(Clone)]
pub(crate) struct PostgresPlace {
    pub(crate) config: tokio_postgres::Config,
    pub(crate) tls: TlsMode,
    pub(crate) root_certificates: Option<PathBuf>,
    shown: String,
}

/// How far a connection to PostgreSQL is protected, as libpq's `sslmode`.
///
/// When a URL does not say: [`TlsMode::Prefer`] for a Unix socket or this machine,
/// [`TlsMode::VerifyFull`] for every other host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// `disable`: never TLS.
    Disable,
    /// `prefer`: TLS if the server offers it; the certificate is not checked.
    Prefer,
    /// `require`: TLS; the certificate is not checked, so an active attacker is not kept out.
    Require,
    /// `verify-full`: TLS, and the certificate must be good for the host name.
    VerifyFull,
}

impl DatabaseUrl {
    /// The URL of a SQLite file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Place::Sqlite(path.into()))
    }

    /// Reads a URL.
    ///
    /// # Errors
    /// [`StorageError::Url`], with the reason.
    pub fn parse(text: &str) -> Result<Self, StorageError> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return parse_sqlite(path);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return parse_postgres(text);
        }
        Err(bad("it must begin with sqlite:// or postgres://"))
    }

    /// The file, when this is SQLite.
    pub fn sqlite_path(&self) -> Option<&std::path::Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = StorageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Place::Postgres(place) => f.write_str(&place.shown),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

fn parse_sqlite(path: &str) -> Result<DatabaseUrl, StorageError> {
    if path.is_empty() || path.ends_with('/') {
        return Err(bad("the path of the SQLite file is missing"));
    }
    if path.contains('?') {
        return Err(bad("a SQLite URL takes no parameters"));
    }
    Ok(DatabaseUrl::sqlite(path))
}

fn parse_postgres(text: &str) -> Result<DatabaseUrl, StorageError> {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let mut tls = None;
    let mut root_certificates = None;
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => tls = Some(parse_tls(mode)?),
            Some(("sslrootcert", path)) => root_certificates = Some(PathBuf::from(path)),
            _ => kept.push(pair),
        }
    }
    let separator = if kept.is_empty() { "" } else { "?" };
    let plain = format!("{base}{separator}{}", kept.join("&"));
    // The driver's message may quote the value at fault, which may be a password.
    let mut config = tokio_postgres::Config::from_str(&plain)
        .map_err(|_| bad("it is not a PostgreSQL URL the driver can read"))?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(bad("it names no host (a Unix socket is ?host=/directory)"));
    }
    if config.get_user().is_none() {
        return Err(bad("it names no user"));
    }
    let tls = tls.unwrap_or_else(|| default_tls(&config));
    config.ssl_mode(match tls {
        TlsMode::Disable => SslMode::Disable,
        TlsMode::Prefer => SslMode::Prefer,
        TlsMode::Require | TlsMode::VerifyFull => SslMode::Require,
    });
    let shown = shown(&config);
    Ok(DatabaseUrl(Place::Postgres(Box::new(PostgresPlace {
        config,
        tls,
        root_certificates,
        shown,
    }))))
}

fn parse_tls(mode: &str) -> Result<TlsMode, StorageError> {
    match mode {
        "disable" => Ok(TlsMode::Disable),
        "prefer" => Ok(TlsMode::Prefer),
        "require" => Ok(TlsMode::Require),
        "verify-full" => Ok(TlsMode::VerifyFull),
        _ => Err(bad(
            "sslmode must be disable, prefer, require or verify-full",
        )),
    }
}

fn default_tls(config: &tokio_postgres::Config) -> TlsMode {
    let names_here = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    let addresses_here = config
        .get_hostaddrs()
        .iter()
        .all(std::net::IpAddr::is_loopback);
    if names_here && addresses_here {
        TlsMode::Prefer
    } else {
        TlsMode::VerifyFull
    }
}

fn shown(config: &tokio_postgres::Config) -> String {
    let user = config.get_user().unwrap_or_default();
    let name = config.get_dbname().unwrap_or(user);
    let mut hosts = Vec::new();
    for (index, host) in config.get_hosts().iter().enumerate() {
        let port = match config.get_ports() {
            [one] => Some(*one),
            many => many.get(index).copied(),
        };
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        hosts.push(match host {
            Host::Tcp(host) => format!("{host}{port}"),
            #[cfg(unix)]
            Host::Unix(path) => format!("{}{port}", path.display()),
        });
    }
    format!("postgres://{user}@{}/{name}", hosts.join(","))
}

fn bad(reason: &str) -> StorageError {
    StorageError::Url(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls(text: &str) -> TlsMode {
        match DatabaseUrl::parse(text).unwrap().0 {
            Place::Postgres(place) => place.tls,
            Place::Sqlite(_) => panic!("not a PostgreSQL URL"),
        }
    }

    #[test]
    fn sqlite_paths() {
        let path = |text: &str| {
            DatabaseUrl::parse(text)
                .unwrap()
                .sqlite_path()
                .unwrap()
                .to_owned()
        };
        assert_eq!(
            path("sqlite:///var/lib/a.db"),
            PathBuf::from("/var/lib/a.db")
        );
        assert_eq!(path("sqlite://data/a.db"), PathBuf::from("data/a.db"));
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:///a.db?mode=rwc",
            "mysql://a@b/c",
            "postgres:///name?user=me",
            "postgres://host.example/name",
            "postgres://me@host.example/name?sslmode=verify-ca",
            "postgres://me@host.example/name?unknown=1",
        ] {
            assert!(
                matches!(DatabaseUrl::parse(text), Err(StorageError::Url(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn tls_modes() {
        assert_eq!(tls("postgres://me@db.example/n"), TlsMode::VerifyFull);
        assert_eq!(tls("postgres://me@10.1.2.3/n"), TlsMode::VerifyFull);
        assert_eq!(tls("postgres://me@localhost/n"), TlsMode::Prefer);
        assert_eq!(tls("postgres://me@127.0.0.1:5433/n"), TlsMode::Prefer);
        assert_eq!(
            tls("postgresql:///n?user=me&host=/run/postgresql"),
            TlsMode::Prefer
        );
        assert_eq!(
            tls("postgres://me@db.example/n?sslmode=disable"),
            TlsMode::Disable
        );
        assert_eq!(
            tls("postgres://me@db.example/n?sslmode=require"),
            TlsMode::Require
        );
        assert_eq!(
            tls("postgres://me@localhost/n?sslmode=verify-full"),
            TlsMode::VerifyFull
        );
    }

    #[test]
    fn printed_without_password() {
        let url = DatabaseUrl::parse("postgres://me:hunter2@db.example:6000/name").unwrap();
        assert_eq!(url.to_string(), "postgres://me@db.example:6000/name");
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
