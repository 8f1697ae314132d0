//! Which page may read an answer. The origin is echoed exactly, never `*`, never with credentials.
//! A page whose origin is not granted gets an answer without these headers, which its browser hides.

use http::HeaderMap;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderName, HeaderValue, VARY,
};

use super::checks::Endpoint;

const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// An origin that may read the answer: the `Origin` header as it came.
#[derive(Debug, Clone)]
pub struct Grant(pub HeaderValue);

impl Grant {
    /// Adds the headers that every readable answer has.
    pub fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.0.clone());
        if headers.contains_key(http::header::RETRY_AFTER) {
            headers.insert(
                ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static("retry-after"),
            );
        }
    }

    /// Adds the further headers of a preflight answer (Fetch standard, CORS protocol).
    pub fn apply_preflight(endpoint: Endpoint, request: &HeaderMap, headers: &mut HeaderMap) {
        headers.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static(endpoint.method_name()),
        );
        headers.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("content-type"),
        );
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        headers.insert(
            VARY,
            HeaderValue::from_static("Origin, Access-Control-Request-Private-Network"),
        );
        // Older browsers asked for it before they let a public page reach a private address.
        if request
            .get(REQUEST_PRIVATE_NETWORK)
            .is_some_and(|value| value == "true")
        {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
    }
}
