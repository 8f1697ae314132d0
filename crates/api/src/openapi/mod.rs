//! The OpenAPI 3.1 document, made from the table of endpoints.

mod build;
mod components;
mod describe;
mod nulls;

pub(crate) use describe::{Description, Tag};

use std::sync::OnceLock;

use axum::body::Body;
use axum::response::Response;
use hyper::body::Bytes;

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    build::document(crate::table::all())
}

/// The document as served: written once, when somebody first asks.
#[derive(Default)]
pub(crate) struct Served(OnceLock<Bytes>);

impl Served {
    pub(crate) fn answer(&self) -> Response {
        let bytes = self
            .0
            .get_or_init(|| Bytes::from(serde_json::to_vec(&document()).unwrap_or_default()));
        Response::new(Body::from(bytes.clone()))
    }
}
