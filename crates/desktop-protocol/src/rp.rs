//! Relying party ids.

use std::fmt;

use serde::{Serialize, Serializer};
use url::Host;

use crate::Development;

/// A relying party id: a domain under which origins may use a credential (Web Authentication
/// Level 3, "RP ID").
///
/// It is a lower-case ASCII domain of two labels or more, written exactly as a browser would write
/// it. Public suffixes (`com`, `co.uk`, `github.io`), single labels and IP addresses are refused:
/// whoever controls one name under them would share the credential with strangers. `localhost` is
/// allowed in development.
///
/// There is no `Deserialize`, because the rule needs to know whether this is development.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RpId(String);

/// Why something is not a relying party id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RpIdError {
    /// Not a domain name, or one with a port, a trailing dot or foreign characters.
    #[error("the relying party id is not a domain name")]
    NotADomain,
    /// A domain name in another spelling: upper case, or an international name not in its ASCII form.
    #[error("the relying party id is not in its lower-case ASCII form")]
    NotCanonical,
    /// An IP address.
    #[error("the relying party id is an IP address")]
    IpAddress,
    /// A name of one label.
    #[error("the relying party id is a single label")]
    SingleLabel,
    /// A public suffix, under which strangers can register names.
    #[error("the relying party id is a public suffix")]
    PublicSuffix,
    /// `localhost` outside development, or a name beneath it.
    #[error("`localhost` is a relying party id in development only, and names beneath it are none")]
    Localhost,
}

impl RpId {
    /// Reads a relying party id. Values that passed the rule before may be read with
    /// [`Development::Yes`].
    pub fn parse(text: &str, development: Development) -> Result<Self, RpIdError> {
        if text == "localhost" {
            return match development {
                Development::Yes => Ok(Self(text.to_owned())),
                Development::No => Err(RpIdError::Localhost),
            };
        }
        check_spelling(text)?;
        if text.ends_with(".localhost") {
            return Err(RpIdError::Localhost);
        }
        if !text.contains('.') {
            return Err(RpIdError::SingleLabel);
        }
        if is_public_suffix(text) {
            return Err(RpIdError::PublicSuffix);
        }
        Ok(Self(text.to_owned()))
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the relying party of development.
    pub fn is_localhost(&self) -> bool {
        self.0 == "localhost"
    }
}

/// A domain of letters, digits and hyphens, spelled as the URL standard's host parser spells it.
fn check_spelling(text: &str) -> Result<(), RpIdError> {
    let canonical = match Host::parse(text) {
        Ok(Host::Domain(canonical)) => canonical,
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(RpIdError::IpAddress),
        Err(_) if text.parse::<std::net::IpAddr>().is_ok() => return Err(RpIdError::IpAddress),
        Err(_) => return Err(RpIdError::NotADomain),
    };
    if !is_domain(&canonical) {
        return Err(RpIdError::NotADomain);
    }
    if canonical != text {
        return Err(RpIdError::NotCanonical);
    }
    Ok(())
}

/// Whether strangers can register names directly beneath. That is so for the suffixes of the list, and
/// for the parent of a wildcard (`*.kawasaki.jp` makes `kawasaki.jp` one, though the list's own
/// algorithm would not say so; browsers take it for one as well).
fn is_public_suffix(text: &str) -> bool {
    let beneath = format!("x.{text}");
    psl::domain_str(text).is_none() || psl::domain_str(&beneath).is_none()
}

fn is_domain(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

impl fmt::Display for RpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for RpId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for RpId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
