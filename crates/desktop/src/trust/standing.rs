//! What an issuer is to this authenticator.

use countersign_crypto::jwk::Thumbprint;
use url::Url;

use super::IssuerUrl;
use crate::settings::{Enrollment, Settings};
use crate::store::Vault;

/// An issuer that is trusted.
#[derive(Debug, Clone)]
pub struct Known {
    /// The issuer.
    pub issuer: IssuerUrl,
    /// Its key set; looked up in its metadata if absent.
    pub jwks_uri: Option<Url>,
    /// If not empty, the only keys that count.
    pub pinned_keys: Vec<Thumbprint>,
}

/// What an issuer is to this authenticator.
#[derive(Debug, Clone)]
pub enum Standing {
    /// Named by the configuration, or pinned by a first pairing.
    Known(Known),
    /// Not known; a person may come to trust it by a first pairing.
    New(IssuerUrl),
    /// Not known, and nothing can change that.
    Untrusted,
}

impl Standing {
    /// Looks an issuer up.
    pub fn of(issuer: &str, settings: &Settings, vault: &Vault) -> Self {
        let Some(url) = IssuerUrl::parse(issuer, settings.development) else {
            return Self::Untrusted;
        };
        if let Some(named) = settings
            .trusted_issuers
            .iter()
            .find(|named| named.issuer == url)
        {
            return Self::Known(Known {
                issuer: url,
                jwks_uri: named.jwks_uri.clone(),
                pinned_keys: named.pinned_keys.clone(),
            });
        }
        if !settings.issuers_are_final
            && let Some(pinned) = vault.pinned(issuer)
        {
            // The key set stays where it was when the person said yes.
            return match IssuerUrl::parse_url(&pinned.jwks_uri, settings.development) {
                Some(jwks_uri) => Self::Known(Known {
                    issuer: url,
                    jwks_uri: Some(jwks_uri),
                    pinned_keys: Vec::new(),
                }),
                None => Self::Untrusted,
            };
        }
        match settings.enrollment {
            Enrollment::Ask => Self::New(url),
            Enrollment::ConfiguredOnly => Self::Untrusted,
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_crypto::time::Timestamp;

    use super::*;
    use crate::settings::TrustedIssuer;
    use crate::store::vault::PinnedIssuer;

    #[test]
    fn table() {
        let mut vault = Vault::default();
        vault.pinned_issuers.push(PinnedIssuer {
            issuer: "https://pinned.example/as".to_owned(),
            jwks_uri: "https://pinned.example/jwks".to_owned(),
            pinned_at: Timestamp::from_unix_seconds(0),
        });
        let named = TrustedIssuer {
            issuer: IssuerUrl::parse("https://named.example", Settings::default().development)
                .unwrap(),
            jwks_uri: None,
            pinned_keys: Vec::new(),
        };
        let ask = Settings {
            trusted_issuers: vec![named],
            ..Settings::default()
        };
        let closed = Settings {
            enrollment: Enrollment::ConfiguredOnly,
            ..ask.clone()
        };
        let fixed = Settings {
            issuers_are_final: true,
            ..closed.clone()
        };
        let cases = [
            ("https://named.example", &ask, "known"),
            ("https://pinned.example/as", &ask, "known"),
            ("https://other.example", &ask, "new"),
            ("http://other.example", &ask, "untrusted"),
            ("https://named.example/", &ask, "new"),
            ("https://pinned.example/as", &closed, "known"),
            ("https://other.example", &closed, "untrusted"),
            ("https://named.example", &fixed, "known"),
            ("https://pinned.example/as", &fixed, "untrusted"),
        ];
        for (issuer, settings, expected) in cases {
            let found = match Standing::of(issuer, settings, &vault) {
                Standing::Known(_) => "known",
                Standing::New(_) => "new",
                Standing::Untrusted => "untrusted",
            };
            assert_eq!(found, expected, "{issuer}");
        }
    }
}
