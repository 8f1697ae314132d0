//! The options of `quickstart`.

use std::path::PathBuf;

use clap::Args;

/// Options of `quickstart`.
#[derive(Debug, Args)]
pub struct Quickstart {
    /// Data folder: database, keys, development CA; private to its owner
    #[arg(long, value_name = "DIR", default_value = "countersign-data")]
    pub data: PathBuf,
    /// Database; by default a SQLite file in the data folder
    ///
    /// `postgres://user@host/name` for PostgreSQL.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Address for plain HTTP; loopback only
    ///
    /// Port 0 picks a free one at the first start, and the same one again later.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Address for HTTPS, with a certificate of a development CA made in the data folder
    #[arg(long, value_name = "ADDR")]
    pub https: Option<String>,
    /// Name in that certificate; can be given several times
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    pub host: Vec<String>,
    /// Public base URL of the API; ends in /v1
    ///
    /// By default that of --listen at the first start. It is kept, because it is in links that
    /// clients have.
    #[arg(long, value_name = "URL")]
    pub api_base: Option<String>,
    /// Public base URL of tokens and sign-ins
    ///
    /// By default that of --listen at the first start. It is kept, because it is the issuer that
    /// authenticators trust.
    #[arg(long, value_name = "URL")]
    pub auth_base: Option<String>,
    /// Relying party of the seeded policies
    #[arg(long, value_name = "ID", default_value = "localhost")]
    pub rp_id: String,
    /// JSON file with further objects to seed, once
    #[arg(long, value_name = "FILE")]
    pub fixtures: Option<PathBuf>,
    /// Let outgoing connections go to loopback addresses
    #[arg(long)]
    pub danger_loopback_delivery: bool,
    /// Port of the desktop authenticator
    #[arg(long, value_name = "N", default_value_t = 9410)]
    pub desktop_port: u16,
    /// Do not start the desktop authenticator
    #[arg(long)]
    pub no_desktop: bool,
    /// Print one JSON object once the listeners accept connections, and nothing else
    #[arg(long)]
    pub json: bool,
}
