//! `countersign migrate`.

use serde::Serialize;

use crate::cli::Operation;
use crate::deployment::{Place, check_master_key, newer, open_database, schema};
use crate::folder::read_master_key;
use crate::output;
use countersign_storage::SchemaState;

#[derive(Serialize)]
struct Migrated {
    applied: u32,
}

/// Applies the migrations that are missing.
pub(crate) async fn run(options: &Operation) -> anyhow::Result<()> {
    let place = Place::of(&options.target)?;
    let database = open_database(&place.database, false).await?;
    let applied = match schema(&database).await? {
        SchemaState::Newer(found) => return Err(newer(found)),
        SchemaState::Empty => anyhow::bail!(
            "the database is empty: `countersign init` or `countersign quickstart` sets it up"
        ),
        SchemaState::Current => 0,
        SchemaState::Older(_) => {
            // Whoever holds the wrong key is likely to be on the wrong database.
            let key = read_master_key(&place.master_key)?;
            check_master_key(&database, &key, &place.master_key).await?;
            database.migrate().await?
        }
    };
    database.close().await;
    if options.json {
        return output::say_json(&Migrated { applied });
    }
    output::say(&match applied {
        0 => "Nothing to do: the schema is that of this version.".to_owned(),
        1 => "Applied one migration.".to_owned(),
        many => format!("Applied {many} migrations."),
    });
    Ok(())
}
