//! The shape of requests: hosts, paths, methods, origins, preflights, status, forms.

use crate::support::{Answer, Call, Issuer, PAGE, Setup, TestAgent};

const STRANGER: &str = "https://elsewhere.example.org";

async fn start(config: &str) -> TestAgent {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let mut setup = Setup::trusting(&issuer);
    setup.config = format!("{config}\n{}", setup.config);
    TestAgent::start(setup)
}

fn preflight(path: &'static str, origin: &str) -> Call {
    Call::new("OPTIONS", path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type")
        .header("Sec-Fetch-Mode", "cors")
        .header("Sec-Fetch-Dest", "empty")
}

fn is_always_so(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("vary").unwrap().starts_with("Origin"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("set-cookie"), None);
    assert_ne!(answer.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn dns_rebinding() {
    let agent = start("").await;
    let port = agent.port;
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        let call = Call::jwt("/register", PAGE, "x").host(&format!("{host}:{port}"));
        call.send(port).await.is_failure(400, "INVALID_REQUEST");
    }
    let wrong = [
        "rebind.evil.test".to_owned(),
        format!("rebind.evil.test:{port}"),
        format!("rebind.localhost:{port}"),
        format!("127.0.0.1.evil.test:{port}"),
        format!("127.0.0.2:{port}"),
        format!("0.0.0.0:{port}"),
        "localhost".to_owned(),
        format!("localhost:{}", port ^ 1),
        String::new(),
    ];
    for host in wrong {
        for path in ["/register", "/status", "/unknown"] {
            let answer = Call::jwt(path, PAGE, "x").host(&host).send(port).await;
            answer.is_failure(421, "WRONG_HOST");
            is_always_so(&answer);
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
}

#[tokio::test]
async fn both_address_families_and_nothing_else() {
    let agent = start("").await;
    let six = std::net::SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, agent.port));
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let answer = Call::jwt("/register", PAGE, "x").send_to(six).await;
        answer.is_failure(400, "INVALID_REQUEST");
    }
    // No wildcard: 127.0.0.2 is this computer too, but nobody listens there.
    let other = std::net::SocketAddr::from(([127, 0, 0, 2], agent.port));
    assert!(tokio::net::TcpStream::connect(other).await.is_err());
}

#[tokio::test]
async fn paths_and_methods() {
    let agent = start("").await;
    let send = async |method, path| {
        Call::new(method, path)
            .header("Origin", PAGE)
            .send(agent.port)
            .await
    };
    for path in [
        "/",
        "/Register",
        "/register/",
        "/favicon.ico",
        "/authenticate/x",
    ] {
        let answer = send("GET", path).await;
        answer.is_failure(404, "NOT_FOUND");
        is_always_so(&answer);
    }
    let cases = [
        ("GET", "/register", "POST, OPTIONS"),
        ("PUT", "/register", "POST, OPTIONS"),
        ("DELETE", "/authenticate", "POST, OPTIONS"),
        ("POST", "/status", "GET, OPTIONS"),
    ];
    for (method, path, allow) in cases {
        let answer = send(method, path).await;
        answer.is_failure(405, "INVALID_REQUEST");
        assert_eq!(answer.header("allow"), Some(allow));
    }
    // A wrong host comes before an unknown path, and a path before a missing origin.
    Call::new("GET", "/x")
        .host("evil.test")
        .send(agent.port)
        .await
        .is_failure(421, "WRONG_HOST");
    Call::new("GET", "/x")
        .send(agent.port)
        .await
        .is_failure(404, "NOT_FOUND");
}

#[tokio::test]
async fn origins() {
    let agent = start("").await;
    let call = Call::jwt("/register", PAGE, "x");
    let with = |origin: &str| call.clone().without("Origin").header("Origin", origin);
    call.clone()
        .without("Origin")
        .send(agent.port)
        .await
        .is_failure(400, "INVALID_REQUEST");
    let twice = call.clone().header("Origin", PAGE);
    twice
        .send(agent.port)
        .await
        .is_failure(400, "INVALID_REQUEST");
    for origin in [
        "null",
        "http://login.example.com",
        "https://login.example.com/",
        "https://a@b.c",
    ] {
        let answer = with(origin).send(agent.port).await;
        answer.is_failure(403, "ORIGIN_NOT_ALLOWED");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    // The origin's shape comes before the content type.
    with("null")
        .without("Content-Type")
        .send(agent.port)
        .await
        .is_failure(403, "ORIGIN_NOT_ALLOWED");
}

#[tokio::test]
async fn simple_requests_of_a_browser_reach_nothing() {
    // Forms, images, beacons, navigations, no-cors fetches: as Chromium sends them.
    let agent = start("").await;
    let post = |content_type: &str, mode: &str, dest: &str| {
        let mut call = Call::new("POST", "/register")
            .header("Origin", PAGE)
            .header("Content-Type", content_type)
            .header("Sec-Fetch-Mode", mode)
            .header("Sec-Fetch-Dest", dest);
        call.body = "jwt=x".to_owned();
        call
    };
    let cases = [
        (
            post("application/x-www-form-urlencoded", "navigate", "document"),
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
        (
            post("multipart/form-data; boundary=x", "navigate", "iframe"),
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
        (
            post("text/plain", "no-cors", "empty"),
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
        (
            post("text/plain;charset=UTF-8", "cors", "empty"),
            415,
            "INVALID_REQUEST",
        ),
        (
            post("application/x-www-form-urlencoded", "cors", "empty"),
            415,
            "INVALID_REQUEST",
        ),
        (
            post("application/json", "cors", "empty"),
            415,
            "INVALID_REQUEST",
        ),
        (
            post("application/jwt", "no-cors", "empty"),
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
        (
            post("application/jwt", "cors", "image"),
            403,
            "ORIGIN_NOT_ALLOWED",
        ),
        // Older browsers without fetch metadata are still held by the content type.
        (
            post("text/plain", "", "")
                .without("Sec-Fetch-Mode")
                .without("Sec-Fetch-Dest"),
            415,
            "INVALID_REQUEST",
        ),
        (
            Call::new("GET", "/register").header("Sec-Fetch-Mode", "no-cors"),
            405,
            "INVALID_REQUEST",
        ),
        (
            Call::new("GET", "/status").header("Sec-Fetch-Mode", "navigate"),
            400,
            "INVALID_REQUEST",
        ),
    ];
    for (call, status, code) in cases {
        call.send(agent.port).await.is_failure(status, code);
    }
    assert_eq!(agent.person.opened(), 0);
}

#[tokio::test]
async fn preflights() {
    let agent = start("").await;
    for path in ["/register", "/authenticate"] {
        let answer = preflight(path, PAGE).send(agent.port).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
        assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
        assert_eq!(
            answer.header("access-control-allow-headers"),
            Some("content-type")
        );
        assert_eq!(answer.header("access-control-max-age"), Some("600"));
        assert_eq!(
            answer.header("vary"),
            Some("Origin, Access-Control-Request-Private-Network")
        );
        assert_eq!(answer.header("access-control-allow-private-network"), None);
        assert!(answer.body.is_empty());
        is_always_so(&answer);
    }
    let private = preflight("/register", PAGE)
        .header("Access-Control-Request-Private-Network", "true")
        .send(agent.port)
        .await;
    assert_eq!(
        private.header("access-control-allow-private-network"),
        Some("true")
    );
    let get = preflight("/status", PAGE).send(agent.port).await;
    assert_eq!(get.header("access-control-allow-methods"), Some("GET"));
    preflight("/register", "null")
        .send(agent.port)
        .await
        .is_failure(403, "ORIGIN_NOT_ALLOWED");
}

#[tokio::test]
async fn strangers_may_ask_to_pair_and_nothing_else() {
    let agent = start("").await;
    assert_eq!(preflight_status(&agent, "/register").await, (204, true));
    assert_eq!(
        preflight_status(&agent, "/authenticate").await,
        (403, false)
    );
    let status = Call::new("GET", "/status")
        .header("Origin", STRANGER)
        .send(agent.port)
        .await;
    assert_eq!(
        status.body,
        r#"{"name":"Countersign Desktop","apiVersion":1}"#
    );
    assert_eq!(status.header("access-control-allow-origin"), Some(STRANGER));
    // Errors of `/authenticate` are not readable for them, those of `/register` are.
    let register = Call::jwt("/register", STRANGER, "x").send(agent.port).await;
    assert_eq!(
        register.header("access-control-allow-origin"),
        Some(STRANGER)
    );
    let authenticate = Call::jwt("/authenticate", STRANGER, "x")
        .send(agent.port)
        .await;
    authenticate.is_failure(400, "INVALID_REQUEST");
    assert_eq!(authenticate.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn configured_only_tells_strangers_nothing() {
    let agent = start("enrollment = \"configured-only\"").await;
    for path in ["/register", "/authenticate"] {
        assert_eq!(preflight_status(&agent, path).await, (403, false));
    }
    let status = Call::new("GET", "/status")
        .header("Origin", STRANGER)
        .send(agent.port)
        .await;
    status.is_failure(403, "ORIGIN_NOT_ALLOWED");
    assert_eq!(status.header("access-control-allow-origin"), None);
    let known = Call::new("GET", "/status")
        .header("Origin", PAGE)
        .send(agent.port)
        .await;
    assert_eq!(known.json()["state"], "READY");
}

async fn preflight_status(agent: &TestAgent, path: &'static str) -> (u16, bool) {
    let answer = preflight(path, STRANGER).send(agent.port).await;
    is_always_so(&answer);
    (
        answer.status,
        answer.header("access-control-allow-origin").is_some(),
    )
}

#[tokio::test]
async fn status_speaks_of_the_callers_relying_party() {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let mut setup = Setup::trusting(&issuer);
    setup.config = format!(
        "allowed_rp_ids = [\"example.com\", \"example.org\"]\n{}",
        setup.config
    );
    let agent = TestAgent::start(setup);
    let status = async |origin: &str| {
        Call::new("GET", "/status")
            .header("Origin", origin)
            .send(agent.port)
            .await
            .json()
    };
    assert_eq!(status(PAGE).await["paired"], false);
    agent.pair(&issuer).await;
    let full = status(PAGE).await;
    assert_eq!(full["name"], "Countersign Desktop");
    assert_eq!(full["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(full["apiVersion"], 1);
    assert_eq!(full["state"], "READY");
    assert_eq!(full["paired"], true);
    assert_eq!(status("https://a.example.org").await["paired"], false);
    assert_eq!(status("https://a.example.net").await.get("paired"), None);
    assert_eq!(status("https://notexample.com").await.get("paired"), None);
}

#[tokio::test]
async fn a_relying_party_that_the_configuration_bars() {
    let issuer = Issuer::named("https://auth.example.com/env/as").await;
    let mut setup = Setup::trusting(&issuer);
    setup.config = format!("allowed_rp_ids = [\"example.org\"]\n{}", setup.config);
    let agent = TestAgent::start(setup);
    let jwt = issuer.sign_creation(&issuer.creation(agent.now()));
    agent
        .register(PAGE, &jwt)
        .await
        .is_failure(403, "RP_NOT_ALLOWED");
    assert_eq!(agent.person.opened(), 0);
}

#[tokio::test]
async fn failures_have_one_shape() {
    let agent = start("").await;
    let answer = Call::jwt("/register", PAGE, "x").send(agent.port).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let json = answer.json();
    assert!(json["id"].as_str().unwrap().parse::<uuid::Uuid>().is_ok());
    assert!(json["message"].is_string());
    assert_eq!(json["details"][0]["code"], "INVALID_VALUE");
    assert_eq!(json["details"][0]["target"], "token");
    is_always_so(&answer);
}
