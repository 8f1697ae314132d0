//! The checks that need nothing but the head of the request: host, path, method, origin, fetch
//! metadata, content type. [`super::service`] calls them in this order.

use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::origin::Origin;
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Method, Uri};

use super::failure::{Failure, Kind};

/// A path that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST /register`
    Register,
    /// `POST /authenticate`
    Authenticate,
    /// `GET /status`
    Status,
}

impl Endpoint {
    /// The endpoint of a path; the query is ignored.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub fn of(uri: &Uri) -> Result<Self, Failure> {
        match uri.path() {
            "/register" => Ok(Self::Register),
            "/authenticate" => Ok(Self::Authenticate),
            "/status" => Ok(Self::Status),
            _ => Err(Kind::NotFound.into()),
        }
    }

    /// The method besides `OPTIONS`.
    pub const fn method_name(self) -> &'static str {
        match self {
            Self::Register | Self::Authenticate => "POST",
            Self::Status => "GET",
        }
    }

    /// Whether the request is a preflight.
    ///
    /// # Errors
    /// [`Kind::MethodNotAllowed`] with `Allow`.
    pub fn check_method(self, method: &Method) -> Result<Preflight, Failure> {
        if *method == Method::OPTIONS {
            return Ok(Preflight::Yes);
        }
        if method.as_str() == self.method_name() {
            return Ok(Preflight::No);
        }
        Err(Failure::from(Kind::MethodNotAllowed).allow(match self {
            Self::Status => "GET, OPTIONS",
            Self::Register | Self::Authenticate => "POST, OPTIONS",
        }))
    }
}

/// Whether a request is the browser's question before the real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preflight {
    /// `OPTIONS`
    Yes,
    /// The real request.
    No,
}

/// `Host` has to name this listener: a name that an attacker's DNS points at a loopback address does
/// not (DNS rebinding).
///
/// # Errors
/// [`Kind::WrongHost`].
pub fn check_host(uri: &Uri, headers: &HeaderMap, port: u16) -> Result<(), Failure> {
    let ours = |host: &str| {
        let is = |name: &str| {
            host.strip_prefix(name).is_some_and(|rest| {
                // Browsers leave the port out where it is the default of http.
                (rest.is_empty() && port == 80)
                    || rest
                        .strip_prefix(':')
                        .is_some_and(|text| text == port.to_string())
            })
        };
        is("localhost") || is("127.0.0.1") || is("[::1]")
    };
    let mut hosts = headers.get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        _ => None,
    };
    // A request target in absolute form stands above `Host` (RFC 9112 §3.2.2).
    let target_is_ours = uri
        .authority()
        .is_none_or(|authority| ours(authority.as_str()));
    if host.is_some_and(ours) && target_is_ours {
        Ok(())
    } else {
        Err(Kind::WrongHost.into())
    }
}

/// Exactly one `Origin`: https, or in development http on a loopback host.
///
/// # Errors
/// [`Kind::InvalidRequest`] if there is none or more than one, else [`Kind::OriginNotAllowed`].
pub fn check_origin(headers: &HeaderMap, development: Development) -> Result<Origin, Failure> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (Some(value), None) = (origins.next(), origins.next()) else {
        return Err(Failure::from(Kind::InvalidRequest)
            .target("Origin", "There has to be exactly one Origin header."));
    };
    let refused = || {
        Failure::from(Kind::OriginNotAllowed).target("Origin", "The origin has to be an https one.")
    };
    let text = value.to_str().map_err(|_| refused())?;
    // A browser sends the serialisation and nothing else: no path, no upper case, no default port.
    let origin = Origin::parse_exact(text).map_err(|_| refused())?;
    let loopback_http = development == Development::Yes && origin.is_loopback_host();
    if origin.is_https() || loopback_http {
        Ok(origin)
    } else {
        Err(refused())
    }
}

/// Fetch metadata, where the browser sends it, has to be that of a script's `fetch` in CORS mode.
///
/// # Errors
/// [`Kind::OriginNotAllowed`].
pub fn check_fetch_metadata(headers: &HeaderMap) -> Result<(), Failure> {
    let expected = [
        (HeaderName::from_static("sec-fetch-mode"), "cors"),
        (HeaderName::from_static("sec-fetch-dest"), "empty"),
    ];
    for (name, wanted) in expected {
        if headers.get_all(name).iter().any(|value| value != wanted) {
            return Err(Failure::from(Kind::OriginNotAllowed).target(
                "Sec-Fetch-Mode",
                "The request has to be a fetch in cors mode.",
            ));
        }
    }
    Ok(())
}

/// Only `application/jwt`: no form can send it, and a script only after a preflight.
///
/// # Errors
/// [`Kind::UnsupportedMediaType`].
pub fn check_content_type(headers: &HeaderMap) -> Result<(), Failure> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    if let (Some(value), None) = (types.next(), types.next())
        && let Ok(value) = value.to_str()
        && let Some(essence) = value.split(';').next()
        && essence.trim().eq_ignore_ascii_case("application/jwt")
    {
        return Ok(());
    }
    Err(Kind::UnsupportedMediaType.into())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        map
    }

    #[test]
    fn hosts() {
        let path: Uri = "/register".parse().unwrap();
        let good = ["localhost:9410", "127.0.0.1:9410", "[::1]:9410"];
        let bad = [
            "localhost",
            "localhost:",
            "localhost:94100",
            "localhost:09410",
            "localhost:+9410",
            "LOCALHOST:9410",
            "localhost.:9410",
            "127.0.0.2:9410",
            "127.1:9410",
            "0.0.0.0:9410",
            "evil.test:9410",
            "localhost.evil.test:9410",
            "evil.test",
            "[::ffff:127.0.0.1]:9410",
            "user@localhost:9410",
            "localhost:9410:1",
            "::1:9410",
            "",
            "2130706433:9410",
            "rebind.localhost:9410",
        ];
        for host in good {
            assert!(
                check_host(&path, &headers(&[("host", host)]), 9410).is_ok(),
                "{host}"
            );
        }
        for host in bad {
            assert!(
                check_host(&path, &headers(&[("host", host)]), 9410).is_err(),
                "{host}"
            );
        }
        let twice = headers(&[("host", "localhost:9410"), ("host", "evil.test")]);
        assert!(check_host(&path, &twice, 9410).is_err());
        assert!(check_host(&path, &HeaderMap::new(), 9410).is_err());
        assert!(check_host(&path, &headers(&[("host", "localhost")]), 80).is_ok());

        let ours = headers(&[("host", "localhost:9410")]);
        let absolute: Uri = "http://evil.test:9410/register".parse().unwrap();
        assert!(check_host(&absolute, &ours, 9410).is_err());
        let absolute: Uri = "http://localhost:9410/register".parse().unwrap();
        assert!(check_host(&absolute, &ours, 9410).is_ok());
    }

    #[test]
    fn origins() {
        use Development::{No, Yes};
        let cases = [
            ("https://login.example.com", No, None),
            ("https://login.example.com:8443", No, None),
            ("http://localhost:8080", Yes, None),
            ("http://127.0.0.1:8080", Yes, None),
            ("http://[::1]:8080", Yes, None),
            ("http://app.localhost", Yes, None),
            ("http://localhost:8080", No, Some(Kind::OriginNotAllowed)),
            ("http://example.com", No, Some(Kind::OriginNotAllowed)),
            ("http://example.com", Yes, Some(Kind::OriginNotAllowed)),
            ("http://10.0.0.1", Yes, Some(Kind::OriginNotAllowed)),
            ("null", Yes, Some(Kind::OriginNotAllowed)),
            ("*", No, Some(Kind::OriginNotAllowed)),
            ("", No, Some(Kind::OriginNotAllowed)),
            ("file://", No, Some(Kind::OriginNotAllowed)),
            (
                "chrome-extension://abcdefgh",
                No,
                Some(Kind::OriginNotAllowed),
            ),
            ("https://example.com/", No, Some(Kind::OriginNotAllowed)),
            ("https://example.com/path", No, Some(Kind::OriginNotAllowed)),
            ("https://example.com:443", No, Some(Kind::OriginNotAllowed)),
            ("HTTPS://example.com", No, Some(Kind::OriginNotAllowed)),
            ("https://Example.com", No, Some(Kind::OriginNotAllowed)),
            ("https://user@example.com", No, Some(Kind::OriginNotAllowed)),
            (
                "https://example.com https://evil.test",
                No,
                Some(Kind::OriginNotAllowed),
            ),
        ];
        for (origin, development, expected) in cases {
            let found = check_origin(&headers(&[("origin", origin)]), development);
            assert_eq!(
                found.err().map(|failure| failure.kind),
                expected,
                "{origin}"
            );
        }
        let none = check_origin(&HeaderMap::new(), No).err().unwrap();
        assert_eq!(none.kind, Kind::InvalidRequest);
        let two = [
            ("origin", "https://a.example"),
            ("origin", "https://a.example"),
        ];
        assert_eq!(
            check_origin(&headers(&two), No).err().unwrap().kind,
            Kind::InvalidRequest
        );
    }

    #[test]
    fn fetch_metadata() {
        let cases: [(&[(&'static str, &str)], bool); 7] = [
            (&[], true),
            (
                &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
                true,
            ),
            (&[("sec-fetch-mode", "no-cors")], false),
            (
                &[
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                ],
                false,
            ),
            (
                &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "image")],
                false,
            ),
            (
                &[("sec-fetch-mode", "cors"), ("sec-fetch-mode", "navigate")],
                false,
            ),
            (&[("sec-fetch-dest", "worker")], false),
        ];
        for (pairs, good) in cases {
            assert_eq!(
                check_fetch_metadata(&headers(pairs)).is_ok(),
                good,
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn content_types() {
        let cases = [
            ("application/jwt", true),
            ("Application/JWT; charset=utf-8", true),
            ("text/plain", false),
            ("text/plain; application/jwt", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=application/jwt", false),
            ("application/json", false),
            ("application/jwt2", false),
            ("application/jwt, text/plain", false),
            ("", false),
        ];
        for (value, good) in cases {
            let found = check_content_type(&headers(&[("content-type", value)]));
            assert_eq!(found.is_ok(), good, "{value}");
        }
        assert!(check_content_type(&HeaderMap::new()).is_err());
        let twice = [
            ("content-type", "application/jwt"),
            ("content-type", "text/plain"),
        ];
        assert!(check_content_type(&headers(&twice)).is_err());
    }

    #[test]
    fn methods() {
        let status = Endpoint::of(&"/status?x=1".parse().unwrap()).unwrap();
        assert_eq!(
            status.check_method(&Method::HEAD).unwrap_err().allow,
            Some("GET, OPTIONS")
        );
        let register = Endpoint::of(&"/register".parse().unwrap()).unwrap();
        assert_eq!(
            register.check_method(&Method::GET).unwrap_err().allow,
            Some("POST, OPTIONS")
        );
        assert_eq!(
            register.check_method(&Method::OPTIONS).unwrap(),
            Preflight::Yes
        );
        for path in ["/", "/Register", "/register/", "/status/x", "//register"] {
            assert!(Endpoint::of(&path.parse().unwrap()).is_err(), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn only_three_hosts_pass(host in "(localhost|127\\.0\\.0\\.1|\\[::1\\])?[a-z0-9.:@\\[\\]-]{0,12}") {
            let path: Uri = "/status".parse().unwrap();
            let passes = check_host(&path, &headers(&[("host", &host)]), 9410).is_ok();
            let ours = ["localhost:9410", "127.0.0.1:9410", "[::1]:9410"];
            proptest::prop_assert_eq!(passes, ours.contains(&host.as_str()));
        }
    }
}
