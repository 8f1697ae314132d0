//! Seeding policies and MFA settings.

use countersign_desktop_protocol::rp::RpId;
use countersign_domain::activity::Action;
use countersign_domain::device_policy::{
    DEFAULT_NAME, DevicePolicy, PolicyDocument, PolicyRequest,
};
use countersign_domain::environment::Environment;
use countersign_domain::fido2_policy::{
    Fido2Policy, Fido2PolicyDocument, PASSKEYS_NAME, SECURITY_KEY_NAME,
};
use countersign_domain::ids::{DevicePolicyId, EnvironmentId, Fido2PolicyId};
use countersign_domain::mfa_settings::{MfaSettings, MfaSettingsDocument};
use countersign_storage::queries;
use serde_json::{Map, Value};

use super::{SeedError, Seeding};
use crate::activities::resource;
use crate::device_policies::policy_resource;
use crate::devices::development;

/// Which methods the first policy of an environment has on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstPolicy {
    /// Those of every new environment.
    Standard,
    /// All that there are: for trying things out.
    EveryMethod,
}

impl Seeding<'_> {
    /// Adds what an environment begins with: MFA settings, two FIDO2 policies and a default device
    /// authentication policy, which is answered.
    ///
    /// # Errors
    /// When something cannot be encoded.
    pub fn policies(
        &mut self,
        environment: EnvironmentId,
        first: FirstPolicy,
        relying_party: &RpId,
    ) -> Result<DevicePolicy, SeedError> {
        let settings = MfaSettings {
            environment,
            document: MfaSettingsDocument::default(),
            updated_at: self.engine.now(),
        };
        self.try_with(|unit| Ok(queries::mfa_settings::put(unit, &settings)?))?;
        let passkeys = Fido2PolicyDocument::passkeys(relying_party);
        self.fido2_policy(environment, None, PASSKEYS_NAME, true, passkeys)?;
        let security_key = Fido2PolicyDocument::security_key(relying_party);
        self.fido2_policy(environment, None, SECURITY_KEY_NAME, false, security_key)?;
        let request = PolicyRequest {
            name: DEFAULT_NAME.to_owned(),
            default: true,
            document: match first {
                FirstPolicy::Standard => PolicyDocument::of_new_environment(),
                FirstPolicy::EveryMethod => PolicyDocument::with_every_method(relying_party),
            },
        };
        self.add_device_policy(environment, None, request)
    }

    /// Adds a device authentication policy that is given as a request to create it. If it is to be
    /// the default one, the one that was added before is so no longer.
    ///
    /// # Errors
    /// When members are wrong.
    pub fn device_policy(
        &mut self,
        environment: &Environment,
        id: Option<DevicePolicyId>,
        document: &Map<String, Value>,
    ) -> Result<DevicePolicy, SeedError> {
        let request =
            PolicyRequest::read(document, development(environment)).map_err(|violations| {
                SeedError::Invalid {
                    what: "device authentication policy".to_owned(),
                    violations,
                }
            })?;
        self.add_device_policy(environment.id, id, request)
    }

    fn add_device_policy(
        &mut self,
        environment: EnvironmentId,
        id: Option<DevicePolicyId>,
        request: PolicyRequest,
    ) -> Result<DevicePolicy, SeedError> {
        let now = self.engine.now();
        let policy = DevicePolicy {
            id: id.unwrap_or_else(|| DevicePolicyId::generate(self.engine.random())),
            environment,
            name: request.name,
            default: request.default,
            document: request.document,
            created_at: now,
            updated_at: now,
        };
        if policy.default {
            self.with(|unit| queries::device_policies::demote_any(unit, environment));
        }
        self.try_with(|unit| Ok(queries::device_policies::insert(unit, &policy)?))?;
        self.record(
            environment,
            Action::DevicePolicyCreated,
            policy_resource(&policy),
            format!("Created Device Authentication Policy {}", policy.name),
        )?;
        Ok(policy)
    }

    fn fido2_policy(
        &mut self,
        environment: EnvironmentId,
        id: Option<Fido2PolicyId>,
        name: &str,
        default: bool,
        document: Fido2PolicyDocument,
    ) -> Result<Fido2Policy, SeedError> {
        let now = self.engine.now();
        let policy = Fido2Policy {
            id: id.unwrap_or_else(|| Fido2PolicyId::generate(self.engine.random())),
            environment,
            name: name.to_owned(),
            default,
            document,
            created_at: now,
            updated_at: now,
        };
        self.try_with(|unit| Ok(queries::fido2_policies::insert(unit, &policy)?))?;
        self.record(
            environment,
            Action::FidoPolicyCreated,
            resource("FIDO Policy", policy.id.uuid(), Some(policy.name.clone())),
            format!("FIDO Policy created: \"{}\"", policy.name),
        )?;
        Ok(policy)
    }
}
