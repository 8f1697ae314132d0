//! `countersign init`.

use anyhow::{Context, bail};
use countersign_crypto::keyring::MasterKey;
use countersign_crypto::random::SystemRandom;
use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::rp::RpId;
use countersign_storage::SchemaState;
use serde::Serialize;

use crate::cli::Configured;
use crate::config::Config;
use crate::deployment::{
    Place, check_master_key, lock_database, newer, open_database, open_engine, schema,
};
use crate::folder::{read_master_key, replace};
use crate::{output, seeding};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    api_path: &'a str,
    auth_path: &'a str,
    organization_id: String,
    license_id: String,
    administrators_environment_id: String,
    environment_id: String,
    client_id: String,
    client_secret: &'a str,
    master_key_file: String,
}

/// Makes a new deployment.
pub(crate) async fn run(options: &Configured) -> anyhow::Result<()> {
    let config = Config::read(&options.config)?;
    let rp_id = RpId::parse(&config.rp_id, Development::No)
        .with_context(|| format!("the relying party {} (rp_id)", config.rp_id))?;
    let _lock = lock_database(&config.database)?;
    let is_new = config
        .database
        .sqlite_path()
        .is_some_and(|path| !path.exists());
    let database = open_database(&config.database, is_new).await?;
    match schema(&database).await? {
        SchemaState::Newer(found) => return Err(newer(found)),
        SchemaState::Older(_) => {
            bail!("this database holds a deployment already, of an older version")
        }
        SchemaState::Empty | SchemaState::Current => {}
    }
    let master_key = if config.master_key.exists() {
        read_master_key(&config.master_key)?
    } else {
        let key = MasterKey::generate(&SystemRandom);
        replace(&config.master_key, key.to_file_text().as_bytes())?;
        key
    };
    database.migrate().await?;
    check_master_key(&database, &master_key, &config.master_key).await?;
    let engine = open_engine(database, master_key, Place::of_config(&config).config).await?;
    let made = seeding::init(&engine, &rp_id).await?;
    engine.database().close().await;
    let made = Made {
        api_path: &config.api_base,
        auth_path: &config.auth_base,
        organization_id: made.organization.to_string(),
        license_id: made.license.to_string(),
        administrators_environment_id: made.administrators.to_string(),
        environment_id: made.environment.to_string(),
        client_id: made.client.to_string(),
        client_secret: made.client_secret.expose(),
        master_key_file: config.master_key.display().to_string(),
    };
    if options.json {
        return output::say_json(&made);
    }
    output::say(&in_words(&made, &options.config.display().to_string()));
    Ok(())
}

fn in_words(made: &Made<'_>, config: &str) -> String {
    format!(
        "The deployment is made.

  Organization                {organization}
  Administrators' environment {administrators}
  First environment           {environment}

A worker application that administrates all of it. Its secret is shown this once:

  Client id                   {client}
  Client secret               {secret}
  Token endpoint              {auth}/{administrators}/as/token

Keep a copy of the master key away from the database; without it the database is lost:

  {key}

Next: countersign serve --config {config}",
        organization = made.organization_id,
        administrators = made.administrators_environment_id,
        environment = made.environment_id,
        client = made.client_id,
        secret = made.client_secret,
        auth = made.auth_path,
        key = made.master_key_file,
    )
}
