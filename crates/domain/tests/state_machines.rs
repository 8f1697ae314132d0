//! The two state machines under random sequences of actions, against a model.
//!
//! Devices: no way back from active to pending; a pairing takes no more wrong attestations than its
//! terms allow and is void afterwards; between two locks never more failures than the policy allows;
//! what is blocked or locked is never usable. Authentications: terminal states accept nothing, and
//! none of them is ever left.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::rp::RpId;
use countersign_desktop_protocol::{Development, Evidence, KeyProtection, UserVerification};
use countersign_domain::device::{
    ActivationRefused, ApplicationFacts, DesktopCredential, DesktopFacts, DesktopPairing, Device,
    DeviceKind, ModelFacts, Nickname, OperatingSystem, PairingTerms, Phase, ProtectedBy,
    RelyingParty, Usability,
};
use countersign_domain::device_authentication::{
    ABSOLUTE_LIFE_SECONDS, AuthenticationAction, AuthenticationFailure, AuthenticationPhase,
    DesktopRequest, DeviceAuthentication, IDLE_LIFE_SECONDS,
};
use countersign_domain::ids::{
    ApplicationId, DeviceAuthenticationId, DeviceId, DevicePolicyId, EnvironmentId, UserId,
};
use countersign_domain::lockout::{FailureLimit, LockReason};
use countersign_domain::stored::device::DeviceRecord;
use countersign_domain::stored::device_authentication::DeviceAuthenticationRecord;
use proptest::prelude::*;
use uuid::Uuid;

const START: i64 = 1_790_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(START + seconds)
}

fn rp() -> RelyingParty {
    RelyingParty {
        id: RpId::parse("example.com", Development::No).unwrap(),
        name: "Example".to_owned(),
    }
}

fn pending_device(attempts: u32) -> Device {
    Device {
        id: DeviceId::from_uuid(Uuid::from_u128(1)),
        environment: EnvironmentId::from_uuid(Uuid::from_u128(2)),
        user: UserId::from_uuid(Uuid::from_u128(3)),
        nickname: None,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
        kind: DeviceKind::Desktop {
            rp: rp(),
            phase: Phase::Pending {
                expires_at: at(86_400),
                pairing: DesktopPairing {
                    nonce: "n".repeat(43),
                    request_hash: "h".repeat(43),
                    challenge_expires_at: at(300),
                    terms: PairingTerms {
                        origins: vec![],
                        user_verification: UserVerification::Required,
                        min_key_protection: KeyProtection::Software,
                        evidence: Evidence::None,
                        attempts,
                    },
                    failures: 0,
                },
            },
        },
    }
}

fn credential() -> DesktopCredential {
    let key = Es256KeyPair::generate().unwrap().public_jwk().clone();
    DesktopCredential {
        kid: key.thumbprint(),
        key,
        credential_id: Uuid::from_u128(4),
        counter: 0,
        counter_issued_at: at(0),
        protected_by: ProtectedBy {
            protection: KeyProtection::Software,
            verified: false,
        },
        facts: DesktopFacts {
            os: OperatingSystem {
                kind: "LINUX".to_owned(),
                version: "12".to_owned(),
            },
            model: ModelFacts::default(),
            application: ApplicationFacts {
                id: ApplicationId::from_uuid(Uuid::from_u128(5)),
                native_name: "Desktop".to_owned(),
                version: "1".to_owned(),
            },
            unit_id: Uuid::from_u128(6),
        },
    }
}

#[derive(Debug, Clone)]
enum DeviceStep {
    WrongAttestation,
    Activate,
    WrongAssertion,
    RightAssertion,
    Block,
    Unblock,
    Unlock,
    Wait(i64),
}

fn device_steps() -> impl Strategy<Value = Vec<DeviceStep>> {
    let step = prop_oneof![
        2 => Just(DeviceStep::WrongAttestation),
        2 => Just(DeviceStep::Activate),
        6 => Just(DeviceStep::WrongAssertion),
        2 => Just(DeviceStep::RightAssertion),
        1 => Just(DeviceStep::Block),
        1 => Just(DeviceStep::Unblock),
        1 => Just(DeviceStep::Unlock),
        3 => (0_i64..200).prop_map(DeviceStep::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #[test]
    fn devices(
        steps in device_steps(),
        attempts in 1_u32..=7,
        count in 1_u32..=7,
        cool_down_seconds in prop_oneof![Just(0_i64), 1_i64..=120],
    ) {
        let limit = FailureLimit { count, cool_down_seconds };
        let mut device = pending_device(attempts);
        let mut clock = 0;
        let (mut wrong_attestations, mut was_active) = (0, false);
        // The model: failures since the last success, unlock, or end of a lock.
        let mut failures = 0;
        let mut locked_until: Option<i64> = None;
        for step in steps {
            if locked_until.is_some_and(|end| end <= clock) {
                locked_until = None;
                failures = 0;
            }
            let usable = device.usability(at(clock)) == Usability::Usable;
            match step {
                DeviceStep::Wait(seconds) => clock += seconds,
                DeviceStep::WrongAttestation => {
                    let open = device.open_desktop_pairing().is_ok();
                    prop_assert_eq!(open, !was_active && wrong_attestations < attempts);
                    let DeviceKind::Desktop { phase, .. } = &mut device.kind;
                    if let (true, Phase::Pending { pairing, .. }) = (open, phase) {
                        let left = pairing.fail().attempts_remaining;
                        wrong_attestations += 1;
                        prop_assert_eq!(left, attempts - wrong_attestations);
                    }
                }
                DeviceStep::Activate => {
                    let name = Nickname::parse("Desktop Linux 1").unwrap().unwrap();
                    let result = device.activate_desktop(credential(), name, Some(0), at(clock));
                    let expected = if was_active {
                        Err(ActivationRefused::AlreadyActive)
                    } else if wrong_attestations >= attempts {
                        Err(ActivationRefused::Void)
                    } else {
                        Ok(())
                    };
                    prop_assert_eq!(result, expected);
                    was_active |= result.is_ok();
                }
                DeviceStep::WrongAssertion if usable => {
                    let standing = device.standing_mut().unwrap();
                    let effect = standing.failures.fail(limit, LockReason::Assertion, at(clock));
                    failures += 1;
                    prop_assert!(failures <= count, "more failures than the policy allows");
                    prop_assert_eq!(effect.exhausted, failures == count);
                    prop_assert_eq!(effect.attempts_remaining, count - failures);
                    if failures == count {
                        failures = 0;
                        locked_until = (cool_down_seconds > 0).then(|| clock + cool_down_seconds);
                    }
                }
                DeviceStep::RightAssertion if usable => {
                    device.standing_mut().unwrap().failures.reset();
                    failures = 0;
                }
                // Nothing can be asserted with a device that is not usable.
                DeviceStep::WrongAssertion | DeviceStep::RightAssertion => {}
                DeviceStep::Block => {
                    prop_assert_eq!(device.block(at(clock)).is_ok(), was_active);
                }
                DeviceStep::Unblock => {
                    device.unblock(at(clock));
                }
                DeviceStep::Unlock => {
                    let was_locked = locked_until.is_some_and(|end| clock < end);
                    prop_assert_eq!(device.unlock(at(clock)), was_locked);
                    locked_until = None;
                    failures = 0;
                }
            }
            prop_assert_eq!(device.is_pending(), !was_active, "no way back to pending");
            let blocked = device.standing().is_some_and(|s| s.blocked_at.is_some());
            let locked = locked_until.is_some_and(|end| clock < end);
            let usable = device.usability(at(clock)) == Usability::Usable;
            prop_assert_eq!(usable, was_active && !blocked && !locked);
            // And the row holds all of it.
            let stored = DeviceRecord::from_device(&device).unwrap().into_device().unwrap();
            prop_assert_eq!(&stored, &device);
        }
    }
}

fn request() -> DesktopRequest {
    DesktopRequest {
        jwt: "a.b.c".to_owned(),
        nonce: "n".to_owned(),
        request_hash: "h".to_owned(),
        rp: rp().id,
        origins: vec!["https://login.example.com".to_owned()],
        user_verification: UserVerification::Required,
        allow: vec!["k".to_owned()],
        issued_at: at(0),
        expires_at: at(120),
    }
}

#[derive(Debug, Clone)]
enum AuthenticationStep {
    Select,
    Succeed,
    Exhaust,
    Touch,
    Wait(i64),
}

fn authentication_steps() -> impl Strategy<Value = Vec<AuthenticationStep>> {
    let step = prop_oneof![
        3 => Just(AuthenticationStep::Select),
        1 => Just(AuthenticationStep::Succeed),
        1 => Just(AuthenticationStep::Exhaust),
        3 => Just(AuthenticationStep::Touch),
        3 => (0_i64..1000).prop_map(AuthenticationStep::Wait),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #[test]
    fn authentications(steps in authentication_steps(), asks in any::<bool>(), named in any::<bool>()) {
        let user = UserId::from_uuid(Uuid::from_u128(3));
        let mut authentication = DeviceAuthentication {
            id: DeviceAuthenticationId::from_uuid(Uuid::from_u128(9)),
            environment: EnvironmentId::from_uuid(Uuid::from_u128(2)),
            policy: DevicePolicyId::from_uuid(Uuid::from_u128(8)),
            user: (named || asks).then_some(user),
            application: None,
            named_rp: Some(rp().id),
            selected: None,
            phase: if asks {
                AuthenticationPhase::DeviceSelectionRequired
            } else {
                AuthenticationPhase::AssertionRequired(request())
            },
            failures: 0,
            created_at: at(0),
            updated_at: at(0),
            touched_at: at(0),
            version: 1,
        };
        let mut clock = 0;
        let mut last_call = 0;
        for step in steps {
            let before = authentication.phase.clone();
            let gone = authentication.has_lapsed(at(clock));
            if before.is_terminal() {
                for action in [
                    AuthenticationAction::SelectDevice,
                    AuthenticationAction::CheckAssertion,
                    AuthenticationAction::CheckOtp,
                    AuthenticationAction::CancelPush,
                ] {
                    prop_assert!(!authentication.accepts(action), "terminal states accept nothing");
                }
            } else {
                let idle = clock - last_call >= IDLE_LIFE_SECONDS;
                prop_assert_eq!(gone, idle || clock >= ABSOLUTE_LIFE_SECONDS);
            }
            if gone {
                break;
            }
            match step {
                AuthenticationStep::Wait(seconds) => clock += seconds,
                AuthenticationStep::Touch if !before.is_terminal() => {
                    authentication.touched_at = at(clock);
                    last_call = clock;
                }
                AuthenticationStep::Select
                    if authentication.accepts(AuthenticationAction::SelectDevice) =>
                {
                    prop_assert!(authentication.user.is_some(), "nothing to select without a user");
                    authentication
                        .advance(AuthenticationPhase::AssertionRequired(request()), at(clock));
                    last_call = clock;
                }
                AuthenticationStep::Succeed
                    if authentication.accepts(AuthenticationAction::CheckAssertion) =>
                {
                    authentication.complete(
                        user,
                        DeviceId::from_uuid(Uuid::from_u128(1)),
                        at(clock),
                    );
                    prop_assert_eq!(authentication.phase.status(), "COMPLETED");
                }
                AuthenticationStep::Exhaust if !before.is_terminal() => {
                    authentication.advance(
                        AuthenticationPhase::Failed(
                            AuthenticationFailure::AssertionAttemptsExceeded,
                        ),
                        at(clock),
                    );
                }
                _ => {}
            }
            if before.is_terminal() {
                prop_assert_eq!(&authentication.phase, &before, "no way out of a terminal state");
            }
            let stored = DeviceAuthenticationRecord::from_authentication(&authentication)
                .unwrap()
                .into_authentication()
                .unwrap();
            prop_assert_eq!(&stored, &authentication);
        }
    }
}
