//! Which router answers a request.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use countersign_api::RemoteAddress;
use tower::Service;

use super::Proxies;

/// What is served: the API, and in quickstart the pages.
#[derive(Clone)]
pub struct App {
    api: Router,
    pages: Option<Router>,
    proxies: Arc<Proxies>,
}

impl App {
    /// Puts the parts together. `proxies` may say whom a request came from.
    pub fn new(api: Router, pages: Option<Router>, proxies: Proxies) -> Self {
        Self {
            api,
            pages,
            proxies: Arc::new(proxies),
        }
    }

    /// Answers one request of a connection from `peer`.
    pub async fn answer(
        &self,
        peer: IpAddr,
        mut request: http::Request<Body>,
    ) -> Result<Response, Infallible> {
        let remote = self.proxies.client(peer, request.headers());
        request.extensions_mut().insert(RemoteAddress(remote));
        let mut router = match &self.pages {
            Some(pages) if countersign_console::claims(request.uri().path()) => pages.clone(),
            _ => self.api.clone(),
        };
        router.call(request).await
    }
}
