//! The PIN: new ones, wrong ones, and what a restart does not forget.

use crate::support::{Call, Issuer, PAGE, PIN, Setup, Step, TestAgent};
use countersign_desktop_protocol::attestation::Verified;

async fn start() -> (Issuer, TestAgent, Verified) {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    let paired = agent.pair(&issuer).await;
    (issuer, agent, paired)
}

async fn tries(
    issuer: &Issuer,
    agent: &TestAgent,
    paired: &Verified,
    pin: &'static str,
) -> (u16, String, Option<u64>) {
    agent.person.will([Step::Allow, Step::Pin(pin)]);
    let jwt = issuer.sign_request(&issuer.request(agent.now(), paired.kid()));
    let answer = agent.authenticate(PAGE, &jwt).await;
    if answer.status == 200 {
        return (200, String::new(), None);
    }
    let retry = answer
        .header("retry-after")
        .map(|value| value.parse().unwrap());
    let (status, code) = answer.failure();
    (status, code, retry)
}

fn wrong() -> (u16, String, Option<u64>) {
    (403, "VERIFICATION_FAILED".to_owned(), None)
}

fn locked(seconds: u64) -> (u16, String, Option<u64>) {
    (423, "LOCKED".to_owned(), Some(seconds))
}

/// Forgets the steps of a request that never asked.
fn forget(agent: &TestAgent) {
    agent.person.take();
}

#[tokio::test]
async fn five_wrong_ones_lock_it_and_a_restart_does_not_help() {
    let (issuer, agent, paired) = start().await;
    for _ in 0..5 {
        assert_eq!(tries(&issuer, &agent, &paired, "000000").await, wrong());
        agent.wait(13);
    }
    assert_eq!(
        tries(&issuer, &agent, &paired, PIN).await,
        locked(17),
        "even the right one"
    );
    let opened = agent.person.opened();
    assert_eq!(opened, 6, "and nobody is asked");
    forget(&agent);
    let status = Call::new("GET", "/status")
        .header("Origin", PAGE)
        .send(agent.port)
        .await;
    assert_eq!(status.json()["state"], "LOCKED");

    let agent = agent.restart(Setup::trusting(&issuer)).await;
    assert_eq!(tries(&issuer, &agent, &paired, PIN).await, locked(17));
    forget(&agent);
    agent.wait(17);
    assert_eq!(
        tries(&issuer, &agent, &paired, PIN).await,
        (200, String::new(), None)
    );
}

#[tokio::test]
async fn ten_wrong_ones_lock_it_for_good() {
    let (issuer, agent, paired) = start().await;
    for number in 1..=10 {
        assert_eq!(tries(&issuer, &agent, &paired, "000000").await, wrong());
        agent.wait(1000);
        let warned = agent.person.told().contains("After that one try is left");
        assert_eq!(warned, number >= 9, "warned before the last try");
    }
    agent.wait(100_000_000);
    assert_eq!(tries(&issuer, &agent, &paired, PIN).await, locked(86_400));
    forget(&agent);
    // Pairing again does not get around it.
    let jwt = issuer.sign_creation(&issuer.creation(agent.now()));
    agent.register(PAGE, &jwt).await.is_failure(423, "LOCKED");
    assert!(
        agent.person.told().contains("remove --all"),
        "{}",
        agent.person.told()
    );
}

#[tokio::test]
async fn a_right_one_starts_the_count_anew() {
    let (issuer, agent, paired) = start().await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(tries(&issuer, &agent, &paired, "000000").await, wrong());
            agent.wait(20);
        }
        assert_eq!(tries(&issuer, &agent, &paired, PIN).await.0, 200);
        agent.wait(61);
    }
}

#[tokio::test]
async fn a_try_is_counted_before_it_is_checked() {
    // A process killed during the check must not give the try back: the count is on disk before.
    let (issuer, agent, paired) = start().await;
    tries(&issuer, &agent, &paired, "000000").await;
    assert_eq!(agent.store().vault().unwrap().pin.unwrap().failures, 1);
}

#[tokio::test]
async fn a_ceremony_allows_one_try_and_its_request_is_spent() {
    let (issuer, agent, paired) = start().await;
    let jwt = issuer.sign_request(&issuer.request(agent.now(), paired.kid()));
    agent.person.will([Step::Allow, Step::Pin("000000")]);
    agent
        .authenticate(PAGE, &jwt)
        .await
        .is_failure(403, "VERIFICATION_FAILED");
    agent
        .authenticate(PAGE, &jwt)
        .await
        .is_failure(409, "REQUEST_REPLAYED");
    assert!(
        agent.person.told().contains("4 tries are left"),
        "{}",
        agent.person.told()
    );
    let vault = agent.store().vault().unwrap();
    assert_eq!(vault.credentials[0].counter, 0, "nothing was signed");
}

#[tokio::test]
async fn a_new_pin_has_three_rounds() {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    let creation = || issuer.sign_creation(&issuer.creation(agent.now()));
    agent.person.will([
        Step::Allow,
        Step::NewPin("12345", ""),
        Step::NewPin("123456", ""),
        Step::NewPin(PIN, "739155"),
    ]);
    agent
        .register(PAGE, &creation())
        .await
        .is_failure(403, "VERIFICATION_FAILED");
    let vault = agent.store().vault().unwrap();
    assert!(vault.pin.is_none() && vault.credentials.is_empty());
    let told = agent.person.told();
    for words in [
        "at least 6 characters",
        "rising or falling",
        "not the same",
        "No PIN was set",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    agent.person.will([
        Step::Allow,
        Step::NewPin(PIN, "739155"),
        Step::NewPin("111111", ""),
        Step::NewPin(PIN, PIN),
    ]);
    assert_eq!(agent.register(PAGE, &creation()).await.status, 200);
}
