//! What every request to our pages has to pass, and the headers that every answer of theirs carries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};

use crate::routes::Shared;

/// Checks `Host` always and `Origin` where something is written, then adds the headers.
pub(crate) async fn guard(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match refuse(&shared, request.method(), request.headers()) {
        Some(refused) => refused.into_response(),
        None => next.run(request).await,
    };
    harden(response.headers_mut(), &shared.content_security_policy);
    response
}

fn refuse(
    shared: &Shared,
    method: &Method,
    headers: &HeaderMap,
) -> Option<(StatusCode, &'static str)> {
    let Some(host) = single(headers, header::HOST) else {
        return Some((
            StatusCode::BAD_REQUEST,
            "Exactly one Host header is needed.\n",
        ));
    };
    if !shared.page.serves_host(host) {
        // A name of somebody else's that was made to point here (DNS rebinding).
        return Some((
            StatusCode::MISDIRECTED_REQUEST,
            "This server does not go by that name.\n",
        ));
    }
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    let own = single(headers, header::ORIGIN) == Some(shared.page.origin.as_str())
        && shared.page.host() == host;
    // Sent by every present browser, and not to be set by scripts.
    let same_site = headers
        .get_all("sec-fetch-site")
        .iter()
        .all(|value| value.as_bytes() == b"same-origin");
    if !own || !same_site {
        return Some((StatusCode::FORBIDDEN, "Only the page itself may do this.\n"));
    }
    None
}

/// The value of a header that must occur exactly once.
pub(crate) fn single(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// The policy of the page: everything from here, the authenticator's port beside it, no frames.
pub(crate) fn content_security_policy(desktop_port: u16) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self' http://localhost:{desktop_port} http://127.0.0.1:{desktop_port}; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
         require-trusted-types-for 'script'"
    )
}

fn harden(headers: &mut HeaderMap, policy: &HeaderValue) {
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
