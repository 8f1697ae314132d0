//! A request on its way to its handler.

use std::net::IpAddr;
use std::sync::Arc;

use countersign_engine::{Engine, Refusal, RequestContext, Stop};
use http::{HeaderMap, Uri, header};
use uuid::Uuid;

use super::links::Links;
use super::routes::{PathIds, Resource};
use super::service::App;

/// A request on its way to its handler.
pub(crate) struct Request {
    pub(super) app: Arc<App>,
    pub(super) resource: Arc<Resource>,
    pub(super) ids: PathIds,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// Moves into the caller when the request is authenticated.
    pub(super) context: RequestContext,
}

impl Request {
    /// The use cases.
    pub(crate) fn engine(&self) -> &Engine {
        &self.app.engine
    }

    /// Absolute URLs.
    pub(crate) fn links(&self) -> &Links {
        &self.app.links
    }

    /// The URL of the request, for `_links.self` of collections.
    pub(crate) fn echo(&self) -> String {
        self.app.links.echo(&self.uri)
    }

    /// Where the request came from.
    pub(crate) const fn remote_address(&self) -> Option<IpAddr> {
        self.context.remote_address
    }

    /// The counts of failed client authentications.
    pub(crate) fn throttle(&self) -> &crate::oauth::Throttle {
        &self.app.throttle
    }

    /// The request's headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The id that the path holds under this name of [`crate::paths`].
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it is not a UUID: nothing has such an id.
    pub(crate) fn path_id(&self, name: &str) -> Result<Uuid, Stop> {
        self.resource
            .id(&self.ids, name)
            .ok_or(Stop::Refused(Refusal::NotFound))
    }

    /// The token of `Authorization: Bearer`. Two such headers are as good as none.
    pub(super) fn bearer(&self) -> Option<&str> {
        let mut values = self.headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let token = token.trim_matches(' ');
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    }
}
