//! What the whole-router tests share.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use countersign_domain::ids::UserId;
use countersign_testkit::desktop::SoftDesktop;
use countersign_testkit::redact::Redactor;
use countersign_testkit::server::{Answer, TestServer};
use serde_json::{Value, json};

/// The page that carries the ceremonies.
pub const ORIGIN: &str = "https://app.example.com";

/// A server with its admin's token.
pub struct Scene {
    pub server: TestServer,
    pub token: String,
}

impl Scene {
    pub async fn new() -> Self {
        let server = TestServer::start().await.unwrap();
        let token = server.token(server.world.admin).await.unwrap();
        Self { server, token }
    }

    pub async fn get(&self, path: impl Into<String>) -> Answer {
        self.server
            .call("GET", path)
            .token(&self.token)
            .send()
            .await
            .unwrap()
    }

    pub async fn delete(&self, path: impl Into<String>) -> Answer {
        self.server
            .call("DELETE", path)
            .token(&self.token)
            .send()
            .await
            .unwrap()
    }

    pub async fn post(&self, path: impl Into<String>, body: &Value) -> Answer {
        self.server
            .call("POST", path)
            .token(&self.token)
            .json(body)
            .send()
            .await
            .unwrap()
    }

    pub async fn put(&self, path: impl Into<String>, body: &Value) -> Answer {
        self.server
            .call("PUT", path)
            .token(&self.token)
            .json(body)
            .send()
            .await
            .unwrap()
    }

    pub async fn action(&self, path: impl Into<String>, action: &str, body: &Value) -> Answer {
        let call = self
            .server
            .call("POST", path)
            .token(&self.token)
            .action(action);
        call.json(body).send().await.unwrap()
    }

    pub async fn create(&self, user: UserId) -> Answer {
        let body = json!({
            "type": "PINGID_DESKTOP_GEN2",
            "status": "ACTIVATION_REQUIRED",
            "rp": {"id": "example.com"},
        });
        self.post(self.server.devices(user), &body).await
    }

    /// Path of a device that an answer holds.
    pub fn device(&self, user: UserId, answer: &Answer) -> String {
        format!(
            "{}/{}",
            self.server.devices(user),
            answer.body["id"].as_str().unwrap()
        )
    }

    /// Pairs a desktop; answers the path of the device and the answer to the activation.
    pub async fn pair(&self, desktop: &mut SoftDesktop, user: UserId) -> (String, Answer) {
        let created = self.create(user).await;
        assert_eq!(created.summary(), "201");
        let path = self.device(user, &created);
        let attestation = desktop.register(options(&created), ORIGIN).unwrap();
        let body = json!({"attestation": attestation});
        let activated = self.action(&path, "device.activate", &body).await;
        assert_eq!(activated.summary(), "200");
        (path, activated)
    }

    pub async fn start(&self, body: &Value) -> Answer {
        self.post(self.server.authentications(), body).await
    }

    pub fn authentication(&self, answer: &Answer) -> String {
        format!(
            "{}/{}",
            self.server.authentications(),
            answer.body["id"].as_str().unwrap()
        )
    }

    pub async fn check(&self, path: &str, assertion: &str) -> Answer {
        let body = json!({"origin": ORIGIN, "assertion": assertion});
        self.action(path, "assertion.check", &body).await
    }

    /// Knows the ids of the world by name.
    pub fn redactor(&self) -> Redactor {
        let world = &self.server.world;
        Redactor::new()
            .name(&world.environment, "environment")
            .name(&world.user, "user")
            .name(&world.other_user, "other user")
    }
}

/// The options of an answer that carries some.
pub fn options(answer: &Answer) -> &str {
    answer.body["pingIdDesktopCredentialCreationOptions"]
        .as_str()
        .or(answer.body["pingIdDesktopCredentialRequestOptions"].as_str())
        .unwrap_or_else(|| panic!("no options in {}", answer.body))
}
