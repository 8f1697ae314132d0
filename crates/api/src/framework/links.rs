//! Absolute URLs, built from the configured public bases and never from a request's `Host`.

use countersign_domain::ids::{DeviceAuthenticationId, DeviceId, EnvironmentId, UserId};
use http::{HeaderValue, Uri};

/// The public base URLs.
#[derive(Debug, Clone)]
pub struct Links {
    api: String,
    auth: String,
}

impl Links {
    /// Of the API base (ends in `/v1`) and the auth base, both without a slash behind.
    pub fn new(api_base: impl Into<String>, auth_base: impl Into<String>) -> Self {
        Self {
            api: api_base.into(),
            auth: auth_base.into(),
        }
    }

    /// The API base, which ends in `/v1`.
    pub fn api_base(&self) -> &str {
        &self.api
    }

    /// The auth base.
    pub fn auth_base(&self) -> &str {
        &self.auth
    }

    /// An environment.
    pub(crate) fn environment(&self, environment: EnvironmentId) -> String {
        format!("{}/environments/{environment}", self.api)
    }

    /// A user.
    pub(crate) fn user(&self, environment: EnvironmentId, user: UserId) -> String {
        format!("{}/environments/{environment}/users/{user}", self.api)
    }

    /// A user's devices.
    pub(crate) fn devices(&self, environment: EnvironmentId, user: UserId) -> String {
        format!(
            "{}/environments/{environment}/users/{user}/devices",
            self.api
        )
    }

    /// A device.
    pub(crate) fn device(
        &self,
        environment: EnvironmentId,
        user: UserId,
        device: DeviceId,
    ) -> String {
        format!(
            "{}/environments/{environment}/users/{user}/devices/{device}",
            self.api
        )
    }

    /// A device authentication.
    pub(crate) fn device_authentication(
        &self,
        environment: EnvironmentId,
        id: DeviceAuthenticationId,
    ) -> String {
        format!("{}/{environment}/deviceAuthentications/{id}", self.auth)
    }

    /// The URL of a request to the management API, its query percent-encoded.
    pub(crate) fn echo(&self, uri: &Uri) -> String {
        let base = self.api.strip_suffix("/v1").unwrap_or(&self.api);
        let mut href = String::with_capacity(base.len() + 128);
        href.push_str(base);
        href.push_str(uri.path());
        if let Some(query) = uri.query() {
            href.push('?');
            for byte in query.bytes() {
                push_encoded(&mut href, byte);
            }
        }
        href
    }

    /// `Strict-Transport-Security` (RFC 6797). A base that is not https, or is this computer, asks
    /// browsers to forget instead of to remember: `localhost` is shared by everything that is
    /// developed there.
    pub(crate) fn strict_transport_security(&self) -> HeaderValue {
        let host = self
            .api
            .strip_prefix("https://")
            .and_then(|rest| rest.split(['/', ':']).next());
        match host {
            Some(host) if host != "localhost" && host != "127" && !host.starts_with("127.") => {
                HeaderValue::from_static("max-age=31536000; includeSubDomains")
            }
            _ => HeaderValue::from_static("max-age=0"),
        }
    }
}

/// Writes a byte of a query that is encoded already, as far as its sender encoded it.
fn push_encoded(href: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte) {
        href.push(char::from(byte));
    } else {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        href.push('%');
        for digit in [byte >> 4, byte & 15] {
            href.push(
                DIGITS
                    .get(usize::from(digit))
                    .copied()
                    .map_or('0', char::from),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_echo_is_built_from_the_base_and_encoded() {
        let links = Links::new("https://mfa.example/api/v1", "https://mfa.example");
        let uri = Uri::from_static("/v1/environments?filter=name%20sw%20%22a%22|[b]&limit=2");
        assert_eq!(
            links.echo(&uri),
            "https://mfa.example/api/v1/environments?filter=name%20sw%20%22a%22%7C%5Bb%5D&limit=2"
        );
    }

    #[test]
    fn only_real_https_hosts_are_remembered_by_browsers() {
        for (base, remembered) in [
            ("https://mfa.example/v1", true),
            ("https://mfa.example:8443/v1", true),
            ("https://localhost:8443/v1", false),
            ("https://127.0.0.1/v1", false),
            ("http://mfa.example/v1", false),
        ] {
            let value = Links::new(base, "").strict_transport_security();
            assert_eq!(
                value.to_str().unwrap().starts_with("max-age=3"),
                remembered,
                "{base}"
            );
        }
    }
}
