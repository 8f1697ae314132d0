//! The database and what is in it.

use countersign_crypto::time::{Clock, SystemClock};
use countersign_domain::application::PINGID_DESKTOP;
use countersign_domain::environment::Environment;
use countersign_engine::Engine;
use countersign_storage::queries;
use countersign_storage::{Database, SchemaState};

use super::Findings;
use crate::deployment::{Place, check_master_key, open_database, schema};
use crate::folder::read_master_key;

/// How far the clock may be off that of the database, in microseconds.
const CLOCK_TOLERANCE: i64 = 2_000_000;

/// Checks everything that the database says.
pub(super) async fn check(place: &Place, findings: &mut Findings) {
    let database = match open_database(&place.database, false).await {
        Ok(database) => database,
        Err(error) => return findings.failed("database", format!("{error:#}")),
    };
    findings.ok("database", format!("{} answers", place.database));
    clock(&database, findings).await;
    if is_current(&database, place, findings).await
        && let Some(engine) = engine(database.clone(), place, findings).await
        && let Err(error) = environments(&engine, findings).await
    {
        findings.failed("environments", format!("{error:#}"));
    }
    database.close().await;
}

async fn clock(database: &Database, findings: &mut Findings) {
    match database.clock().await {
        Ok(theirs) => {
            let off = SystemClock.now().micros_since(theirs);
            let text = format!("{} ms off that of the database", off / 1000);
            if off.abs() > CLOCK_TOLERANCE {
                findings.failed(
                    "clock",
                    format!("the clock is {text}; at most 2000 are bearable"),
                );
            } else {
                findings.ok("clock", text);
            }
        }
        Err(error) => findings.failed("clock", format!("the database's cannot be read: {error}")),
    }
}

async fn is_current(database: &Database, place: &Place, findings: &mut Findings) -> bool {
    match schema(database).await {
        Ok(SchemaState::Current) => {
            findings.ok("schema", "is that of this version");
            return true;
        }
        Ok(SchemaState::Older(found)) => findings.failed(
            "schema",
            format!("is an older one ({found}): run `{}`", place.migrate_with),
        ),
        Ok(SchemaState::Newer(found)) => {
            findings.failed("schema", format!("is of a newer Countersign ({found})"));
        }
        Ok(SchemaState::Empty) => findings.failed("schema", "the database was never set up"),
        Err(error) => findings.failed("schema", format!("{error:#}")),
    }
    false
}

/// The engine, unless opening it would be the first to write something.
async fn engine(database: Database, place: &Place, findings: &mut Findings) -> Option<Engine> {
    let opened = async {
        if queries::data_keys::all(&database).await?.is_empty() {
            anyhow::bail!("nothing was ever sealed in this database");
        }
        let key = read_master_key(&place.master_key)?;
        check_master_key(&database, &key, &place.master_key).await?;
        crate::deployment::open_engine(database, key, place.config.clone()).await
    };
    match opened.await {
        Ok(engine) => {
            findings.ok("data keys", "the master key opens all of them");
            Some(engine)
        }
        Err(error) => {
            findings.failed("data keys", format!("{error:#}"));
            None
        }
    }
}

async fn environments(engine: &Engine, findings: &mut Findings) -> anyhow::Result<()> {
    let environments = queries::environments::all(engine.database()).await?;
    if environments.is_empty() {
        findings.failed("environments", "there is none");
    }
    for environment in environments {
        let name = &environment.name;
        let keys = engine.list_keys(environment.id).await?;
        let now = SystemClock.now();
        for purpose in ["token", "options"] {
            let signs = keys.iter().any(|key| {
                key.purpose.as_str() == purpose
                    && key.signs_from <= now
                    && key.retires_at.is_none_or(|end| now < end)
            });
            if signs {
                findings.ok("signing keys", format!("{name}: one signs ({purpose})"));
            } else {
                findings.failed(
                    "signing keys",
                    format!("{name}: none signs ({purpose}); run `countersign keys rotate --now`"),
                );
            }
        }
        desktop_port(engine, &environment, findings).await?;
        policy(engine, &environment, findings).await?;
    }
    Ok(())
}

/// Whether the default policy offers a method that a look-alike page cannot relay.
async fn policy(
    engine: &Engine,
    environment: &Environment,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let name = &environment.name;
    let found = queries::device_policies::find_default(engine.database(), environment.id).await?;
    let Some(policy) = found else {
        findings.failed("policy", format!("{name}: there is no default policy"));
        return Ok(());
    };
    let document = &policy.document;
    let is_resistant =
        document.desktop().enabled || document.fido2.as_ref().is_some_and(|method| method.enabled);
    if is_resistant {
        let text = format!("{name}: the default policy offers a phishing-resistant method");
        findings.ok("policy", text);
    } else {
        findings.warning(
            "policy",
            format!("{name}: the default policy offers no phishing-resistant method"),
        );
    }
    Ok(())
}

async fn desktop_port(
    engine: &Engine,
    environment: &Environment,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let application =
        queries::applications::find_by_name(engine.database(), environment.id, PINGID_DESKTOP)
            .await?;
    let name = &environment.name;
    match application.and_then(|application| application.communication_port) {
        Some(port) => findings.ok(
            "desktop port",
            format!("{name}: {port}; authenticators have to be installed with the same"),
        ),
        None => findings.note(
            "desktop port",
            format!("{name}: no application {PINGID_DESKTOP}, so nothing to pair desktops with"),
        ),
    }
    Ok(())
}
