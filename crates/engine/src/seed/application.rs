//! Seeding applications, and setting the port of the desktop authenticator later.

use countersign_crypto::random::url_safe_secret;
use countersign_crypto::secret::SecretString;
use countersign_domain::activity::Action;
use countersign_domain::application::{
    Application, ApplicationType, GrantType, PINGID_DESKTOP, PkceEnforcement,
    TokenEndpointAuthMethod,
};
use countersign_domain::ids::{ApplicationId, EnvironmentId};
use countersign_storage::{Outcome, Unit, queries};

use super::{SeedError, Seeding};
use crate::activities::resource;
use crate::{Engine, Fault};

/// Length of a secret that is drawn; long enough to be the key of an HS512 JWT.
const SECRET_CHARACTERS: usize = 64;

/// An application to be made.
pub struct NewApplication {
    /// The environment that it belongs to.
    pub environment: EnvironmentId,
    /// Its id, where it is given.
    pub id: Option<ApplicationId>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// What kind of program it is.
    pub application_type: ApplicationType,
    /// How it gets tokens.
    pub grant_types: Vec<GrantType>,
    /// How it proves itself.
    pub token_endpoint_auth_method: TokenEndpointAuthMethod,
    /// Whether it has to use PKCE.
    pub pkce_enforcement: PkceEnforcement,
    /// Where users are sent back to.
    pub redirect_uris: Vec<String>,
    /// Its secret, where it is given; drawn otherwise, if its way to prove itself needs one.
    pub secret: Option<SecretString>,
    /// Port of the desktop authenticator; for `PingID Desktop` alone.
    pub communication_port: Option<u16>,
}

/// An application that will be there after the commit.
pub struct SeededApplication {
    /// The application.
    pub application: Application,
    /// Its secret; this is the only time that it is shown.
    pub secret: Option<SecretString>,
}

impl NewApplication {
    /// A worker that acts by its own roles and proves itself with a secret in the `Authorization`
    /// header.
    pub fn worker(environment: EnvironmentId, name: &str) -> Self {
        Self {
            environment,
            id: None,
            name: name.to_owned(),
            description: None,
            enabled: true,
            application_type: ApplicationType::Worker,
            grant_types: vec![GrantType::ClientCredentials],
            token_endpoint_auth_method: TokenEndpointAuthMethod::ClientSecretBasic,
            pkce_enforcement: PkceEnforcement::Optional,
            redirect_uris: Vec::new(),
            secret: None,
            communication_port: None,
        }
    }

    /// The application that desktop devices belong to.
    pub(super) fn desktop(environment: EnvironmentId, name: &str, port: u16) -> Self {
        Self {
            application_type: ApplicationType::NativeApp,
            grant_types: vec![GrantType::AuthorizationCode],
            token_endpoint_auth_method: TokenEndpointAuthMethod::None,
            pkce_enforcement: PkceEnforcement::S256Required,
            communication_port: Some(port),
            ..Self::worker(environment, name)
        }
    }
}

impl Seeding<'_> {
    /// Adds an application.
    ///
    /// # Errors
    /// When its secret cannot be sealed.
    pub fn application(&mut self, new: NewApplication) -> Result<SeededApplication, SeedError> {
        let engine = self.engine;
        let now = engine.now();
        let id = new
            .id
            .unwrap_or_else(|| ApplicationId::generate(engine.random()));
        let needs_secret = matches!(
            new.token_endpoint_auth_method,
            TokenEndpointAuthMethod::ClientSecretBasic
                | TokenEndpointAuthMethod::ClientSecretPost
                | TokenEndpointAuthMethod::ClientSecretJwt
        );
        let draw = || url_safe_secret(engine.random(), SECRET_CHARACTERS);
        let secret = new.secret.or_else(|| needs_secret.then(draw));
        let sealed = match &secret {
            Some(secret) => {
                Some(engine.seal_client_secret(new.environment, id, secret.expose())?)
            }
            None => None,
        };
        let application = Application {
            id,
            environment: new.environment,
            name: new.name,
            description: new.description,
            enabled: new.enabled,
            application_type: new.application_type,
            grant_types: new.grant_types,
            token_endpoint_auth_method: new.token_endpoint_auth_method,
            pkce_enforcement: new.pkce_enforcement,
            redirect_uris: new.redirect_uris,
            secret: sealed,
            communication_port: new.communication_port,
            created_at: now,
            updated_at: now,
        };
        self.try_with(|unit| Ok(queries::applications::insert(unit, &application)?))?;
        self.record(
            application.environment,
            Action::ApplicationCreated,
            resource("APPLICATION", id.uuid(), Some(application.name.clone())),
            format!("Created Application {}", application.name),
        )?;
        Ok(SeededApplication {
            application,
            secret,
        })
    }
}

impl Engine {
    /// Sets the port that an environment's pages find the desktop authenticator at.
    ///
    /// # Errors
    /// When the environment has no such application, or the database cannot do it.
    pub async fn set_communication_port(
        &self,
        environment: EnvironmentId,
        port: u16,
    ) -> Result<(), Fault> {
        const MISSING: Fault = Fault::Inconsistent("the environment has no desktop application");
        let found =
            queries::applications::find_by_name(self.database(), environment, PINGID_DESKTOP)
                .await?;
        let mut application = found.ok_or(MISSING)?;
        if application.communication_port == Some(port) {
            return Ok(());
        }
        application.communication_port = Some(port);
        application.updated_at = self.now();
        let unit =
            queries::applications::update(Unit::new("set_communication_port"), &application)?;
        match self.write_configuration(unit).await? {
            Outcome::Applied(_) => Ok(()),
            Outcome::Refused(_) => Err(MISSING),
        }
    }
}
