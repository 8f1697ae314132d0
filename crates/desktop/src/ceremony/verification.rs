//! Verifying the person: the PIN of the store, or a new one where there is none yet.

use std::sync::Arc;

use countersign_crypto::secret::SecretString;

use super::session::{Session, blocking};
use crate::agent::Agent;
use crate::http::{Failure, Kind};
use crate::keystore::{OpenKeyStore, PinVerifier, pin_rules};
use crate::prompt::{Conversation, Interrupted};
use crate::store::StoreError;
use crate::store::pin_record::{PinLock, PinRecord};

/// How often a refused new PIN is asked again.
const ROUNDS: usize = 3;
/// What a page is told to wait where only erasing helps (seconds).
const A_DAY: u64 = 24 * 60 * 60;

/// The key store, opened by the person.
pub(super) struct Opened {
    pub(super) keys: Box<dyn OpenKeyStore>,
    /// The PIN that was set with this ceremony; taken into use with what the ceremony stores.
    pub(super) new_pin: Option<PinVerifier>,
}

/// The refusal of a locked PIN.
pub(super) fn lock_failure(lock: PinLock) -> Result<(), Failure> {
    match lock {
        PinLock::Open => Ok(()),
        PinLock::Wait(seconds) => Err(Failure::from(Kind::Locked).retry_after(seconds)),
        PinLock::ForGood => Err(Failure::from(Kind::Locked)
            .message("The PIN is locked until the authenticator is erased and paired anew.")
            .retry_after(A_DAY)),
    }
}

/// Asks for the PIN and opens the key store. One try for each ceremony.
pub(super) async fn verify(session: &mut Session) -> Result<Opened, Failure> {
    if session.agent.store().vault()?.pin.is_none() {
        return set_up(session).await;
    }
    let pin = session.ask(|conversation| conversation.pin()).await?;
    let agent = Arc::clone(&session.agent);
    match blocking(move || try_pin(&agent, &pin)).await? {
        Tried::Right(keys) => Ok(Opened {
            keys,
            new_pin: None,
        }),
        Tried::Wrong(words) => {
            session.tell(words).await;
            Err(Kind::VerificationFailed.into())
        }
    }
}

enum Tried {
    Right(Box<dyn OpenKeyStore>),
    /// With what the person is told.
    Wrong(String),
}

/// Counts the try on disk, then checks it, then takes the count back if it was right.
fn try_pin(agent: &Agent, pin: &SecretString) -> Result<Tried, Failure> {
    let verifier = agent.store().update(|vault| {
        let Some(record) = &mut vault.pin else {
            return Err(Failure::from(Kind::KeystoreFailure));
        };
        lock_failure(record.lock(agent.now()))?;
        record.count_try(agent.now());
        Ok(record.verifier.clone())
    })?;
    let Some(keys) = agent.key_store().unlock(&verifier, pin)? else {
        let record = agent.store().vault()?.pin;
        return Ok(Tried::Wrong(
            record.map_or_else(String::new, |pin| wrong(&pin, agent)),
        ));
    };
    agent.store().update(|vault| -> Result<(), StoreError> {
        vault.pin.iter_mut().for_each(PinRecord::clear_failures);
        Ok(())
    })?;
    Ok(Tried::Right(keys))
}

fn wrong(record: &PinRecord, agent: &Agent) -> String {
    let next = match record.lock(agent.now()) {
        PinLock::Open if record.tries_left() == 1 => "One try is left before a wait.".to_owned(),
        PinLock::Open => format!("{} tries are left before a wait.", record.tries_left()),
        PinLock::Wait(seconds) if record.is_last_try() => format!(
            "The PIN is locked for {seconds} seconds. After that one try is left: if that is wrong \
             too, the PIN is locked for good."
        ),
        PinLock::Wait(seconds) => format!("The PIN is locked for {seconds} seconds."),
        PinLock::ForGood => "The PIN is locked for good: erase everything with \
                             `countersign-desktop remove --all` and pair again."
            .to_owned(),
    };
    format!("That is not the PIN. {next}")
}

async fn set_up(session: &mut Session) -> Result<Opened, Failure> {
    let Some(pin) = session.ask(ask_for_new_pin).await? else {
        session.tell("No PIN was set.").await;
        return Err(Kind::VerificationFailed.into());
    };
    let agent = Arc::clone(&session.agent);
    blocking(move || {
        let (keys, verifier) = agent.key_store().set_up(&pin)?;
        Ok(Opened {
            keys,
            new_pin: Some(verifier),
        })
    })
    .await
}

/// `None` if no round gave a good PIN.
fn ask_for_new_pin(
    conversation: &mut dyn Conversation,
) -> Result<Option<SecretString>, Interrupted> {
    for _ in 0..ROUNDS {
        let pin = conversation.new_pin()?;
        if let Err(fault) = pin_rules::check(pin.expose()) {
            conversation.tell(&fault.to_string());
            continue;
        }
        if conversation.repeat_pin()? == pin {
            return Ok(Some(pin));
        }
        conversation.tell("The two are not the same.");
    }
    Ok(None)
}
