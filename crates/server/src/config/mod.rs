//! The configuration of `serve`: a TOML file in which every member is known and every secret can
//! stand in a file of its own. The schema is `docs/config.schema.json`.

mod raw;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use countersign_crypto::keyring::MasterKey;
use countersign_storage::DatabaseUrl;

use crate::addresses;
use crate::folder::{read_master_key, read_text};
use crate::http::{Network, Proxies};
use raw::Raw;

/// The credential that a service manager hands over (`LoadCredential=` of systemd).
const CREDENTIAL: &str = "countersign-master-key";
/// Where a service manager puts credentials.
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// A deployment, as its configuration file describes it.
#[derive(Debug)]
pub struct Config {
    /// The file itself.
    pub path: PathBuf,
    /// The database.
    pub database: DatabaseUrl,
    /// Addresses for plain HTTP.
    pub listen: Vec<SocketAddr>,
    /// TLS listeners.
    pub tls: Option<Tls>,
    /// Public base URL of the API.
    pub api_base: String,
    /// Public base URL of the authorization server.
    pub auth_base: String,
    /// Relying party where a policy names none.
    pub rp_id: String,
    /// The file of the master key.
    pub master_key: PathBuf,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Proxies,
    /// Filter of the log.
    pub log: Option<String>,
    /// Plain HTTP on addresses that other machines reach.
    pub danger_plain_http: bool,
    /// Outgoing connections to loopback addresses.
    pub danger_loopback_delivery: bool,
}

/// TLS listeners and their certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// Addresses.
    pub listen: Vec<SocketAddr>,
    /// Certificate chain (PEM).
    pub certificate_file: PathBuf,
    /// Its key (PEM).
    pub key_file: PathBuf,
}

impl Config {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let Some(text) = read_text(path)? else {
            bail!("there is no configuration file {}", path.display());
        };
        let credentials = std::env::var_os(CREDENTIALS_DIRECTORY).map(PathBuf::from);
        Self::parse(&text, path, credentials.as_deref()).with_context(|| path.display().to_string())
    }

    fn parse(text: &str, path: &Path, credentials: Option<&Path>) -> anyhow::Result<Self> {
        let raw = Raw::parse(text)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let database = secret("database", raw.database, raw.database_file, folder)?;
        let database = database_url(&database, folder)?;
        let mut listen = Vec::new();
        for address in raw.listen {
            listen.push(addresses::listen(&address).context("listen")?);
        }
        let tls = raw.tls.map(|tls| tls_of(tls, folder)).transpose()?;
        if listen.is_empty() && tls.is_none() {
            bail!("neither `listen` nor `tls` says where to listen");
        }
        let exposed = listen.iter().find(|address| !address.ip().is_loopback());
        if let Some(address) = exposed
            && !raw.danger_plain_http
        {
            bail!(
                "listen: {address} is plain HTTP that other machines reach; use `tls`, or set \
                 danger_plain_http = true where a proxy on a private network ends TLS"
            );
        }
        let api_base = addresses::api_base(&raw.api_base)?;
        let auth_base = addresses::auth_base(&raw.auth_base)?;
        let rp_id = match raw.rp_id {
            Some(id) => id,
            None => addresses::host(&auth_base).context("auth_base has no host")?,
        };
        let master_key = master_key(raw.master_key_file, folder, credentials)?;
        let mut proxies = Vec::new();
        for network in raw.trusted_proxies {
            let network: Network = network
                .parse()
                .map_err(|reason: String| anyhow::anyhow!("trusted_proxies: {reason}"))?;
            proxies.push(network);
        }
        Ok(Self {
            path: path.to_owned(),
            database,
            listen,
            tls,
            api_base,
            auth_base,
            rp_id,
            master_key,
            trusted_proxies: Proxies::new(proxies),
            log: raw.log,
            danger_plain_http: raw.danger_plain_http,
            danger_loopback_delivery: raw.danger_loopback_delivery,
        })
    }

    /// Reads the master key.
    ///
    /// # Errors
    /// When it is missing or is none.
    pub fn read_master_key(&self) -> anyhow::Result<MasterKey> {
        read_master_key(&self.master_key)
    }

    /// The dangerous switches that are on.
    pub fn dangers(&self) -> Vec<&'static str> {
        [
            ("danger_plain_http", self.danger_plain_http),
            ("danger_loopback_delivery", self.danger_loopback_delivery),
        ]
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect()
    }
}

/// A value that may stand in the configuration or in a file of its own.
fn secret(
    name: &str,
    value: Option<String>,
    file: Option<PathBuf>,
    folder: &Path,
) -> anyhow::Result<String> {
    match (value, file) {
        (Some(value), None) => Ok(value),
        (None, Some(file)) => {
            let file = folder.join(file);
            let Some(text) = read_text(&file)? else {
                bail!("{name}_file: there is no file {}", file.display());
            };
            Ok(text.trim().to_owned())
        }
        (Some(_), Some(_)) => bail!("both `{name}` and `{name}_file` are given"),
        (None, None) => bail!("`{name}` is missing"),
    }
}

/// Relative paths are meant from where the configuration file is.
fn database_url(text: &str, folder: &Path) -> anyhow::Result<DatabaseUrl> {
    let url = DatabaseUrl::parse(text).map_err(|error| anyhow::anyhow!("database: {error}"))?;
    Ok(match url.sqlite_path() {
        Some(path) => DatabaseUrl::sqlite(folder.join(path)),
        None => url,
    })
}

fn tls_of(raw: raw::RawTls, folder: &Path) -> anyhow::Result<Tls> {
    let mut listen = Vec::new();
    for address in raw.listen {
        listen.push(addresses::listen(&address).context("tls.listen")?);
    }
    if listen.is_empty() {
        bail!("`tls.listen` names no address");
    }
    Ok(Tls {
        listen,
        certificate_file: folder.join(raw.certificate_file),
        key_file: folder.join(raw.key_file),
    })
}

fn master_key(
    file: Option<PathBuf>,
    folder: &Path,
    credentials: Option<&Path>,
) -> anyhow::Result<PathBuf> {
    match (file, credentials) {
        (Some(file), _) => Ok(folder.join(file)),
        (None, Some(credentials)) => Ok(credentials.join(CREDENTIAL)),
        (None, None) => bail!(
            "`master_key_file` is missing, and no service manager hands over the credential \
             {CREDENTIAL}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        database = "sqlite://countersign.db"
        listen = "127.0.0.1:8080"
        api_base = "https://api.example.com/v1"
        auth_base = "https://auth.example.com"
        master_key_file = "master.key"
    "#;

    fn parse(text: &str) -> anyhow::Result<Config> {
        Config::parse(text, Path::new("/etc/countersign/c.toml"), None)
    }

    fn with(lines: &str) -> anyhow::Result<Config> {
        parse(&format!("{SMALL}\n{lines}"))
    }

    fn without(member: &str, lines: &str) -> anyhow::Result<Config> {
        let kept: Vec<_> = SMALL
            .lines()
            .filter(|line| !line.trim().starts_with(&format!("{member} =")))
            .collect();
        parse(&format!("{}\n{lines}", kept.join("\n")))
    }

    #[test]
    fn the_small_one() {
        let config = parse(SMALL).unwrap();
        assert_eq!(
            config.database.sqlite_path(),
            Some(Path::new("/etc/countersign/countersign.db"))
        );
        assert_eq!(config.listen, ["127.0.0.1:8080".parse().unwrap()]);
        assert_eq!(config.rp_id, "auth.example.com");
        assert_eq!(config.master_key, Path::new("/etc/countersign/master.key"));
        assert!(config.tls.is_none() && config.trusted_proxies.is_empty());
        assert!(config.dangers().is_empty());
    }

    #[test]
    fn the_large_one() {
        let config = with(
            r#"
            trusted_proxies = ["10.0.0.0/8", "::1"]
            rp_id = "example.com"
            log = "warn"
            danger_loopback_delivery = true
            [tls]
            listen = ["0.0.0.0:443", "[::]:443"]
            certificate_file = "/tls/chain.pem"
            key_file = "key.pem"
            "#,
        )
        .unwrap();
        let tls = config.tls.as_ref().unwrap();
        assert_eq!(tls.listen.len(), 2);
        assert_eq!(tls.certificate_file, Path::new("/tls/chain.pem"));
        assert_eq!(tls.key_file, Path::new("/etc/countersign/key.pem"));
        assert_eq!(config.rp_id, "example.com");
        assert_eq!(config.dangers(), ["danger_loopback_delivery"]);
    }

    #[test]
    fn faults_are_named() {
        let tls = "[tls]\nlisten = \"0.0.0.0:443\"\ncertificate_file = \"c\"\nkey_file = \"k\"";
        assert!(without("listen", tls).is_ok());
        for (config, words) in [
            (with("unknown = 1"), "unknown field `unknown`"),
            (with("listen = 1"), "line"),
            (with("= 1"), "line"),
            (
                with("[tls]\nlisten = []\ncertificate_file = \"c\"\nkey_file = \"k\""),
                "tls.listen",
            ),
            (
                with("[tls]\nlisten = \"0.0.0.0:443\"\nkey_file = \"k\""),
                "certificate_file",
            ),
            (with("[tls]\nport = 1"), "port"),
            (with("database_file = \"x\""), "both `database`"),
            (with("trusted_proxies = [\"x\"]"), "trusted_proxies"),
            (without("database", ""), "`database` is missing"),
            (without("database", "database = \"mysql://x\""), "database"),
            (
                without("database", "database_file = \"nowhere\""),
                "there is no file",
            ),
            (without("listen", ""), "where to listen"),
            (
                without("listen", "listen = \"0.0.0.0:80\""),
                "danger_plain_http",
            ),
            (without("api_base", "api_base = \"https://a\""), "/v1"),
            (without("api_base", ""), "api_base"),
            (without("auth_base", "auth_base = \"auth.example\""), "auth"),
            (without("master_key_file", ""), "master_key_file"),
        ] {
            let error = format!("{:#}", config.unwrap_err());
            assert!(error.contains(words), "{error} / {words}");
        }
    }

    #[test]
    fn plain_http_for_others_needs_its_switch() {
        let config = without(
            "listen",
            "listen = \"0.0.0.0:80\"\ndanger_plain_http = true",
        )
        .unwrap();
        assert_eq!(config.dangers(), ["danger_plain_http"]);
    }

    #[test]
    fn the_service_manager_may_hand_over_the_key() {
        let text = SMALL.replace("master_key_file", "#");
        let config = Config::parse(
            &text,
            Path::new("c.toml"),
            Some(Path::new("/run/credentials/c")),
        )
        .unwrap();
        assert_eq!(
            config.master_key,
            Path::new("/run/credentials/c/countersign-master-key")
        );
    }

    #[test]
    fn a_secret_in_a_file_of_its_own() {
        let base = tempfile::tempdir().unwrap();
        std::fs::write(
            base.path().join("url"),
            "postgres://me:not-to-be-shown@db.example/x\n",
        )
        .unwrap();
        let text = SMALL.replace(
            "database = \"sqlite://countersign.db\"",
            "database_file = \"url\"",
        );
        let config = Config::parse(&text, &base.path().join("c.toml"), None).unwrap();
        assert_eq!(
            config.database.to_string(),
            "postgres://me@db.example:5432/x"
        );
        assert!(!format!("{config:?}").contains("not-to-be-shown"));
    }

    #[test]
    fn the_published_schema_knows_the_same_members() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/config.schema.json");
        let schema: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let names = |value: &serde_json::Value| -> Vec<String> {
            let mut names: Vec<_> = value["properties"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            names.sort();
            names
        };
        let mut members = raw::MEMBERS.to_vec();
        members.sort_unstable();
        assert_eq!(names(&schema), members);
        let mut tls = raw::TLS_MEMBERS.to_vec();
        tls.sort_unstable();
        assert_eq!(names(&schema["properties"]["tls"]), tls);
        assert_eq!(schema["additionalProperties"], false);
    }
}
