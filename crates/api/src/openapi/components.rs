//! What all operations of the document refer to: error answers and ways to authenticate.

use std::collections::BTreeMap;

use countersign_domain::messages;
use countersign_wire::error::ErrorBody;
use countersign_wire::oauth::OAuthError;
use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use super::nulls;

/// Name of the bearer scheme.
pub(super) const BEARER: &str = "workerToken";
/// Name of the client authentication at the token endpoint.
pub(super) const BASIC: &str = "clientSecretBasic";

const ERROR_ID: &str = "6c796712-0f16-4062-815a-e0a92f4a2143";

/// The components beside the given schemas.
pub(super) fn components(mut schemas: BTreeMap<String, RefOr<Schema>>) -> Components {
    let mut found = Vec::new();
    ErrorBody::schemas(&mut found);
    OAuthError::schemas(&mut found);
    schemas.extend(found);
    schemas.insert("ErrorBody".to_owned(), ErrorBody::schema());
    schemas.insert("OAuthError".to_owned(), OAuthError::schema());
    let schemas = schemas
        .into_iter()
        .map(|(name, schema)| (name, nulls::without(schema)));
    let mut components = ComponentsBuilder::new().schemas_from_iter(schemas);
    for (name, description, example) in errors() {
        components = components.response(name, error("ErrorBody", description, example));
    }
    components
        .response(
            "OAuthError",
            error("OAuthError", "An error of RFC 6749 §5.2.", oauth_example()),
        )
        .security_scheme(
            BEARER,
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .description(Some("An access token of a worker application."))
                    .build(),
            ),
        )
        .security_scheme(
            BASIC,
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Basic)
                    .description(Some("Client id and secret (RFC 6749 §2.3.1)."))
                    .build(),
            ),
        )
        .build()
}

fn errors() -> [(&'static str, &'static str, Value); 5] {
    let invalid_data = json!({
        "id": ERROR_ID,
        "code": "INVALID_DATA",
        "message": messages::INVALID_DATA,
        "details": [{
            "code": "REQUIRED_VALUE",
            "target": "type",
            "message": messages::MUST_NOT_BE_NULL,
        }],
    });
    [
        (
            "BadRequest",
            "The request is wrong (`INVALID_DATA` names every wrong member; `INVALID_REQUEST`), or \
             it is right but cannot be carried out now (`REQUEST_FAILED`).",
            invalid_data,
        ),
        (
            "Unauthenticated",
            "The access token is missing, malformed, expired or not for this service.",
            denied("INVALID_TOKEN", messages::INVALID_TOKEN),
        ),
        (
            "Forbidden",
            "No role of the caller covers the target, or the environment does not exist.",
            denied("INSUFFICIENT_PERMISSIONS", messages::NOT_AUTHORIZED),
        ),
        (
            "NotFound",
            "There is no such thing.",
            bare("NOT_FOUND", messages::NOT_FOUND),
        ),
        (
            "UnsupportedMediaType",
            "The media type selects nothing here.",
            bare("INVALID_REQUEST", messages::UNSUPPORTED_MEDIA_TYPE),
        ),
    ]
}

fn bare(code: &str, message: &str) -> Value {
    json!({"id": ERROR_ID, "code": code, "message": message})
}

fn denied(code: &str, message: &str) -> Value {
    json!({
        "id": ERROR_ID,
        "code": "ACCESS_FAILED",
        "message": messages::ACCESS_FAILED,
        "details": [{"code": code, "message": message}],
    })
}

fn oauth_example() -> Value {
    json!({
        "error": "invalid_client",
        "error_description": "Request denied: client authentication failed \
            (Correlation ID: 0b1c8e1e-2b0c-4a53-9d0f-1d2f6a1a2c55)",
    })
}

fn error(schema: &str, description: &str, example: Value) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .example(Some(example))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/json", content)
        .build()
}
