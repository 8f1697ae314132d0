//! How the authenticator is set up: the system's file, the person's file, the options of `run`.
//!
//! What the system's file sets, the others can narrow but not widen. `docs/desktop-authenticator.md`
//! lists the members for the person who writes such a file.

pub mod file;
pub mod folders;

use countersign_crypto::jwk::Thumbprint;
use countersign_desktop_protocol::Development;
use countersign_desktop_protocol::rp::RpId;
use serde::Deserialize;
use thiserror::Error;

use crate::trust::issuer::IssuerUrl;
use file::{ConfigFile, IssuerEntry};

/// The port of the loopback API unless something else is said.
pub const DEFAULT_PORT: u16 = 9410;

/// Whether a first pairing may add trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enrollment {
    /// A page may ask to pair with an issuer of its own site; the person decides.
    #[default]
    Ask,
    /// Only with issuers that the configuration names.
    ConfiguredOnly,
}

/// An issuer that the configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// The issuer, exactly as in its tokens.
    pub issuer: IssuerUrl,
    /// Its key set, where it is not to be looked up in the issuer's metadata.
    pub jwks_uri: Option<url::Url>,
    /// If not empty: the only keys that count, by RFC 7638 thumbprint.
    pub pinned_keys: Vec<Thumbprint>,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Port of both listeners; 0 takes a free one.
    pub port: u16,
    /// Whether plain http on loopback hosts, and `localhost` as relying party, are allowed.
    pub development: Development,
    /// Whether a first pairing may add trust.
    pub enrollment: Enrollment,
    /// The issuers that the configuration names.
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// The system's file named the issuers, and does not let people add to them: pins of earlier first
    /// pairings do not count.
    pub issuers_are_final: bool,
    /// If set: the only relying party ids that are served.
    pub allowed_rp_ids: Option<Vec<RpId>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            development: Development::No,
            enrollment: Enrollment::Ask,
            trusted_issuers: Vec::new(),
            issuers_are_final: false,
            allowed_rp_ids: None,
        }
    }
}

/// The options of `run` that stand beside the files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// `--port`
    pub port: Option<u16>,
    /// `--development`
    pub development: bool,
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A file could not be read or parsed, or others may change it.
    #[error(transparent)]
    File(#[from] file::FileError),
    /// A value is wrong.
    #[error("{member}: {value:?} {problem}")]
    Value {
        /// Which member.
        member: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The system forbids development mode.
    #[error("the system's configuration does not allow development mode")]
    DevelopmentForbidden,
}

impl Settings {
    /// Joins the files and the options.
    ///
    /// # Errors
    /// [`SettingsError`]; nothing is guessed or left out.
    pub fn join(
        system: &ConfigFile,
        user: &ConfigFile,
        options: Options,
    ) -> Result<Self, SettingsError> {
        let wanted = options.development || user.development == Some(true);
        let development = match (system.development, wanted) {
            (Some(false), true) => return Err(SettingsError::DevelopmentForbidden),
            (Some(true), _) | (_, true) => Development::Yes,
            _ => Development::No,
        };
        // A system that names the issuers and says nothing of others means these alone.
        let issuers_are_final =
            system.trusted_issuers.is_some() && system.enrollment != Some(Enrollment::Ask);
        let enrollment = match (system.enrollment, user.enrollment) {
            _ if issuers_are_final => Enrollment::ConfiguredOnly,
            (Some(Enrollment::ConfiguredOnly), _) | (_, Some(Enrollment::ConfiguredOnly)) => {
                Enrollment::ConfiguredOnly
            }
            _ => Enrollment::Ask,
        };
        let named = system
            .trusted_issuers
            .as_deref()
            .or(user.trusted_issuers.as_deref());
        if system.trusted_issuers.is_some() && user.trusted_issuers.is_some() {
            tracing::warn!("trusted_issuers of the user's file has no effect beside the system's");
        }
        let trusted_issuers = named
            .unwrap_or_default()
            .iter()
            .map(|entry| trusted_issuer(entry, development))
            .collect::<Result<_, _>>()?;
        let rp_ids = |file: &ConfigFile| {
            file.allowed_rp_ids
                .as_ref()
                .map(|ids| {
                    ids.iter()
                        .map(|id| rp_id(id, development))
                        .collect::<Result<Vec<_>, _>>()
                })
                .transpose()
        };
        let allowed_rp_ids = match (rp_ids(system)?, rp_ids(user)?) {
            (Some(outer), Some(inner)) => {
                Some(inner.into_iter().filter(|id| outer.contains(id)).collect())
            }
            (outer, inner) => outer.or(inner),
        };
        Ok(Self {
            port: options
                .port
                .or(user.port)
                .or(system.port)
                .unwrap_or(DEFAULT_PORT),
            development,
            enrollment,
            trusted_issuers,
            issuers_are_final,
            allowed_rp_ids,
        })
    }

    /// Whether the configuration lets this relying party be served.
    pub fn allows_rp(&self, rp_id: &RpId) -> bool {
        self.allowed_rp_ids
            .as_ref()
            .is_none_or(|allowed| allowed.contains(rp_id))
    }
}

fn rp_id(text: &str, development: Development) -> Result<RpId, SettingsError> {
    RpId::parse(text, development).map_err(|_| SettingsError::Value {
        member: "allowed_rp_ids",
        value: text.to_owned(),
        problem: "is not a relying party id (a domain in lower case, no public suffix, no address)",
    })
}

fn trusted_issuer(
    entry: &IssuerEntry,
    development: Development,
) -> Result<TrustedIssuer, SettingsError> {
    let wrong = |member, value: &str, problem| {
        Err(SettingsError::Value {
            member,
            value: value.to_owned(),
            problem,
        })
    };
    let full = entry.full();
    let Some(issuer) = IssuerUrl::parse(full.issuer, development) else {
        return wrong(
            "trusted_issuers",
            full.issuer,
            "is not an https URL without query and fragment",
        );
    };
    let jwks_uri = match full.jwks_uri {
        None => None,
        Some(text) => match IssuerUrl::parse_url(text, development) {
            Some(url) => Some(url),
            None => return wrong("jwks_uri", text, "is not an https URL"),
        },
    };
    let mut pinned_keys = Vec::new();
    for text in full.pinned_keys {
        match text.parse() {
            Ok(thumbprint) => pinned_keys.push(thumbprint),
            Err(_) => return wrong("pinned_keys", text, "is not an RFC 7638 SHA-256 thumbprint"),
        }
    }
    Ok(TrustedIssuer {
        issuer,
        jwks_uri,
        pinned_keys,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ConfigFile {
        toml::from_str(text).unwrap()
    }

    fn join(system: &str, user: &str) -> Result<Settings, SettingsError> {
        Settings::join(&file(system), &file(user), Options::default())
    }

    #[test]
    fn the_system_cannot_be_widened() {
        let system = r#"
            enrollment = "configured-only"
            allowed_rp_ids = ["example.com", "example.org"]
            trusted_issuers = ["https://auth.example.com/as"]
            development = false
        "#;
        let user = r#"
            enrollment = "ask"
            allowed_rp_ids = ["example.com", "evil.test"]
            trusted_issuers = ["https://evil.test/as"]
            port = 9500
        "#;
        let settings = join(system, user).unwrap();
        assert_eq!(settings.enrollment, Enrollment::ConfiguredOnly);
        assert!(settings.issuers_are_final);
        assert_eq!(settings.trusted_issuers.len(), 1);
        assert_eq!(
            settings.trusted_issuers[0].issuer.as_str(),
            "https://auth.example.com/as"
        );
        let allowed: Vec<_> = settings
            .allowed_rp_ids
            .iter()
            .flatten()
            .map(RpId::as_str)
            .collect();
        assert_eq!(allowed, ["example.com"]);
        assert_eq!(settings.port, 9500);

        let options = Options {
            development: true,
            port: None,
        };
        let refused = Settings::join(&file(system), &file(""), options);
        assert!(matches!(refused, Err(SettingsError::DevelopmentForbidden)));
    }

    #[test]
    fn issuers_of_the_system_are_the_only_ones_unless_it_lets_people_add() {
        use Enrollment::{Ask, ConfiguredOnly};
        let named = "trusted_issuers = [\"https://auth.example.com/as\"]\n";
        let cases = [
            (named.to_owned(), true, ConfiguredOnly),
            (
                format!("{named}enrollment = \"configured-only\""),
                true,
                ConfiguredOnly,
            ),
            (format!("{named}enrollment = \"ask\""), false, Ask),
        ];
        for (system, issuers_are_final, enrollment) in cases {
            let settings = join(&system, "enrollment = \"ask\"").unwrap();
            assert_eq!(settings.issuers_are_final, issuers_are_final, "{system}");
            assert_eq!(settings.enrollment, enrollment, "{system}");
        }
        let settings = join("", named).unwrap();
        assert_eq!(
            (settings.issuers_are_final, settings.enrollment),
            (false, Ask)
        );
    }

    #[test]
    fn the_user_may_narrow() {
        let settings = join("", r#"enrollment = "configured-only""#).unwrap();
        assert_eq!(settings.enrollment, Enrollment::ConfiguredOnly);
        assert!(!settings.issuers_are_final);
        let settings = join(r#"allowed_rp_ids = ["example.com"]"#, "").unwrap();
        assert_eq!(settings.allowed_rp_ids.unwrap().len(), 1);
    }

    #[test]
    fn defaults() {
        let settings = join("", "").unwrap();
        assert_eq!(settings.port, 9410);
        assert_eq!(settings.enrollment, Enrollment::Ask);
        assert_eq!(settings.development, Development::No);
        assert!(settings.allowed_rp_ids.is_none());
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        let cases = [
            (
                r#"trusted_issuers = ["http://auth.example.com"]"#,
                "trusted_issuers",
            ),
            (
                r#"trusted_issuers = ["http://localhost:8080/x/as"]"#,
                "trusted_issuers",
            ),
            (r#"allowed_rp_ids = ["com"]"#, "allowed_rp_ids"),
            (r#"allowed_rp_ids = ["localhost"]"#, "allowed_rp_ids"),
            (
                "[[trusted_issuers]]\nissuer = \"https://a.example\"\npinned_keys = [\"x\"]",
                "pinned_keys",
            ),
            (
                "[[trusted_issuers]]\nissuer = \"https://a.example\"\njwks_uri = \"ftp://x\"",
                "jwks_uri",
            ),
        ];
        for (text, member) in cases {
            let error = join("", text).err().unwrap().to_string();
            assert!(error.contains(member), "{error}");
        }
        assert!(
            toml::from_str::<ConfigFile>("allowed_rp_id = []").is_err(),
            "misspelt"
        );
    }

    #[test]
    fn development_allows_loopback_issuers() {
        let settings = join(
            "",
            "development = true\ntrusted_issuers = [\"http://localhost:8080/x/as\"]\nallowed_rp_ids = [\"localhost\"]",
        );
        assert_eq!(settings.unwrap().development, Development::Yes);
    }
}
