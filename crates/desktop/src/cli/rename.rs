//! `countersign-desktop rename`

use clap::Args;

use super::{Data, output, remove};
use crate::prompt::presentation::clean;

/// Give an account a name of your own, by which you are asked.
#[derive(Args)]
pub(super) struct Rename {
    /// The account's id as `accounts` shows it, or its first characters
    id: String,
    /// The name; an empty one takes it away
    name: String,
    #[command(flatten)]
    data: Data,
}

impl Rename {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let store = self.data.open()?;
        let name = clean(&self.name);
        let label = (!name.is_empty()).then_some(name.as_str());
        let shown = store.update(|vault| -> anyhow::Result<String> {
            let account = remove::find(vault, &self.id)?;
            vault.rename(&account, label);
            Ok(remove::find(vault, &self.id)?.account_text())
        })?;
        output::say(&format!("The account is now shown as {shown}."));
        Ok(())
    }
}
