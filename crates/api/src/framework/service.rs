//! The way of a request through the API, as one tower service.
//!
//! ```text
//! ids, header limit (431) ─► path (404) ─► method (405) ─► announced body length (413)
//!   ─► token (401) ─► role on environment or user (403, 404) ─► media type (415)
//!   ─► body (413, 400) ─► handler ─► headers
//! ```

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use countersign_engine::{Engine, Refusal, RequestContext};
use countersign_wire::accept;
use countersign_wire::media::{self, MediaType};
use futures_util::FutureExt;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use hyper::body::Body as _;

use super::body::Payload;
use super::context::{CORRELATION_ID, IdHeaders, SESSION_ID, TRANSACTION_ID};
use super::endpoint::{Endpoint, Media, Verb};
use super::links::Links;
use super::routes::{PathIds, Resource, Routes, Selected};
use super::{Failure, Request, context, headers};

/// Limits of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all header lines together.
    pub header_bytes: usize,
    /// Bytes of a JSON body.
    pub body_bytes: usize,
    /// Bytes of a form.
    pub form_bytes: usize,
    /// Failed client authentications a minute at the token endpoint, for each client and source;
    /// `None` = any number.
    pub client_failures_per_minute: Option<u32>,
}

impl Limits {
    /// Those of a server that is reached from elsewhere.
    pub fn serving() -> Self {
        Self {
            client_failures_per_minute: Some(10),
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 6 * 1024,
            body_bytes: 256 * 1024,
            form_bytes: 16 * 1024,
            client_failures_per_minute: None,
        }
    }
}

const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// What all requests share.
pub(crate) struct App {
    pub(crate) engine: Engine,
    pub(crate) links: Links,
    limits: Limits,
    pub(super) throttle: crate::oauth::Throttle,
    routes: Routes,
    common: HeaderMap,
    openapi: crate::openapi::Served,
}

impl App {
    pub(crate) fn new(engine: Engine, links: Links, limits: Limits) -> Self {
        let (routes, contradictions) = Routes::new(crate::table::all());
        for contradiction in contradictions {
            tracing::error!(contradiction, "a route is left out");
        }
        let common = headers::common(&links);
        let openapi = crate::openapi::Served::default();
        Self {
            engine,
            links,
            limits,
            throttle: crate::oauth::Throttle::new(limits.client_failures_per_minute),
            routes,
            common,
            openapi,
        }
    }
}

/// The API as a service.
#[derive(Clone)]
pub(crate) struct ApiService {
    pub(crate) app: Arc<App>,
}

impl tower::Service<http::Request<Body>> for ApiService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let app = Arc::clone(&self.app);
        Box::pin(async move { Ok(answer(app, request).await) })
    }
}

async fn answer(app: Arc<App>, request: http::Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let (context, ids) = context::read(&parts, &app.engine);
    let is_head = parts.method == Method::HEAD;
    if parts.uri.path() == crate::paths::OPENAPI && (is_head || parts.method == Method::GET) {
        let response = finish(&app, None, app.openapi.answer(), &ids, false);
        return if is_head {
            without_body(response)
        } else {
            response
        };
    }
    // What OAuth and OpenID Connect define is `application/json`, whoever asks.
    let is_oauth = parts.uri.path().split('/').nth(2) == Some("as");
    let wants_hal = !is_oauth && wants_hal(&parts.headers);
    let found = app.routes.find(parts.uri.path());
    let is_api = parts.uri.path().starts_with("/v1/");
    let resource = found.as_ref().map(|(resource, _)| Arc::clone(resource));
    let response = match dispatch(&app, parts, body, context, found).await {
        Ok(response) => response,
        Err(failure) => {
            let error_id = context::draw_id(&app.engine);
            let not_allowed = matches!(failure, Failure::MethodNotAllowed);
            let mut response = failure.answer(error_id, &ids.correlation);
            if not_allowed && let Some(resource) = &resource {
                response
                    .headers_mut()
                    .insert(header::ALLOW, resource.allow.clone());
            }
            response
        }
    };
    let nothing_there = HeaderValue::from_static("OPTIONS");
    let cors = match &resource {
        Some(resource) => Some(&resource.cors_methods),
        None => is_api.then_some(&nothing_there),
    };
    let response = finish(&app, cors, response, &ids, wants_hal);
    if is_head {
        without_body(response)
    } else {
        response
    }
}

async fn dispatch(
    app: &Arc<App>,
    parts: Parts,
    body: Body,
    context: RequestContext,
    found: Option<(Arc<Resource>, PathIds)>,
) -> Result<Response, Failure> {
    if header_bytes(&parts.headers) > app.limits.header_bytes {
        return Err(Failure::HeadersTooLarge);
    }
    let (resource, ids) = found.ok_or(Refusal::NotFound)?;
    if parts.method == Method::OPTIONS {
        return Ok(preflight(&resource));
    }
    let verb = verb(&parts).ok_or(Failure::MethodNotAllowed)?;
    let (endpoint, media_fits) = match resource.select(verb, media_type(&parts.headers)) {
        Selected::Endpoint(endpoint) => (endpoint, true),
        Selected::WrongMediaType(endpoint) => (endpoint, false),
        Selected::NoMethod => return Err(Failure::MethodNotAllowed),
    };
    let body_limit = match endpoint.about.media {
        Media::Form => app.limits.form_bytes,
        _ => app.limits.body_bytes,
    };
    if announced_length(&parts.headers).is_some_and(|length| length > body_limit as u64) {
        return Err(in_its_words(&endpoint, Failure::BodyTooLarge));
    }
    let request = Request {
        app: Arc::clone(app),
        resource,
        ids,
        uri: parts.uri,
        headers: parts.headers,
        context,
    };
    let payload = Payload {
        body,
        limit: body_limit,
        media_fits,
    };
    // A panic is a bug of ours; the caller gets an answer and the connection lives on.
    match AssertUnwindSafe((endpoint.run)(request, payload))
        .catch_unwind()
        .await
    {
        Ok(Ok(reply)) => Ok(reply.into_response()),
        Ok(Err(failure)) => Err(in_its_words(&endpoint, failure)),
        Err(_) => Err(in_its_words(&endpoint, Failure::Panicked)),
    }
}

/// The token endpoint says everything in the words of RFC 6749.
fn in_its_words(endpoint: &Endpoint, failure: Failure) -> Failure {
    if endpoint.about.media == Media::Form {
        crate::oauth::in_oauth_words(failure)
    } else {
        failure
    }
}

fn verb(parts: &Parts) -> Option<Verb> {
    let overriding = parts
        .headers
        .get(METHOD_OVERRIDE)
        .filter(|_| parts.method == Method::POST);
    match overriding {
        Some(name) => Verb::parse(&name.to_str().ok()?.to_ascii_uppercase()),
        None => Verb::parse(parts.method.as_str()),
    }
}

/// The media type of a request; `None` when it names none.
fn media_type(headers: &HeaderMap) -> Option<MediaType> {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return Some(MediaType::Other);
    }
    Some(value.to_str().map_or(MediaType::Other, media::parse))
}

fn wants_hal(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    accept::wants_hal(values.filter_map(|value| value.to_str().ok()))
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Bytes of the header section as HTTP/1.1 writes it: `name: value` and a line end each.
fn header_bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

fn preflight(resource: &Resource) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, resource.allow.clone());
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, headers::PREFLIGHT_LIFE);
    response
}

/// Adds what every answer carries, without overwriting what this one says itself.
fn finish(
    app: &App,
    cors: Option<&HeaderValue>,
    mut response: Response,
    ids: &IdHeaders,
    wants_hal: bool,
) -> Response {
    let own = std::mem::replace(response.headers_mut(), app.common.clone());
    let is_kept = own
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value == "max-age=300");
    let headers = response.headers_mut();
    if is_kept {
        headers.remove(header::PRAGMA);
        headers.remove(header::EXPIRES);
    }
    headers.extend(own);
    headers.insert(CORRELATION_ID, ids.correlation.clone());
    headers.insert(TRANSACTION_ID, ids.transaction.clone());
    headers.insert(SESSION_ID, ids.session.clone());
    if let Some(methods) = cors {
        headers::add_cors(headers, methods);
    }
    if response.status() != StatusCode::NO_CONTENT {
        let content_type = if wants_hal { accept::HAL } else { accept::JSON };
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact()
        && parts.status != StatusCode::NO_CONTENT
    {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}
