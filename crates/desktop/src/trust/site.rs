//! The site of an origin: its registrable domain by the public suffix list. What is counted for a site
//! (a declined first pairing) is counted here; whether two origins are of one site says
//! [`countersign_desktop_protocol::site::same_site`].

use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::origin::Origin;
use countersign_desktop_protocol::site::registrable;

/// A site: `example.co.uk` for `login.example.co.uk`. In development all loopback hosts are one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Site(String);

impl Site {
    /// The site of an origin; `None` for addresses, single labels and public suffixes.
    pub fn of(origin: &Origin, development: Development) -> Option<Self> {
        if origin.is_loopback_host() {
            return development
                .is_on()
                .then(|| Self("this computer".to_owned()));
        }
        registrable(origin).map(|domain| Self(domain.to_owned()))
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        use Development::{No, Yes};
        let cases = [
            ("https://login.example.com", No, Some("example.com")),
            ("https://a.b.example.co.uk", No, Some("example.co.uk")),
            ("https://co.uk", No, None),
            ("https://192.0.2.1", No, None),
            ("https://localhost", No, None),
            ("http://localhost:1", Yes, Some("this computer")),
            ("http://127.9.9.9", Yes, Some("this computer")),
            ("https://login.example.com", Yes, Some("example.com")),
        ];
        for (origin, development, expected) in cases {
            let site = Site::of(&Origin::parse(origin).unwrap(), development);
            assert_eq!(site.as_ref().map(Site::as_str), expected, "{origin}");
        }
    }
}
