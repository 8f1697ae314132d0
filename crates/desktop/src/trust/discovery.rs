//! Finding an issuer's key set: `OpenID` Connect discovery under the issuer, or RFC 8414 metadata.

use serde::Deserialize;
use thiserror::Error;
use url::Url;

use super::IssuerUrl;
use super::fetch::{Document, FetchError, fetch};

/// Why the keys of an issuer could not be had.
#[derive(Debug, Error)]
pub enum DiscoveryError {
    /// The metadata names another issuer.
    #[error("the metadata of {0} names another issuer")]
    OtherIssuer(String),
    /// The key set is on another origin than the issuer.
    #[error("the key set of {0} is on another origin")]
    ForeignKeySet(String),
    /// The document is not what it should be.
    #[error("{0} is not readable")]
    Unreadable(&'static str),
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl DiscoveryError {
    /// Whether the issuer contradicts itself, so that it is not to be trusted; otherwise it was out of reach.
    pub fn is_contradiction(&self) -> bool {
        matches!(self, Self::OtherIssuer(_) | Self::ForeignKeySet(_))
    }
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// Looks the key set's URL up in the issuer's metadata.
///
/// # Errors
/// [`DiscoveryError`].
pub async fn find_key_set(issuer: &IssuerUrl) -> Result<Url, DiscoveryError> {
    let document = match fetch(&openid_url(issuer)).await {
        Err(FetchError::NotFound(_)) => fetch(&oauth_url(issuer)).await?,
        outcome => outcome?,
    };
    key_set_url(issuer, &document)
}

fn key_set_url(issuer: &IssuerUrl, document: &Document) -> Result<Url, DiscoveryError> {
    let metadata: Metadata = serde_json::from_slice(&document.body)
        .map_err(|_| DiscoveryError::Unreadable("the metadata"))?;
    // RFC 8414 §3.3: identical, compared as text.
    if metadata.issuer != issuer.as_str() {
        return Err(DiscoveryError::OtherIssuer(issuer.as_str().to_owned()));
    }
    match Url::parse(&metadata.jwks_uri) {
        Ok(url) if url.origin() == issuer.url().origin() && url.username().is_empty() => Ok(url),
        Ok(_) => Err(DiscoveryError::ForeignKeySet(issuer.as_str().to_owned())),
        Err(_) => Err(DiscoveryError::Unreadable("the key set's address")),
    }
}

/// `OpenID` Connect Discovery 1.0 §4: the path is added to the issuer.
fn openid_url(issuer: &IssuerUrl) -> Url {
    let mut url = issuer.url().clone();
    let path = format!(
        "{}/.well-known/openid-configuration",
        url.path().trim_end_matches('/')
    );
    url.set_path(&path);
    url
}

/// RFC 8414 §3.1: the path is put between host and issuer path.
fn oauth_url(issuer: &IssuerUrl) -> Url {
    let mut url = issuer.url().clone();
    let path = url.path().trim_end_matches('/');
    let path = format!("/.well-known/oauth-authorization-server{path}");
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use countersign_desktop_protocol::Development;

    use super::*;

    fn issuer(text: &str) -> IssuerUrl {
        IssuerUrl::parse(text, Development::No).unwrap()
    }

    #[test]
    fn urls() {
        let with_path = issuer("https://a.example/e1/as");
        assert_eq!(
            openid_url(&with_path).as_str(),
            "https://a.example/e1/as/.well-known/openid-configuration"
        );
        assert_eq!(
            oauth_url(&with_path).as_str(),
            "https://a.example/.well-known/oauth-authorization-server/e1/as"
        );
        assert_eq!(
            openid_url(&issuer("https://a.example")).as_str(),
            "https://a.example/.well-known/openid-configuration"
        );
    }

    #[test]
    fn metadata_has_to_agree_with_the_issuer() {
        let cases = [
            (
                r#"{"issuer":"https://a.example/as","jwks_uri":"https://a.example/k"}"#,
                None,
            ),
            (
                r#"{"issuer":"https://a.example/as/","jwks_uri":"https://a.example/k"}"#,
                Some(true),
            ),
            (
                r#"{"issuer":"https://b.example/as","jwks_uri":"https://a.example/k"}"#,
                Some(true),
            ),
            (
                r#"{"issuer":"https://a.example/as","jwks_uri":"https://b.example/k"}"#,
                Some(true),
            ),
            (
                r#"{"issuer":"https://a.example/as","jwks_uri":"http://a.example/k"}"#,
                Some(true),
            ),
            (
                r#"{"issuer":"https://a.example/as","jwks_uri":"https://a.example:8443/k"}"#,
                Some(true),
            ),
            (
                r#"{"issuer":"https://a.example/as","jwks_uri":"k"}"#,
                Some(false),
            ),
            (r#"{"issuer":"https://a.example/as"}"#, Some(false)),
            ("<html>", Some(false)),
        ];
        for (body, expected) in cases {
            let document = Document {
                body: body.as_bytes().to_vec(),
                max_age: None,
                date: None,
            };
            let found = key_set_url(&issuer("https://a.example/as"), &document);
            assert_eq!(
                found.err().map(|error| error.is_contradiction()),
                expected,
                "{body}"
            );
        }
    }
}
