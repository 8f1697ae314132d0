//! `countersign keys`.

use anyhow::bail;
use countersign_domain::ids::EnvironmentId;
use countersign_engine::Engine;
use countersign_engine::keys::{RotatedKey, Rotation};
use countersign_storage::queries;
use serde::Serialize;

use crate::cli::{KeysAction, Target};
use crate::deployment::Place;
use crate::output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    environment_id: String,
    purpose: &'static str,
    kid: String,
    signs_from: String,
    published_until: Option<String>,
}

/// Lists or rotates.
pub(crate) async fn run(action: KeysAction) -> anyhow::Result<()> {
    match action {
        KeysAction::List {
            target,
            environment,
            json,
        } => {
            let (engine, environments) = open(&target, environment.as_deref()).await?;
            let mut lines = Vec::new();
            for environment in environments {
                lines.extend(show(environment, engine.list_keys(environment).await?));
            }
            print(&lines, json)?;
            engine.database().close().await;
        }
        KeysAction::Rotate {
            target,
            environment,
            now,
            json,
        } => {
            let (engine, environments) = open(&target, environment.as_deref()).await?;
            let rotation = if now {
                Rotation::AtOnce
            } else {
                Rotation::Announced
            };
            let mut lines = Vec::new();
            for environment in environments {
                let rotated = engine.rotate_keys(environment, rotation).await?;
                lines.extend(show(environment, rotated));
            }
            print(&lines, json)?;
            engine.database().close().await;
        }
    }
    Ok(())
}

async fn open(
    target: &Target,
    environment: Option<&str>,
) -> anyhow::Result<(Engine, Vec<EnvironmentId>)> {
    let engine = Place::of(target)?.open().await?.engine().await?;
    let all = queries::environments::all(engine.database()).await?;
    let mut ids: Vec<_> = all.into_iter().map(|environment| environment.id).collect();
    if let Some(asked) = environment {
        ids.retain(|id| id.to_string().eq_ignore_ascii_case(asked));
        if ids.is_empty() {
            bail!("there is no environment {asked}");
        }
    }
    Ok((engine, ids))
}

fn show(environment: EnvironmentId, keys: Vec<RotatedKey>) -> impl Iterator<Item = Line> {
    keys.into_iter().map(move |key| Line {
        environment_id: environment.to_string(),
        purpose: key.purpose.as_str(),
        kid: key.kid,
        signs_from: key.signs_from.to_rfc3339_millis(),
        published_until: key
            .retires_at
            .map(countersign_crypto::time::Timestamp::to_rfc3339_millis),
    })
}

fn print(lines: &[Line], json: bool) -> anyhow::Result<()> {
    if json {
        return output::say_json(&lines);
    }
    for line in lines {
        let until = line
            .published_until
            .as_ref()
            .map(|until| format!(", published until {until}"))
            .unwrap_or_default();
        output::say(&format!(
            "{}  {:<7}  {}  signs from {}{until}",
            line.environment_id, line.purpose, line.kid, line.signs_from
        ));
    }
    Ok(())
}
