//! The response headers that do not depend on the request.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::links::Links;

const ALLOW_ORIGIN: HeaderName = header::ACCESS_CONTROL_ALLOW_ORIGIN;

/// What a page of any origin may send. Credentials of the browser are of no use here: only a token
/// in the `Authorization` header counts.
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "Content-Type,Content-Disposition,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,\
     Correlation-Id",
);

/// Headers of every answer.
pub(crate) fn common(links: &Links) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(24);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store, max-age=0, must-revalidate"),
    );
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::EXPIRES, HeaderValue::from_static("0"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        links.strict_transport_security(),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::X_XSS_PROTECTION, HeaderValue::from_static("0"));
    headers
}

/// Adds what lets pages of any origin read the answer.
pub(crate) fn add_cors(headers: &mut HeaderMap, methods: &HeaderValue) {
    headers.insert(ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
}

/// How long a browser may remember the answer to a preflight, in seconds.
pub(crate) const PREFLIGHT_LIFE: HeaderValue = HeaderValue::from_static("600");
