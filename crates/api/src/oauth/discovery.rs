//! `GET /{environmentId}/as/.well-known/openid-configuration`: what there is (RFC 8414).

use countersign_domain::ids::EnvironmentId;
use countersign_wire::oauth as wire;
use serde_json::json;

use crate::framework::{About, Answer, Media, OpenEndpoint, Operation, Reply, Request, Verb};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct Discovery;

impl Operation for Discovery {
    const ABOUT: About = About {
        operation: "readDiscovery",
        verb: Verb::Get,
        path: paths::DISCOVERY,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        Description::new(
            Tag::OAuth,
            "Read discovery document",
            "What the authorization server of the environment offers. Only what is there is listed.",
        )
        .response::<wire::Discovery>(200, json!(document("https://mfa.example.com/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as")))
    }
}

impl OpenEndpoint for Discovery {
    async fn handle(request: Request, (): ()) -> Answer {
        let environment = EnvironmentId::from_uuid(request.path_id(paths::ENVIRONMENT_ID)?);
        let found = request.engine().discovery(environment).await?;
        Ok(Reply::ok(&document(&found.issuer))?.keep_five_minutes())
    }
}

fn document(issuer: &str) -> wire::Discovery {
    wire::Discovery {
        issuer: issuer.to_owned(),
        token_endpoint: format!("{issuer}/token"),
        jwks_uri: format!("{issuer}/jwks"),
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        require_pushed_authorization_requests: false,
        scopes_supported: vec![],
        response_types_supported: vec![],
        grant_types_supported: vec!["client_credentials"],
        subject_types_supported: vec!["public"],
        id_token_signing_alg_values_supported: vec!["RS256"],
        token_endpoint_auth_methods_supported: vec!["client_secret_basic", "client_secret_post"],
    }
}
