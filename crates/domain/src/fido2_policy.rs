//! FIDO2 policies: which FIDO2 authenticators may be paired, and under which conditions.
//!
//! This version has the two that environments begin with; they can be read and referred to.

use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::rp::RpId;
use serde::{Deserialize, Serialize};

use crate::ids::{EnvironmentId, Fido2PolicyId};
use crate::named::named;
use crate::period::Period;

named! {
    /// Whether authenticators have to say what they are.
    AttestationRequirements {
        /// No.
        None = "NONE",
        /// Which model.
        Direct = "DIRECT",
        /// Which single one.
        Enterprise = "ENTERPRISE",
    }
}

named! {
    /// Where authenticators may be.
    AuthenticatorAttachment {
        /// Part of the computer or phone.
        Platform = "PLATFORM",
        /// Apart from it.
        CrossPlatform = "CROSS_PLATFORM",
        /// Either.
        Both = "BOTH",
    }
}

named! {
    /// How much something is wanted.
    Wanted {
        /// Rather not.
        Discouraged = "DISCOURAGED",
        /// Where it can be had.
        Preferred = "PREFERRED",
        /// Not without it.
        Required = "REQUIRED",
    }
}

named! {
    /// Whether a security key has to tell the least length of its PIN.
    PinOption {
        /// It has to.
        Required = "REQUIRED",
        /// Where it can.
        Optional = "OPTIONAL",
    }
}

named! {
    /// Which models are let in.
    MetadataOption {
        /// All.
        None = "NONE",
        /// All, but written down.
        AuditOnly = "AUDIT_ONLY",
        /// Those in the metadata.
        Global = "GLOBAL",
        /// Those that are certified.
        Certified = "CERTIFIED",
        /// Those in a list.
        Specific = "SPECIFIC",
    }
}

named! {
    /// What is written behind a person's name.
    DisplayNameSuffix {
        /// The organization's name.
        OrganizationName = "ORG_NAME",
        /// The environment's name.
        EnvironmentName = "ENV_NAME",
        /// Both.
        OrganizationAndEnvironmentName = "ORG_NAME_AND_ENV_NAME",
    }
}

named! {
    /// Which kind of authenticator a browser should offer first.
    CredentialHint {
        /// A security key.
        SecurityKey = "SECURITY_KEY",
        /// The computer or phone itself.
        ClientDevice = "CLIENT_DEVICE",
        /// A phone, from the computer.
        Hybrid = "HYBRID",
    }
}

/// `userVerification`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fido2UserVerification {
    /// `option`
    pub option: Wanted,
    /// `enforceDuringAuthentication`
    pub enforce_during_authentication: bool,
    /// `pinRequirement`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pin: Option<PinRequirement>,
}

/// `userVerification.pinRequirement`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinRequirement {
    /// `option`
    pub option: PinOption,
    /// `minLength`, 4 to 10.
    pub min_length: u32,
}

/// `backupEligibility`: whether credentials may be copied between devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupEligibility {
    /// `allow`
    pub allow: bool,
    /// `enforceDuringAuthentication`
    pub enforce_during_authentication: bool,
}

/// `mdsAuthenticatorsRequirements`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataRequirements {
    /// `option`
    pub option: MetadataOption,
    /// `allowedAuthenticators[].id`; `None` = not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub allowed: Option<Vec<String>>,
    /// `enforceDuringAuthentication`
    pub enforce_during_authentication: bool,
}

/// One of `userDisplayNameAttributes.attributes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayNameAttribute {
    /// `name`
    pub name: String,
    /// `subAttributes[].name`; `None` = not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sub_attributes: Option<Vec<String>>,
}

/// `userDisplayNameAttributes`: what to call the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayNameAttributes {
    /// `attributes`, the first that is not empty counts.
    pub attributes: Vec<DisplayNameAttribute>,
    /// `suffix`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suffix: Option<DisplayNameSuffix>,
}

/// What a FIDO2 policy says. Also its stored form, see [`crate::stored::fido2_policy`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fido2PolicyDocument {
    /// `description`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// `relyingPartyId`
    pub relying_party_id: String,
    /// `deviceDisplayName`
    pub device_display_name: String,
    /// `attestationRequirements`
    pub attestation_requirements: AttestationRequirements,
    /// `authenticatorAttachment`
    pub authenticator_attachment: AuthenticatorAttachment,
    /// `discoverableCredentials`
    pub discoverable_credentials: Wanted,
    /// `userVerification`
    pub user_verification: Fido2UserVerification,
    /// `backupEligibility`
    pub backup_eligibility: BackupEligibility,
    /// `mdsAuthenticatorsRequirements`
    pub metadata_requirements: MetadataRequirements,
    /// `userDisplayNameAttributes`
    pub user_display_name: DisplayNameAttributes,
    /// `userPresenceTimeout`
    pub user_presence_timeout: Period,
    /// `publicKeyCredentialHints`; `None` = not sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hints: Option<Vec<CredentialHint>>,
    /// `aggregateDevices`
    pub aggregate_devices: bool,
    /// `eaUniqueIdentifierAttribute.name`
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unique_identifier_attribute: Option<String>,
}

/// A FIDO2 policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fido2Policy {
    /// Its id.
    pub id: Fido2PolicyId,
    /// The environment that it belongs to.
    pub environment: EnvironmentId,
    /// Its name; unique in the environment, letter case aside.
    pub name: String,
    /// Whether it is used where none is named. Exactly one of an environment is.
    pub default: bool,
    /// What it says.
    pub document: Fido2PolicyDocument,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Name of the default policy that an environment begins with.
pub const PASSKEYS_NAME: &str = "Passkeys";
/// Name of the other policy that an environment begins with.
pub const SECURITY_KEY_NAME: &str = "Security key";

impl Fido2PolicyDocument {
    /// The default policy of a new environment: whatever the person has.
    pub fn passkeys(relying_party: &RpId) -> Self {
        Self {
            description: None,
            relying_party_id: relying_party.as_str().to_owned(),
            device_display_name: "Passkey".to_owned(),
            attestation_requirements: AttestationRequirements::None,
            authenticator_attachment: AuthenticatorAttachment::Both,
            discoverable_credentials: Wanted::Preferred,
            user_verification: Fido2UserVerification {
                option: Wanted::Preferred,
                enforce_during_authentication: true,
                pin: None,
            },
            backup_eligibility: BackupEligibility {
                allow: true,
                enforce_during_authentication: true,
            },
            metadata_requirements: MetadataRequirements {
                option: MetadataOption::None,
                allowed: None,
                enforce_during_authentication: false,
            },
            user_display_name: DisplayNameAttributes {
                attributes: vec![DisplayNameAttribute {
                    name: "username".to_owned(),
                    sub_attributes: None,
                }],
                suffix: None,
            },
            user_presence_timeout: Period::minutes(2),
            hints: None,
            aggregate_devices: false,
            unique_identifier_attribute: None,
        }
    }

    /// The other policy of a new environment: keys apart from the computer, whose credentials stay
    /// where they are.
    pub fn security_key(relying_party: &RpId) -> Self {
        Self {
            device_display_name: SECURITY_KEY_NAME.to_owned(),
            authenticator_attachment: AuthenticatorAttachment::CrossPlatform,
            discoverable_credentials: Wanted::Discouraged,
            backup_eligibility: BackupEligibility {
                allow: false,
                enforce_during_authentication: true,
            },
            ..Self::passkeys(relying_party)
        }
    }
}
