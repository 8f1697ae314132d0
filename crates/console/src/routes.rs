//! The routes of the page.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use countersign_crypto::random::Random;
use countersign_crypto::secret::SecretString;
use countersign_crypto::time::{Clock, Timestamp};
use http::header::{self, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::assets;
use crate::gate::Gate;
use crate::guard::{content_security_policy, guard, single};
use crate::page::{Letter, NO_CODE, SPENT, Try, TryPage, WELCOME};

const COOKIE: &str = "countersign-try";
const KEY_HEADER: &str = "x-try-key";
/// Largest body that is read (bytes); the only one is the code.
const LARGEST_BODY: usize = 1024;

/// A short-lived access token of the application behind the page.
pub struct AccessToken {
    /// The token.
    pub token: SecretString,
    /// Seconds until it expires, 300 at most.
    pub expires_in: i64,
}

/// No token can be had; the reason is in the log.
#[derive(Debug, thiserror::Error)]
#[error("no access token: {0}")]
pub struct TokenUnavailable(pub String);

/// Where the page's access tokens come from.
pub trait TokenSource: Send + Sync + 'static {
    /// A fresh token.
    fn token(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<AccessToken, TokenUnavailable>> + Send + '_>>;
}

pub(crate) struct Shared {
    pub(crate) page: TryPage,
    pub(crate) content_security_policy: HeaderValue,
    gate: Gate,
    tokens: Box<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// The page `/try` of one run of the server, with its one-time link.
pub struct Console {
    shared: Arc<Shared>,
    link: SecretString,
}

impl Console {
    /// Makes the page and draws its code.
    pub fn new(
        page: TryPage,
        tokens: impl TokenSource,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let (gate, code) = Gate::new(random.as_ref());
        let link = SecretString::new(format!("{}/try?code={}", page.origin, code.expose()));
        let policy = content_security_policy(page.desktop_port);
        // Made of digits and constants, so the fallback is never taken; it allows nothing.
        let content_security_policy =
            HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        let tokens = Box::new(tokens);
        Self {
            shared: Arc::new(Shared {
                page,
                content_security_policy,
                gate,
                tokens,
                clock,
                random,
            }),
            link,
        }
    }

    /// The link that opens the page, once.
    pub fn link(&self) -> &SecretString {
        &self.link
    }

    /// The routes, with every check and header.
    pub fn router(&self) -> Router {
        let shared = Arc::clone(&self.shared);
        Router::new()
            .route("/", get(welcome))
            .route("/try", get(show))
            .route("/try/{file}", get(file))
            .route("/try/session", post(open_session))
            .route("/try/token", post(token))
            .fallback(async || StatusCode::NOT_FOUND)
            .layer(axum::middleware::from_fn_with_state(
                Arc::clone(&shared),
                guard,
            ))
            .with_state(shared)
    }
}

/// Whether a path belongs to our pages and not to the API.
pub fn claims(path: &str) -> bool {
    path == "/" || path == "/try" || path.starts_with("/try/")
}

async fn welcome() -> Response {
    letter(StatusCode::OK, &WELCOME)
}

async fn show(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if let Some(elsewhere) = elsewhere(&shared.page, request.headers(), query) {
        return elsewhere;
    }
    let code = url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "code").then(|| value.into_owned()));
    let now = shared.clock.now();
    let in_session = cookies(request.headers()).any(|cookie| shared.gate.knows_cookie(cookie, now));
    match code {
        Some(code) if shared.gate.is_live(&code) => {
            html(StatusCode::OK, &Try { page: &shared.page })
        }
        // Somebody in a session who goes back to the link.
        Some(_) if in_session => redirect("/try"),
        Some(_) => letter(StatusCode::FORBIDDEN, &SPENT),
        None if in_session => html(StatusCode::OK, &Try { page: &shared.page }),
        None => letter(StatusCode::FORBIDDEN, &NO_CODE),
    }
}

/// Sends a browser that came by another of our names to the page's own origin.
fn elsewhere(page: &TryPage, headers: &HeaderMap, query: &str) -> Option<Response> {
    let host = single(headers, header::HOST)?;
    if host.eq_ignore_ascii_case(page.host()) {
        return None;
    }
    let separator = if query.is_empty() { "" } else { "?" };
    Some(redirect(&format!("{}/try{separator}{query}", page.origin)))
}

fn redirect(target: &str) -> Response {
    match HeaderValue::try_from(target) {
        Ok(target) => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, target)]).into_response()
        }
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn file(Path(name): Path<String>) -> Response {
    match assets::find(&name) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.media_type)], asset.content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct OpenSession {
    code: String,
}

async fn open_session(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let Ok(body) = to_bytes(request.into_body(), LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Ok(OpenSession { code }) = serde_json::from_slice(&body) else {
        return refused(
            StatusCode::BAD_REQUEST,
            "INVALID_REQUEST",
            "A code is needed.",
        );
    };
    let opened = shared
        .gate
        .open(&code, shared.clock.now(), shared.random.as_ref());
    let Some(opened) = opened else {
        tracing::warn!("a link of the page /try was refused: its code is spent or wrong");
        return refused(
            StatusCode::FORBIDDEN,
            "LINK_SPENT",
            "The link was used already.",
        );
    };
    let secure = if shared.page.origin.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{COOKIE}={}; Path=/try; HttpOnly; SameSite=Strict{secure}",
        opened.cookie.expose()
    );
    let mut response = json(
        StatusCode::OK,
        &serde_json::json!({ "key": opened.key.expose() }),
    );
    if let Ok(mut cookie) = HeaderValue::try_from(cookie) {
        cookie.set_sensitive(true);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

async fn token(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !is_admitted(&shared.gate, &headers, shared.clock.now()) {
        return refused(
            StatusCode::UNAUTHORIZED,
            "NO_SESSION",
            "There is no such session.",
        );
    }
    match shared.tokens.token().await {
        Ok(AccessToken { token, expires_in }) => json(
            StatusCode::OK,
            &serde_json::json!({
                "access_token": token.expose(),
                "token_type": "Bearer",
                "expires_in": expires_in,
            }),
        ),
        Err(error) => {
            tracing::error!(%error, "the page /try got no access token");
            refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                "UNEXPECTED_ERROR",
                "No token can be had.",
            )
        }
    }
}

fn is_admitted(gate: &Gate, headers: &HeaderMap, now: Timestamp) -> bool {
    let Some(key) = headers
        .get(KEY_HEADER)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    cookies(headers).any(|cookie| gate.admits(cookie, key, now))
}

/// The values of our cookie. Another program on this host may have set one of the same name, so
/// there can be several.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter_map(|(name, value)| (name == COOKIE).then_some(value))
}

fn letter(status: StatusCode, letter: &Letter) -> Response {
    html(status, letter)
}

fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (
            status,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    json(
        status,
        &serde_json::json!({ "code": code, "message": message }),
    )
}

fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    let body = Body::from(value.to_string());
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
