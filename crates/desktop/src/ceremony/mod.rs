//! Pairing and signing in.
//!
//! | file | step |
//! |---|---|
//! | `checks` | is the token genuine, for now, new, and may this page carry it? |
//! | `gate` | may anybody be asked now? |
//! | `session` | the prompt of one ceremony: opened, timed, withdrawn, recorded |
//! | `verification` | the PIN |
//! | `register`, [`authenticate`] | the two ceremonies, made of these |
//!
//! A ceremony runs in a task of its own. If the page goes away, the task learns it through the
//! [`Withdrawal`], puts the terminal in order and signs nothing.

mod authenticate;
mod checks;
pub mod gate;
mod register;
mod session;
mod verification;
mod words;

use std::sync::Arc;

use countersign_desktop_protocol::origin::Origin;
use tokio::sync::Semaphore;

use crate::agent::Agent;
use crate::http::peer::Owner;
use crate::http::{Failure, Kind};
use crate::prompt::{Reason, Withdrawal};

/// The page that asks, and the program it runs in.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The page's origin, by its browser.
    pub origin: Origin,
    /// The owner of the connection.
    pub owner: Option<Owner>,
}

/// Pairs this computer: answers creation options with an attestation.
///
/// # Errors
/// A [`Failure`] for the page.
pub async fn register(agent: &Arc<Agent>, caller: Caller, jwt: String) -> Result<String, Failure> {
    let agent = Arc::clone(agent);
    let places = Arc::clone(agent.places());
    attend(&places, |withdrawal| {
        register::run(agent, caller, jwt, withdrawal)
    })
    .await
}

/// Signs in: answers request options with an assertion.
///
/// # Errors
/// A [`Failure`] for the page.
pub async fn authenticate(
    agent: &Arc<Agent>,
    caller: Caller,
    jwt: String,
) -> Result<String, Failure> {
    let agent = Arc::clone(agent);
    let places = Arc::clone(agent.places());
    attend(&places, |withdrawal| {
        authenticate::run(agent, caller, jwt, withdrawal)
    })
    .await
}

/// Ceremonies under way at a time, those included whose page is gone already: they end on their own,
/// after a fetch at the latest, but a page could otherwise start them faster than they do.
pub const PLACES: usize = 16;

/// Runs a ceremony for as long as the page waits for it.
async fn attend<F>(
    places: &Arc<Semaphore>,
    ceremony: impl FnOnce(Withdrawal) -> F,
) -> Result<String, Failure>
where
    F: Future<Output = Result<String, Failure>> + Send + 'static,
{
    /// Dropped with the connection.
    struct Page(Withdrawal);
    impl Drop for Page {
        fn drop(&mut self) {
            self.0.withdraw(Reason::PageClosed);
        }
    }
    let broken = |error: String| {
        tracing::error!(error, "a ceremony broke");
        Failure::from(Kind::KeystoreFailure)
    };
    let Ok(place) = Arc::clone(places).try_acquire_owned() else {
        return Err(Failure::from(Kind::Busy)
            .message("Too many requests are waiting.")
            .retry_after(5));
    };
    let withdrawal = Withdrawal::new().map_err(|error| broken(error.to_string()))?;
    let page = Page(withdrawal.clone());
    let running = ceremony(withdrawal);
    let outcome = tokio::spawn(async move {
        let outcome = running.await;
        drop(place);
        outcome
    })
    .await;
    drop(page);
    outcome.map_err(|error| broken(error.to_string()))?
}
