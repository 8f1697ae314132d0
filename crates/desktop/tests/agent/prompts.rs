//! The prompt's own rules: time, absence, pages that go away, floods.

use std::time::Duration;

use countersign_desktop::agent::Patience;
use countersign_desktop_protocol::attestation::Verified;
use serde_json::json;

use crate::support::agent::SHORT;
use crate::support::{Call, Issuer, PAGE, PIN, Setup, Step, TestAgent, client};

async fn start_with(change: impl FnOnce(&mut Setup)) -> (Issuer, TestAgent, Verified) {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let mut setup = Setup::trusting(&issuer);
    change(&mut setup);
    let agent = TestAgent::start(setup);
    let paired = agent.pair(&issuer).await;
    (issuer, agent, paired)
}

async fn start() -> (Issuer, TestAgent, Verified) {
    start_with(|_| {}).await
}

fn request(issuer: &Issuer, agent: &TestAgent, paired: &Verified) -> String {
    issuer.sign_request(&issuer.request(agent.now(), paired.kid()))
}

#[tokio::test]
async fn nobody_answers_in_time() {
    let short = Patience {
        least: Duration::from_millis(200),
        most: Duration::from_millis(200),
    };
    let (issuer, agent, paired) = start_with(|setup| setup.patience = short).await;
    for at in ["consent", "the PIN"] {
        if at == "the PIN" {
            agent.person.will([Step::Allow]);
        }
        agent.person.will([Step::Think]);
        let jwt = request(&issuer, &agent, &paired);
        agent
            .authenticate(PAGE, &jwt)
            .await
            .is_failure(408, "USER_TIMEOUT");
        agent
            .authenticate(PAGE, &jwt)
            .await
            .is_failure(409, "REQUEST_REPLAYED");
    }
    assert!(agent.person.told().contains("Nobody answered in time"));
}

#[tokio::test]
async fn a_short_timeout_is_raised() {
    let (_, agent, _) = start().await;
    for (asked, given) in [(0, 60), (1000, 60), (90_000, 90), (86_400_000, 600)] {
        let given = Duration::from_secs(given);
        assert_eq!(agent.agent.patience(Duration::from_millis(asked)), given);
    }
}

#[tokio::test]
async fn nobody_is_there() {
    let (issuer, agent, paired) = start().await;
    agent.person.is_absent();
    let jwt = request(&issuer, &agent, &paired);
    for _ in 0..8 {
        let answer = agent.authenticate(PAGE, &jwt).await;
        answer.is_failure(409, "VERIFICATION_UNAVAILABLE");
    }
}

#[tokio::test]
async fn a_page_that_goes_away_takes_its_question_along() {
    let (issuer, agent, paired) = start().await;
    let jwt = request(&issuer, &agent, &paired);
    agent.person.will([Step::Allow, Step::Think]);
    let call = Call::jwt("/authenticate", PAGE, &jwt);
    let stream = call.start(([127, 0, 0, 1], agent.port).into()).await;
    agent.person.is_thinking().await;
    drop(stream);
    tokio::time::timeout(Duration::from_secs(10), agent.agent.idle())
        .await
        .unwrap();
    assert_eq!(
        agent.store().vault().unwrap().credentials[0].counter,
        0,
        "nothing was signed"
    );
    let activity = agent.store().activity().unwrap();
    assert_eq!(activity.last().unwrap().result, "PAGE_CLOSED");
    agent.sign_in(&issuer, &paired).await;
}

#[tokio::test]
async fn a_page_that_went_away_before_the_pin_came_gets_no_signature() {
    let (issuer, agent, paired) = start().await;
    let jwt = request(&issuer, &agent, &paired);
    agent
        .person
        .will([Step::Allow, Step::Pause, Step::Pin(PIN)]);
    let call = Call::jwt("/authenticate", PAGE, &jwt);
    let stream = call.start(([127, 0, 0, 1], agent.port).into()).await;
    agent.person.is_thinking().await;
    drop(stream);
    tokio::time::sleep(SHORT).await;
    agent.person.go_on();
    tokio::time::timeout(Duration::from_secs(10), agent.agent.idle())
        .await
        .unwrap();
    assert_eq!(agent.store().vault().unwrap().credentials[0].counter, 0);
}

#[tokio::test]
async fn a_flood_opens_one_prompt() {
    let (issuer, agent, paired) = start().await;
    let before = agent.person.opened();
    agent
        .person
        .will([Step::Pause, Step::Allow, Step::Pin(PIN)]);
    let port = agent.port;
    let first = Call::jwt("/authenticate", PAGE, &request(&issuer, &agent, &paired));
    let first = tokio::spawn(async move { first.send(port).await });
    agent.person.is_thinking().await;
    let status = Call::new("GET", "/status")
        .header("Origin", PAGE)
        .send(port)
        .await;
    assert_eq!(status.json()["state"], "BUSY");
    let flood: Vec<_> = (0..40)
        .map(|_| Call::jwt("/authenticate", PAGE, &request(&issuer, &agent, &paired)))
        .map(|call| tokio::spawn(async move { call.send(port).await }))
        .collect();
    for answer in flood {
        let answer = answer.await.unwrap();
        answer.is_failure(429, "BUSY");
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
    agent.person.go_on();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!(agent.person.opened(), before + 1);
}

#[tokio::test]
async fn five_prompts_a_minute_for_a_page() {
    let (issuer, agent, paired) = start().await;
    for _ in 0..5 {
        agent.person.will([Step::Decline]);
        let jwt = request(&issuer, &agent, &paired);
        agent
            .authenticate(PAGE, &jwt)
            .await
            .is_failure(403, "USER_DECLINED");
    }
    let jwt = request(&issuer, &agent, &paired);
    let answer = agent.authenticate(PAGE, &jwt).await;
    answer.is_failure(429, "BUSY");
    assert_eq!(answer.header("retry-after"), Some("60"));
    // Busy spends nothing: the same request is good once there is room.
    agent.wait(60);
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    assert_eq!(agent.authenticate(PAGE, &jwt).await.status, 200);
}

#[tokio::test]
async fn stopping_withdraws_the_question() {
    let (issuer, mut agent, paired) = start().await;
    agent.person.will([Step::Think]);
    let call = Call::jwt("/authenticate", PAGE, &request(&issuer, &agent, &paired));
    let stream = call.start(([127, 0, 0, 1], agent.port).into()).await;
    agent.person.is_thinking().await;
    agent.shut_down().await;
    client::read(stream).await.is_failure(429, "BUSY");
    assert_eq!(
        agent.store().activity().unwrap().last().unwrap().result,
        "STOPPED"
    );
}

#[tokio::test]
async fn what_is_shown_is_inert() {
    let (issuer, agent, _) = start().await;
    let mut claims = issuer.creation(agent.now());
    claims["rp"]["name"] = json!("Ex\u{202e}ample\u{1b}]0;owned\u{7}\r\n");
    claims["user"] = json!({"name": "a\u{0}\u{2066}b", "displayName": "x".repeat(5000)});
    claims["application"]["name"] = json!("\u{9b}31mDesktop");
    agent.pair_with(&issuer, &claims).await;
    let countersign_desktop::prompt::Request::Pair(shown) = agent.person.last_shown() else {
        panic!()
    };
    assert_eq!(shown.rp_id, "example.com");
    assert_eq!(shown.rp_name, "Example]0;owned");
    assert_eq!(shown.application, "31mDesktop");
    assert_eq!(shown.account.0, format!("ab ({})", "x".repeat(200)));
}

#[tokio::test]
async fn a_page_that_leaves_before_it_is_its_turn_spends_nothing() {
    let (issuer, agent, paired) = start().await;
    let (before, told) = (agent.person.opened(), agent.person.told());
    agent.wait(24 * 60 * 60);
    issuer.is_slow(Duration::from_millis(400));
    let jwt = request(&issuer, &agent, &paired);
    let call = Call::jwt("/authenticate", PAGE, &jwt);
    let visits = issuer.visits();
    let stream = call.start(([127, 0, 0, 1], agent.port).into()).await;
    while issuer.visits() == visits {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(stream);
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(agent.person.opened(), before, "nobody was asked");
    assert_eq!(agent.person.told(), told);
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    assert_eq!(agent.authenticate(PAGE, &jwt).await.status, 200);
}

/// A page may start requests and abandon them while a server is slow; each holds memory and two file
/// descriptors until the fetch is over.
#[tokio::test]
async fn abandoned_requests_do_not_pile_up() {
    let (issuer, agent, paired) = start_with(|setup| setup.limits.connections = 64).await;
    agent.wait(24 * 60 * 60);
    issuer.is_slow(Duration::from_secs(4));
    let mut refused = None;
    for _ in 0..40 {
        let jwt = request(&issuer, &agent, &paired);
        let call = Call::jwt("/authenticate", PAGE, &jwt);
        let answer = tokio::time::timeout(Duration::from_millis(50), call.send(agent.port)).await;
        if let Ok(answer) = answer {
            refused = Some(answer);
            break;
        }
    }
    refused.unwrap().is_failure(429, "BUSY");
}
