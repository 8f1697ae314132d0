//! Every way in which a token can be wrong, at both endpoints.

use countersign_crypto::encoding::base64url;
use countersign_crypto::signing::Es256KeyPair;
use countersign_desktop_protocol::attestation::Verified;
use serde_json::{Value, json};

use crate::support::{Answer, Issuer, PAGE, Setup, TestAgent};

struct World {
    issuer: Issuer,
    agent: TestAgent,
    paired: Verified,
}

/// The two endpoints with their tokens.
#[derive(Clone, Copy, Debug)]
enum End {
    Register,
    Authenticate,
}

const ENDS: [End; 2] = [End::Register, End::Authenticate];

impl End {
    fn typ(self) -> &'static str {
        match self {
            Self::Register => "desktop-creation-options+jwt",
            Self::Authenticate => "desktop-request-options+jwt",
        }
    }
}

impl World {
    async fn new() -> Self {
        let issuer = Issuer::named("https://auth.example.com/env/as").await;
        let agent = TestAgent::start(Setup::trusting(&issuer));
        let paired = agent.pair(&issuer).await;
        Self {
            issuer,
            agent,
            paired,
        }
    }

    fn claims(&self, end: End) -> Value {
        match end {
            End::Register => self.issuer.creation(self.agent.now()),
            End::Authenticate => self.issuer.request(self.agent.now(), self.paired.kid()),
        }
    }

    fn sign(&self, end: End, claims: &Value) -> String {
        self.issuer.sign(end.typ(), claims)
    }

    async fn post(&self, end: End, origin: &str, jwt: &str) -> Answer {
        match end {
            End::Register => self.agent.register(origin, jwt).await,
            End::Authenticate => self.agent.authenticate(origin, jwt).await,
        }
    }

    /// Posts a token with changed claims; it has to be refused without a question.
    #[track_caller]
    fn refused(
        &self,
        end: End,
        changes: &[(&str, Value)],
        status: u16,
        code: &str,
    ) -> impl Future<Output = ()> {
        let mut claims = self.claims(end);
        for (member, value) in changes {
            match value {
                Value::Null => {
                    claims.as_object_mut().unwrap().remove(*member);
                }
                value => claims[*member] = value.clone(),
            }
        }
        let jwt = self.sign(end, &claims);
        async move {
            let opened = self.agent.person.opened();
            let answer = self.post(end, PAGE, &jwt).await;
            assert_eq!(
                answer.failure(),
                (status, code.to_owned()),
                "{end:?} {claims}"
            );
            assert_eq!(self.agent.person.opened(), opened);
        }
    }
}

/// A token of any header and payload text, signed by the issuer's key.
fn raw(key: &Es256KeyPair, header: &str, payload: &str) -> String {
    let input = format!(
        "{}.{}",
        base64url(header.as_bytes()),
        base64url(payload.as_bytes())
    );
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url(&signature))
}

#[tokio::test]
async fn not_a_compact_jws() {
    let world = World::new().await;
    for end in ENDS {
        let good = world.sign(end, &world.claims(end));
        let parts: Vec<_> = good.split('.').collect();
        let key = &world.issuer.key;
        let head = format!(
            r#"{{"typ":"{}","alg":"ES256","kid":"server-1"}}"#,
            end.typ()
        );
        let claims = world.claims(end).to_string();
        let cases = [
            String::new(),
            "x".to_owned(),
            "..".to_owned(),
            format!("{}.{}", parts[0], parts[1]),
            format!("{good}.x"),
            format!("{good}="),
            format!("{good}\n"),
            format!(" {good}"),
            good.replacen('.', "=.", 1),
            format!("{}+.{}.{}", parts[0], parts[1], parts[2]),
            raw(key, &head, "[]"),
            raw(key, &head, "{"),
            raw(key, "[]", &claims),
            raw(key, &head.replace('}', r#","alg":"none"}"#), &claims),
            raw(
                key,
                &head,
                &claims.replacen('{', r#"{"iss":"https://evil.test","#, 1),
            ),
            raw(
                key,
                &head,
                &claims.replace(
                    r#""name":"Example""#,
                    r#""name":"Example","id":"evil.test""#,
                ),
            ),
            json!({"payload": parts[1], "protected": parts[0], "signature": parts[2]}).to_string(),
        ];
        for jwt in cases {
            let answer = world.post(end, PAGE, &jwt).await;
            assert_eq!(
                answer.failure(),
                (400, "INVALID_REQUEST".to_owned()),
                "{end:?} {jwt}"
            );
        }
    }
}

#[tokio::test]
async fn not_a_token_of_the_issuer() {
    let world = World::new().await;
    for end in ENDS {
        let key = &world.issuer.key;
        let claims = world.claims(end);
        let text = claims.to_string();
        let good = world.sign(end, &claims);
        let (input, signature) = good.rsplit_once('.').unwrap();
        let head = |more: &str| {
            format!(
                r#"{{"typ":"{}","alg":"ES256","kid":"server-1"{more}}}"#,
                end.typ()
            )
        };
        let jwk = serde_json::to_string(Es256KeyPair::generate().unwrap().public_jwk()).unwrap();
        let other = world.issuer.with_new_key("server-1");
        let mut flipped = signature.to_owned().into_bytes();
        flipped[10] = if flipped[10] == b'A' { b'B' } else { b'A' };
        let der = base64url(&[0x30; 70]);
        let cases = [
            other.sign(end.typ(), &claims),
            world.issuer.with_new_key("nobody").sign(end.typ(), &claims),
            format!("{input}.{}", String::from_utf8(flipped).unwrap()),
            format!("{input}."),
            format!("{input}.{}", base64url(&[0; 64])),
            format!("{input}.{der}"),
            raw(key, &head("").replace("ES256", "none"), &text),
            raw(key, &head("").replace("ES256", "HS256"), &text),
            raw(key, &head("").replace("ES256", "RS256"), &text),
            raw(key, &head("").replace("ES256", "es256"), &text),
            raw(key, &head("").replace(r#""alg":"ES256","#, ""), &text),
            raw(key, &head("").replace(r#","kid":"server-1""#, ""), &text),
            raw(key, &head(r#","crit":["exp"]"#), &text),
            raw(key, &head(r#","b64":false"#), &text),
            raw(key, &head(r#","zip":"DEF""#), &text),
            raw(key, &head(r#","jku":"https://evil.test""#), &text),
            raw(key, &head(r#","x5u":"https://evil.test""#), &text),
            raw(key, &head(&format!(r#","jwk":{jwk}"#)), &text),
            raw(key, &head("").replace(end.typ(), "JWT"), &text),
            raw(
                key,
                &head("").replace(end.typ(), &end.typ().to_uppercase()),
                &text,
            ),
            raw(
                key,
                &head("").replace(end.typ(), "desktop-attestation+jwt"),
                &text,
            ),
            raw(
                key,
                &head("").replace(end.typ(), "desktop-assertion+jwt"),
                &text,
            ),
            raw(
                key,
                &head("").replace(&format!(r#""typ":"{}","#, end.typ()), ""),
                &text,
            ),
        ];
        for jwt in cases {
            let answer = world.post(end, PAGE, &jwt).await;
            assert_eq!(
                answer.failure(),
                (400, "INVALID_TOKEN".to_owned()),
                "{end:?} {jwt}"
            );
        }
    }
    // Each type at the other's endpoint.
    let creation = world.sign(End::Register, &world.claims(End::Register));
    world
        .agent
        .authenticate(PAGE, &creation)
        .await
        .is_failure(400, "INVALID_TOKEN");
    let request = world.sign(End::Authenticate, &world.claims(End::Authenticate));
    world
        .agent
        .register(PAGE, &request)
        .await
        .is_failure(400, "INVALID_TOKEN");
}

#[tokio::test]
async fn claims() {
    let world = World::new().await;
    let now = world.agent.now().unix_seconds();
    for end in ENDS {
        for changes in [
            vec![("aud", json!("https://auth.example.com"))],
            vec![("aud", json!(["urn:desktop-agent:v1"]))],
            vec![("aud", Value::Null)],
            vec![("iss", Value::Null)],
            vec![("iss", json!(7))],
            vec![("jti", Value::Null)],
            vec![("jti", json!(""))],
            vec![("nonce", json!("short"))],
            vec![("nonce", Value::Null)],
            vec![("iat", json!("now"))],
            vec![("exp", Value::Null)],
            vec![("exp", json!(now + 301))],
            vec![("exp", json!(now))],
            vec![("exp", json!(now - 10))],
            vec![("rp", json!("example.com"))],
            vec![("rp", json!({"name": "x"}))],
            vec![("origins", json!("https://login.example.com"))],
            vec![("origins", json!(["https://login.example.com/"]))],
            vec![("uv", json!("always"))],
            vec![("timeout", json!(-1))],
            vec![("env", json!("none"))],
        ] {
            world.refused(end, &changes, 400, "INVALID_TOKEN").await;
        }
    }
    for changes in [
        vec![("sub", Value::Null)],
        vec![("user", json!({"name": 7, "displayName": ""}))],
        vec![("minKeyProtection", json!("PAPER"))],
        vec![("algs", json!("ES256"))],
        vec![("exclude", json!(["x"]))],
    ] {
        world
            .refused(End::Register, &changes, 400, "INVALID_TOKEN")
            .await;
    }
    for changes in [
        vec![("allow", json!([]))],
        vec![("allow", Value::Null)],
        vec![("sub", Value::Null)],
        vec![
            ("sub", Value::Null),
            ("allow", Value::Null),
            ("uv", json!("preferred")),
        ],
        vec![("authn", Value::Null)],
        vec![("ctx", json!({"app": {}}))],
    ] {
        world
            .refused(End::Authenticate, &changes, 400, "INVALID_TOKEN")
            .await;
    }
}

#[tokio::test]
async fn issuers() {
    let world = World::new().await;
    for end in ENDS {
        for iss in [
            "https://auth.example.org/env/as",
            "https://auth.example.com.evil.test/env/as",
            "https://evil.test/env/as",
            "http://auth.example.com/env/as",
            "auth.example.com",
        ] {
            world
                .refused(end, &[("iss", json!(iss))], 401, "UNTRUSTED_ISSUER")
                .await;
        }
    }
    // Trust comes before the origin of the relying party, the origin's shape before both.
    let mut claims = world.claims(End::Authenticate);
    claims["iss"] = json!("https://evil.test");
    let jwt = world.sign(End::Authenticate, &claims);
    world
        .agent
        .authenticate("https://evil.test", &jwt)
        .await
        .is_failure(401, "UNTRUSTED_ISSUER");
    world
        .agent
        .authenticate("http://evil.test", &jwt)
        .await
        .is_failure(403, "ORIGIN_NOT_ALLOWED");
}

#[tokio::test]
async fn origins_and_relying_parties() {
    let world = World::new().await;
    for end in ENDS {
        let origins = [
            "https://evil.test",
            "https://notexample.com",
            "https://example.com.evil.test",
            "https://example.co",
            "https://xn--exmple-cua.com",
            "https://login.example.org",
            "https://203.0.113.7",
            "http://localhost:8080",
        ];
        for origin in origins {
            let jwt = world.sign(end, &world.claims(end));
            let answer = world.post(end, origin, &jwt).await;
            assert_eq!(
                answer.failure(),
                (403, "ORIGIN_NOT_ALLOWED".to_owned()),
                "{origin}"
            );
            assert_eq!(answer.json()["details"][0]["target"], "origin");
        }
        // A sibling of the exact list, also by port.
        for listed in [
            "https://other.example.com",
            "https://login.example.com:8443",
        ] {
            let changes = [("origins", json!([listed]))];
            world
                .refused(end, &changes, 403, "ORIGIN_NOT_ALLOWED")
                .await;
        }
        for rp in [
            "com",
            "co.uk",
            "github.io",
            "intranet",
            "203.0.113.7",
            "[::1]",
            "Example.com",
            "example.com.",
            "https://example.com",
            "",
            "localhost.",
            "a.localhost",
        ] {
            let changes = [("rp", json!({"id": rp, "name": ""}))];
            world.refused(end, &changes, 403, "RP_NOT_ALLOWED").await;
        }
    }
    assert_eq!(world.agent.person.opened(), 1, "the pairing alone");
}

#[tokio::test]
async fn clocks() {
    let world = World::new().await;
    let now = world.agent.now().unix_seconds();
    for end in ENDS {
        let good = match end {
            // Time is judged before the credential is looked for: a stranger's kid shows that it passed.
            End::Authenticate => (404, "NO_CREDENTIAL"),
            End::Register => (400, "UNSUPPORTED_ALGORITHM"),
        };
        let expired = (410, "REQUEST_EXPIRED");
        let ahead = (410, "CLOCK_SKEW");
        for (iat, exp, (status, code)) in [
            (-400, -300, good),
            (-401, -301, expired),
            (-3600, -3300, expired),
            (-86_400, -86_100, expired),
            (300, 420, good),
            (301, 421, ahead),
            (3600, 3700, ahead),
            (86_400, 86_500, ahead),
            (0, 300, good),
        ] {
            let stranger = Es256KeyPair::generate().unwrap().public_jwk().thumbprint();
            let changes = [
                ("iat", json!(now + iat)),
                ("exp", json!(now + exp)),
                ("algs", json!([])),
                ("allow", json!([stranger])),
            ];
            world.refused(end, &changes, status, code).await;
        }
    }
    let mut claims = world.claims(End::Authenticate);
    claims["iat"] = json!(now + 7200);
    claims["exp"] = json!(now + 7300);
    let answer = world
        .agent
        .authenticate(PAGE, &world.issuer.sign_request(&claims))
        .await;
    let detail = &answer.json()["details"][0];
    assert_eq!(detail["target"], "iat");
    assert_eq!(
        detail["innerError"]["localTime"],
        world.agent.now().to_rfc3339_millis()
    );
    assert_eq!(
        detail["innerError"]["tokenTime"],
        world.agent.now().plus_seconds(7200).to_rfc3339_millis()
    );
}

#[tokio::test]
async fn replay() {
    use crate::support::{PIN, Step};
    let world = World::new().await;
    let jwt = world.sign(End::Authenticate, &world.claims(End::Authenticate));
    world.agent.person.will([Step::Allow, Step::Pin(PIN)]);
    assert_eq!(world.agent.authenticate(PAGE, &jwt).await.status, 200);
    world
        .agent
        .authenticate(PAGE, &jwt)
        .await
        .is_failure(409, "REQUEST_REPLAYED");

    let declined = world.sign(End::Register, &world.claims(End::Register));
    world.agent.person.will([Step::Decline]);
    world
        .agent
        .register(PAGE, &declined)
        .await
        .is_failure(403, "USER_DECLINED");
    world
        .agent
        .register(PAGE, &declined)
        .await
        .is_failure(409, "REQUEST_REPLAYED");

    let agent = world.agent.restart(Setup::trusting(&world.issuer)).await;
    agent
        .authenticate(PAGE, &jwt)
        .await
        .is_failure(409, "REQUEST_REPLAYED");
    agent
        .register(PAGE, &declined)
        .await
        .is_failure(409, "REQUEST_REPLAYED");
    assert_eq!(agent.person.opened(), 0);
    // Once it is too old, its age is what is told.
    agent.wait(1000);
    agent
        .authenticate(PAGE, &jwt)
        .await
        .is_failure(410, "REQUEST_EXPIRED");
}

#[tokio::test]
async fn many_at_once_with_one_token_ask_once() {
    use crate::support::{PIN, Step};
    let world = World::new().await;
    let jwt = world.sign(End::Authenticate, &world.claims(End::Authenticate));
    world.agent.person.will([Step::Allow, Step::Pin(PIN)]);
    let posts: Vec<_> = (0..30)
        .map(|_| crate::support::Call::jwt("/authenticate", PAGE, &jwt))
        .map(|call| {
            let port = world.agent.port;
            tokio::spawn(async move { call.send(port).await.status })
        })
        .collect();
    let mut good = 0;
    for post in posts {
        match post.await.unwrap() {
            200 => good += 1,
            status => assert!(status == 429 || status == 409, "{status}"),
        }
    }
    assert_eq!(good, 1);
}
