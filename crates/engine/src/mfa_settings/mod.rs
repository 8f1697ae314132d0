//! MFA settings.

use std::sync::Arc;

use countersign_domain::access::perm;
use countersign_domain::activity::Action;
use countersign_domain::environment::Environment;
use countersign_domain::ids::EnvironmentId;
use countersign_domain::mfa_settings::{MfaSettings, MfaSettingsDocument};
use countersign_storage::{Unit, queries};
use serde_json::{Map, Value};

use crate::access::EnvironmentAccess;
use crate::activities::{By, resource};
use crate::cache::Cache;
use crate::{Engine, Fault, Refusal, Stop};

/// Settings as of one configuration stamp.
#[derive(Default)]
pub(crate) struct Caches {
    settings: Cache<EnvironmentId, MfaSettings>,
}

impl Engine {
    /// The settings of an environment; the defaults where nobody has set any.
    pub(crate) async fn mfa_settings_of(
        &self,
        environment: EnvironmentId,
    ) -> Result<Arc<MfaSettings>, Fault> {
        let stamp = self.stamp().await?;
        let load = async {
            let stored = queries::mfa_settings::find(self.database(), environment).await?;
            if stored.is_some() {
                return Ok(stored);
            }
            let environment = self.environment(environment).await?;
            Ok(environment.map(|environment| as_created(&environment)))
        };
        let settings = self
            .parts
            .settings
            .settings
            .get(&environment, stamp, load)
            .await?;
        settings.ok_or(Fault::Inconsistent(
            "settings of an environment that does not exist",
        ))
    }

    /// The settings of the environment.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn read_mfa_settings(
        &self,
        access: &EnvironmentAccess<perm::MfaSettingsRead>,
    ) -> Result<MfaSettings, Stop> {
        let environment = access.environment();
        let stored = queries::mfa_settings::find(self.database(), environment.id).await?;
        Ok(stored.unwrap_or_else(|| as_created(environment)))
    }

    /// Puts settings in the place of the environment's; what the request leaves out has its
    /// default. A lower device limit removes no device.
    ///
    /// # Errors
    /// Refused when members are wrong.
    pub async fn replace_mfa_settings(
        &self,
        access: &EnvironmentAccess<perm::MfaSettingsWrite>,
        request: &Map<String, Value>,
    ) -> Result<MfaSettings, Stop> {
        let document = MfaSettingsDocument::read(request).map_err(Refusal::InvalidData)?;
        self.put_mfa_settings(access, document).await
    }

    /// Sets the settings of the environment back to the defaults.
    ///
    /// # Errors
    /// When they cannot be stored.
    pub async fn reset_mfa_settings(
        &self,
        access: &EnvironmentAccess<perm::MfaSettingsWrite>,
    ) -> Result<MfaSettings, Stop> {
        self.put_mfa_settings(access, MfaSettingsDocument::default())
            .await
    }

    async fn put_mfa_settings(
        &self,
        access: &EnvironmentAccess<perm::MfaSettingsWrite>,
        document: MfaSettingsDocument,
    ) -> Result<MfaSettings, Stop> {
        let environment = access.environment().id;
        let settings = MfaSettings {
            environment,
            document,
            updated_at: self.now(),
        };
        let unit = queries::mfa_settings::put(Unit::new("put_mfa_settings"), &settings)?;
        let unit = self.record(
            unit,
            By::Caller(access.caller()),
            environment,
            Action::MfaSettingsUpdated,
            vec![resource("MFA_SETTINGS", environment.uuid(), None)],
            format!("MFA settings updated for environment {environment}"),
        )?;
        self.write_configuration(unit).await?;
        Ok(settings)
    }
}

/// What holds before anybody has set anything.
fn as_created(environment: &Environment) -> MfaSettings {
    MfaSettings {
        environment: environment.id,
        document: MfaSettingsDocument::default(),
        updated_at: environment.created_at,
    }
}
