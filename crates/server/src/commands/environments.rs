//! `countersign environment list`.

use countersign_storage::queries;
use serde::Serialize;

use crate::cli::Operation;
use crate::deployment::Place;
use crate::output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    name: String,
    issuer: String,
}

/// Lists the environments, the oldest first.
pub(crate) async fn list(options: &Operation) -> anyhow::Result<()> {
    let engine = Place::of(&options.target)?.open().await?.engine().await?;
    let lines: Vec<_> = queries::environments::all(engine.database())
        .await?
        .into_iter()
        .map(|environment| Line {
            id: environment.id.to_string(),
            issuer: engine.issuer(environment.id),
            name: environment.name,
        })
        .collect();
    engine.database().close().await;
    if options.json {
        return output::say_json(&lines);
    }
    for line in lines {
        output::say(&format!("{}  {}", line.id, line.name));
    }
    Ok(())
}
