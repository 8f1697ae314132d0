//! A user's MFA device: one enum, one variant per type; what it can do follows from its phase.
//!
//! ```text
//! create ──► Pending ──activate──► Active ◄──block / unblock── Active + blocked
//!              │                     │ ▲
//!              │ 24 h, delete        │ └─ end of lock, unlock ── Active + locked
//!              ▼                     ▼ delete
//!            (gone)               (tombstone)
//! ```
//!
//! There is no way from active back to pending.

mod desktop;
mod nickname;
mod order;

pub use desktop::{
    ActivationRefused, ApplicationFacts, COUNTER_MAX, DesktopCredential, DesktopFacts,
    DesktopPairing, ModelFacts, OperatingSystem, PairingFailure, PairingTerms, ProtectedBy,
    default_nickname_prefix,
};
pub use nickname::{NICKNAME_LIMIT, Nickname};
pub use order::{OrderRefused, reordered};

use countersign_crypto::time::Timestamp;
/// The relying party id of devices, and whether development names are among them; handed on for
/// crates that know the domain but not the protocol.
pub use countersign_desktop_protocol::{Development, rp::RpId};

use crate::ids::{DeviceId, EnvironmentId, UserId};
use crate::lockout::{FailureCounter, Lock};

/// Devices that were not activated within this many seconds are removed.
pub const PENDING_LIFE_SECONDS: i64 = 24 * 60 * 60;
/// Most devices of a user that may wait for activation.
pub const PENDING_LIMIT: i64 = 50;

/// The device types that the API knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceType {
    /// A code by e-mail.
    Email,
    /// A code by text message.
    Sms,
    /// A code by phone call.
    Voice,
    /// A code by WhatsApp.
    WhatsApp,
    /// An authenticator app with time-based codes.
    Totp,
    /// A hardware token with one-time codes.
    OathToken,
    /// A passkey or security key.
    Fido2,
    /// Deprecated: FIDO2 bound biometrics.
    Platform,
    /// Deprecated: FIDO2 or U2F roaming key.
    SecurityKey,
    /// A phone with push.
    Mobile,
    /// A desktop authenticator bound to one computer.
    Desktop,
    /// A YubiKey with Yubico OTP.
    Yubikey,
    /// A remembered browser.
    Browser,
}

impl DeviceType {
    /// Every type.
    pub const ALL: [Self; 13] = [
        Self::Email,
        Self::Sms,
        Self::Voice,
        Self::WhatsApp,
        Self::Totp,
        Self::OathToken,
        Self::Fido2,
        Self::Platform,
        Self::SecurityKey,
        Self::Mobile,
        Self::Desktop,
        Self::Yubikey,
        Self::Browser,
    ];

    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
            Self::WhatsApp => "WHATSAPP",
            Self::Totp => "TOTP",
            Self::OathToken => "OATH_TOKEN",
            Self::Fido2 => "FIDO2",
            Self::Platform => "PLATFORM",
            Self::SecurityKey => "SECURITY_KEY",
            Self::Mobile => "MOBILE",
            Self::Desktop => "PINGID_DESKTOP_GEN2",
            Self::Yubikey => "YUBIKEY",
            Self::Browser => "BROWSER",
        }
    }

    /// The type of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }
}

/// The relying party that a device is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// Its id: a domain.
    pub id: RpId,
    /// The name shown to people; the id where none was given.
    pub name: String,
}

/// What an active device has, whatever its type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Failures and the lock that follows from them.
    pub failures: FailureCounter,
    /// Since when an administrator has it blocked.
    pub blocked_at: Option<Timestamp>,
    /// Its place in the user's order; `None` when the user has no order.
    pub position: Option<i64>,
}

impl Standing {
    /// The lock in force at `now`.
    pub fn lock_at(&self, now: Timestamp) -> Option<Lock> {
        self.failures.lock_at(now)
    }
}

/// The phase of a device: what it holds differs, so a device can never be half active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase<P, A> {
    /// Waits for proof of possession.
    Pending {
        /// When it is removed if nothing happens.
        expires_at: Timestamp,
        /// The open pairing.
        pairing: P,
    },
    /// Proven, and usable unless blocked or locked.
    Active {
        /// Order, block and lock.
        standing: Standing,
        /// What proves possession from now on.
        credential: A,
    },
}

/// What is particular to a device type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceKind {
    /// A desktop authenticator.
    Desktop {
        /// The relying party that it is bound to.
        rp: RelyingParty,
        /// Pairing or credential.
        phase: Phase<DesktopPairing, DesktopCredential>,
    },
}

/// A user's MFA device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The environment of its user.
    pub environment: EnvironmentId,
    /// The user that it belongs to.
    pub user: UserId,
    /// The name that the user gave it.
    pub nickname: Option<Nickname>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change; writes are conditional on it.
    pub version: i64,
    /// What is particular to its type.
    pub kind: DeviceKind,
}

impl Device {
    /// Its type.
    pub const fn device_type(&self) -> DeviceType {
        match self.kind {
            DeviceKind::Desktop { .. } => DeviceType::Desktop,
        }
    }

    /// Order, block and lock; `None` while it waits for activation.
    pub const fn standing(&self) -> Option<&Standing> {
        match &self.kind {
            DeviceKind::Desktop {
                phase: Phase::Active { standing, .. },
                ..
            } => Some(standing),
            DeviceKind::Desktop {
                phase: Phase::Pending { .. },
                ..
            } => None,
        }
    }

    /// The same, to change it.
    pub const fn standing_mut(&mut self) -> Option<&mut Standing> {
        match &mut self.kind {
            DeviceKind::Desktop {
                phase: Phase::Active { standing, .. },
                ..
            } => Some(standing),
            DeviceKind::Desktop {
                phase: Phase::Pending { .. },
                ..
            } => None,
        }
    }

    /// When it is removed unless it is activated; `None` once active.
    pub const fn pending_until(&self) -> Option<Timestamp> {
        match &self.kind {
            DeviceKind::Desktop {
                phase: Phase::Pending { expires_at, .. },
                ..
            } => Some(*expires_at),
            DeviceKind::Desktop {
                phase: Phase::Active { .. },
                ..
            } => None,
        }
    }

    /// Whether it waits for activation.
    pub const fn is_pending(&self) -> bool {
        self.pending_until().is_some()
    }

    /// Whether a pending device has outlived its day and is to be treated as gone.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.pending_until().is_some_and(|end| end <= now)
    }

    /// Whether it can prove a factor at `now`, and if not, why.
    pub fn usability(&self, now: Timestamp) -> Usability {
        match self.standing() {
            None => Usability::Pending,
            Some(standing) if standing.blocked_at.is_some() => Usability::Blocked,
            Some(standing) => match standing.lock_at(now) {
                Some(lock) => Usability::Locked(lock),
                None => Usability::Usable,
            },
        }
    }

    /// Blocks it. Blocking twice keeps the first time.
    ///
    /// # Errors
    /// When it has not been activated.
    pub fn block(&mut self, now: Timestamp) -> Result<(), NotActive> {
        let standing = self.standing_mut().ok_or(NotActive)?;
        standing.blocked_at.get_or_insert(now);
        self.updated_at = now;
        Ok(())
    }

    /// Ends a block; answers whether there was one.
    pub fn unblock(&mut self, now: Timestamp) -> bool {
        let ended = self
            .standing_mut()
            .is_some_and(|s| s.blocked_at.take().is_some());
        if ended {
            self.updated_at = now;
        }
        ended
    }

    /// Ends a lock and sets the failure count back; answers whether a lock was in force.
    pub fn unlock(&mut self, now: Timestamp) -> bool {
        let Some(standing) = self.standing_mut() else {
            return false;
        };
        let was_locked = standing.lock_at(now).is_some();
        standing.failures.reset();
        if was_locked {
            self.updated_at = now;
        }
        was_locked
    }
}

/// The device has not been activated yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device has not been activated")]
pub struct NotActive;

/// Whether a device can prove a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usability {
    /// It can.
    Usable,
    /// It waits for activation.
    Pending,
    /// An administrator blocked it.
    Blocked,
    /// Too many failures.
    Locked(Lock),
}
