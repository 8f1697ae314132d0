//! Which deployment a command is about.

use std::path::PathBuf;

use clap::Args;

/// Which deployment a command is about. Without any option: the data folder of quickstart in
/// `./countersign-data`.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// Configuration file of the deployment (TOML)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "database"])]
    pub config: Option<PathBuf>,
    /// Data folder of quickstart
    #[arg(long, value_name = "DIR", default_value = "countersign-data")]
    pub data: PathBuf,
    /// Database of quickstart, where it is not in the data folder
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}
