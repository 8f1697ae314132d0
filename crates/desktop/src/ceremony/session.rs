//! The prompt of one ceremony: opened once all checks passed, limited in time, withdrawn when the page
//! goes away, and noted in the activity list at its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Caller;
use super::checks::Asked;
use super::gate::{Ticket, Wish};
use super::verification::lock_failure;
use super::words;
use crate::agent::Agent;
use crate::http::{Failure, Kind, peer};
use crate::prompt::{Conversation, Interrupted, Reason, Withdrawal};
use crate::store::activity::{Action, Entry, shown};
use crate::store::pin_record::PinLock;
use crate::trust::Site;

/// A ceremony that talks to the person.
pub(super) struct Session {
    pub(super) agent: Arc<Agent>,
    pub(super) caller: Caller,
    /// The program that asks, where it could be told.
    pub(super) program: Option<String>,
    ticket: Ticket,
    withdrawal: Withdrawal,
    conversation: Option<Box<dyn Conversation>>,
    deadline: Instant,
    entry: Entry,
    declined: bool,
}

/// What a session is opened for.
pub(super) struct Purpose {
    pub(super) action: Action,
    pub(super) rp_id: String,
    /// The account as the person knows it; empty where the person chooses.
    pub(super) account: String,
    /// The site, if this is a first pairing.
    pub(super) first_pairing: Option<Site>,
    /// `timeout` of the request (milliseconds).
    pub(super) timeout: u64,
}

impl Session {
    /// Opens the prompt, and marks the request id as used just before. Refusals spend nothing.
    pub(super) async fn open(
        agent: Arc<Agent>,
        caller: Caller,
        withdrawal: Withdrawal,
        purpose: Purpose,
        asked: &Asked<'_>,
    ) -> Result<Self, Failure> {
        let lock = agent
            .store()
            .vault()?
            .pin
            .map_or(PinLock::Open, |pin| pin.lock(agent.now()));
        lock_failure(lock)?;
        let origin = caller.origin.to_string();
        let wish = Wish {
            origin: &origin,
            first_pairing: purpose.first_pairing,
            withdrawal: withdrawal.clone(),
        };
        let mut ticket = agent.gate().admit(wish, agent.now())?;
        tokio::select! {
            () = ticket.prompt_free() => {}
            reason = withdrawal.withdrawn() => return Err(of_reason(reason)),
        }
        // Gone before it was asked: nothing is shown, nothing spent.
        if let Some(reason) = withdrawal.reason() {
            return Err(of_reason(reason));
        }
        let opening = {
            let (agent, withdrawal) = (Arc::clone(&agent), withdrawal.clone());
            let (issuer, jti) = (asked.iss.to_owned(), asked.jti.to_owned());
            let (until, owner) = (asked.remembered_until(), caller.owner);
            blocking(move || {
                let conversation = agent.prompt().open(withdrawal).map_err(|error| {
                    tracing::warn!(%error, "a request was refused");
                    Failure::from(Kind::VerificationUnavailable)
                })?;
                if !agent.store().spend(&issuer, &jti, until, agent.now())? {
                    return Err(Failure::from(Kind::RequestReplayed));
                }
                Ok((conversation, owner.and_then(peer::program)))
            })
        };
        let (conversation, program) = opening.await?;
        ticket.opens(agent.now());
        let time = agent.patience(Duration::from_millis(purpose.timeout));
        let entry = Entry {
            at: String::new(),
            action: purpose.action,
            rp_id: purpose.rp_id,
            account: purpose.account,
            origin,
            result: String::new(),
            program: program.clone(),
        };
        Ok(Self {
            agent,
            caller,
            program,
            ticket,
            withdrawal,
            conversation: Some(conversation),
            deadline: Instant::now() + time,
            entry,
            declined: false,
        })
    }

    /// Asks, off the async threads, for as long as there is time.
    pub(super) async fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&mut dyn Conversation) -> Result<T, Interrupted> + Send + 'static,
    ) -> Result<T, Failure> {
        self.still_wanted()?;
        let Some(mut conversation) = self.conversation.take() else {
            return Err(Kind::VerificationUnavailable.into());
        };
        let mut asking = tokio::task::spawn_blocking(move || {
            let answer = question(conversation.as_mut());
            (conversation, answer)
        });
        let done = tokio::select! {
            done = &mut asking => done,
            () = sleep_until(self.deadline) => {
                self.withdrawal.withdraw(Reason::TimedOut);
                asking.await
            }
        };
        let (conversation, answer) =
            done.map_err(|_| Failure::from(Kind::VerificationUnavailable))?;
        self.conversation = Some(conversation);
        answer.map_err(|interrupted| self.of_interruption(interrupted))
    }

    /// Asks whether the person allows it.
    pub(super) async fn ask_to_allow(&mut self) -> Result<(), Failure> {
        if !self.ask(|conversation| conversation.allow()).await? {
            return Err(self.of_interruption(Interrupted::Closed));
        }
        if self.ticket.stays() {
            Ok(())
        } else {
            Err(of_reason(Reason::Displaced))
        }
    }

    /// Waits for something else than the person, for as long as there is time and the page waits.
    pub(super) async fn wait<T>(&mut self, task: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            done = task => Ok(done),
            reason = self.withdrawal.withdrawn() => Err(of_reason(reason)),
            () = sleep_until(self.deadline) => {
                self.withdrawal.withdraw(Reason::TimedOut);
                Err(of_reason(Reason::TimedOut))
            }
        }
    }

    /// Tells the person something. Off the async threads, since a terminal can be held.
    pub(super) async fn tell(&mut self, text: impl Into<String>) {
        let text = text.into();
        if let Some(mut conversation) = self.conversation.take() {
            let telling = tokio::task::spawn_blocking(move || {
                conversation.tell(&text);
                conversation
            });
            self.conversation = telling.await.ok();
        }
    }

    /// Whether the page still waits, and nothing else ended the ceremony.
    pub(super) fn still_wanted(&self) -> Result<(), Failure> {
        self.withdrawal
            .reason()
            .map_or(Ok(()), |reason| Err(of_reason(reason)))
    }

    /// The account that the person chose.
    pub(super) fn chose(&mut self, account: String) {
        self.entry.account = account;
    }

    fn of_interruption(&mut self, interrupted: Interrupted) -> Failure {
        match interrupted {
            Interrupted::Withdrawn => {
                of_reason(self.withdrawal.reason().unwrap_or(Reason::PageClosed))
            }
            Interrupted::Closed => {
                self.declined = true;
                self.ticket.declined(self.agent.now());
                Kind::UserDeclined.into()
            }
            Interrupted::Failed(error) => {
                tracing::warn!(%error, "the prompt failed");
                Kind::VerificationUnavailable.into()
            }
        }
    }

    /// Ends the ceremony: tells the person how, notes it, and gives the prompt back.
    pub(super) async fn conclude(
        mut self,
        outcome: Result<Done, Failure>,
    ) -> Result<String, Failure> {
        let reason = self.withdrawal.reason();
        let (words, result) = match &outcome {
            Ok(done) => (done.words.clone(), "OK"),
            Err(failure) => (
                words::closing(
                    failure,
                    reason,
                    self.declined && self.ticket.is_first_pairing(),
                ),
                match reason {
                    Some(Reason::PageClosed) => "PAGE_CLOSED",
                    Some(Reason::Displaced) => "DISPLACED",
                    Some(Reason::Stopping) => "STOPPED",
                    Some(Reason::TimedOut) | None => failure.kind.code(),
                },
            ),
        };
        self.tell(words).await;
        self.entry.at = shown(self.agent.now());
        result.clone_into(&mut self.entry.result);
        let (agent, entry) = (Arc::clone(&self.agent), self.entry.clone());
        let noted = blocking(move || Ok(agent.store().record(&entry)?)).await;
        if noted.is_err() {
            tracing::warn!("the activity could not be noted");
        }
        outcome.map(|done| done.jwt)
    }
}

/// A ceremony that went well.
pub(super) struct Done {
    /// The answer.
    pub(super) jwt: String,
    /// What the person is told.
    pub(super) words: String,
}

/// Runs something that takes its time off the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a ceremony broke");
            Err(Kind::KeystoreFailure.into())
        })
}

fn of_reason(reason: Reason) -> Failure {
    match reason {
        Reason::TimedOut => Kind::UserTimeout.into(),
        // Nobody reads the answer.
        Reason::PageClosed => Kind::UserDeclined.into(),
        Reason::Displaced => Failure::from(Kind::Busy)
            .message("A request of a known server came first.")
            .retry_after(5),
        Reason::Stopping => Failure::from(Kind::Busy)
            .message("The authenticator is stopping.")
            .retry_after(5),
    }
}
