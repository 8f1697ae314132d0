//! `POST /{environmentId}/as/token`: an access token for a worker application (RFC 6749 §4.4).

use countersign_domain::ids::EnvironmentId;
use countersign_engine::oauth::{IssuedToken, OAuthStop, TokenRequest};
use countersign_engine::{Engine, Fault, Refusal, Stop};
use countersign_wire::oauth as wire;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::client::{self, Client};
use super::form::TokenForm;
use crate::framework::{
    About, Answer, Failure, Form, Media, OpenEndpoint, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::paths;

pub(crate) struct IssueToken;

impl Operation for IssueToken {
    const ABOUT: About = About {
        operation: "issueToken",
        verb: Verb::Post,
        path: paths::TOKEN,
        media: Media::Form,
    };
    type Body = Form;

    fn describe() -> Description {
        Description::new(
            Tag::OAuth,
            "Issue token",
            "The `client_credentials` grant. A client authenticates with the one method that its \
             application is set to: `client_secret_basic` (the `Authorization` header) or \
             `client_secret_post` (the form). Tokens live for an hour; what they allow follows from \
             the roles that the application has when they are used.",
        )
        .request::<wire::TokenForm>(json!({"grant_type": "client_credentials"}))
        .response::<wire::TokenResponse<'static>>(
            200,
            json!({
                "access_token": "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiIuLi4ifQ.c2ln",
                "token_type": "Bearer",
                "expires_in": 3600
            }),
        )
    }
}

impl OpenEndpoint for IssueToken {
    async fn handle(request: Request, Form(body): Form) -> Answer {
        let environment = EnvironmentId::from_uuid(request.path_id(paths::ENVIRONMENT_ID)?);
        // An environment that does not exist is 404 whatever else is wrong.
        request.engine().discovery(environment).await?;
        let form = TokenForm::parse(&body)
            .map_err(|_| invalid_request("a parameter is included more than once"))?;
        let token = match client::read(request.headers(), &form) {
            Client::None => issue(&request, environment, &form, None).await,
            Client::Known(readings) => try_readings(&request, environment, &form, readings).await?,
            Client::BadBasic => Err(OAuthStop::InvalidClient { basic: true }),
            Client::Twice => {
                return Err(invalid_request(
                    "more than one way of client authentication is used",
                ));
            }
        };
        let token = token.map_err(|stop| failure(stop, environment))?;
        Ok(Reply::ok(&wire::TokenResponse {
            access_token: &token.access_token,
            token_type: "Bearer",
            expires_in: token.expires_in,
        })?
        .no_store())
    }
}

/// Tries the readings of what the client sent. A client that fails too often has to wait.
async fn try_readings(
    request: &Request,
    environment: EnvironmentId,
    form: &TokenForm<'_>,
    readings: Vec<client::Sent>,
) -> Result<Result<IssuedToken, OAuthStop>, Failure> {
    let (throttle, source) = (request.throttle(), request.remote_address());
    let now = request.engine().now().unix_seconds();
    let id = readings
        .first()
        .map_or_else(String::new, |sent| sent.id().to_owned());
    if let Some(seconds) = throttle.wait(&id, source, now) {
        return Err(Failure::OAuth {
            status: StatusCode::TOO_MANY_REQUESTS,
            error: "temporarily_unavailable",
            description: "too many failed client authentications",
            challenge: None,
            retry_after: Some(seconds),
        });
    }
    let mut token = Err(OAuthStop::InvalidClient { basic: true });
    for sent in readings {
        token = issue(request, environment, form, Some(sent.into_credentials())).await;
        if !matches!(token, Err(OAuthStop::InvalidClient { .. })) {
            return Ok(token);
        }
    }
    throttle.failed(&id, source, now);
    Ok(token)
}

async fn issue(
    request: &Request,
    environment: EnvironmentId,
    form: &TokenForm<'_>,
    client: Option<countersign_engine::oauth::ClientCredentials>,
) -> Result<IssuedToken, OAuthStop> {
    let engine: &Engine = request.engine();
    let token_request = TokenRequest {
        grant_type: form.get("grant_type").map(str::to_owned),
        scope: form.get("scope").map(str::to_owned),
        client,
    };
    engine.issue_token(environment, token_request).await
}

fn invalid_request(description: &'static str) -> Failure {
    oauth(StatusCode::BAD_REQUEST, "invalid_request", description)
}

const fn oauth(status: StatusCode, error: &'static str, description: &'static str) -> Failure {
    Failure::OAuth {
        status,
        error,
        description,
        challenge: None,
        retry_after: None,
    }
}

fn failure(stop: OAuthStop, environment: EnvironmentId) -> Failure {
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    match stop {
        OAuthStop::UnknownEnvironment => Refusal::NotFound.into(),
        OAuthStop::InvalidRequest(description) => oauth(BAD, "invalid_request", description),
        OAuthStop::InvalidClient { basic } => Failure::OAuth {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_client",
            description: "Request denied: client authentication failed",
            challenge: basic
                .then(|| HeaderValue::try_from(format!("Basic realm=\"{environment}\"")).ok())
                .flatten(),
            retry_after: None,
        },
        OAuthStop::UnauthorizedClient => oauth(
            BAD,
            "unauthorized_client",
            "the client may not use this grant",
        ),
        OAuthStop::UnsupportedGrantType => oauth(
            BAD,
            "unsupported_grant_type",
            "the grant type is not supported",
        ),
        OAuthStop::InvalidScope => oauth(
            BAD,
            "invalid_scope",
            "the requested scope cannot be granted",
        ),
        OAuthStop::Fault(fault) => in_oauth_words(Failure::from(fault)),
    }
}

/// Says in the words of RFC 6749 what the pipeline found wrong with a request to the token endpoint.
pub(crate) fn in_oauth_words(failure: Failure) -> Failure {
    match failure {
        Failure::UnsupportedMediaType => oauth(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_request",
            "the content type must be application/x-www-form-urlencoded",
        ),
        Failure::BodyTooLarge => oauth(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "the request body is too large",
        ),
        Failure::NotJson => invalid_request("the request body cannot be read"),
        Failure::Stop(Stop::Fault(fault)) if fault.is_passing() => {
            tracing::error!(error = %fault, "no token was issued");
            Failure::OAuth {
                status: StatusCode::SERVICE_UNAVAILABLE,
                error: "temporarily_unavailable",
                description: "try again soon",
                challenge: None,
                retry_after: Some(1),
            }
        }
        Failure::Stop(Stop::Fault(fault)) => server_error(&fault),
        Failure::Panicked => {
            tracing::error!("a handler panicked");
            oauth(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "an unexpected error occurred",
            )
        }
        other => other,
    }
}

fn server_error(fault: &Fault) -> Failure {
    tracing::error!(error = %fault, "no token was issued");
    oauth(
        StatusCode::INTERNAL_SERVER_ERROR,
        "server_error",
        "an unexpected error occurred",
    )
}
