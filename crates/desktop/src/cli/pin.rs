//! `countersign-desktop pin set`

use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use countersign_crypto::random::SystemRandom;
use countersign_crypto::secret::SecretString;
use countersign_crypto::time::{Clock, SystemClock};

use super::{Data, output};
use crate::keystore::{FiledKey, KeyOwner, KeyStore, KeyStoreError, SoftwareKeyStore, pin_rules};
use crate::platform::forbid_core_dumps;
use crate::prompt::terminal::tty::{Echo, Tty};
use crate::store::pin_record::{PinLock, PinRecord};
use crate::store::vault::Vault;
use crate::store::{Store, StoreError};

/// How often a refused new PIN is asked again.
const ROUNDS: usize = 3;

/// The PIN.
#[derive(Subcommand)]
pub(super) enum Pin {
    /// Set the PIN, or change it.
    Set(Set),
}

/// Set the PIN, or change it.
#[derive(Args)]
pub(super) struct Set {
    #[command(flatten)]
    data: Data,
}

impl Pin {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self::Set(set) = self;
        forbid_core_dumps();
        let store = set.data.open()?;
        let keys = SoftwareKeyStore::new(Arc::new(SystemRandom));
        let mut tty = Tty::open().context("a PIN is typed on a terminal")?;
        let current = match store.vault()?.pin {
            Some(_) => Some(ask_current(&mut tty, &store, &keys)?),
            None => None,
        };
        let new = ask_new(&mut tty)?;
        store.update(|vault| change(vault, &keys, current.as_ref(), &new))?;
        output::say("The PIN is set.");
        Ok(())
    }
}

/// Asks for the current PIN and checks it; a wrong one counts like in a ceremony.
fn ask_current(tty: &mut Tty, store: &Store, keys: &dyn KeyStore) -> anyhow::Result<SecretString> {
    let refuse = |lock| match lock {
        PinLock::Open => Ok(()),
        PinLock::Wait(seconds) => Err(anyhow!("the PIN is locked; try again in {seconds} s")),
        PinLock::ForGood => Err(anyhow!(
            "the PIN is locked for good after too many wrong ones: erase everything with \
             `countersign-desktop remove --all` and pair again"
        )),
    };
    let now = || SystemClock.now();
    if let Some(pin) = store.vault()?.pin {
        refuse(pin.lock(now()))?;
    }
    let typed = tty.ask("Current PIN: ", Echo::Off, None)?;
    let verifier = store.update(|vault| -> anyhow::Result<_> {
        let Some(pin) = &mut vault.pin else {
            bail!("the PIN was erased meanwhile")
        };
        refuse(pin.lock(now()))?;
        pin.count_try(now());
        Ok(pin.verifier.clone())
    })?;
    if keys.unlock(&verifier, &typed)?.is_none() {
        bail!("that is not the PIN");
    }
    store.update(|vault| -> Result<(), StoreError> {
        vault.pin.iter_mut().for_each(PinRecord::clear_failures);
        Ok(())
    })?;
    Ok(typed)
}

fn ask_new(tty: &mut Tty) -> anyhow::Result<SecretString> {
    for _ in 0..ROUNDS {
        let new = tty.ask("New PIN: ", Echo::Off, None)?;
        if let Err(fault) = pin_rules::check(new.expose()) {
            tty.say(&format!("{fault}\n"));
            continue;
        }
        if tty.ask("Repeat PIN: ", Echo::Off, None)? == new {
            return Ok(new);
        }
        tty.say("The two are not the same.\n");
    }
    bail!("no PIN was set")
}

/// Puts the new PIN in place and seals every key anew, in one write.
fn change(
    vault: &mut Vault,
    keys: &dyn KeyStore,
    current: Option<&SecretString>,
    new: &SecretString,
) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let verifier = match (&vault.pin, current) {
        (None, None) => keys.set_up(new)?.1,
        (Some(pin), Some(current)) => {
            let mut filed: Vec<_> = vault
                .credentials
                .iter_mut()
                .map(|credential| FiledKey {
                    owner: KeyOwner {
                        issuer: &credential.issuer,
                        user: &credential.user,
                        rp_id: &credential.rp_id,
                    },
                    kid: &credential.kid,
                    sealed: &mut credential.sealed_key,
                })
                .collect();
            keys.change_pin(&pin.verifier, current, new, &mut filed)?
        }
        _ => return Err(KeyStoreError("the PIN was changed meanwhile").into()),
    };
    vault.pin = Some(PinRecord::new(verifier, now));
    Ok(())
}
