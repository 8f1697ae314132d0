//! Asking the person. A [`Prompt`] opens a [`Conversation`] for one ceremony; this build has the one on
//! the [`terminal`], a window comes behind the same traits.
//!
//! A conversation blocks a thread of its own while the person thinks. Whatever ends it early (time,
//! the page going away, the program stopping) comes through the [`Withdrawal`].

pub mod presentation;
pub mod terminal;
pub mod withdrawal;

use countersign_crypto::secret::SecretString;
use serde::Deserialize;
use thiserror::Error;

pub use presentation::{AccountText, PairRequest, Request, SignInRequest};
pub use withdrawal::{Reason, Withdrawal};

/// How the person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum PromptKind {
    /// In a window of its own.
    Window,
    /// On the controlling terminal.
    Terminal,
}

/// Nobody can be asked here.
#[derive(Debug, Error)]
#[error("nobody can be asked: {0}")]
pub struct Unavailable(pub String);

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum Interrupted {
    /// It was withdrawn; [`Withdrawal::reason`] says why.
    #[error("the question was withdrawn")]
    Withdrawn,
    /// The person closed the window or the terminal.
    #[error("the person closed the prompt")]
    Closed,
    /// The prompt failed.
    #[error("the prompt failed: {0}")]
    Failed(#[from] std::io::Error),
}

/// A way to ask a person.
pub trait Prompt: Send + Sync {
    /// Opens a conversation; shows nothing yet.
    ///
    /// # Errors
    /// [`Unavailable`] if nobody can be asked now.
    fn open(&self, withdrawal: Withdrawal) -> Result<Box<dyn Conversation>, Unavailable>;
}

/// One ceremony's questions. Each call blocks until it is answered or withdrawn.
pub trait Conversation: Send {
    /// Shows the request and arms the questions: for a moment nothing counts, so that a key pressed
    /// for something else does not answer.
    ///
    /// # Errors
    /// [`Interrupted`].
    fn show(&mut self, request: &Request) -> Result<(), Interrupted>;

    /// Which of the accounts of the request: its index.
    ///
    /// # Errors
    /// [`Interrupted`]; `Closed` also if the person names none of them.
    fn choose_account(&mut self, accounts: usize) -> Result<usize, Interrupted>;

    /// Whether the person allows it. Anything but a clear yes is a no.
    ///
    /// # Errors
    /// [`Interrupted`].
    fn allow(&mut self) -> Result<bool, Interrupted>;

    /// The PIN.
    ///
    /// # Errors
    /// [`Interrupted`].
    fn pin(&mut self) -> Result<SecretString, Interrupted>;

    /// The first typing of a new PIN.
    ///
    /// # Errors
    /// [`Interrupted`].
    fn new_pin(&mut self) -> Result<SecretString, Interrupted>;

    /// The second typing of a new PIN.
    ///
    /// # Errors
    /// [`Interrupted`].
    fn repeat_pin(&mut self) -> Result<SecretString, Interrupted>;

    /// Tells the person something. Fails silently: it is never needed for a decision.
    fn tell(&mut self, text: &str);
}
