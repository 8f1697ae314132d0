//! The prompt on the controlling terminal. The words are in [`text`], the handling of the device in
//! [`tty`].

pub mod text;
pub mod tty;

use std::time::Duration;

use countersign_crypto::secret::SecretString;

use super::{Conversation, Interrupted, Prompt, Request, Unavailable, Withdrawal};
use tty::{Echo, Tty};

/// How long nothing counts after a request is shown.
pub const ARMING: Duration = Duration::from_millis(500);
/// How often a wrong account number is asked again.
const ACCOUNT_ROUNDS: usize = 3;

/// Asks on `/dev/tty`.
#[derive(Debug, Default)]
pub struct TerminalPrompt;

impl Prompt for TerminalPrompt {
    fn open(&self, withdrawal: Withdrawal) -> Result<Box<dyn Conversation>, Unavailable> {
        let tty = Tty::open().map_err(|error| Unavailable(error.to_string()))?;
        Ok(Box::new(TerminalConversation { tty, withdrawal }))
    }
}

struct TerminalConversation {
    tty: Tty,
    withdrawal: Withdrawal,
}

impl TerminalConversation {
    fn ask(&mut self, question: &str, echo: Echo) -> Result<SecretString, Interrupted> {
        let answer = self.tty.ask(question, echo, Some(&self.withdrawal));
        if answer.is_err() {
            // What is said next stands on a line of its own.
            self.tty.say("\n");
        }
        answer
    }
}

impl Conversation for TerminalConversation {
    fn show(&mut self, request: &Request) -> Result<(), Interrupted> {
        self.tty.say(&text::request(request));
        self.tty.pause(ARMING, &self.withdrawal)?;
        self.tty.drop_pending();
        Ok(())
    }

    fn choose_account(&mut self, accounts: usize) -> Result<usize, Interrupted> {
        for _ in 0..ACCOUNT_ROUNDS {
            let answer = self.ask(&format!("Account [1-{accounts}]: "), Echo::On)?;
            let answer = answer.expose().trim();
            if answer.is_empty() {
                break;
            }
            match answer.parse::<usize>() {
                Ok(number) if (1..=accounts).contains(&number) => return Ok(number - 1),
                _ => self
                    .tty
                    .say(&format!("Please type a number from 1 to {accounts}.\n")),
            }
        }
        Err(Interrupted::Closed)
    }

    fn allow(&mut self) -> Result<bool, Interrupted> {
        let answer = self.ask("Allow? [y/N]: ", Echo::On)?;
        let answer = answer.expose().trim();
        Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
    }

    fn pin(&mut self) -> Result<SecretString, Interrupted> {
        self.ask("PIN: ", Echo::Off)
    }

    fn new_pin(&mut self) -> Result<SecretString, Interrupted> {
        self.ask("New PIN: ", Echo::Off)
    }

    fn repeat_pin(&mut self) -> Result<SecretString, Interrupted> {
        self.ask("Repeat PIN: ", Echo::Off)
    }

    fn tell(&mut self, text: &str) {
        self.tty.say(&format!("{text}\n"));
    }
}
