//! Who may ask the person now: one ceremony at a time, and not too many of them.
//!
//! Limits, by the page's origin: five prompts a minute. By unknown issuers together: two first-pairing
//! prompts a minute, and a site whose first pairing was declined is silent for ten minutes. A request of
//! a trusted issuer takes the place of a first-pairing question that is still waiting, so that a strange
//! page cannot keep the person from signing in.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use countersign_crypto::time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::{Failure, Kind};
use crate::prompt::{Reason, Withdrawal};
use crate::trust::Site;

/// The span that prompts are counted over (seconds).
const MINUTE: i64 = 60;
/// Prompts of one origin in it.
const PER_ORIGIN: usize = 5;
/// First-pairing prompts of all unknown issuers in it.
const FIRST_PAIRINGS: usize = 2;
/// How long a declined site is silent (seconds).
const SILENT: i64 = 10 * 60;
/// What a page is told to wait while another ceremony is under way (seconds).
const WAIT_FOR_OTHER: u64 = 5;

/// The gate.
pub struct Gate {
    state: Mutex<State>,
    /// The prompt itself: a displaced ceremony gives it back when it has left the terminal.
    prompt: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    stopped: bool,
    current: Option<Current>,
    next_number: u64,
    by_origin: HashMap<String, VecDeque<Timestamp>>,
    first_pairings: VecDeque<Timestamp>,
    silent: HashMap<Site, Timestamp>,
}

struct Current {
    number: u64,
    withdrawal: Withdrawal,
    /// A first-pairing question that nobody answered yet.
    gives_way: bool,
}

/// Who wants to ask.
pub struct Wish<'a> {
    /// The page's origin.
    pub origin: &'a str,
    /// The site, if this is a first pairing.
    pub first_pairing: Option<Site>,
    /// Withdraws the question.
    pub withdrawal: Withdrawal,
}

/// The right to ask; given back when dropped.
pub struct Ticket {
    gate: Arc<Gate>,
    number: u64,
    origin: String,
    first_pairing: Option<Site>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            prompt: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Gate {
    /// Asks for the right to ask.
    ///
    /// # Errors
    /// [`Kind::Busy`] with the time to wait.
    pub fn admit(self: &Arc<Self>, wish: Wish<'_>, now: Timestamp) -> Result<Ticket, Failure> {
        let mut state = self.state.lock();
        state.forget(now);
        if state.stopped {
            return Err(busy("The authenticator is stopping.", WAIT_FOR_OTHER));
        }
        if let Some(current) = &state.current
            && !(current.gives_way && wish.first_pairing.is_none())
        {
            return Err(busy("Another request is being answered.", WAIT_FOR_OTHER));
        }
        state.check_limits(&wish, now)?;
        if let Some(displaced) = state.current.take() {
            displaced.withdrawal.withdraw(Reason::Displaced);
        }
        state.next_number += 1;
        let number = state.next_number;
        state.current = Some(Current {
            number,
            withdrawal: wish.withdrawal,
            gives_way: wish.first_pairing.is_some(),
        });
        Ok(Ticket {
            gate: Arc::clone(self),
            number,
            origin: wish.origin.to_owned(),
            first_pairing: wish.first_pairing,
            permit: None,
        })
    }

    /// Whether a ceremony is under way.
    pub fn is_busy(&self) -> bool {
        self.state.lock().current.is_some()
    }

    /// Withdraws the ceremony under way and admits no other, because the program stops.
    pub fn stop(&self) {
        let mut state = self.state.lock();
        state.stopped = true;
        if let Some(current) = &state.current {
            current.withdrawal.withdraw(Reason::Stopping);
        }
    }

    /// Waits until no ceremony holds the prompt.
    pub async fn idle(&self) {
        let _ = self.prompt.acquire().await;
    }
}

impl State {
    fn check_limits(&self, wish: &Wish<'_>, now: Timestamp) -> Result<(), Failure> {
        if let Some(site) = &wish.first_pairing {
            if let Some(declined) = self.silent.get(site) {
                return Err(busy(
                    "The person declined this site a short while ago.",
                    left(*declined, SILENT, now),
                ));
            }
            if self.first_pairings.len() >= FIRST_PAIRINGS
                && let Some(first) = self.first_pairings.front()
            {
                return Err(busy(
                    "There were too many requests of new servers.",
                    left(*first, MINUTE, now),
                ));
            }
        }
        if let Some(prompts) = self.by_origin.get(wish.origin)
            && prompts.len() >= PER_ORIGIN
            && let Some(first) = prompts.front()
        {
            return Err(busy(
                "This page asked too often.",
                left(*first, MINUTE, now),
            ));
        }
        Ok(())
    }

    /// Drops what no longer counts.
    fn forget(&mut self, now: Timestamp) {
        let counts = |at: &Timestamp, span: i64| {
            let age = now.micros_since(*at);
            // After the clock was set back, nothing older than the span stays for ever.
            age.abs() < span * 1_000_000
        };
        self.by_origin.retain(|_, prompts| {
            prompts.retain(|at| counts(at, MINUTE));
            !prompts.is_empty()
        });
        self.first_pairings.retain(|at| counts(at, MINUTE));
        self.silent.retain(|_, at| counts(at, SILENT));
    }
}

fn busy(message: &'static str, seconds: u64) -> Failure {
    Failure::from(Kind::Busy)
        .message(message)
        .retry_after(seconds)
}

/// Whole seconds until `span` seconds after `since`, at least one.
fn left(since: Timestamp, span: i64, now: Timestamp) -> u64 {
    let left = since
        .plus_seconds(span)
        .micros_since(now)
        .min(span * 1_000_000);
    u64::try_from(left).unwrap_or(0).div_ceil(1_000_000).max(1)
}

impl Ticket {
    /// Waits until a displaced ceremony has left the prompt.
    pub async fn prompt_free(&mut self) {
        if self.permit.is_none() {
            self.permit = Arc::clone(&self.gate.prompt).acquire_owned().await.ok();
        }
    }

    /// Counts the prompt, which opens now.
    pub fn opens(&self, now: Timestamp) {
        let mut state = self.gate.state.lock();
        state
            .by_origin
            .entry(self.origin.clone())
            .or_default()
            .push_back(now);
        if self.first_pairing.is_some() {
            state.first_pairings.push_back(now);
        }
    }

    /// The person said yes: the ceremony no longer gives way to another. `false` if it did already.
    pub fn stays(&self) -> bool {
        match &mut self.gate.state.lock().current {
            Some(current) if current.number == self.number => {
                current.gives_way = false;
                true
            }
            _ => false,
        }
    }

    /// Whether this is a first pairing.
    pub fn is_first_pairing(&self) -> bool {
        self.first_pairing.is_some()
    }

    /// The person declined: a new site is silent for a while.
    pub fn declined(&self, now: Timestamp) {
        if let Some(site) = &self.first_pairing {
            self.gate.state.lock().silent.insert(site.clone(), now);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.gate.state.lock();
        if state
            .current
            .as_ref()
            .is_some_and(|current| current.number == self.number)
        {
            state.current = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_desktop_protocol::Development;
    use countersign_desktop_protocol::origin::Origin;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_000_000);

    fn site(url: &str) -> Option<Site> {
        Site::of(&Origin::parse(url).unwrap(), Development::No)
    }

    fn wish(origin: &str, first_pairing: Option<Site>) -> (Wish<'_>, Withdrawal) {
        let withdrawal = Withdrawal::new().unwrap();
        (
            Wish {
                origin,
                first_pairing,
                withdrawal: withdrawal.clone(),
            },
            withdrawal,
        )
    }

    fn admit(gate: &Arc<Gate>, origin: &str, first: bool, now: Timestamp) -> Result<Ticket, u64> {
        let first = if first { site(origin) } else { None };
        let outcome = gate.admit(wish(origin, first).0, now);
        outcome.map_err(|failure| failure.retry_after.unwrap())
    }

    #[test]
    fn one_at_a_time() {
        let gate = Arc::new(Gate::default());
        let ticket = admit(&gate, "https://a.example", false, NOW).unwrap();
        assert!(gate.is_busy());
        assert_eq!(admit(&gate, "https://b.example", false, NOW).err(), Some(5));
        drop(ticket);
        assert!(!gate.is_busy());
        admit(&gate, "https://b.example", false, NOW).unwrap();
    }

    #[test]
    fn five_prompts_a_minute_for_an_origin() {
        let gate = Arc::new(Gate::default());
        for second in 0..5 {
            let now = NOW.plus_seconds(second);
            admit(&gate, "https://a.example", false, now)
                .unwrap()
                .opens(now);
        }
        assert_eq!(
            admit(&gate, "https://a.example", false, NOW.plus_seconds(10)).err(),
            Some(50)
        );
        admit(&gate, "https://b.example", false, NOW.plus_seconds(10)).unwrap();
        admit(&gate, "https://a.example", false, NOW.plus_seconds(60)).unwrap();
    }

    #[test]
    fn requests_without_a_prompt_do_not_count() {
        let gate = Arc::new(Gate::default());
        for _ in 0..20 {
            admit(&gate, "https://a.example", false, NOW).unwrap();
        }
    }

    #[test]
    fn two_first_pairings_a_minute_over_all() {
        let gate = Arc::new(Gate::default());
        admit(&gate, "https://a.example", true, NOW)
            .unwrap()
            .opens(NOW);
        admit(&gate, "https://b.example", true, NOW)
            .unwrap()
            .opens(NOW);
        assert_eq!(admit(&gate, "https://c.example", true, NOW).err(), Some(60));
        admit(&gate, "https://c.example", false, NOW).unwrap();
        admit(&gate, "https://c.example", true, NOW.plus_seconds(60)).unwrap();
    }

    #[test]
    fn a_declined_site_is_silent_for_ten_minutes() {
        let gate = Arc::new(Gate::default());
        admit(&gate, "https://a.example.com", true, NOW)
            .unwrap()
            .declined(NOW);
        let later = NOW.plus_seconds(599);
        assert_eq!(
            admit(&gate, "https://b.example.com", true, later).err(),
            Some(1)
        );
        admit(&gate, "https://a.example.org", true, later).unwrap();
        admit(&gate, "https://a.example.com", true, NOW.plus_seconds(600)).unwrap();
    }

    #[tokio::test]
    async fn a_known_issuer_displaces_a_waiting_first_pairing() {
        let gate = Arc::new(Gate::default());
        let (first, withdrawal) = wish("https://new.example", site("https://new.example"));
        let mut waiting = gate.admit(first, NOW).unwrap();
        waiting.prompt_free().await;
        assert_eq!(
            admit(&gate, "https://other.example", true, NOW).err(),
            Some(5)
        );

        let mut known = admit(&gate, "https://known.example", false, NOW).unwrap();
        assert_eq!(withdrawal.reason(), Some(Reason::Displaced));
        assert!(!waiting.stays());
        let free = tokio::time::timeout(std::time::Duration::from_millis(20), known.prompt_free());
        assert!(free.await.is_err(), "the terminal is not free yet");
        drop(waiting);
        known.prompt_free().await;
        assert!(gate.is_busy(), "the displaced one did not end the other");
    }

    #[test]
    fn stopping_withdraws_and_admits_nobody() {
        let gate = Arc::new(Gate::default());
        let (wish, withdrawal) = wish("https://a.example", None);
        let ticket = gate.admit(wish, NOW).unwrap();
        gate.stop();
        assert_eq!(withdrawal.reason(), Some(Reason::Stopping));
        drop(ticket);
        assert!(admit(&gate, "https://a.example", false, NOW).is_err());
    }

    #[test]
    fn after_the_yes_it_stays() {
        let gate = Arc::new(Gate::default());
        let waiting = admit(&gate, "https://new.example", true, NOW).unwrap();
        assert!(waiting.stays());
        assert!(admit(&gate, "https://known.example", false, NOW).is_err());
    }
}
