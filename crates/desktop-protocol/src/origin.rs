//! Web origins, and which of them may use a relying party's credentials.

use std::fmt;
use std::net::Ipv6Addr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

use crate::Development;
use crate::rp::RpId;

/// A web origin of scheme `https` or `http`; shown as its ASCII serialisation, as in the `Origin`
/// header (RFC 6454 §6.2): `https://login.example.com`, `http://localhost:8080`.
///
/// In JSON it is that text, and reading takes no other spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    https: bool,
    host: Host,
    /// `None` where it is the default of the scheme.
    port: Option<u16>,
}

/// Why an origin is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not an absolute http or https URL with a host.
    #[error("not an http or https origin")]
    NotAnOrigin,
    /// It carries a user name or password.
    #[error("an origin has no user name or password")]
    UserInfo,
    /// Not spelled as browsers spell origins.
    #[error("the origin is not in its ASCII form")]
    NotExact,
    /// Plain http outside development, or with a host that is not a loopback one.
    #[error("the origin is not https")]
    NotHttps,
    /// Its host is neither the relying party id nor beneath it.
    #[error("the origin does not belong to the relying party")]
    NotOfRelyingParty,
    /// It is not in the exact list.
    #[error("the origin is not one of the allowed origins")]
    NotListed,
}

impl Origin {
    /// Reads the origin of an absolute URL; path, query and fragment are ignored. A name with a dot
    /// at its end is refused: browsers take it for another host, people do not.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        // The URL standard drops tabs and newlines and takes a backslash for a slash. Browsers do so
        // long before there is an origin; in a value that should be one it is a trick.
        if text
            .bytes()
            .any(|byte| byte <= b' ' || byte == b'\\' || byte == 0x7f)
        {
            return Err(OriginError::NotAnOrigin);
        }
        let url = Url::parse(text).map_err(|_| OriginError::NotAnOrigin)?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(OriginError::NotAnOrigin),
        };
        // The standard reads `https:host` and `https:///host` as `https://host`; here they are nothing.
        let rest = text
            .get(url.scheme().len()..)
            .and_then(|rest| rest.strip_prefix("://"));
        let rest = rest.ok_or(OriginError::NotAnOrigin)?;
        if rest.starts_with('/') {
            return Err(OriginError::NotAnOrigin);
        }
        if has_user_info(rest) {
            return Err(OriginError::UserInfo);
        }
        let host = url.host().ok_or(OriginError::NotAnOrigin)?.to_owned();
        if matches!(&host, Host::Domain(name) if name.ends_with('.') || name.is_empty()) {
            return Err(OriginError::NotAnOrigin);
        }
        Ok(Self {
            https,
            host,
            port: url.port(),
        })
    }

    /// Reads an origin that has to be spelled exactly as browsers spell it, with nothing after it.
    pub fn parse_exact(text: &str) -> Result<Self, OriginError> {
        let origin = Self::parse(text)?;
        if origin.to_string() == text {
            Ok(origin)
        } else {
            Err(OriginError::NotExact)
        }
    }

    /// Whether the scheme is https.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The host as it stands in the origin: a name, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> String {
        self.host.to_string()
    }

    /// The host, where it is a name.
    pub fn domain(&self) -> Option<&str> {
        match &self.host {
            Host::Domain(name) => Some(name),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }

    /// The port, where it is not the default of the scheme.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether the host is `localhost`, beneath it, in 127.0.0.0/8, or `[::1]`.
    pub fn is_loopback_host(&self) -> bool {
        match &self.host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => *address == Ipv6Addr::LOCALHOST,
        }
    }

    /// Whether the host is the relying party id or beneath it, label by label.
    pub fn within(&self, rp: &RpId) -> bool {
        self.domain()
            .is_some_and(|host| match host.strip_suffix(rp.as_str()) {
                Some(rest) => rest.is_empty() || rest.ends_with('.'),
                None => false,
            })
    }
}

/// Whether the authority of a URL (given from there on) has an `@`, even an empty one as in
/// `https://@host`, which a parsed URL no longer shows.
fn has_user_info(rest: &str) -> bool {
    rest.split(['/', '?', '#'])
        .next()
        .is_some_and(|authority| authority.contains('@'))
}

/// Whether an origin may carry a ceremony for a relying party.
///
/// * https, unless in development, for a loopback host and the relying party `localhost`;
/// * the host is the relying party id or beneath it (the rule of Web Authentication Level 3); in
///   development every loopback host belongs to `localhost`;
/// * and, where there is an exact list, in it. An empty list is no list.
pub fn allowed(
    origin: &Origin,
    rp: &RpId,
    exact: &[Origin],
    development: Development,
) -> Result<(), OriginError> {
    let loopback = development.is_on() && rp.is_localhost() && origin.is_loopback_host();
    if !origin.is_https() && !loopback {
        return Err(OriginError::NotHttps);
    }
    let related = loopback || (!rp.is_localhost() && origin.within(rp));
    if !related {
        return Err(OriginError::NotOfRelyingParty);
    }
    if exact.is_empty() || exact.contains(origin) {
        Ok(())
    } else {
        Err(OriginError::NotListed)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}",
            if self.https { "https" } else { "http" },
            self.host
        )?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl std::str::FromStr for Origin {
    type Err = OriginError;

    /// As [`Origin::parse`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_exact(&text).map_err(serde::de::Error::custom)
    }
}
