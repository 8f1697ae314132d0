//! Client authentication at the token endpoint.

use countersign_crypto::hash::constant_time_eq;
use countersign_crypto::keyring::SealContext;
use countersign_crypto::secret::{SecretBytes, SecretString};
use countersign_domain::application::{Application, TokenEndpointAuthMethod};
use countersign_domain::ids::{ApplicationId, EnvironmentId};
use countersign_storage::queries;

use super::token::{ClientCredentials, ClientMethod, OAuthStop};
use crate::{Engine, Fault};

impl Engine {
    /// Seals an application's secret for its row.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub(crate) fn seal_client_secret(
        &self,
        environment: EnvironmentId,
        application: ApplicationId,
        secret: &str,
    ) -> Result<Vec<u8>, Fault> {
        let (environment, application) = (
            environment.uuid().into_bytes(),
            application.uuid().into_bytes(),
        );
        self.ring()
            .seal(
                secret_context(&environment, &application),
                secret.as_bytes(),
            )
            .map_err(|error| Fault::Keys(error.to_string()))
    }

    fn open_client_secret(&self, application: &Application) -> Result<Option<SecretBytes>, Fault> {
        let Some(sealed) = &application.secret else {
            return Ok(None);
        };
        let environment = application.environment.uuid().into_bytes();
        let id = application.id.uuid().into_bytes();
        self.ring()
            .open(secret_context(&environment, &id), sealed)
            .map(Some)
            .map_err(|error| {
                Fault::Keys(format!("secret of application {}: {error}", application.id))
            })
    }

    /// The secret of an application, for whoever runs the deployment. `None` when there is no such
    /// application or it has none.
    ///
    /// # Errors
    /// When the database cannot be read or the secret not be opened.
    pub async fn client_secret(
        &self,
        environment: EnvironmentId,
        application: ApplicationId,
    ) -> Result<Option<SecretString>, Fault> {
        let found = queries::applications::find(self.database(), environment, application).await?;
        let Some(found) = found else { return Ok(None) };
        let Some(secret) = self.open_client_secret(&found)? else {
            return Ok(None);
        };
        let text = String::from_utf8(secret.expose().to_vec());
        text.map(SecretString::new)
            .map(Some)
            .map_err(|_| Fault::Inconsistent("a client secret is no text"))
    }

    /// The application that these credentials prove. An unknown client and a wrong secret take the
    /// same way and give the same answer.
    pub(super) async fn authenticate_client(
        &self,
        environment: EnvironmentId,
        credentials: &ClientCredentials,
    ) -> Result<Application, OAuthStop> {
        let denied = || OAuthStop::InvalidClient {
            basic: credentials.method == ClientMethod::Basic,
        };
        let found = match credentials.client_id.parse::<ApplicationId>() {
            Ok(id) => queries::applications::find(self.database(), environment, id).await?,
            Err(_) => None,
        };
        let expected = match &found {
            Some(application) => self.open_client_secret(application)?,
            None => None,
        };
        let nothing = SecretBytes::new(Vec::new());
        let matches = constant_time_eq(
            expected.as_ref().unwrap_or(&nothing).expose(),
            credentials.client_secret.expose().as_bytes(),
        );
        let method = match credentials.method {
            ClientMethod::Basic => TokenEndpointAuthMethod::ClientSecretBasic,
            ClientMethod::Post => TokenEndpointAuthMethod::ClientSecretPost,
        };
        match found {
            Some(application)
                if expected.is_some()
                    && matches
                    && application.token_endpoint_auth_method == method =>
            {
                Ok(application)
            }
            _ => Err(denied()),
        }
    }
}

fn secret_context<'a>(environment: &'a [u8; 16], application: &'a [u8; 16]) -> SealContext<'a> {
    SealContext {
        table: "applications",
        column: "secret",
        row: application,
        environment,
    }
}
