//! Sites: which hosts belong to one owner.

use crate::Development;
use crate::origin::Origin;

/// Whether two origins are of one site: both https, with the same registrable domain (public suffix
/// list). In development all loopback hosts, on any port and of either scheme, are one site.
///
/// A first pairing trusts an issuer only when it is of the page's own site.
pub fn same_site(one: &Origin, other: &Origin, development: Development) -> bool {
    if one.is_loopback_host() || other.is_loopback_host() {
        return development.is_on() && one.is_loopback_host() && other.is_loopback_host();
    }
    one.is_https()
        && other.is_https()
        && match (registrable(one), registrable(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        }
}

/// The registrable domain of an origin: one label more than its public suffix. IP addresses and
/// public suffixes have none.
pub fn registrable(origin: &Origin) -> Option<&str> {
    psl::domain_str(origin.domain()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        use Development::{No, Yes};
        for (one, other, development, expected) in [
            (
                "https://a.example.com",
                "https://auth.example.com",
                No,
                true,
            ),
            ("https://example.com:8443", "https://example.com", No, true),
            (
                "https://a.example.co.uk",
                "https://b.example.co.uk",
                No,
                true,
            ),
            ("https://a.co.uk", "https://b.co.uk", No, false),
            ("https://one.github.io", "https://two.github.io", No, false),
            ("https://github.io", "https://github.io", No, false),
            ("https://example.com", "https://example.org", No, false),
            (
                "http://a.example.com",
                "https://auth.example.com",
                Yes,
                false,
            ),
            ("https://203.0.113.7", "https://203.0.113.7", No, false),
            ("http://localhost:8080", "http://127.0.0.1:9000", Yes, true),
            ("http://app.localhost", "http://[::1]:8080", Yes, true),
            ("http://localhost:8080", "http://localhost:8080", No, false),
            ("https://localhost", "https://localhost", No, false),
            ("http://localhost", "https://example.com", Yes, false),
        ] {
            let (a, b) = (Origin::parse(one).unwrap(), Origin::parse(other).unwrap());
            assert_eq!(
                same_site(&a, &b, development),
                expected,
                "{one} {other} {development:?}"
            );
            assert_eq!(
                same_site(&b, &a, development),
                expected,
                "{other} {one} {development:?}"
            );
        }
    }
}
