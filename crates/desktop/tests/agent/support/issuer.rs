//! A server's side: keys, discovery and key set over a loopback socket that counts its visitors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::Thumbprint;
use countersign_crypto::jws::sign_es256;
use countersign_crypto::signing::Es256KeyPair;
use countersign_crypto::time::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

pub const USER: &str = "5b2a7a5e-0000-4000-8000-000000000001";

#[derive(Clone)]
pub struct Issuer {
    /// `iss` of its tokens.
    pub iss: String,
    /// Where it really listens.
    pub base: String,
    pub key: Arc<Es256KeyPair>,
    pub kid: String,
    state: Arc<State>,
    number: Arc<AtomicUsize>,
}

#[derive(Default)]
struct State {
    visits: Mutex<Vec<String>>,
    /// path → status and body
    documents: Mutex<Vec<(String, u16, String)>>,
    headers: Mutex<String>,
    delay: Mutex<Duration>,
    task: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Issuer {
    /// An issuer on a loopback address, for development.
    pub async fn local() -> Self {
        Self::start(None).await
    }

    /// An issuer of this name; its keys are served on a loopback address nevertheless.
    pub async fn named(iss: &str) -> Self {
        Self::start(Some(iss)).await
    }

    async fn start(iss: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let key = Arc::new(Es256KeyPair::generate().unwrap());
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let Ok((mut stream, _)) = listener.accept().await else {
                    return;
                };
                let mut buffer = vec![0; 4096];
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&buffer[..read]).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                serving.visits.lock().unwrap().push(path.clone());
                let (status, body) = serving
                    .documents
                    .lock()
                    .unwrap()
                    .iter()
                    .find(|(other, _, _)| *other == path)
                    .map_or((404, String::new()), |(_, status, body)| {
                        (*status, body.clone())
                    });
                let headers = serving.headers.lock().unwrap().clone();
                let delay = *serving.delay.lock().unwrap();
                tokio::time::sleep(delay).await;
                let answer = format!(
                    "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        *state.task.lock().unwrap() = Some(task);
        let issuer = Self {
            iss: iss.map_or_else(|| format!("{base}/env/as"), str::to_owned),
            base,
            kid: "server-1".to_owned(),
            key,
            state,
            number: Arc::new(AtomicUsize::new(1)),
        };
        issuer.publish(&[&issuer]);
        let iss = issuer.iss.clone();
        issuer.serve_metadata(&iss, &issuer.jwks_uri());
        issuer
    }

    pub fn jwks_uri(&self) -> String {
        format!("{}/env/as/jwks", self.base)
    }

    /// Puts the keys of these into the key set.
    pub fn publish(&self, of: &[&Self]) {
        let keys: Vec<_> = of
            .iter()
            .map(|issuer| {
                let mut key = serde_json::to_value(issuer.key.public_jwk()).unwrap();
                key["kid"] = json!(issuer.kid);
                key["alg"] = json!("ES256");
                key
            })
            .chain([json!({"kty": "RSA", "kid": "other", "n": "AQAB", "e": "AQAB"})])
            .collect();
        self.serve("/env/as/jwks", 200, &json!({ "keys": keys }).to_string());
    }

    pub fn serve_metadata(&self, issuer: &str, jwks_uri: &str) {
        let body = json!({"issuer": issuer, "jwks_uri": jwks_uri}).to_string();
        self.serve("/env/as/.well-known/openid-configuration", 200, &body);
    }

    pub fn serve(&self, path: &str, status: u16, body: &str) {
        let mut documents = self.state.documents.lock().unwrap();
        documents.retain(|(other, _, _)| other != path);
        documents.push((path.to_owned(), status, body.to_owned()));
    }

    pub fn send_headers(&self, headers: &str) {
        headers.clone_into(&mut self.state.headers.lock().unwrap());
    }

    /// Lets every answer wait.
    pub fn is_slow(&self, delay: Duration) {
        *self.state.delay.lock().unwrap() = delay;
    }

    /// The same issuer with another key of this name.
    pub fn with_new_key(&self, kid: &str) -> Self {
        let key = Arc::new(Es256KeyPair::generate().unwrap());
        Self {
            key,
            kid: kid.to_owned(),
            ..self.clone()
        }
    }

    pub fn visits(&self) -> usize {
        self.state.visits.lock().unwrap().len()
    }

    pub fn stop(&self) {
        if let Some(task) = self.state.task.lock().unwrap().take() {
            task.abort();
        }
    }

    fn next(&self) -> usize {
        self.number.fetch_add(1, Ordering::SeqCst)
    }

    /// Claims of creation options.
    pub fn creation(&self, now: Timestamp) -> Value {
        json!({
            "iss": self.iss,
            "aud": "urn:desktop-agent:v1",
            "sub": USER,
            "jti": format!("device.{}", self.next()),
            "iat": now.unix_seconds(),
            "exp": now.unix_seconds() + 300,
            "nonce": base64url(&[7; 32]),
            "env": "00000000-0000-4000-8000-00000000000e",
            "device": "00000000-0000-4000-8000-00000000000d",
            "rp": {"id": self.rp_id(), "name": "Example"},
            "user": {"name": "a.lee", "displayName": "Alex Lee"},
            "application": {"id": "00000000-0000-4000-8000-00000000000a", "name": "Desktop"},
            "algs": ["ES256"],
            "uv": "required",
            "minKeyProtection": "SOFTWARE",
            "evidence": "none",
            "timeout": 60000,
        })
    }

    /// Claims of request options for one credential.
    pub fn request(&self, now: Timestamp, kid: &Thumbprint) -> Value {
        let mut claims = self.usernameless(now);
        claims["sub"] = json!(USER);
        claims["allow"] = json!([kid]);
        claims
    }

    /// Claims of request options without a user.
    pub fn usernameless(&self, now: Timestamp) -> Value {
        json!({
            "iss": self.iss,
            "aud": "urn:desktop-agent:v1",
            "jti": format!("authn.{}", self.next()),
            "iat": now.unix_seconds(),
            "exp": now.unix_seconds() + 120,
            "nonce": base64url(&[9; 32]),
            "env": "00000000-0000-4000-8000-00000000000e",
            "authn": "00000000-0000-4000-8000-00000000000c",
            "rp": {"id": self.rp_id(), "name": "Example"},
            "uv": "required",
            "timeout": 60000,
            "ctx": {"app": "Payroll", "ip": "203.0.113.7", "place": "Lyon, FR", "template": "Hello"},
        })
    }

    fn rp_id(&self) -> &'static str {
        if self.iss.starts_with("http://") {
            "localhost"
        } else {
            "example.com"
        }
    }

    pub fn sign_creation(&self, claims: &Value) -> String {
        self.sign("desktop-creation-options+jwt", claims)
    }

    pub fn sign_request(&self, claims: &Value) -> String {
        self.sign("desktop-request-options+jwt", claims)
    }

    pub fn sign(&self, typ: &str, claims: &Value) -> String {
        sign_es256(typ, &self.kid, claims, &self.key).unwrap()
    }
}
