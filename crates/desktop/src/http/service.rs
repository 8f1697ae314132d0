//! One request: the checks in their order, the endpoint, the answer's headers.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use countersign_desktop_protocol::origin::Origin;
use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use http_body_util::Full;
use hyper::Request;
use hyper::body::{Bytes, Incoming};

use super::body;
use super::checks::{self, Endpoint, Preflight};
use super::cors::Grant;
use super::failure::{Failure, Kind};
use super::peer::{self, Owner};
use super::server::Limits;
use crate::agent::Agent;
use crate::ceremony::Caller;

/// A connection and whose it is.
#[derive(Debug)]
pub struct Connection {
    client: SocketAddr,
    server: SocketAddr,
    port: u16,
    owner: OnceLock<Option<Owner>>,
}

impl Connection {
    /// A connection just accepted on a listener of this port.
    pub fn new(client: SocketAddr, server: SocketAddr, port: u16) -> Self {
        Self {
            client,
            server,
            port,
            owner: OnceLock::new(),
        }
    }

    fn owner(&self) -> Option<Owner> {
        *self
            .owner
            .get_or_init(|| peer::owner(self.client, self.server))
    }

    /// Step 1: loopback, and of our own OS user.
    fn check_peer(&self) -> Result<(), Failure> {
        if self.client.ip().to_canonical().is_loopback() && peer::is_own(self.owner()) {
            Ok(())
        } else {
            Err(Kind::WrongOsUser.into())
        }
    }
}

/// A good answer.
enum Answer {
    Preflight(Endpoint),
    Jwt(String),
    Json(Vec<u8>),
}

/// What the page may see of the answer.
#[derive(Default)]
struct Readable(Option<Grant>);

/// Answers one request; never fails.
pub async fn answer(
    agent: &Arc<Agent>,
    connection: &Connection,
    limits: &Limits,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let asked = request.headers().clone();
    let mut readable = Readable::default();
    let outcome = route(agent, connection, limits, request, &mut readable).await;
    if let Err(failure) = &outcome {
        tracing::debug!(
            code = failure.kind.code(),
            status = failure.status().as_u16(),
            "refused"
        );
    }
    let mut response = match outcome {
        Ok(answer) => success(answer, &asked),
        Err(failure) => refusal(&failure, agent),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(VARY)
        .or_insert(HeaderValue::from_static("Origin"));
    if let Some(grant) = readable.0 {
        grant.apply(headers);
    }
    response
}

async fn route(
    agent: &Arc<Agent>,
    connection: &Connection,
    limits: &Limits,
    request: Request<Incoming>,
    readable: &mut Readable,
) -> Result<Answer, Failure> {
    let (head, body) = request.into_parts();
    connection.check_peer()?;
    checks::check_host(&head.uri, &head.headers, connection.port)?;
    let endpoint = endpoint(&head.uri, &head.method)?;
    let (endpoint, preflight) = endpoint;
    let origin = checks::check_origin(&head.headers, agent.settings().development)?;
    let standing = agent.standing_of_origin(&origin)?;
    if standing.reads(endpoint)
        && let Some(value) = head.headers.get(http::header::ORIGIN)
    {
        readable.0 = Some(Grant(value.clone()));
    }
    checks::check_fetch_metadata(&head.headers)?;

    match (preflight, endpoint) {
        (Preflight::Yes, _) if readable.0.is_some() => Ok(Answer::Preflight(endpoint)),
        (Preflight::Yes, _) => Err(Kind::OriginNotAllowed.into()),
        (Preflight::No, Endpoint::Status) => Ok(Answer::Json(agent.status(standing)?)),
        (Preflight::No, Endpoint::Register | Endpoint::Authenticate) => {
            checks::check_content_type(&head.headers)?;
            let jwt = body::read(body, limits.body_bytes, limits.body_time).await?;
            ceremony(agent, connection, endpoint, origin, jwt)
                .await
                .map(Answer::Jwt)
        }
    }
}

fn endpoint(uri: &Uri, method: &Method) -> Result<(Endpoint, Preflight), Failure> {
    let endpoint = Endpoint::of(uri)?;
    Ok((endpoint, endpoint.check_method(method)?))
}

async fn ceremony(
    agent: &Arc<Agent>,
    connection: &Connection,
    endpoint: Endpoint,
    origin: Origin,
    jwt: String,
) -> Result<String, Failure> {
    let caller = Caller {
        origin,
        owner: connection.owner(),
    };
    match endpoint {
        Endpoint::Register => crate::ceremony::register(agent, caller, jwt).await,
        Endpoint::Authenticate | Endpoint::Status => {
            crate::ceremony::authenticate(agent, caller, jwt).await
        }
    }
}

fn success(answer: Answer, asked: &HeaderMap) -> Response<Full<Bytes>> {
    let (content_type, content) = match answer {
        Answer::Preflight(endpoint) => {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::NO_CONTENT;
            Grant::apply_preflight(endpoint, asked, response.headers_mut());
            return response;
        }
        Answer::Jwt(jwt) => ("application/jwt", jwt.into_bytes()),
        Answer::Json(json) => ("application/json", json),
    };
    let mut response = Response::new(Full::from(content));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn refusal(failure: &Failure, agent: &Agent) -> Response<Full<Bytes>> {
    let body = failure.body(countersign_crypto::random::uuid_v4(agent.random()));
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = failure.status();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = failure.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(methods) = failure.allow {
        headers.insert(ALLOW, HeaderValue::from_static(methods));
    }
    // A body that was refused half-read is not waited for.
    if matches!(failure.kind, Kind::TooLarge | Kind::InvalidRequest) {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
