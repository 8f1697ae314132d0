//! The calls of the main job, as a worker application makes them.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::http::{Client, Reply};
use crate::server::Info;

/// Media type of a device's activation.
pub const ACTIVATE: &str = "application/vnd.pingidentity.device.activate+json";
/// Media type of a check of an assertion.
pub const CHECK: &str = "application/vnd.pingidentity.assertion.check+json";
/// Media type of the choice of a device.
pub const SELECT: &str = "application/vnd.pingidentity.device.select+json";

/// A worker application that holds a token.
#[derive(Clone)]
pub struct Worker {
    /// Its connections.
    pub client: Client,
    /// Where the server is and what was seeded.
    pub info: Info,
    /// Its access token.
    pub token: String,
}

/// Asks for a token with client credentials in the `Authorization` header (RFC 6749, 2.3.1).
pub fn token_request(client: &Client, info: &Info) -> Reply {
    let secret = format!("{}:{}", info.client_id, info.client_secret);
    let basic = format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(secret)
    );
    client.send(
        "POST",
        &format!("{}/token", info.issuer()),
        &[
            ("Authorization", &basic),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ],
        Some(b"grant_type=client_credentials"),
    )
}

impl Worker {
    /// Fetches a token.
    pub fn with_token(info: &Info) -> Self {
        let client = Client::default();
        let reply = token_request(&client, info).expect(200).json();
        let token = reply["access_token"].as_str().expect("a token").to_owned();
        assert_eq!(reply["token_type"], "Bearer");
        Self {
            client,
            info: info.clone(),
            token,
        }
    }

    /// The same worker on connections of its own.
    pub fn on_own_connections(&self) -> Self {
        Self {
            client: Client::default(),
            ..self.clone()
        }
    }

    /// One call with the token; `Err` if no answer came.
    pub fn try_call(
        &self,
        method: &str,
        url: &str,
        content_type: &str,
        body: Option<&[u8]>,
    ) -> Result<Reply, ureq::Error> {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", bearer.as_str())];
        if body.is_some() {
            headers.push(("Content-Type", content_type));
        }
        self.client.try_send(method, url, &headers, body)
    }

    /// One call with the token and a JSON body of the given media type.
    #[track_caller]
    pub fn post(&self, url: &str, content_type: &str, body: &Value) -> Reply {
        self.try_call("POST", url, content_type, Some(body.to_string().as_bytes()))
            .unwrap_or_else(|error| panic!("POST {url}: {error}"))
    }

    /// `GET` with the token.
    #[track_caller]
    pub fn get(&self, url: &str) -> Reply {
        self.try_call("GET", url, "", None)
            .unwrap_or_else(|error| panic!("GET {url}: {error}"))
    }

    /// `DELETE` with the token.
    #[track_caller]
    pub fn delete(&self, url: &str) -> Reply {
        self.try_call("DELETE", url, "", None)
            .unwrap_or_else(|error| panic!("DELETE {url}: {error}"))
    }

    /// Another user beside the seeded one; its id.
    pub fn create_user(&self, username: &str) -> String {
        let users = format!("{}/users", self.info.environment_url());
        let body = json!({
            "username": username,
            "email": format!("{username}@example.com"),
            "population": {"id": self.info.population_id},
        });
        let user = self
            .post(&users, "application/json", &body)
            .expect(201)
            .json();
        let id = user["id"].as_str().unwrap().to_owned();
        let enabled = self.try_call(
            "PUT",
            &format!("{users}/{id}/mfaEnabled"),
            "application/json",
            Some(br#"{"mfaEnabled":true}"#),
        );
        enabled.unwrap().expect(200);
        id
    }

    /// The devices of a user.
    pub fn devices_url(&self, user: &str) -> String {
        format!("{}/users/{user}/devices", self.info.environment_url())
    }

    /// Makes a pending desktop device for the seeded user.
    pub fn create_device(&self) -> Value {
        self.create_device_of(&self.info.user_id)
    }

    /// Makes a pending desktop device for a user.
    pub fn create_device_of(&self, user: &str) -> Value {
        let body = json!({
            "type": "PINGID_DESKTOP_GEN2",
            "status": "ACTIVATION_REQUIRED",
            "policy": {"id": self.info.policy_id},
        });
        self.post(&self.devices_url(user), "application/json", &body)
            .expect(201)
            .json()
    }

    /// Sends an attestation.
    pub fn activate(&self, device: &Value, attestation: &str) -> Reply {
        self.post(link(device), ACTIVATE, &json!({"attestation": attestation}))
    }

    /// Starts a device authentication for the seeded user.
    pub fn start(&self) -> Value {
        self.start_for(&self.info.user_id)
    }

    /// Starts a device authentication for a user.
    pub fn start_for(&self, user: &str) -> Value {
        let body = json!({"user": {"id": user}, "policy": {"id": self.info.policy_id}});
        self.post(&self.info.authentications_url(), "application/json", &body)
            .expect(201)
            .json()
    }

    /// Sends an assertion.
    pub fn check(&self, authentication: &Value, assertion: &str, origin: &str) -> Reply {
        let body = json!({"assertion": assertion, "origin": origin});
        self.post(link(authentication), CHECK, &body)
    }
}

/// `_links.self.href`.
#[track_caller]
pub fn link(resource: &Value) -> &str {
    resource["_links"]["self"]["href"]
        .as_str()
        .expect("a link to itself")
}

/// A text member.
#[track_caller]
pub fn text<'a>(resource: &'a Value, member: &str) -> &'a str {
    resource[member]
        .as_str()
        .unwrap_or_else(|| panic!("no {member} in {resource}"))
}

/// The signed request that the desktop authenticator gets for pairing.
#[track_caller]
pub fn creation_options(device: &Value) -> &str {
    text(device, "pingIdDesktopCredentialCreationOptions")
}

/// The signed request that the desktop authenticator gets for signing in.
#[track_caller]
pub fn request_options(authentication: &Value) -> &str {
    text(authentication, "pingIdDesktopCredentialRequestOptions")
}
