//! `countersign-desktop accounts`

use clap::Args;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::KeyProtection;
use countersign_desktop_protocol::check_number::check_number;
use serde::Serialize;

use super::{Data, output};
use crate::store::vault::Credential;

/// List the accounts that this computer is paired with.
#[derive(Args)]
pub(super) struct Accounts {
    #[command(flatten)]
    data: Data,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// One account in the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account<'a> {
    id: String,
    rp_id: &'a str,
    rp_name: &'a str,
    issuer: &'a str,
    user_id: &'a str,
    user_name: &'a str,
    display_name: &'a str,
    label: Option<&'a str>,
    created_at: String,
    last_used_at: Option<String>,
    counter: u64,
    key_protection: KeyProtection,
    check_number: String,
}

impl<'a> From<&'a Credential> for Account<'a> {
    fn from(credential: &'a Credential) -> Self {
        Self {
            id: credential.kid.to_string(),
            rp_id: &credential.rp_id,
            rp_name: &credential.rp_name,
            issuer: &credential.issuer,
            user_id: &credential.user,
            user_name: &credential.user_name,
            display_name: &credential.display_name,
            label: credential.label.as_deref(),
            created_at: credential.created_at.to_rfc3339_millis(),
            last_used_at: credential.last_used_at.map(Timestamp::to_rfc3339_millis),
            counter: credential.counter,
            key_protection: credential.protection,
            check_number: check_number(&credential.kid),
        }
    }
}

impl Accounts {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let vault = self.data.open()?.vault()?;
        let accounts: Vec<_> = vault.credentials.iter().map(Account::from).collect();
        if self.json {
            return output::say_json(&accounts);
        }
        if accounts.is_empty() {
            output::say("This computer is not paired with any account yet.");
        }
        for (account, credential) in accounts.iter().zip(&vault.credentials) {
            let used = match &account.last_used_at {
                Some(at) => format!("last used {} UTC", output::short_time(at)),
                None => "not used yet".to_owned(),
            };
            output::say(&format!("{}  {}", account.rp_id, credential.account_text()));
            output::say(&format!("  id            {}", account.id));
            output::say(&format!("  server        {}", account.issuer));
            output::say(&format!("  check number  {}", account.check_number));
            output::say(&format!(
                "  paired        {} UTC, {used}",
                output::short_time(&account.created_at)
            ));
        }
        Ok(())
    }
}
