//! Which relying party ids there are, and which origins may use them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    missing_docs,
    reason = "tests"
)]

use countersign_desktop_protocol::Development::{self, No, Yes};
use countersign_desktop_protocol::origin::{Origin, OriginError, allowed};
use countersign_desktop_protocol::rp::{RpId, RpIdError};
use proptest::prelude::*;

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

fn rp(text: &str) -> RpId {
    RpId::parse(text, Yes).unwrap()
}

#[test]
fn relying_party_ids() {
    use RpIdError::{IpAddress, Localhost, NotADomain, NotCanonical, PublicSuffix, SingleLabel};
    let long_label = format!("{}.example", "a".repeat(64));
    let long_name = format!("{}example", "abcdefghi.".repeat(25));
    for (text, expected) in [
        ("example.com", Ok(())),
        ("login.example.com", Ok(())),
        ("a-b.example.co.uk", Ok(())),
        ("1and1.example", Ok(())),
        ("123.example.com", Ok(())),
        // Names that only exist inside a company: their last label is not on the public suffix list.
        ("login.corp.internal", Ok(())),
        ("xn--bcher-kva.example", Ok(())),
        ("city.kawasaki.jp", Ok(())),
        // Public suffixes, of registries and of companies that let others register beneath.
        ("co.uk", Err(PublicSuffix)),
        ("github.io", Err(PublicSuffix)),
        ("me.github.io", Ok(())),
        ("kawasaki.jp", Err(PublicSuffix)),
        ("foo.ck", Err(PublicSuffix)),
        ("www.ck", Ok(())),
        ("xn--55qx5d.cn", Err(PublicSuffix)),
        ("com", Err(SingleLabel)),
        ("intranet", Err(SingleLabel)),
        ("test", Err(SingleLabel)),
        // Other spellings of a name that would be right.
        ("Example.com", Err(NotCanonical)),
        ("EXAMPLE.COM", Err(NotCanonical)),
        ("bücher.example", Err(NotCanonical)),
        ("xn--BCHER-kva.example", Err(NotCanonical)),
        ("ｅｘａｍｐｌｅ.com", Err(NotCanonical)),
        ("example。com", Err(NotCanonical)),
        ("ex%61mple.com", Err(NotCanonical)),
        // Look-alikes are other names, not wrong ones, once they are in ASCII.
        ("xn--xample-9uf.com", Ok(())),
        ("еxample.com", Err(NotCanonical)),
        // Not names.
        ("", Err(NotADomain)),
        (".", Err(NotADomain)),
        ("example.com.", Err(NotADomain)),
        (".example.com", Err(NotADomain)),
        ("example..com", Err(NotADomain)),
        ("*.example.com", Err(NotADomain)),
        ("exa_mple.com", Err(NotADomain)),
        ("-a.example.com", Err(NotADomain)),
        ("a-.example.com", Err(NotADomain)),
        ("example.com:443", Err(NotADomain)),
        ("https://example.com", Err(NotADomain)),
        ("example.com/", Err(NotADomain)),
        ("user@example.com", Err(NotADomain)),
        (" example.com", Err(NotADomain)),
        ("example.com\n", Err(NotADomain)),
        ("exam\tple.com", Err(NotADomain)),
        ("example.com\0", Err(NotADomain)),
        ("xn--a.example", Err(NotADomain)),
        (&long_label, Err(NotADomain)),
        (&long_name, Err(NotADomain)),
        // Addresses, in all the spellings that browsers take for one.
        ("127.0.0.1", Err(IpAddress)),
        ("203.0.113.7", Err(IpAddress)),
        ("0x7f.1", Err(IpAddress)),
        ("2130706433", Err(IpAddress)),
        ("0177.0.0.1", Err(IpAddress)),
        ("[::1]", Err(IpAddress)),
        ("::1", Err(IpAddress)),
        ("[2001:db8::1]", Err(IpAddress)),
        ("1.2.3.4.5", Err(NotADomain)),
        ("example.1", Err(NotADomain)),
        // Development.
        ("app.localhost", Err(Localhost)),
        ("LOCALHOST", Err(NotCanonical)),
        ("localhost.", Err(NotADomain)),
        ("localhost.example.com", Ok(())),
    ] {
        for development in [No, Yes] {
            assert_eq!(
                RpId::parse(text, development).map(|_| ()),
                expected,
                "{text:?}"
            );
        }
    }
    assert_eq!(RpId::parse("localhost", No), Err(Localhost));
    assert!(RpId::parse("localhost", Yes).unwrap().is_localhost());
    assert!(!rp("example.com").is_localhost());
}

#[test]
fn origins_as_they_are_read() {
    use OriginError::{NotAnOrigin, UserInfo};
    for (text, expected) in [
        ("https://login.example.com", Ok("https://login.example.com")),
        (
            "https://login.example.com/",
            Ok("https://login.example.com"),
        ),
        (
            "https://login.example.com/a/b?c=d@e#f",
            Ok("https://login.example.com"),
        ),
        (
            "https://login.example.com?x",
            Ok("https://login.example.com"),
        ),
        (
            "https://login.example.com:443",
            Ok("https://login.example.com"),
        ),
        (
            "https://login.example.com:8443/x",
            Ok("https://login.example.com:8443"),
        ),
        ("http://localhost:80", Ok("http://localhost")),
        ("http://localhost:443", Ok("http://localhost:443")),
        ("HTTPS://Login.EXAMPLE.com", Ok("https://login.example.com")),
        (
            "https://bücher.example",
            Ok("https://xn--bcher-kva.example"),
        ),
        (
            "https://BÜCHER.example/x",
            Ok("https://xn--bcher-kva.example"),
        ),
        ("https://127.1:9410", Ok("https://127.0.0.1:9410")),
        ("https://0x7f000001", Ok("https://127.0.0.1")),
        ("http://[::1]:9410", Ok("http://[::1]:9410")),
        ("http://[0:0:0:0:0:0:0:1]", Ok("http://[::1]")),
        ("https://ex%61mple.com", Ok("https://example.com")),
        ("", Err(NotAnOrigin)),
        ("null", Err(NotAnOrigin)),
        ("login.example.com", Err(NotAnOrigin)),
        ("//login.example.com", Err(NotAnOrigin)),
        ("https:login.example.com", Err(NotAnOrigin)),
        ("https:/login.example.com", Err(NotAnOrigin)),
        ("https://", Err(NotAnOrigin)),
        ("https:///example.com", Err(NotAnOrigin)),
        ("https://:443", Err(NotAnOrigin)),
        ("https://example.com:99999", Err(NotAnOrigin)),
        ("https://example.com:x", Err(NotAnOrigin)),
        ("https://exa mple.com", Err(NotAnOrigin)),
        ("https://example.com.", Err(NotAnOrigin)),
        ("https://example.com./x", Err(NotAnOrigin)),
        ("https://localhost.:1", Err(NotAnOrigin)),
        ("ftp://example.com", Err(NotAnOrigin)),
        ("file:///etc/passwd", Err(NotAnOrigin)),
        ("wss://example.com", Err(NotAnOrigin)),
        ("chrome-extension://abcdefgh", Err(NotAnOrigin)),
        ("javascript:alert(1)//https://example.com", Err(NotAnOrigin)),
        ("data:text/html,https://example.com", Err(NotAnOrigin)),
        ("blob:https://example.com/1", Err(NotAnOrigin)),
        (" https://example.com", Err(NotAnOrigin)),
        ("https://example.com\n", Err(NotAnOrigin)),
        ("https://example.com\t.evil.test", Err(NotAnOrigin)),
        ("ht\ntps://example.com", Err(NotAnOrigin)),
        ("https://evil.test\\.example.com", Err(NotAnOrigin)),
        ("https:\\\\example.com", Err(NotAnOrigin)),
        ("https://example.com@evil.test", Err(UserInfo)),
        ("https://a:b@example.com", Err(UserInfo)),
        ("https://@example.com", Err(UserInfo)),
        ("https://:@example.com", Err(UserInfo)),
    ] {
        let read = Origin::parse(text).map(|origin| origin.to_string());
        assert_eq!(read, expected.map(str::to_owned), "{text:?}");
    }
}

#[test]
fn exact_origins() {
    for text in [
        "https://login.example.com",
        "https://login.example.com:8443",
        "http://localhost",
        "http://localhost:8080",
        "http://127.0.0.1:9410",
        "http://[::1]:9410",
        "https://xn--bcher-kva.example",
    ] {
        let origin = Origin::parse_exact(text).unwrap();
        assert_eq!(origin.to_string(), text);
        let json = serde_json::to_string(&origin).unwrap();
        assert_eq!(serde_json::from_str::<Origin>(&json).unwrap(), origin);
    }
    for text in [
        "https://login.example.com/",
        "https://login.example.com/x",
        "https://login.example.com:443",
        "https://Login.example.com",
        "HTTPS://login.example.com",
        "https://bücher.example",
        "http://127.1",
        "https://login.example.com#",
        "https://login.example.com?",
    ] {
        assert_eq!(
            Origin::parse_exact(text),
            Err(OriginError::NotExact),
            "{text}"
        );
        assert!(
            serde_json::from_value::<Origin>(text.into()).is_err(),
            "{text}"
        );
    }
}

#[test]
fn loopback_hosts() {
    for (text, expected) in [
        ("http://localhost", true),
        ("http://LOCALHOST:1", true),
        ("http://app.localhost", true),
        ("http://a.b.localhost", true),
        ("http://127.0.0.1", true),
        ("http://127.255.255.254", true),
        ("http://127.1", true),
        ("http://[::1]", true),
        ("http://localhost.example.com", false),
        ("http://notlocalhost", false),
        ("http://128.0.0.1", false),
        ("http://0.0.0.0", false),
        ("http://10.0.0.1", false),
        ("http://[::]", false),
        ("http://[::ffff:127.0.0.1]", false),
        ("http://[fe80::1]", false),
        ("http://127.0.0.1.example.com", false),
    ] {
        assert_eq!(origin(text).is_loopback_host(), expected, "{text}");
    }
}

#[test]
fn which_origins_may_use_a_relying_party() {
    use OriginError::{NotHttps, NotOfRelyingParty};
    type Row = (
        &'static str,
        &'static str,
        Development,
        Result<(), OriginError>,
    );
    let rows: [Row; 41] = [
        ("https://example.com", "example.com", No, Ok(())),
        ("https://login.example.com", "example.com", No, Ok(())),
        ("https://a.b.c.example.com", "example.com", No, Ok(())),
        ("https://login.example.com:8443", "example.com", No, Ok(())),
        ("https://LOGIN.Example.Com", "example.com", No, Ok(())),
        ("https://login.example.com", "login.example.com", No, Ok(())),
        (
            "https://xn--bcher-kva.example",
            "xn--bcher-kva.example",
            No,
            Ok(()),
        ),
        (
            "https://bücher.example",
            "xn--bcher-kva.example",
            No,
            Ok(()),
        ),
        // Look-alikes.
        (
            "https://example.com.evil.test",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://notexample.com",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://not-example.com",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://example.com-evil.test",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://example.co",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://xample.com",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://evil.test",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://evil.test/https://example.com",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://evil.test?example.com",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://evil.test#.example.com",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://еxample.com",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://example.com%2eevil.test",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        // Upwards and sideways.
        (
            "https://example.com",
            "login.example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://app.example.com",
            "login.example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        ("https://com", "example.com", No, Err(NotOfRelyingParty)),
        // Addresses.
        (
            "https://203.0.113.7",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://[2001:db8::1]",
            "example.com",
            No,
            Err(NotOfRelyingParty),
        ),
        (
            "https://127.0.0.1",
            "example.com",
            Yes,
            Err(NotOfRelyingParty),
        ),
        // Plain http.
        ("http://example.com", "example.com", No, Err(NotHttps)),
        ("http://example.com", "example.com", Yes, Err(NotHttps)),
        ("http://evil.test", "localhost", Yes, Err(NotHttps)),
        ("http://localhost", "example.com", Yes, Err(NotHttps)),
        ("http://localhost", "localhost", No, Err(NotHttps)),
        ("https://localhost", "localhost", No, Err(NotOfRelyingParty)),
        (
            "https://evil.test",
            "localhost",
            Yes,
            Err(NotOfRelyingParty),
        ),
        (
            "https://localhost.evil.test",
            "localhost",
            Yes,
            Err(NotOfRelyingParty),
        ),
        // Development: every loopback host, any port, either scheme.
        ("http://localhost", "localhost", Yes, Ok(())),
        ("http://localhost:8080", "localhost", Yes, Ok(())),
        ("https://localhost:8443", "localhost", Yes, Ok(())),
        ("http://app.localhost:3000", "localhost", Yes, Ok(())),
        ("http://127.0.0.1:8080", "localhost", Yes, Ok(())),
        ("http://127.9.9.9", "localhost", Yes, Ok(())),
        ("http://[::1]:8080", "localhost", Yes, Ok(())),
    ];
    for (text, id, development, expected) in rows {
        assert_eq!(
            allowed(&origin(text), &rp(id), &[], development),
            expected,
            "{text} for {id}, development {development:?}"
        );
    }
}

#[test]
fn exact_lists_narrow_and_never_widen() {
    use OriginError::{NotHttps, NotListed, NotOfRelyingParty};
    let list = [
        "https://login.example.com",
        "https://a.example.com:8443",
        "https://evil.test",
    ]
    .map(origin);
    for (text, expected) in [
        ("https://login.example.com", Ok(())),
        ("https://login.example.com:443/x", Ok(())),
        ("https://a.example.com:8443", Ok(())),
        ("https://a.example.com", Err(NotListed)),
        ("https://example.com", Err(NotListed)),
        ("https://x.login.example.com", Err(NotListed)),
        ("http://login.example.com", Err(NotHttps)),
        // In the list, and yet not of the relying party.
        ("https://evil.test", Err(NotOfRelyingParty)),
    ] {
        assert_eq!(
            allowed(&origin(text), &rp("example.com"), &list, No),
            expected,
            "{text}"
        );
    }
    let list = [origin("http://localhost:8080")];
    let may = |text: &str| allowed(&origin(text), &rp("localhost"), &list, Yes);
    assert_eq!(may("http://localhost:8080"), Ok(()));
    assert_eq!(may("http://localhost:8081"), Err(NotListed));
    assert_eq!(may("http://127.0.0.1:8080"), Err(NotListed));
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC*|[a-zA-Z0-9:/@.\\[\\]%#?-]{0,40}") {
        let _ = Origin::parse(&text);
        let _ = Origin::parse_exact(&text);
        let _ = RpId::parse(&text, Yes);
        let _ = RpId::parse(&text, No);
    }

    #[test]
    fn what_is_shown_is_exact(text in "https?://[a-z0-9.-]{1,12}(:[0-9]{1,5})?(/[a-z]*)?") {
        if let Ok(read) = Origin::parse(&text) {
            prop_assert_eq!(Origin::parse_exact(&read.to_string()), Ok(read));
        }
    }

    /// A host is within a relying party exactly when its labels end with those of the id.
    #[test]
    fn within_is_by_label(host in "([ab]{1,2}\\.){1,4}(test|com)", id in "([ab]{1,2}\\.){1,2}(test|com)") {
        let by_label = || {
            let host: Vec<_> = host.split('.').rev().collect();
            let id: Vec<_> = id.split('.').rev().collect();
            host.starts_with(&id)
        };
        if let Ok(id) = RpId::parse(&id, No) {
            prop_assert_eq!(origin(&format!("https://{host}")).within(&id), by_label());
        }
    }
}
