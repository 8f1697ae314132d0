//! `countersign-desktop activity`

use clap::Args;

use super::{Data, output};
use crate::store::activity::{Action, Entry};

/// Show what was asked of you and how it ended.
#[derive(Args)]
pub(super) struct Activity {
    #[command(flatten)]
    data: Data,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

impl Activity {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let list = self.data.open()?.activity()?;
        if self.json {
            return output::say_json(&list);
        }
        if list.is_empty() {
            output::say("Nothing was asked yet.");
        }
        for entry in &list {
            output::say(&line(entry));
        }
        Ok(())
    }
}

fn line(entry: &Entry) -> String {
    let action = match entry.action {
        Action::Pair => "pair",
        Action::SignIn => "sign in",
    };
    let program = entry
        .program
        .as_deref()
        .map(|name| format!("  by {name}"))
        .unwrap_or_default();
    format!(
        "{}  {action:<8}{:<28}{}  {}  {}{program}",
        output::short_time(&entry.at),
        entry.result,
        entry.rp_id,
        entry.account,
        entry.origin,
    )
}
