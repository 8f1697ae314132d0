//! How trust is added, and how it is not.

use std::time::Duration;

use countersign_desktop::prompt::Request;
use countersign_desktop_protocol::attestation::Attestation;
use serde_json::json;

use crate::support::agent::SHORT;
use crate::support::{Call, Issuer, PAGE, PIN, Setup, Step, TestAgent};

const LOCAL: &str = "http://localhost:8080";

async fn start() -> (Issuer, TestAgent) {
    (Issuer::local().await, TestAgent::start(Setup::default()))
}

fn creation(issuer: &Issuer, agent: &TestAgent) -> String {
    issuer.sign_creation(&issuer.creation(agent.now()))
}

fn nothing_is_kept(agent: &TestAgent) {
    let vault = agent.store().vault().unwrap();
    assert!(vault.pinned_issuers.is_empty() && vault.credentials.is_empty());
    assert!(vault.pin.is_none());
    assert!(!agent.folder().join("issuer-keys.json").exists());
}

#[tokio::test]
async fn one_question_then_the_keys_then_the_pin() {
    let (issuer, agent) = start().await;
    let jwt = creation(&issuer, &agent);
    agent
        .person
        .will([Step::Pause, Step::Allow, Step::NewPin(PIN, PIN)]);
    let register = agent.register(LOCAL, &jwt);
    let look = async {
        agent.person.is_thinking().await;
        assert_eq!(issuer.visits(), 0, "nothing is fetched before the yes");
        agent.person.go_on();
    };
    let (answer, ()) = tokio::join!(register, look);
    Attestation::verify(answer.jwt()).unwrap();
    assert_eq!(agent.person.opened(), 1, "one question, never a second");
    let Request::Pair(shown) = agent.person.last_shown() else {
        panic!()
    };
    assert!(shown.new_issuer);
    assert_eq!(shown.issuer, issuer.iss);
    let vault = agent.store().vault().unwrap();
    assert_eq!(vault.pinned_issuers[0].issuer, issuer.iss);
    assert_eq!(vault.pinned_issuers[0].jwks_uri, issuer.jwks_uri());

    // From then on it is known, and its keys are cached.
    let visits = issuer.visits();
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    let kid = agent.kids()[0];
    let jwt = issuer.sign_request(&issuer.request(agent.now(), &kid));
    assert_eq!(agent.authenticate(LOCAL, &jwt).await.status, 200);
    assert_eq!(issuer.visits(), visits);
}

#[tokio::test]
async fn all_loopback_hosts_are_one_site_in_development() {
    for page in [
        "http://127.0.0.1:8080",
        "http://[::1]:3000",
        "http://app.localhost",
    ] {
        let (issuer, agent) = start().await;
        agent.person.will([Step::Allow, Step::NewPin(PIN, PIN)]);
        assert_eq!(
            agent
                .register(page, &creation(&issuer, &agent))
                .await
                .status,
            200,
            "{page}"
        );
    }
}

#[tokio::test]
async fn a_no_keeps_nothing_and_silences_the_site() {
    for no in [Step::Decline, Step::Close] {
        let (issuer, agent) = start().await;
        agent.person.will([no]);
        let jwt = creation(&issuer, &agent);
        agent
            .register(LOCAL, &jwt)
            .await
            .is_failure(403, "USER_DECLINED");
        assert_eq!(issuer.visits(), 0);
        nothing_is_kept(&agent);
        agent
            .register(LOCAL, &jwt)
            .await
            .is_failure(409, "REQUEST_REPLAYED");
        let answer = agent.register(LOCAL, &creation(&issuer, &agent)).await;
        answer.is_failure(429, "BUSY");
        assert_eq!(answer.header("retry-after"), Some("600"));
        assert_eq!(
            answer.header("access-control-expose-headers"),
            Some("retry-after")
        );
        agent.wait(600);
        agent.person.will([Step::Allow, Step::NewPin(PIN, PIN)]);
        assert_eq!(
            agent
                .register(LOCAL, &creation(&issuer, &agent))
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn a_server_that_does_not_verify_is_not_pinned() {
    for (case, code, status) in [
        ("other key", "INVALID_TOKEN", 400),
        ("no such kid", "INVALID_TOKEN", 400),
        ("other issuer", "UNTRUSTED_ISSUER", 401),
        ("foreign key set", "UNTRUSTED_ISSUER", 401),
        ("no metadata", "ISSUER_UNREACHABLE", 503),
        ("redirect", "ISSUER_UNREACHABLE", 503),
        ("too large", "ISSUER_UNREACHABLE", 503),
        ("not a key set", "ISSUER_UNREACHABLE", 503),
        ("gone", "ISSUER_UNREACHABLE", 503),
    ] {
        let (issuer, agent) = start().await;
        let discovery = "/env/as/.well-known/openid-configuration";
        let mut signer = issuer.clone();
        let bystander = Issuer::local().await;
        match case {
            "other key" => signer = issuer.with_new_key("server-1"),
            "no such kid" => signer = issuer.with_new_key("server-2"),
            "other issuer" => issuer.serve_metadata("http://localhost:1/as", &issuer.jwks_uri()),
            "foreign key set" => issuer.serve_metadata(&issuer.iss, &bystander.jwks_uri()),
            "no metadata" => issuer.serve(discovery, 404, ""),
            "redirect" => {
                issuer.send_headers(&format!("Location: {}/\r\n", bystander.base));
                issuer.serve(discovery, 302, "");
            }
            "too large" => issuer.serve(discovery, 200, &" ".repeat(65 * 1024)),
            "not a key set" => issuer.serve("/env/as/jwks", 200, "[]"),
            _ => issuer.stop(),
        }
        agent.person.will([Step::Allow]);
        agent
            .register(LOCAL, &creation(&signer, &agent))
            .await
            .is_failure(status, code);
        nothing_is_kept(&agent);
        assert_eq!(bystander.visits(), 0, "{case}");
    }
}

#[tokio::test]
async fn rfc_8414_metadata_will_do() {
    let (issuer, agent) = start().await;
    issuer.serve("/env/as/.well-known/openid-configuration", 404, "");
    let body = json!({"issuer": issuer.iss, "jwks_uri": issuer.jwks_uri()}).to_string();
    issuer.serve("/.well-known/oauth-authorization-server/env/as", 200, &body);
    agent.person.will([Step::Allow, Step::NewPin(PIN, PIN)]);
    assert_eq!(
        agent
            .register(LOCAL, &creation(&issuer, &agent))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_issuer_of_another_site_is_never_visited() {
    let (issuer, agent) = start().await;
    let strangers = [
        issuer.iss.clone(),
        "https://auth.example.org/as".to_owned(),
        "https://example.com.evil.test/as".to_owned(),
        "https://notexample.com/as".to_owned(),
        "https://169.254.169.254/latest".to_owned(),
        "https://[fe80::1]/as".to_owned(),
        "https://127.0.0.1/as".to_owned(),
        "https://localhost/as".to_owned(),
        "http://auth.example.com/as".to_owned(),
        "https://com/as".to_owned(),
        "file:///etc/passwd".to_owned(),
        "https://user@auth.example.com/as".to_owned(),
        "https://auth.example.com/as?x=1".to_owned(),
        "not a url".to_owned(),
    ];
    for iss in strangers {
        let mut claims = issuer.creation(agent.now());
        claims["iss"] = json!(iss);
        claims["rp"]["id"] = json!("example.com");
        let answer = agent.register(PAGE, &issuer.sign_creation(&claims)).await;
        answer.is_failure(401, "UNTRUSTED_ISSUER");
    }
    assert_eq!(issuer.visits(), 0);
    assert_eq!(agent.person.opened(), 0);
}

#[tokio::test]
async fn a_plain_issuer_is_good_for_localhost_alone() {
    let (issuer, agent) = start().await;
    let mut claims = issuer.creation(agent.now());
    claims["rp"]["id"] = json!("example.com");
    let jwt = issuer.sign_creation(&claims);
    agent
        .register(LOCAL, &jwt)
        .await
        .is_failure(403, "ORIGIN_NOT_ALLOWED");

    let production = TestAgent::start(Setup {
        development: false,
        ..Setup::default()
    });
    let jwt = creation(&issuer, &production);
    production
        .register(LOCAL, &jwt)
        .await
        .is_failure(403, "ORIGIN_NOT_ALLOWED");
    production
        .register("https://localhost", &jwt)
        .await
        .is_failure(401, "UNTRUSTED_ISSUER");
}

#[tokio::test]
async fn authenticating_never_adds_trust() {
    let (issuer, agent) = start().await;
    let kid = issuer.key.public_jwk().thumbprint();
    let jwt = issuer.sign_request(&issuer.request(agent.now(), &kid));
    agent
        .authenticate(LOCAL, &jwt)
        .await
        .is_failure(401, "UNTRUSTED_ISSUER");
    assert_eq!(agent.person.opened(), 0);
    assert_eq!(issuer.visits(), 0);
}

#[tokio::test]
async fn the_unverified_parse_holds_the_other_rules() {
    let (issuer, agent) = start().await;
    let now = agent.now().unix_seconds();
    let cases = [
        ("exp", json!(now + 301), 400, "INVALID_TOKEN"),
        ("aud", json!("urn:other"), 400, "INVALID_TOKEN"),
        ("nonce", json!("AAAA"), 400, "INVALID_TOKEN"),
        (
            "rp",
            json!({"id": "com", "name": ""}),
            403,
            "RP_NOT_ALLOWED",
        ),
        (
            "origins",
            json!(["http://localhost:9"]),
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
    ];
    for (member, value, status, code) in cases {
        let mut claims = issuer.creation(agent.now());
        claims[member] = value;
        let answer = agent.register(LOCAL, &issuer.sign_creation(&claims)).await;
        answer.is_failure(status, code);
    }
    let request = issuer.sign("desktop-request-options+jwt", &issuer.creation(agent.now()));
    agent
        .register(LOCAL, &request)
        .await
        .is_failure(400, "INVALID_TOKEN");
    assert_eq!((agent.person.opened(), issuer.visits()), (0, 0));
}

#[tokio::test]
async fn abilities_are_told_to_verified_servers_only() {
    let (issuer, agent) = start().await;
    let mut claims = issuer.creation(agent.now());
    claims["minKeyProtection"] = json!("TPM");
    agent.person.will([Step::Allow]);
    let answer = agent.register(LOCAL, &issuer.sign_creation(&claims)).await;
    answer.is_failure(409, "KEY_PROTECTION_UNAVAILABLE");
    assert_eq!(
        agent.person.opened(),
        1,
        "only after the question and the keys"
    );
    nothing_is_kept(&agent);
}

#[tokio::test]
async fn configured_only_asks_nobody() {
    let issuer = Issuer::local().await;
    let config = "enrollment = \"configured-only\"".to_owned();
    let agent = TestAgent::start(Setup {
        config,
        ..Setup::default()
    });
    let answer = agent.register(LOCAL, &creation(&issuer, &agent)).await;
    answer.is_failure(401, "UNTRUSTED_ISSUER");
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(agent.person.opened(), 0);
}

#[tokio::test]
async fn two_first_pairings_a_minute() {
    let (issuer, agent) = start().await;
    issuer.stop();
    for _ in 0..2 {
        agent.person.will([Step::Allow]);
        let answer = agent.register(LOCAL, &creation(&issuer, &agent)).await;
        answer.is_failure(503, "ISSUER_UNREACHABLE");
    }
    let answer = agent.register(LOCAL, &creation(&issuer, &agent)).await;
    answer.is_failure(429, "BUSY");
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(agent.person.opened(), 2);
}

#[tokio::test]
async fn a_known_issuer_takes_the_place_of_a_waiting_first_pairing() {
    let known = Issuer::named("https://auth.example.com/env/as").await;
    let agent = TestAgent::start(Setup::trusting(&known));
    let paired = agent.pair(&known).await;
    let stranger = Issuer::local().await;
    agent.person.will([Step::Think]);
    let waiting = Call::jwt("/register", LOCAL, &creation(&stranger, &agent));
    let port = agent.port;
    let waiting = tokio::spawn(async move { waiting.send(port).await });
    agent.person.is_thinking().await;
    // Another stranger does not.
    let other = agent.register(LOCAL, &creation(&stranger, &agent)).await;
    other.is_failure(429, "BUSY");

    agent.sign_in(&known, &paired).await;
    waiting.await.unwrap().is_failure(429, "BUSY");
    assert_eq!(stranger.visits(), 0);
}

#[tokio::test]
async fn after_the_yes_nobody_takes_its_place() {
    let known = Issuer::named("https://auth.example.com/env/as").await;
    let agent = TestAgent::start(Setup::trusting(&known));
    let paired = agent.pair(&known).await;
    let stranger = Issuer::local().await;
    agent
        .person
        .will([Step::Allow, Step::Pause, Step::Pin(PIN)]);
    let waiting = Call::jwt("/register", LOCAL, &creation(&stranger, &agent));
    let port = agent.port;
    let waiting = tokio::spawn(async move { waiting.send(port).await });
    agent.person.is_thinking().await;
    let jwt = known.sign_request(&known.request(agent.now(), paired.kid()));
    agent.authenticate(PAGE, &jwt).await.is_failure(429, "BUSY");
    agent.person.go_on();
    assert_eq!(waiting.await.unwrap().status, 200);
}

#[tokio::test]
async fn a_page_that_goes_away_while_the_keys_are_fetched_pins_nothing() {
    let (issuer, agent) = start().await;
    // Accepts and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://localhost:{}", silent.local_addr().unwrap().port());
    let mut claims = issuer.creation(agent.now());
    claims["iss"] = json!(format!("{base}/as"));
    agent.person.will([Step::Allow]);
    let call = Call::jwt("/register", LOCAL, &issuer.sign_creation(&claims));
    let stream = call.start(([127, 0, 0, 1], agent.port).into()).await;
    let (fetching, _) = silent.accept().await.unwrap();
    drop(stream);
    tokio::time::timeout(Duration::from_secs(10), agent.agent.idle())
        .await
        .unwrap();
    tokio::time::sleep(SHORT).await;
    drop(fetching);
    nothing_is_kept(&agent);
    assert_eq!(agent.store().activity().unwrap()[0].result, "PAGE_CLOSED");
}
