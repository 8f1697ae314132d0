//! Everything that can go wrong with a request, and the error object that it answers.

use axum::response::Response;
use countersign_domain::messages;
use countersign_domain::violations::{Violation, Violations};
use countersign_engine::{Fault, Refusal, Stop};
use countersign_wire::error::{ErrorBody, ErrorDetail, InnerError};
use countersign_wire::oauth::OAuthError;
use http::{HeaderValue, StatusCode, header};
use hyper::body::Bytes;
use uuid::Uuid;

/// When to try again what failed for a passing reason, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine said no, or broke.
    Stop(Stop),
    /// The body is no JSON object: 400.
    NotJson,
    /// The path does not take the method: 405.
    MethodNotAllowed,
    /// The body is over the limit: 413.
    BodyTooLarge,
    /// The path does not take the media type: 415.
    UnsupportedMediaType,
    /// The headers are over the limit: 431.
    HeadersTooLarge,
    /// A handler panicked: 500.
    Panicked,
    /// An error of the token endpoint, in the form of RFC 6749 §5.2.
    OAuth {
        /// Status code.
        status: StatusCode,
        /// Its code.
        error: &'static str,
        /// What to tell the developer.
        description: &'static str,
        /// The `WWW-Authenticate` that goes with it.
        challenge: Option<HeaderValue>,
        /// When to try again, in seconds.
        retry_after: Option<i64>,
    },
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Stop(Stop::Refused(refusal))
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Stop(Stop::Fault(fault))
    }
}

impl Failure {
    /// The answer, with the error's own id, which the log names too.
    pub(crate) fn answer(self, error_id: Uuid, correlation_id: &HeaderValue) -> Response {
        let correlation = correlation_id.to_str().unwrap_or_default();
        if let Self::OAuth {
            status,
            error,
            description,
            challenge,
            retry_after,
        } = self
        {
            tracing::info!(%error_id, correlation, status = status.as_u16(), error, "refused");
            let body = OAuthError {
                error,
                error_description: format!("{description} (Correlation ID: {correlation})"),
            };
            let mut response = json(status, &body);
            if let Some(seconds) = retry_after {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, seconds.into());
            }
            if let Some(challenge) = challenge {
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, challenge);
            }
            no_store(&mut response);
            return response;
        }
        match &self {
            Self::Stop(Stop::Fault(fault)) => {
                tracing::error!(%error_id, correlation, error = %fault, "failed");
            }
            Self::Panicked => tracing::error!(%error_id, correlation, "a handler panicked"),
            other => {
                let status = other.status().as_u16();
                tracing::info!(%error_id, correlation, status, "refused");
            }
        }
        let status = self.status();
        let mut response = json(status, &self.body(error_id));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            );
        }
        response
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Stop(Stop::Refused(refusal)) => match refusal {
                Refusal::Unauthenticated => StatusCode::UNAUTHORIZED,
                Refusal::Forbidden => StatusCode::FORBIDDEN,
                Refusal::NotFound => StatusCode::NOT_FOUND,
                Refusal::InvalidData(_) | Refusal::InvalidRequest { .. } | Refusal::Failed(_) => {
                    StatusCode::BAD_REQUEST
                }
                Refusal::Conflict => StatusCode::CONFLICT,
            },
            Self::Stop(Stop::Fault(fault)) if fault.is_passing() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Stop(Stop::Fault(fault)) if fault.is_conflict() => StatusCode::CONFLICT,
            Self::Stop(Stop::Fault(_)) | Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotJson => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::OAuth { status, .. } => *status,
        }
    }

    fn body(self, id: Uuid) -> ErrorBody {
        let (code, message, details) = match self {
            Self::Stop(Stop::Refused(refusal)) => refused(refusal),
            Self::Stop(Stop::Fault(fault)) if fault.is_conflict() => refused(Refusal::Conflict),
            Self::Stop(Stop::Fault(_)) | Self::Panicked | Self::OAuth { .. } => {
                plain("UNEXPECTED_ERROR", messages::UNEXPECTED_ERROR)
            }
            Self::NotJson => plain("INVALID_REQUEST", messages::NOT_JSON),
            Self::MethodNotAllowed => plain("INVALID_REQUEST", messages::METHOD_NOT_ALLOWED),
            Self::BodyTooLarge => plain("INVALID_REQUEST", messages::BODY_TOO_LARGE),
            Self::UnsupportedMediaType => {
                plain("INVALID_REQUEST", messages::UNSUPPORTED_MEDIA_TYPE)
            }
            Self::HeadersTooLarge => plain("INVALID_REQUEST", messages::HEADERS_TOO_LARGE),
        };
        ErrorBody {
            id,
            code,
            message,
            details,
        }
    }
}

type Parts = (&'static str, String, Vec<ErrorDetail>);

fn plain(code: &'static str, message: &str) -> Parts {
    (code, message.to_owned(), Vec::new())
}

fn refused(refusal: Refusal) -> Parts {
    let denied = |code, message| {
        let detail = ErrorDetail::new(code, message);
        (
            "ACCESS_FAILED",
            messages::ACCESS_FAILED.to_owned(),
            vec![detail],
        )
    };
    match refusal {
        Refusal::Unauthenticated => denied("INVALID_TOKEN", messages::INVALID_TOKEN),
        Refusal::Forbidden => denied("INSUFFICIENT_PERMISSIONS", messages::NOT_AUTHORIZED),
        Refusal::NotFound => plain("NOT_FOUND", messages::NOT_FOUND),
        Refusal::InvalidData(violations) => (
            "INVALID_DATA",
            messages::INVALID_DATA.to_owned(),
            details(violations),
        ),
        Refusal::InvalidRequest {
            message,
            violations,
        } => ("INVALID_REQUEST", message, details(violations)),
        Refusal::Failed(violations) => (
            "REQUEST_FAILED",
            messages::REQUEST_FAILED.to_owned(),
            details(violations),
        ),
        Refusal::Conflict => plain("CONFLICT", messages::CONFLICT),
    }
}

fn details(violations: Violations) -> Vec<ErrorDetail> {
    violations.into_iter().map(detail).collect()
}

fn detail(violation: Violation) -> ErrorDetail {
    let inner = violation.inner;
    let inner_error = (!inner.is_empty()).then_some(InnerError {
        range_minimum_value: inner.range_minimum_value,
        range_maximum_value: inner.range_maximum_value,
        maximum_value: inner.maximum_value,
        allowed_pattern: inner.allowed_pattern,
        allowed_values: inner.allowed_values,
        referenced_values: inner.referenced_values,
        existing_id: inner.existing_id,
        maximum_allowed: inner.maximum_allowed,
        attempts_remaining: inner.attempts_remaining,
        delivery_method: inner.delivery_method,
        cool_down_expires_at: inner.cool_down_expires_at,
        supported_attributes: inner.supported_attributes,
        supported_operators: inner.supported_operators,
    });
    ErrorDetail {
        code: violation.code.as_str(),
        target: violation.target,
        message: violation.message,
        inner_error,
    }
}

fn json(status: StatusCode, body: &impl serde::Serialize) -> Response {
    // An error body holds texts and numbers only: it cannot fail to be written.
    let bytes = Bytes::from(serde_json::to_vec(body).unwrap_or_default());
    let mut response = Response::new(axum::body::Body::from(bytes));
    *response.status_mut() = status;
    response
}

/// Marks an answer that holds a token or is about one (RFC 6749 §5.1).
pub(crate) fn no_store(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(failure: Failure) -> (u16, String) {
        let response = failure.answer(Uuid::nil(), &HeaderValue::from_static("c"));
        let headers = response.headers();
        let retry = headers
            .get(header::RETRY_AFTER)
            .map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), retry.unwrap_or_default())
    }

    #[test]
    fn what_breaks_is_500_and_its_reason_stays_here() {
        assert_eq!(
            answered(Fault::Inconsistent("secret reason").into()),
            (500, String::new())
        );
        assert_eq!(answered(Failure::Panicked), (500, String::new()));
        let body = Failure::from(Fault::Keys("secret reason".to_owned())).body(Uuid::nil());
        assert_eq!(body.code, "UNEXPECTED_ERROR");
        assert_eq!(body.message, messages::UNEXPECTED_ERROR);
        assert!(body.details.is_empty());
    }
}
