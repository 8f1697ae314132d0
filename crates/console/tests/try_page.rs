//! The page `/try` in process: who gets in, and what every answer carries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use countersign_console::{AccessToken, Console, TokenSource, TokenUnavailable, TryPage, claims};
use countersign_crypto::random::SystemRandom;
use countersign_crypto::secret::SecretString;
use countersign_crypto::time::{Clock, Timestamp};
use http::{Request, StatusCode};
use tower::ServiceExt;
use uuid::Uuid;

const ORIGIN: &str = "http://localhost:8080";
const HOST: &str = "localhost:8080";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_790_000_000)
    }
}

struct Tokens;

impl TokenSource for Tokens {
    fn token(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<AccessToken, TokenUnavailable>> + Send + '_>> {
        Box::pin(async {
            Ok(AccessToken {
                token: SecretString::new("a.b.c".to_owned()),
                expires_in: 300,
            })
        })
    }
}

struct Page {
    router: Router,
    code: String,
}

fn page() -> Page {
    let page = TryPage {
        origin: ORIGIN.to_owned(),
        hosts: vec!["127.0.0.1:8080".to_owned()],
        environment: Uuid::from_u128(1),
        user: Uuid::from_u128(2),
        username: "<alex & lee>".to_owned(),
        policy: Uuid::from_u128(3),
        desktop_port: 9410,
    };
    let console = Console::new(page, Tokens, Arc::new(Fixed), Arc::new(SystemRandom));
    let code = console
        .link()
        .expose()
        .split_once("code=")
        .unwrap()
        .1
        .to_owned();
    Page {
        router: console.router(),
        code,
    }
}

impl Page {
    async fn get(&self, host: &str, path: &str, cookie: Option<&str>) -> Response {
        let mut request = Request::get(path).header("host", host);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        self.router
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: String) -> Response {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap()
    }

    /// Opens the session as the page's script does: cookie pair and key.
    async fn open(&self) -> (String, String) {
        let response = self
            .post(
                "/try/session",
                &[("host", HOST), ("origin", ORIGIN)],
                format!(r#"{{"code":"{}"}}"#, self.code),
            )
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        let cookie = response.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .to_owned();
        let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
        assert_eq!(attributes, ["Path=/try", "HttpOnly", "SameSite=Strict"]);
        let pair = cookie.split(';').next().unwrap().to_owned();
        let body: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
        (pair, body["key"].as_str().unwrap().to_owned())
    }
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn the_link_opens_the_page_once() {
    let page = page();
    let link = format!("/try?code={}", page.code);
    // Looking at the link, however often, does not spend it.
    for _ in 0..3 {
        assert_eq!(page.get(HOST, &link, None).await.status(), StatusCode::OK);
    }
    let (cookie, key) = page.open().await;
    assert_eq!(
        page.get(HOST, &link, None).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        page.get(HOST, "/try", None).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        page.get(HOST, "/try", Some(&cookie)).await.status(),
        StatusCode::OK
    );
    let again = page
        .post(
            "/try/session",
            &[("host", HOST), ("origin", ORIGIN)],
            format!(r#"{{"code":"{}"}}"#, page.code),
        )
        .await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN);

    let answer = page
        .post(
            "/try/token",
            &[
                ("host", HOST),
                ("origin", ORIGIN),
                ("cookie", &cookie),
                ("x-try-key", &key),
            ],
            String::new(),
        )
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let body: serde_json::Value = serde_json::from_str(&text(answer).await).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 300})
    );
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let page = page();
    for path in ["/try", "/try?code=", "/try?code=guess", "/try?Code=x"] {
        assert_eq!(
            page.get(HOST, path, None).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let (cookie, key) = page.open().await;
    let whole = [
        ("host", HOST),
        ("origin", ORIGIN),
        ("cookie", &cookie),
        ("x-try-key", &key),
    ];
    let with = |name: &'static str, value: Option<&'static str>| {
        let mut headers: Vec<_> = whole
            .iter()
            .copied()
            .filter(|(other, _)| *other != name)
            .collect();
        headers.extend(value.map(|value| (name, value)));
        headers
    };
    for (headers, status) in [
        (with("origin", None), 403),
        (with("origin", Some("null")), 403),
        (with("origin", Some("http://localhost:3000")), 403),
        (with("origin", Some("http://127.0.0.1:8080")), 403),
        (with("origin", Some("https://localhost:8080")), 403),
        (with("sec-fetch-site", Some("same-site")), 403),
        (with("sec-fetch-site", Some("cross-site")), 403),
        (with("host", Some("evil.test:8080")), 421),
        (with("host", Some("localhost:8081")), 421),
        (with("host", Some("localhost")), 421),
        (with("host", Some("127.0.0.1:8080")), 403),
        (with("host", None), 400),
        (with("cookie", None), 401),
        (with("cookie", Some("countersign-try=guess")), 401),
        (with("x-try-key", None), 401),
        (with("x-try-key", Some("guess")), 401),
        (with("sec-fetch-site", Some("same-origin")), 200),
    ] {
        let answer = page.post("/try/token", &headers, String::new()).await;
        assert_eq!(answer.status().as_u16(), status, "{headers:?}");
    }
    // Two Origin headers, one of them right.
    let mut doubled = whole.to_vec();
    doubled.push(("origin", ORIGIN));
    assert_eq!(
        page.post("/try/token", &doubled, String::new())
            .await
            .status()
            .as_u16(),
        403
    );
}

#[tokio::test]
async fn every_answer_is_hardened_and_none_has_cors_headers() {
    let page = page();
    let (cookie, _) = page.open().await;
    let mut answers = vec![
        page.get(HOST, "/", None).await,
        page.get(HOST, "/try", None).await,
        page.get(HOST, "/try", Some(&cookie)).await,
        page.get(HOST, "/try/page.js", None).await,
        page.get(HOST, "/try/style.css", None).await,
        page.get(HOST, "/try/nothing", None).await,
        page.get("evil.test", "/try", None).await,
        page.get("127.0.0.1:8080", "/try", None).await,
        page.post(
            "/try/token",
            &[("host", HOST), ("origin", "http://evil.test")],
            String::new(),
        )
        .await,
        page.post(
            "/try/token",
            &[("host", HOST), ("origin", ORIGIN)],
            String::new(),
        )
        .await,
    ];
    let preflight = Request::options("/try/token")
        .header("host", HOST)
        .header("origin", "https://evil.test")
        .header("access-control-request-method", "POST")
        .body(Body::empty())
        .unwrap();
    answers.push(page.router.clone().oneshot(preflight).await.unwrap());
    for answer in answers {
        let headers = answer.headers();
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self' http://localhost:9410 http://127.0.0.1:9410; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
             require-trusted-types-for 'script'"
        );
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(
            headers
                .keys()
                .all(|name| !name.as_str().starts_with("access-control-"))
        );
    }
}

#[tokio::test]
async fn other_names_of_ours_lead_to_the_page() {
    let page = page();
    for (path, target) in [("/try", "/try"), ("/try?code=x", "/try?code=x")] {
        let answer = page.get("127.0.0.1:8080", path, None).await;
        assert_eq!(answer.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(answer.headers()["location"], format!("{ORIGIN}{target}"));
    }
}

#[tokio::test]
async fn the_page_is_escaped_and_has_the_ids_that_tests_rely_on() {
    let page = page();
    let (cookie, _) = page.open().await;
    let html = text(page.get(HOST, "/try", Some(&cookie)).await).await;
    assert!(html.contains("&#60;alex &#38; lee&#62;"), "{html}");
    for id in ["pair", "sign-in", "status", "log", "check-number"] {
        assert!(html.contains(&format!(r#"id="{id}""#)), "{id}");
    }
    // Nothing inline: the policy would not run it.
    assert!(!html.contains("<script>") && !html.contains("style="));
    let handler = |rest: &str| {
        rest.trim_start_matches(|c: char| c.is_ascii_lowercase())
            .starts_with('=')
    };
    assert!(!html.split(" on").skip(1).any(handler));
}

#[tokio::test]
async fn every_file_that_a_file_names_is_there() {
    let page = page();
    for start in [
        "page.js",
        "ceremony.js",
        "authenticator.js",
        "server.js",
        "log.js",
    ] {
        let source = text(page.get(HOST, &format!("/try/{start}"), None).await).await;
        for import in source
            .lines()
            .filter_map(|line| line.split_once(r#" from "./"#))
        {
            let name = import.1.trim_end_matches(r#"";"#);
            let answer = page.get(HOST, &format!("/try/{name}"), None).await;
            assert_eq!(answer.status(), StatusCode::OK, "{start} imports {name}");
            assert_eq!(
                answer.headers()["content-type"],
                "text/javascript; charset=utf-8"
            );
        }
    }
}

#[tokio::test]
async fn bodies_that_are_not_a_code() {
    let page = page();
    let headers = [("host", HOST), ("origin", ORIGIN)];
    for (body, status) in [
        (String::new(), 400),
        ("null".to_owned(), 400),
        (r#"{"code":1}"#.to_owned(), 400),
        (r#"{"code":"guess"}"#.to_owned(), 403),
        ("x".repeat(2000), 413),
    ] {
        let answer = page.post("/try/session", &headers, body).await;
        assert_eq!(answer.status().as_u16(), status);
    }
    // None of this spent the code.
    page.open().await;
}

#[test]
fn which_paths_are_ours() {
    for path in ["/", "/try", "/try/", "/try/token"] {
        assert!(claims(path), "{path}");
    }
    for path in ["/v1", "/tryout", "/openapi.json", "", "//try"] {
        assert!(!claims(path), "{path}");
    }
}
