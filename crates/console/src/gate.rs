//! Who gets in: a code that works once, and the one session that it opens.

use countersign_crypto::hash::constant_time_eq;
use countersign_crypto::random::{Random, url_safe_secret};
use countersign_crypto::secret::SecretString;
use countersign_crypto::time::Timestamp;
use parking_lot::Mutex;

/// Characters of every secret here, six bits each: 258 bits.
const CHARACTERS: usize = 43;
/// How long a session lasts, in seconds. Quickstart prints a new link each time it starts.
const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// What the opener of a session receives: one half for the cookie, one for the page's storage.
pub(crate) struct Opened {
    pub(crate) cookie: SecretString,
    pub(crate) key: SecretString,
}

enum State {
    /// Nobody came yet; this code lets one in.
    Closed(SecretString),
    /// Somebody did.
    Open(Session),
}

struct Session {
    cookie: SecretString,
    key: SecretString,
    expires_at: Timestamp,
}

/// The gate of one run of the server. Nothing of it is stored.
pub(crate) struct Gate {
    state: Mutex<State>,
}

impl Gate {
    /// A closed gate and the code that opens it.
    pub(crate) fn new(random: &dyn Random) -> (Self, SecretString) {
        let code = url_safe_secret(random, CHARACTERS);
        (
            Self {
                state: Mutex::new(State::Closed(code.clone())),
            },
            code,
        )
    }

    /// Whether the code would open the gate. Does not spend it.
    pub(crate) fn is_live(&self, code: &str) -> bool {
        match &*self.state.lock() {
            State::Closed(expected) => same(expected, code),
            State::Open(_) => false,
        }
    }

    /// Spends the code and opens a session. `None` when it is not the code, or spent.
    pub(crate) fn open(&self, code: &str, now: Timestamp, random: &dyn Random) -> Option<Opened> {
        let mut state = self.state.lock();
        match &*state {
            State::Closed(expected) if same(expected, code) => {}
            _ => return None,
        }
        let opened = Opened {
            cookie: url_safe_secret(random, CHARACTERS),
            key: url_safe_secret(random, CHARACTERS),
        };
        *state = State::Open(Session {
            cookie: opened.cookie.clone(),
            key: opened.key.clone(),
            expires_at: now.plus_seconds(SESSION_SECONDS),
        });
        Some(opened)
    }

    /// Whether the cookie is that of the session. Enough to see the page, not to get a token.
    pub(crate) fn knows_cookie(&self, cookie: &str, now: Timestamp) -> bool {
        self.with_session(now, |session| same(&session.cookie, cookie))
    }

    /// Whether both halves are those of the session.
    pub(crate) fn admits(&self, cookie: &str, key: &str, now: Timestamp) -> bool {
        // Both are compared in any case.
        self.with_session(now, |session| {
            same(&session.cookie, cookie) & same(&session.key, key)
        })
    }

    fn with_session(&self, now: Timestamp, test: impl FnOnce(&Session) -> bool) -> bool {
        match &*self.state.lock() {
            State::Open(session) if now < session.expires_at => test(session),
            _ => false,
        }
    }
}

fn same(expected: &SecretString, given: &str) -> bool {
    constant_time_eq(expected.expose().as_bytes(), given.as_bytes())
}

#[cfg(test)]
mod tests {
    use countersign_crypto::random::SystemRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_790_000_000);

    #[test]
    fn a_code_opens_one_session() {
        let (gate, code) = Gate::new(&SystemRandom);
        assert!(gate.is_live(code.expose()));
        assert!(gate.open("guess", NOW, &SystemRandom).is_none());
        assert!(gate.open("", NOW, &SystemRandom).is_none());
        let opened = gate.open(code.expose(), NOW, &SystemRandom).unwrap();
        assert!(!gate.is_live(code.expose()));
        assert!(gate.open(code.expose(), NOW, &SystemRandom).is_none());
        assert!(gate.admits(opened.cookie.expose(), opened.key.expose(), NOW));
        assert!(gate.knows_cookie(opened.cookie.expose(), NOW));
    }

    #[test]
    fn a_session_needs_both_halves_and_ends() {
        let (gate, code) = Gate::new(&SystemRandom);
        assert!(!gate.admits("", "", NOW));
        let opened = gate.open(code.expose(), NOW, &SystemRandom).unwrap();
        let (cookie, key) = (opened.cookie.expose(), opened.key.expose());
        for (cookie, key) in [(cookie, ""), ("", key), (key, cookie), (cookie, cookie)] {
            assert!(!gate.admits(cookie, key, NOW));
        }
        assert!(gate.admits(cookie, key, NOW.plus_seconds(SESSION_SECONDS - 1)));
        assert!(!gate.admits(cookie, key, NOW.plus_seconds(SESSION_SECONDS)));
        assert!(!gate.knows_cookie(cookie, NOW.plus_seconds(SESSION_SECONDS)));
    }

    #[test]
    fn two_at_once_with_one_code_are_one_session() {
        let (gate, code) = Gate::new(&SystemRandom);
        let opened = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| gate.open(code.expose(), NOW, &SystemRandom).is_some()))
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .filter(|won| *won)
                .count()
        });
        assert_eq!(opened, 1);
    }
}
