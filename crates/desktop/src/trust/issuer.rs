//! The URL of an issuer.

use countersign_desktop_protocol::Development;
use url::{Host, Url};

/// An issuer: an https URL without credentials, query and fragment; http only on loopback hosts in
/// development. Kept and compared as the text that it came as.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IssuerUrl {
    text: String,
    url: Url,
}

impl IssuerUrl {
    /// Parses an issuer; `None` if it is not one.
    pub fn parse(text: &str, development: Development) -> Option<Self> {
        let url = Self::parse_url(text, development)?;
        // Two spellings of one URL are two issuers (RFC 8414 §3.3 compares the text); accept only the
        // usual one, so that a host cannot be written in a way that looks like another.
        let usual = url.as_str();
        let same = usual == text || usual.strip_suffix('/') == Some(text);
        (same && url.query().is_none() && url.fragment().is_none()).then(|| Self {
            text: text.to_owned(),
            url,
        })
    }

    /// Parses a URL by the same rule for scheme and host, but with a query allowed.
    pub fn parse_url(text: &str, development: Development) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let plain_loopback = url.scheme() == "http"
            && development == Development::Yes
            && url.host().is_some_and(|host| is_loopback(&host));
        let fits = (url.scheme() == "https" || plain_loopback)
            && url.username().is_empty()
            && url.password().is_none()
            && url.has_host();
        fits.then_some(url)
    }

    /// As in the tokens.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its URL.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether it is reached over plain http.
    pub fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }
}

/// `localhost`, `*.localhost`, 127.0.0.0/8 or `[::1]`.
pub fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref();
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        use Development::{No, Yes};
        let cases = [
            ("https://auth.example.com/e1/as", No, true),
            ("https://auth.example.com", No, true),
            ("https://auth.example.com:8443/as", No, true),
            ("https://192.0.2.1/as", No, true),
            ("http://auth.example.com/as", No, false),
            ("http://auth.example.com/as", Yes, false),
            ("http://localhost:8080/as", No, false),
            ("http://localhost:8080/as", Yes, true),
            ("http://127.0.0.1:8080/as", Yes, true),
            ("http://[::1]:8080/as", Yes, true),
            ("http://169.254.169.254/as", Yes, false),
            ("http://localhost.evil.test/as", Yes, false),
            ("https://user@auth.example.com/as", No, false),
            ("https://auth.example.com/as?x=1", No, false),
            ("https://auth.example.com/as#x", No, false),
            ("https://AUTH.example.com/as", No, false),
            ("https://auth.example.com:443/as", No, false),
            ("https://auth.example.com/a/../as", No, false),
            ("https:auth.example.com/as", No, false),
            ("https://auth.example.com\\@evil.test/as", No, false),
            ("ftp://auth.example.com/as", No, false),
            ("urn:example", No, false),
            ("", No, false),
        ];
        for (text, development, good) in cases {
            assert_eq!(
                IssuerUrl::parse(text, development).is_some(),
                good,
                "{text}"
            );
        }
    }
}
