//! `countersign-desktop remove`

use anyhow::{Context, bail};
use clap::Args;

use super::{Data, output};
use crate::prompt::terminal::tty::{Echo, Tty};
use crate::store::StoreError;
use crate::store::vault::{Credential, Vault};
use crate::trust::keys;

/// Shortest part of an id that names an account.
const SHORTEST: usize = 4;

/// Erase the key of an account, or everything.
#[derive(Args)]
pub(super) struct Remove {
    /// The account's id as `accounts` shows it, or its first characters
    #[arg(required_unless_present = "all")]
    id: Option<String>,
    /// Erase all accounts, the PIN and what was learnt about servers
    #[arg(long, conflicts_with = "id")]
    all: bool,
    /// Do not ask on the terminal
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    data: Data,
}

/// The one credential whose id begins like this.
pub(super) fn find(vault: &Vault, id: &str) -> anyhow::Result<Credential> {
    let fits =
        |credential: &&Credential| id.len() >= SHORTEST && credential.kid.as_str().starts_with(id);
    let fitting: Vec<_> = vault.credentials.iter().filter(fits).collect();
    match fitting.as_slice() {
        [] => bail!("no account has the id {id:?}; see `countersign-desktop accounts`"),
        [only] => Ok((*only).clone()),
        several => bail!(
            "{} accounts have ids that begin with {id:?}: give more of it",
            several.len()
        ),
    }
}

impl Remove {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let store = self.data.open()?;
        let chosen = self.choose(&store.vault()?)?;
        if !self.yes && !self.confirm(&chosen)? {
            bail!("nothing was removed");
        }
        store.update(|vault| -> Result<(), StoreError> {
            vault.remove(|credential| chosen.iter().any(|c| c.kid == credential.kid));
            if self.all {
                *vault = Vault::default();
            }
            Ok(())
        })?;
        if self.all {
            keys::forget_all(&store)?;
            output::say("Everything was erased: accounts, PIN and known servers.");
        }
        for credential in &chosen {
            output::say(&format!(
                "Removed {} at {}. If the account still lists this computer, delete it there too.",
                credential.account_text(),
                credential.rp_id
            ));
        }
        Ok(())
    }

    fn choose(&self, vault: &Vault) -> anyhow::Result<Vec<Credential>> {
        let Some(id) = &self.id else {
            return Ok(vault.credentials.clone());
        };
        Ok(vec![find(vault, id)?])
    }

    fn confirm(&self, chosen: &[Credential]) -> anyhow::Result<bool> {
        let mut tty = Tty::open().context("cannot ask (use --yes to do without)")?;
        for credential in chosen {
            tty.say(&format!(
                "{}  {}\n",
                credential.rp_id,
                credential.account_text()
            ));
        }
        if self.all {
            tty.say("The PIN and what was learnt about servers go too.\n");
        }
        tty.say("You will have to pair this computer again to sign in with it.\n");
        let answer = tty.ask("Remove? [y/N]: ", Echo::On, None)?;
        Ok(matches!(answer.expose().trim(), "y" | "Y" | "yes"))
    }
}
