//! The page `/try` of this run.

use std::future::Future;
use std::pin::Pin;

use countersign_console::{AccessToken, Console, TokenSource, TokenUnavailable, TryPage};
use countersign_crypto::secret::SecretString;
use countersign_domain::ids::{ApplicationId, EnvironmentId};
use countersign_engine::Engine;

use super::asked::Asked;
use crate::addresses;
use crate::folder::Remembered;
use crate::http::Bound;
use crate::seeding::Seeded;

/// Life of the page's tokens, in seconds.
const TOKEN_SECONDS: i64 = 300;

/// Tokens of the application behind the page.
pub(super) struct Tokens {
    engine: Engine,
    environment: EnvironmentId,
    application: ApplicationId,
}

impl TokenSource for Tokens {
    fn token(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<AccessToken, TokenUnavailable>> + Send + '_>> {
        Box::pin(async {
            let issued = self
                .engine
                .sign_access_token(self.environment, self.application, TOKEN_SECONDS)
                .await
                .map_err(|stop| TokenUnavailable(format!("{stop:?}")))?;
            Ok(AccessToken {
                token: SecretString::new(issued.access_token),
                expires_in: issued.expires_in,
            })
        })
    }
}

/// The page.
pub(super) fn console(
    asked: &Asked,
    seeded: &Seeded,
    listeners: &[Bound],
    kept: &Remembered,
    engine: &Engine,
) -> Console {
    let page = TryPage {
        origin: origin(&seeded.rp_id, listeners, kept),
        hosts: hosts(asked, listeners, kept),
        environment: seeded.environment.uuid(),
        user: seeded.user.uuid(),
        username: seeded.username.clone(),
        policy: seeded.policy.uuid(),
        desktop_port: seeded.desktop_port,
    };
    let tokens = Tokens {
        engine: engine.clone(),
        environment: seeded.environment,
        application: seeded.page_client,
    };
    super::make_console(page, tokens)
}

/// Where the page works: a host within the relying party. `localhost` reaches every loopback
/// listener; another relying party is reached by the public base URL.
pub(super) fn origin(rp_id: &str, listeners: &[Bound], kept: &Remembered) -> String {
    let base = kept.auth_base.as_deref().unwrap_or_default();
    let is_within = addresses::host(base)
        .is_some_and(|host| host == rp_id || host.ends_with(&format!(".{rp_id}")));
    if is_within && let Some(origin) = addresses::origin(base) {
        return origin;
    }
    let plain = listeners.iter().find(|listener| !listener.is_tls());
    format!(
        "http://localhost:{}",
        plain.map_or(80, |listener| listener.address().port())
    )
}

/// Every name under which this server may be asked for its page.
fn hosts(asked: &Asked, listeners: &[Bound], kept: &Remembered) -> Vec<String> {
    let mut hosts = Vec::new();
    for listener in listeners {
        let address = listener.address();
        let own = if listener.is_tls() { 443 } else { 80 };
        let mut names = vec![
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
            "[::1]".to_owned(),
        ];
        if listener.is_tls() {
            names.extend(asked.hosts.iter().cloned());
        }
        for name in names {
            if address.port() == own {
                hosts.push(name.clone());
            }
            hosts.push(format!("{name}:{}", address.port()));
        }
        hosts.push(address.to_string());
    }
    let bases = [&kept.api_base, &kept.auth_base];
    hosts.extend(
        bases
            .into_iter()
            .flatten()
            .filter_map(|base| addresses::authority(base)),
    );
    hosts
}
