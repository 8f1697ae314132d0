//! How long keys serve, and which of them count.

use std::fmt::Write;
use std::time::Duration;

use crate::support::{Call, Issuer, PAGE, Setup, TestAgent};

const ISS: &str = "https://auth.example.com/env/as";
const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// An agent that is paired, and asks for a question by which the key is seen to count or not: no
/// credential fits, so a good signature answers `NO_CREDENTIAL`.
async fn start() -> (Issuer, TestAgent) {
    let issuer = Issuer::named(ISS).await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
    (issuer, agent)
}

async fn asks(issuer: &Issuer, agent: &TestAgent) -> String {
    let claims = issuer.usernameless(agent.now());
    agent
        .authenticate(PAGE, &issuer.sign_request(&claims))
        .await
        .failure()
        .1
}

#[tokio::test]
async fn a_set_is_fresh_for_an_hour() {
    let (issuer, agent) = start().await;
    assert_eq!(issuer.visits(), 1);
    agent.wait(HOUR - 1);
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
    assert_eq!(issuer.visits(), 1);
    agent.wait(1);
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
    assert_eq!(issuer.visits(), 2);
}

#[tokio::test]
async fn cache_control_is_obeyed_up_to_a_day() {
    let cases = [
        ("max-age=7200", 7200),
        ("max-age=99999999", DAY),
        ("no-store", 60),
        ("public", HOUR),
    ];
    for (value, fresh) in cases {
        let issuer = Issuer::named(ISS).await;
        issuer.send_headers(&format!("Cache-Control: {value}\r\n"));
        let agent = TestAgent::start(Setup::trusting(&issuer));
        asks(&issuer, &agent).await;
        agent.wait(fresh - 1);
        asks(&issuer, &agent).await;
        assert_eq!(issuer.visits(), 1, "{value}");
        agent.wait(1);
        asks(&issuer, &agent).await;
        assert_eq!(issuer.visits(), 2, "{value}");
    }
}

#[tokio::test]
async fn a_rotated_key_is_found_and_a_removed_one_stops() {
    let (issuer, agent) = start().await;
    let next = issuer.with_new_key("server-2");
    next.publish(&[&issuer, &next]);
    assert_eq!(
        asks(&next, &agent).await,
        "NO_CREDENTIAL",
        "fetched for the unknown kid"
    );
    assert_eq!(
        asks(&issuer, &agent).await,
        "NO_CREDENTIAL",
        "the old one still counts"
    );
    next.publish(&[&next]);
    agent.wait(HOUR);
    assert_eq!(asks(&issuer, &agent).await, "INVALID_TOKEN");
    assert_eq!(asks(&next, &agent).await, "NO_CREDENTIAL");
}

#[tokio::test]
async fn unknown_kids_fetch_once_a_minute() {
    let (issuer, agent) = start().await;
    for number in 0..10 {
        let unknown = issuer.with_new_key(&format!("unknown-{number}"));
        assert_eq!(asks(&unknown, &agent).await, "INVALID_TOKEN");
    }
    assert_eq!(issuer.visits(), 2);
    agent.wait(60);
    assert_eq!(
        asks(&issuer.with_new_key("unknown"), &agent).await,
        "INVALID_TOKEN"
    );
    assert_eq!(issuer.visits(), 3);
}

#[tokio::test]
async fn out_of_reach_the_cache_serves_seven_days_also_after_a_restart() {
    let (issuer, agent) = start().await;
    issuer.stop();
    agent.wait(7 * DAY - 100);
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
    let agent = agent.restart(Setup::trusting(&issuer)).await;
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
    agent.wait(101);
    assert_eq!(asks(&issuer, &agent).await, "ISSUER_UNREACHABLE");
}

#[tokio::test]
async fn an_old_set_is_no_proof_that_a_key_is_unknown() {
    let (issuer, agent) = start().await;
    let next = issuer.with_new_key("server-2");
    next.publish(&[&issuer, &next]);
    issuer.stop();
    agent.wait(2 * HOUR);
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
    assert_eq!(asks(&next, &agent).await, "ISSUER_UNREACHABLE");
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
}

#[tokio::test]
async fn keys_from_a_place_that_is_no_longer_named_do_not_count() {
    let elsewhere = Issuer::local().await;
    let mut issuer = Issuer::local().await;
    // The configuration names a key set of another origin, then no longer.
    let setup = |jwks_uri: Option<String>| {
        let mut config = format!("[[trusted_issuers]]\nissuer = \"{}\"\n", issuer.iss);
        if let Some(jwks_uri) = jwks_uri {
            writeln!(config, "jwks_uri = \"{jwks_uri}\"").unwrap();
        }
        Setup {
            config,
            ..Setup::default()
        }
    };
    let named = setup(Some(elsewhere.jwks_uri()));
    let not_named = setup(None);
    let page = "http://localhost:8080";
    issuer.key = elsewhere.key.clone();
    let agent = TestAgent::start(named);
    let asks = async |agent: &TestAgent| {
        let jwt = issuer.sign_request(&issuer.usernameless(agent.now()));
        agent.authenticate(page, &jwt).await.failure().1
    };
    assert_eq!(asks(&agent).await, "NO_CREDENTIAL");
    let agent = agent.restart(not_named).await;
    assert_eq!(asks(&agent).await, "INVALID_TOKEN");
}

#[tokio::test]
async fn never_fetched_and_out_of_reach() {
    let issuer = Issuer::named(ISS).await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    issuer.stop();
    assert_eq!(asks(&issuer, &agent).await, "ISSUER_UNREACHABLE");
}

#[tokio::test]
async fn an_issuer_that_is_down_is_tried_once_in_ten_seconds() {
    let issuer = Issuer::named(ISS).await;
    let agent = TestAgent::start(Setup::trusting(&issuer));
    issuer.serve("/env/as/jwks", 500, "");
    for _ in 0..5 {
        assert_eq!(asks(&issuer, &agent).await, "ISSUER_UNREACHABLE");
    }
    assert_eq!(issuer.visits(), 1);
    issuer.publish(&[&issuer]);
    agent.wait(10);
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
}

#[tokio::test]
async fn a_slow_issuer_holds_up_no_other() {
    let slow = Issuer::named("https://slow.example.com/as").await;
    let quick = Issuer::named(ISS).await;
    slow.is_slow(Duration::from_secs(4));
    let mut setup = Setup::trusting(&slow);
    setup.config.push_str(&Setup::trusting(&quick).config);
    let agent = TestAgent::start(setup);
    let jwt = slow.sign_request(&slow.usernameless(agent.now()));
    let call = Call::jwt("/authenticate", PAGE, &jwt);
    let waiting = call.start(([127, 0, 0, 1], agent.port).into()).await;
    while slow.visits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let quick = tokio::time::timeout(Duration::from_secs(3), asks(&quick, &agent));
    assert_eq!(quick.await.unwrap(), "NO_CREDENTIAL");
    drop(waiting);
}

#[tokio::test]
async fn pinned_thumbprints_are_the_only_keys_that_count() {
    let issuer = Issuer::named(ISS).await;
    let other = issuer.with_new_key("server-2");
    other.publish(&[&issuer, &other]);
    let mut setup = Setup::trusting(&issuer);
    let pinned = issuer.key.public_jwk().thumbprint();
    writeln!(setup.config, "pinned_keys = [\"{pinned}\"]").unwrap();
    let agent = TestAgent::start(setup);
    assert_eq!(asks(&issuer, &agent).await, "NO_CREDENTIAL");
    assert_eq!(asks(&other, &agent).await, "INVALID_TOKEN");
}

#[tokio::test]
async fn a_pinned_issuer_keeps_its_key_set() {
    use crate::support::{PIN, Step};
    let issuer = Issuer::local().await;
    let agent = TestAgent::start(Setup::default());
    let page = "http://localhost:8080";
    agent.person.will([Step::Allow, Step::NewPin(PIN, PIN)]);
    let jwt = issuer.sign_creation(&issuer.creation(agent.now()));
    assert_eq!(agent.register(page, &jwt).await.status, 200);
    // The metadata now names another place; the pinned one is asked nevertheless.
    let attacker = Issuer::local().await;
    issuer.serve_metadata(&issuer.iss, &attacker.jwks_uri());
    agent.wait(2 * HOUR);
    let kid = agent.kids()[0];
    agent.person.will([Step::Allow, Step::Pin(PIN)]);
    let jwt = issuer.sign_request(&issuer.request(agent.now(), &kid));
    assert_eq!(agent.authenticate(page, &jwt).await.status, 200);
    assert_eq!(attacker.visits(), 0);
}

/// An issuer over TLS with a certificate authority of its own: trusted where `SSL_CERT_FILE` names it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_trusts_the_roots_of_the_platform() {
    use crate::support::screen::command;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};

    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let signer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let leaf = rcgen::CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &signer)
        .unwrap();
    let config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let iss = format!(
        "https://localhost:{}/as",
        listener.local_addr().unwrap().port()
    );
    let body = format!("{{\"issuer\":\"{iss}\",\"jwks_uri\":\"{iss}/jwks\"}}");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });

    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("c.toml");
    std::fs::write(&file, format!("trusted_issuers = [\"{iss}\"]\n")).unwrap();
    let pem = home.path().join("ca.pem");
    std::fs::write(&pem, root.pem()).unwrap();
    let doctor = async |trusted: bool| {
        let arguments = [
            "doctor",
            "--json",
            "--port",
            "0",
            "--config",
            file.to_str().unwrap(),
        ];
        let mut command = command(home.path(), &arguments);
        if trusted {
            command.env("SSL_CERT_FILE", &pem);
        }
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let server = findings
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["check"] == "server");
        server.unwrap().clone()
    };
    let trusted = doctor(true).await;
    assert_eq!(trusted["level"], "ok", "{trusted}");
    let stranger = doctor(false).await;
    assert_eq!(stranger["level"], "warning", "{stranger}");
}
