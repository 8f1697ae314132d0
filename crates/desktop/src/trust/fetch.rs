//! Fetching a small document from an issuer: no redirects, five seconds, 64 KiB, TLS by the roots of
//! the platform (also those that `SSL_CERT_FILE` names). Loopback hosts are reached without a proxy and
//! never looked up: their names always mean this computer.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, DATE};
use reqwest::redirect::Policy;
use thiserror::Error;
use url::Url;

use super::issuer::is_loopback;

/// Time for a whole fetch.
const TIME: Duration = Duration::from_secs(5);
/// Largest document (bytes).
const LARGEST: usize = 64 * 1024;

/// A document that was fetched.
#[derive(Debug)]
pub struct Document {
    /// Its content.
    pub body: Vec<u8>,
    /// How long it may be kept by its `Cache-Control` (seconds), if it says.
    pub max_age: Option<i64>,
    /// The server's clock, as its `Date` header shows it.
    pub date: Option<String>,
}

/// Why a document could not be had.
#[derive(Debug, Error)]
pub enum FetchError {
    /// There is no such document.
    #[error("{0} answered 404")]
    NotFound(String),
    /// Another answer than 200; a redirect too.
    #[error("{0} answered {1}")]
    Status(String, u16),
    /// More than 64 KiB.
    #[error("{0} sent too much")]
    TooLarge(String),
    /// No answer.
    #[error("{0} could not be reached: {1}")]
    Unreachable(String, String),
}

/// Fetches a document.
///
/// # Errors
/// [`FetchError`].
pub async fn fetch(url: &Url) -> Result<Document, FetchError> {
    let place = || format!("{}://{}", url.scheme(), url.authority());
    let unreachable = |error: reqwest::Error| FetchError::Unreachable(place(), reason(&error));
    // A client for each fetch: there is one an hour, and idle connections and a parsed root store would
    // cost memory all day.
    let client = client(url).map_err(unreachable)?;
    let mut response = client.get(url.clone()).send().await.map_err(unreachable)?;
    match response.status().as_u16() {
        200 => {}
        404 => return Err(FetchError::NotFound(place())),
        status => return Err(FetchError::Status(place(), status)),
    }
    let text = |name| {
        response
            .headers()
            .get(name)
            .and_then(|v| v.to_str().ok())
            .map(str::to_owned)
    };
    let max_age = text(CACHE_CONTROL).and_then(|value| max_age(&value));
    let date = text(DATE);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(FetchError::TooLarge(place()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Document {
        body,
        max_age,
        date,
    })
}

fn client(url: &Url) -> reqwest::Result<reqwest::Client> {
    // Does nothing if one is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("countersign-desktop/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .timeout(TIME)
        .pool_max_idle_per_host(0);
    if url.host().is_some_and(|host| is_loopback(&host)) {
        builder = builder.no_proxy();
        if let Some(name) = url.domain() {
            let here = [
                SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
            ];
            builder = builder.resolve_to_addrs(name, &here);
        }
    }
    if url.scheme() == "http" {
        // No certificate is looked at: a computer without a root store can still do this.
        builder = builder.tls_certs_only([]);
    }
    builder.build()
}

/// The innermost reason, which is the one that a person can act on.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.is_timeout() {
        "it took too long".to_owned()
    } else {
        innermost.to_string()
    }
}

/// Seconds of `max-age` (RFC 9111 §5.2.2); 0 for `no-store` and `no-cache`.
fn max_age(value: &str) -> Option<i64> {
    let directives = || {
        value
            .split(',')
            .map(|directive| directive.trim().to_ascii_lowercase())
    };
    if directives().any(|directive| directive == "no-store" || directive == "no-cache") {
        return Some(0);
    }
    directives().find_map(|directive| {
        directive
            .strip_prefix("max-age=")?
            .trim_matches('"')
            .parse()
            .ok()
            .filter(|age| *age >= 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_control() {
        let cases = [
            ("max-age=60", Some(60)),
            ("public, Max-Age=3600, must-revalidate", Some(3600)),
            ("max-age=\"5\"", Some(5)),
            ("no-store", Some(0)),
            ("max-age=60, no-cache", Some(0)),
            ("private", None),
            ("max-age=-5", None),
            ("max-age=x", None),
        ];
        for (value, expected) in cases {
            assert_eq!(max_age(value), expected, "{value}");
        }
    }
}
