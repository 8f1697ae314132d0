//! A device authentication: one run of proving a second factor.
//!
//! ```text
//! start ──► DEVICE_SELECTION_REQUIRED ──select──► ASSERTION_REQUIRED ──good──► COMPLETED
//!   │                ▲                               │   ▲    │
//!   │                └────────────select─────────────┘   └bad─┤ limit reached
//!   └──► FAILED (no usable device, account locked)            └──────────────► FAILED
//! ```
//!
//! Terminal states accept no action. Whatever is not terminal is gone 15 minutes after the last
//! call and 60 minutes after its start; terminal ones can be read for 15 minutes.

mod choice;

pub use choice::{Choice, DeviceSelection, choose};

use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::UserVerification;
use countersign_desktop_protocol::rp::RpId;

use crate::device::COUNTER_MAX;
use crate::ids::{
    ApplicationId, DeviceAuthenticationId, DeviceId, DevicePolicyId, EnvironmentId, UserId,
};

/// Seconds without a call after which it is gone.
pub const IDLE_LIFE_SECONDS: i64 = 15 * 60;
/// Seconds after its start at which an open one is gone whatever happens.
pub const ABSOLUTE_LIFE_SECONDS: i64 = 60 * 60;
/// Most open ones of a user.
pub const OPEN_LIMIT: i64 = 10;
/// Life of the options that a desktop authenticator answers, in seconds.
pub const OPTIONS_LIFE_SECONDS: i64 = 120;
/// Two assertions of one device whose requests were issued within this many seconds are a race,
/// not a clone.
pub const COUNTER_RACE_SECONDS: i64 = 10;

/// What may be done to an authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthenticationAction {
    /// Choose, switch or retry a device.
    SelectDevice,
    /// Check a passcode.
    CheckOtp,
    /// Check a FIDO2 or desktop assertion.
    CheckAssertion,
    /// Withdraw a push.
    CancelPush,
}

/// An open request to a desktop authenticator: the private half of the ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesktopRequest {
    /// The signed options; handed out again byte for byte.
    pub jwt: String,
    /// The challenge, base64url.
    pub nonce: String,
    /// Base64url SHA-256 of `jwt`.
    pub request_hash: String,
    /// The relying party in force.
    pub rp: RpId,
    /// Exact origins that may carry the ceremony; empty = the relying party's sub-domain rule.
    pub origins: Vec<String>,
    /// Whether the person must be verified.
    pub user_verification: UserVerification,
    /// Thumbprints of the credentials that may answer; empty = whoever has one (no user yet).
    pub allow: Vec<String>,
    /// When the options were signed.
    pub issued_at: Timestamp,
    /// When they stop being answerable.
    pub expires_at: Timestamp,
}

/// Methods that took part, by the words of the `authenticators` member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authenticator {
    /// The desktop authenticator.
    Desktop,
    /// Some MFA took place, as opposed to a bypass.
    Mfa,
    /// User presence was proven.
    User,
}

impl Authenticator {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mfa => "mfa",
            Self::User => "user",
        }
    }

    /// What a desktop sign-in reports, in the documented order.
    pub const DESKTOP_SUCCESS: &'static [Self] = &[Self::Desktop, Self::Mfa, Self::User];
}

/// Why an authentication failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticationFailure {
    /// The user has no device that can be used; the locked ones are named.
    NoUsableDevices {
        /// Devices that are there but cannot be used now.
        unavailable: Vec<DeviceId>,
    },
    /// The account is locked.
    UserLocked,
    /// Too many assertions did not verify.
    AssertionAttemptsExceeded,
}

impl AuthenticationFailure {
    /// The `error.code` on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoUsableDevices { .. } => "NO_USABLE_DEVICES",
            Self::UserLocked => "USER_LOCKED",
            Self::AssertionAttemptsExceeded => "ASSERTION_ATTEMPTS_EXCEEDED",
        }
    }
}

/// The state of an authentication and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticationPhase {
    /// A device has to be chosen.
    DeviceSelectionRequired,
    /// An assertion is awaited.
    AssertionRequired(DesktopRequest),
    /// Proven.
    Completed {
        /// Methods that took part; empty for a bypass.
        authenticators: Vec<Authenticator>,
        /// The options that were answered.
        options: Option<String>,
    },
    /// Over, without proof.
    Failed(AuthenticationFailure),
}

impl AuthenticationPhase {
    /// The `status` on the wire and in the database.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::DeviceSelectionRequired => "DEVICE_SELECTION_REQUIRED",
            Self::AssertionRequired(_) => "ASSERTION_REQUIRED",
            Self::Completed { .. } => "COMPLETED",
            Self::Failed(_) => "FAILED",
        }
    }

    /// Whether nothing can happen any more.
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed { .. } | Self::Failed(_))
    }
}

/// One run of proving a second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAuthentication {
    /// Its id.
    pub id: DeviceAuthenticationId,
    /// Its environment.
    pub environment: EnvironmentId,
    /// The policy in force.
    pub policy: DevicePolicyId,
    /// Whose; absent until an assertion names the user, when it was started without one.
    pub user: Option<UserId>,
    /// The application that the caller named.
    pub application: Option<ApplicationId>,
    /// The relying party that the caller named; only then do devices of others drop out.
    pub named_rp: Option<RpId>,
    /// The device chosen last.
    pub selected: Option<DeviceId>,
    /// State and what belongs to it.
    pub phase: AuthenticationPhase,
    /// Failures that are counted here because no device is known yet.
    pub failures: u32,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was last called.
    pub touched_at: Timestamp,
    /// Goes up with every change; writes are conditional on it.
    pub version: i64,
}

impl DeviceAuthentication {
    /// When it is gone, as things stand.
    pub fn expires_at(&self) -> Timestamp {
        if self.phase.is_terminal() {
            self.updated_at.plus_seconds(IDLE_LIFE_SECONDS)
        } else {
            self.touched_at
                .plus_seconds(IDLE_LIFE_SECONDS)
                .min(self.created_at.plus_seconds(ABSOLUTE_LIFE_SECONDS))
        }
    }

    /// Whether it is gone.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.expires_at() <= now
    }

    /// Whether it was started without a user and still has none.
    pub const fn is_usernameless(&self) -> bool {
        self.user.is_none()
    }

    /// Whether its status accepts the action. (Retrying `device.select` is how a new challenge is
    /// asked for; without a user there is nothing to select.)
    pub const fn accepts(&self, action: AuthenticationAction) -> bool {
        match (&self.phase, action) {
            (
                AuthenticationPhase::DeviceSelectionRequired
                | AuthenticationPhase::AssertionRequired(_),
                AuthenticationAction::SelectDevice,
            ) => self.user.is_some(),
            (AuthenticationPhase::AssertionRequired(_), AuthenticationAction::CheckAssertion) => {
                true
            }
            _ => false,
        }
    }

    /// Moves on to another phase.
    pub fn advance(&mut self, phase: AuthenticationPhase, now: Timestamp) {
        self.phase = phase;
        self.updated_at = now;
        self.touched_at = now;
    }

    /// Ends in success; the user and device are those of the credential that answered.
    pub fn complete(&mut self, user: UserId, device: DeviceId, now: Timestamp) {
        let options = match &mut self.phase {
            AuthenticationPhase::AssertionRequired(request) => {
                Some(std::mem::take(&mut request.jwt))
            }
            _ => None,
        };
        self.user = Some(user);
        self.selected = Some(device);
        self.advance(
            AuthenticationPhase::Completed {
                authenticators: Authenticator::DESKTOP_SUCCESS.to_vec(),
                options,
            },
            now,
        );
    }
}

/// What the counter of an assertion means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterVerdict {
    /// It went up.
    Fresh,
    /// Another assertion of the same device, asked for at about the same time, was faster.
    Race,
    /// A clone, or a backup that was put back.
    Regression,
    /// Larger than [`COUNTER_MAX`]: no authenticator has counted that far.
    TooLarge,
}

/// Judges a counter.
///
/// `request_issued_at` is when the request of this assertion was issued, `stored_issued_at` that of
/// the assertion whose counter is stored.
pub fn judge_counter(
    counter: u64,
    stored: u64,
    request_issued_at: Timestamp,
    stored_issued_at: Timestamp,
) -> CounterVerdict {
    if counter > COUNTER_MAX {
        return CounterVerdict::TooLarge;
    }
    if counter > stored {
        return CounterVerdict::Fresh;
    }
    let apart = request_issued_at.micros_since(stored_issued_at).abs();
    if apart <= COUNTER_RACE_SECONDS * 1_000_000 && counter != stored {
        CounterVerdict::Race
    } else {
        CounterVerdict::Regression
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equal_counter_is_never_a_race() {
        let at = Timestamp::from_unix_seconds;
        assert_eq!(judge_counter(6, 5, at(100), at(90)), CounterVerdict::Fresh);
        assert_eq!(judge_counter(4, 5, at(100), at(105)), CounterVerdict::Race);
        assert_eq!(judge_counter(4, 5, at(100), at(110)), CounterVerdict::Race);
        assert_eq!(
            judge_counter(4, 5, at(100), at(111)),
            CounterVerdict::Regression
        );
        assert_eq!(
            judge_counter(5, 5, at(100), at(100)),
            CounterVerdict::Regression
        );
    }

    #[test]
    fn a_counter_that_cannot_be_kept_is_none() {
        let at = Timestamp::from_unix_seconds;
        assert_eq!(
            judge_counter(COUNTER_MAX, 5, at(100), at(90)),
            CounterVerdict::Fresh
        );
        for counter in [COUNTER_MAX + 1, u64::MAX] {
            for stored in [5, COUNTER_MAX] {
                let verdict = judge_counter(counter, stored, at(100), at(90));
                assert_eq!(verdict, CounterVerdict::TooLarge);
            }
        }
    }
}
