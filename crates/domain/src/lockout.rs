//! Lockout arithmetic: what a failure does to a device and to an account.
//!
//! Failures are counted per device over all authentications; a success, the end of a lock, an
//! administrator's unlock or a `FAILED` that left no lock behind set the count back. The account's
//! counter is a second one, over all devices of the user.

use countersign_crypto::time::Timestamp;

/// How many failures a device may have, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureLimit {
    /// Failures until the device is locked; 1 to 7.
    pub count: u32,
    /// How long it stays locked, in seconds; 0 = no lock, the authentication just fails.
    pub cool_down_seconds: i64,
}

/// Why a device is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockReason {
    /// Wrong passcodes.
    Otp,
    /// Pushes denied or ignored.
    Push,
    /// Assertions that did not verify.
    Assertion,
}

impl LockReason {
    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Otp => "OTP",
            Self::Push => "PUSH",
            Self::Assertion => "ASSERTION",
        }
    }

    /// The reason of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Otp, Self::Push, Self::Assertion]
            .into_iter()
            .find(|reason| reason.as_str() == text)
    }
}

/// A lock that ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// When it ends.
    pub expires_at: Timestamp,
    /// Why it is there.
    pub reason: LockReason,
}

/// The failure counter of one device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FailureCounter {
    /// Failures since the last success.
    pub failures: u32,
    /// The lock that they led to; it may have expired.
    pub lock: Option<Lock>,
}

/// What a failure led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureEffect {
    /// Tries that are left before the limit.
    pub attempts_remaining: u32,
    /// Whether the limit is reached.
    pub exhausted: bool,
    /// Whether the device is locked from now on.
    pub locked: bool,
}

impl FailureCounter {
    /// The lock that is in force at `now`.
    pub fn lock_at(&self, now: Timestamp) -> Option<Lock> {
        self.lock.filter(|lock| now < lock.expires_at)
    }

    /// Counts one more failure. A lock that has expired has set the count back.
    pub fn fail(
        &mut self,
        limit: FailureLimit,
        reason: LockReason,
        now: Timestamp,
    ) -> FailureEffect {
        if self.lock.is_some_and(|lock| lock.expires_at <= now) {
            *self = Self::default();
        }
        self.failures = self.failures.saturating_add(1);
        let exhausted = self.failures >= limit.count;
        let attempts_remaining = limit.count.saturating_sub(self.failures);
        let locked = exhausted && limit.cool_down_seconds > 0;
        if locked {
            self.lock = Some(Lock {
                expires_at: now.plus_seconds(limit.cool_down_seconds),
                reason,
            });
        } else if exhausted {
            // Nothing stays locked: the failed authentication is the whole consequence.
            *self = Self::default();
        }
        FailureEffect {
            attempts_remaining,
            exhausted,
            locked,
        }
    }

    /// Sets the count back after a success or an unlock.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

/// The account lockout of the MFA settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLimit {
    /// Failures over all devices until the account is locked.
    pub failure_count: u32,
    /// How long it stays locked, in seconds; `None` = until an administrator unlocks it.
    pub duration_seconds: Option<i64>,
}

/// The state of a user's account as far as lockout goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountState {
    /// MFA failures over all devices since the last success.
    pub failures: u32,
    /// When it was locked.
    pub locked_at: Option<Timestamp>,
    /// When the lock ends by itself; `None` while locked = only an administrator ends it.
    pub unlock_at: Option<Timestamp>,
}

impl AccountState {
    /// Whether the account is locked at `now`.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_at.is_some() && self.unlock_at.is_none_or(|end| now < end)
    }

    /// Counts one more failure; answers whether it locked the account.
    pub fn fail(&mut self, limit: Option<AccountLimit>, now: Timestamp) -> bool {
        let Some(limit) = limit else { return false };
        if self.locked_at.is_some() && !self.is_locked(now) {
            *self = Self::default();
        }
        if self.is_locked(now) {
            return false;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures < limit.failure_count {
            return false;
        }
        self.locked_at = Some(now);
        self.unlock_at = limit
            .duration_seconds
            .map(|seconds| now.plus_seconds(seconds));
        true
    }

    /// Ends a lock and sets the count back.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: FailureLimit = FailureLimit {
        count: 3,
        cool_down_seconds: 120,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn the_last_failure_locks_and_the_end_of_the_lock_sets_the_count_back() {
        let mut counter = FailureCounter::default();
        let fail = |counter: &mut FailureCounter, now| {
            counter
                .fail(LIMIT, LockReason::Assertion, at(now))
                .attempts_remaining
        };
        assert_eq!(fail(&mut counter, 0), 2);
        assert_eq!(fail(&mut counter, 1), 1);
        assert_eq!(fail(&mut counter, 2), 0);
        assert_eq!(
            counter.lock_at(at(121)),
            Some(Lock {
                expires_at: at(122),
                reason: LockReason::Assertion
            })
        );
        assert_eq!(counter.lock_at(at(122)), None);
        assert_eq!(fail(&mut counter, 122), 2);
    }

    #[test]
    fn without_a_cool_down_nothing_stays_locked() {
        let limit = FailureLimit {
            count: 1,
            cool_down_seconds: 0,
        };
        let mut counter = FailureCounter::default();
        let effect = counter.fail(limit, LockReason::Otp, at(0));
        assert!(effect.exhausted && !effect.locked);
        assert_eq!(counter, FailureCounter::default());
    }

    #[test]
    fn an_account_lock_without_a_duration_ends_only_by_hand() {
        let limit = Some(AccountLimit {
            failure_count: 2,
            duration_seconds: None,
        });
        let mut account = AccountState::default();
        assert!(!account.fail(limit, at(0)));
        assert!(account.fail(limit, at(1)));
        assert!(account.is_locked(at(i64::from(i32::MAX))));
        account.reset();
        assert!(!account.is_locked(at(2)));
        assert!(!account.fail(None, at(3)), "no lockout configured");
    }
}
