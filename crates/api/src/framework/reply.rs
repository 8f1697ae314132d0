//! What a handler answers.

use axum::body::Body;
use axum::response::Response;
use countersign_engine::Fault;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::Failure;
use super::failure::no_store;

/// How long an answer may be kept by its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// As everywhere: not at all.
    No,
    /// Not at all, in the words of RFC 6749.
    NoStore,
    /// Five minutes.
    FiveMinutes,
}

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    body: Vec<u8>,
    location: Option<String>,
    keep: Keep,
}

/// What a handler gives back.
pub(crate) type Answer = Result<Reply, Failure>;

impl Reply {
    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Failure> {
        let mut bytes = Vec::with_capacity(1024);
        serde_json::to_writer(&mut bytes, body)
            .map_err(|_| Fault::Inconsistent("an answer cannot be written as JSON"))?;
        Ok(Self {
            status,
            body: bytes,
            location: None,
            keep: Keep::No,
        })
    }

    /// 200 with a body.
    pub(crate) fn ok(body: &impl Serialize) -> Answer {
        Self::json(StatusCode::OK, body)
    }

    /// 200 with a body that is JSON already.
    pub(crate) fn ok_text(body: String) -> Self {
        Self {
            status: StatusCode::OK,
            body: body.into_bytes(),
            location: None,
            keep: Keep::No,
        }
    }

    /// 201 with the new resource and where it is.
    pub(crate) fn created(body: &impl Serialize, location: String) -> Answer {
        let reply = Self::json(StatusCode::CREATED, body)?;
        Ok(Self {
            location: Some(location),
            ..reply
        })
    }

    /// 204.
    pub(crate) const fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: Vec::new(),
            location: None,
            keep: Keep::No,
        }
    }

    /// The answer holds a token: in the words of RFC 6749, it is not to be kept.
    pub(crate) const fn no_store(mut self) -> Self {
        self.keep = Keep::NoStore;
        self
    }

    /// The answer may be kept for five minutes.
    pub(crate) const fn keep_five_minutes(mut self) -> Self {
        self.keep = Keep::FiveMinutes;
        self
    }

    /// As a response; the headers that all have in common come later.
    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        if let Some(location) = self.location
            && let Ok(location) = HeaderValue::try_from(location)
        {
            response.headers_mut().insert(header::LOCATION, location);
        }
        match self.keep {
            Keep::No => {}
            Keep::NoStore => no_store(&mut response),
            Keep::FiveMinutes => {
                let headers = response.headers_mut();
                headers.insert(
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("max-age=300"),
                );
            }
        }
        response
    }
}
