//! `GET /{environmentId}/as/jwks`: the public keys of an environment (RFC 7517).

use countersign_domain::ids::EnvironmentId;
use countersign_wire::oauth as wire;
use serde_json::json;

use crate::framework::{About, Answer, Media, OpenEndpoint, Operation, Reply, Request, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct Jwks;

impl Operation for Jwks {
    const ABOUT: About = About {
        operation: "readKeys",
        verb: Verb::Get,
        path: paths::JWKS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::OAuth,
            "Read keys",
            "The RSA keys that sign access tokens and the EC keys that sign the options of desktop \
             authenticators. A new key is published a day before it signs, an old one until \
             whatever it signed has expired. May be kept for five minutes.",
        )
        .response::<wire::JwkSet>(
            200,
            json!({"keys": [
                {"kty": "RSA", "e": "AQAB", "use": "sig", "kid": "b3a1", "alg": "RS256", "n": "0vx7"},
                {"kty": "EC", "use": "sig", "kid": "7d2c", "alg": "ES256", "crv": "P-256",
                 "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                 "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
            ]}),
        )
    }
}

impl OpenEndpoint for Jwks {
    async fn handle(request: Request, (): ()) -> Answer {
        let environment = EnvironmentId::from_uuid(request.path_id(paths::ENVIRONMENT_ID)?);
        let keys = request.engine().key_set(environment).await?;
        Ok(Reply::ok_text(format!("{{\"keys\":[{}]}}", keys.join(","))).keep_five_minutes())
    }
}
