//! From the table of endpoints to the document.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::path::{
    OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Required, ResponseBuilder, Schema, ServerBuilder,
};

use super::Tag;
use super::components::{BASIC, BEARER, components};
use super::describe::{Description, Shown};
use crate::framework::endpoint::Guard;
use crate::framework::{Endpoint, Media, Verb};

const ABOUT: &str = "Multi-factor authentication that speaks the PingOne MFA API. Several actions \
share one path and method; the request's `Content-Type` alone says which one is meant. Answers are \
`application/json`, or `application/hal+json` when `Accept` names that and not the other. Every \
answer carries a `Correlation-Id`; `X-Ping-External-Transaction-Id` and \
`X-Ping-External-Session-Id` are recorded and answered. `docs/api.md` tells more.";

/// The document of a table of endpoints.
pub(super) fn document(table: impl Iterator<Item = &'static Endpoint>) -> OpenApi {
    let mut schemas = BTreeMap::new();
    let mut groups: BTreeMap<(&'static str, Verb), Vec<(&'static Endpoint, Description)>> =
        BTreeMap::new();
    for endpoint in table.filter(|endpoint| !endpoint.is_alias) {
        let mut description = (endpoint.describe)();
        schemas.extend(std::mem::take(&mut description.schemas));
        groups
            .entry((endpoint.about.path, endpoint.about.verb))
            .or_default()
            .push((endpoint, description));
    }
    let mut paths = PathsBuilder::new();
    for ((path, verb), group) in groups {
        paths = paths.path(
            path,
            PathItem::new(http_method(verb), operation(path, &group)),
        );
    }
    let tags = Tag::ALL.iter().map(|tag| {
        TagBuilder::new()
            .name(tag.name())
            .description(Some(tag.description()))
            .build()
    });
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Countersign")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(ABOUT))
                .license(Some(
                    LicenseBuilder::new()
                        .name("Apache-2.0")
                        .identifier(Some("Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new()
            .url("/")
            .description(Some("The server that this document comes from."))
            .build()]))
        .paths(paths.build())
        .components(Some(components(schemas)))
        .tags(Some(tags))
        .build()
}

fn http_method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Post => HttpMethod::Post,
        Verb::Put => HttpMethod::Put,
        Verb::Patch => HttpMethod::Patch,
        Verb::Delete => HttpMethod::Delete,
    }
}

type Group = [(&'static Endpoint, Description)];

/// One operation of the document: all endpoints that share a path and a method.
fn operation(path: &str, group: &Group) -> OperationBuilder {
    let mut operation = OperationBuilder::new();
    if let [(endpoint, description)] = group {
        operation = operation
            .operation_id(Some(endpoint.about.operation))
            .summary(Some(description.summary))
            .description(Some(with_permission(endpoint, description)));
    } else if let [(first, _), ..] = group {
        let summaries: Vec<&str> = group.iter().map(|(_, about)| about.summary).collect();
        let texts: Vec<String> = group
            .iter()
            .map(|(endpoint, about)| {
                let media = endpoint.about.media.name().unwrap_or("no body");
                let name = endpoint.about.operation;
                format!(
                    "**{}** (`{name}`, `Content-Type: {media}`)\n\n{}",
                    about.summary,
                    with_permission(endpoint, about)
                )
            })
            .collect();
        operation = operation
            .operation_id(Some(first.about.operation))
            .summary(Some(summaries.join(" / ")))
            .description(Some(format!(
                "The media type selects the action.\n\n{}",
                texts.join("\n\n")
            )));
    }
    for name in path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
                )),
        );
    }
    for parameter in group.iter().flat_map(|(_, about)| &about.query) {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(parameter.name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(parameter.description))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
                .example(parameter.example.clone()),
        );
    }
    if let Some((_, about)) = group.first() {
        operation = operation.tag(about.tag.name());
    }
    operation = request_body(operation, group);
    operation = successes(operation, group);
    failures(operation, group)
}

fn with_permission(endpoint: &Endpoint, about: &Description) -> String {
    let needs = match endpoint.guard {
        Guard::Open => return about.text.to_owned(),
        Guard::Caller(permission) => format!("`{permission:?}` anywhere; the answer is cut to it"),
        Guard::Environment(permission) => {
            format!("`{permission:?}` in the environment or in populations of it")
        }
        Guard::WholeEnvironment(permission) => format!("`{permission:?}` in the environment"),
        Guard::User(permission) => format!("`{permission:?}` on the user"),
    };
    format!("{} Needs the permission {needs}.", about.text)
}

fn request_body(operation: OperationBuilder, group: &Group) -> OperationBuilder {
    if group
        .iter()
        .all(|(endpoint, _)| endpoint.about.media == Media::None)
    {
        return operation;
    }
    let mut body = RequestBodyBuilder::new();
    for (endpoint, about) in group {
        let Some(media) = endpoint.about.media.name() else {
            continue;
        };
        let content = match &about.request {
            Some(Shown { schema, example }) => ContentBuilder::new()
                .schema(Some(schema.clone()))
                .example(Some(example.clone())),
            // The action takes nothing; what is sent is ignored.
            None => ContentBuilder::new(),
        };
        body = body.content(media, content.build());
    }
    operation.request_body(Some(body.build()))
}

fn successes(mut operation: OperationBuilder, group: &Group) -> OperationBuilder {
    let mut by_status: BTreeMap<u16, Vec<(&Endpoint, &Description)>> = BTreeMap::new();
    for (endpoint, about) in group {
        by_status
            .entry(about.success.status)
            .or_default()
            .push((endpoint, about));
    }
    for (status, rows) in by_status {
        let summaries: Vec<&str> = rows.iter().map(|(_, about)| about.summary).collect();
        let mut response = ResponseBuilder::new().description(summaries.join(" / "));
        let mut schemas: Vec<RefOr<Schema>> = Vec::new();
        let mut examples: Vec<(&str, &Value)> = Vec::new();
        for (endpoint, about) in rows {
            let Some(Shown { schema, example }) = &about.success.body else {
                continue;
            };
            if !schemas.contains(schema) {
                schemas.push(schema.clone());
            }
            examples.push((endpoint.about.operation, example));
        }
        let schema = match schemas.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => {
                let one_of = several.iter().fold(OneOfBuilder::new(), |one_of, schema| {
                    one_of.item(schema.clone())
                });
                Some(one_of.into())
            }
        };
        if let Some(schema) = schema {
            let mut content = ContentBuilder::new().schema(Some(schema));
            content = match examples.as_slice() {
                [(_, example)] => content.example(Some((*example).clone())),
                several => content.examples_from_iter(several.iter().map(|(name, example)| {
                    let value = Some((*example).clone());
                    (
                        *name,
                        utoipa::openapi::example::ExampleBuilder::new().value(value),
                    )
                })),
            };
            response = response.content("application/json", content.build());
        }
        operation = operation.response(status.to_string(), response.build());
    }
    operation
}

fn failures(mut operation: OperationBuilder, group: &Group) -> OperationBuilder {
    let is_open = group
        .iter()
        .all(|(endpoint, _)| endpoint.guard == Guard::Open);
    let is_form = group
        .iter()
        .any(|(endpoint, _)| endpoint.about.media == Media::Form);
    let named: &[(&str, &str)] = match (is_open, is_form) {
        (true, true) => &[
            ("400", "OAuthError"),
            ("401", "OAuthError"),
            ("404", "NotFound"),
        ],
        (true, false) => &[("404", "NotFound")],
        (false, _) => &[
            ("400", "BadRequest"),
            ("401", "Unauthenticated"),
            ("403", "Forbidden"),
            ("404", "NotFound"),
            ("415", "UnsupportedMediaType"),
        ],
    };
    for (status, name) in named {
        operation = operation.response(*status, Ref::from_response_name(*name));
    }
    if is_form {
        operation.security(SecurityRequirement::new(BASIC, [] as [&str; 0]))
    } else if is_open {
        operation.securities(Some([] as [SecurityRequirement; 0]))
    } else {
        operation.security(SecurityRequirement::new(BEARER, [] as [&str; 0]))
    }
}
