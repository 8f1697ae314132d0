//! The error object of the management API and of device authentications.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What every refused or failed request answers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Id of this error; the server's log names it too.
    pub id: Uuid,
    /// Top-level code: `INVALID_DATA`, `INVALID_REQUEST`, `REQUEST_FAILED`, `ACCESS_FAILED`,
    /// `NOT_FOUND`, `CONFLICT`, `REQUEST_LIMITED` or `UNEXPECTED_ERROR`.
    pub code: &'static str,
    /// For developers, in English.
    pub message: String,
    /// Finer faults; absent when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub details: Vec<ErrorDetail>,
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// Detail code, for example `REQUIRED_VALUE`.
    pub code: &'static str,
    /// Dotted path of the member, or the name of the parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// For developers, in English.
    pub message: String,
    /// Hints for programs.
    #[serde(rename = "innerError", skip_serializing_if = "Option::is_none")]
    pub inner_error: Option<InnerError>,
}

impl ErrorDetail {
    /// A detail without target and hints.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            target: None,
            message: message.into(),
            inner_error: None,
        }
    }
}

/// Machine-readable hints of a fault; only those that apply are there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InnerError {
    /// Smallest value allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range_minimum_value: Option<i64>,
    /// Largest value allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range_maximum_value: Option<i64>,
    /// Largest size allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_value: Option<i64>,
    /// Pattern that a text has to match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_pattern: Option<String>,
    /// The values of an enum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_values: Option<Vec<String>>,
    /// What still refers to the thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referenced_values: Option<Vec<String>>,
    /// Id of the thing that is there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing_id: Option<String>,
    /// Largest number of things allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_allowed: Option<i64>,
    /// Tries left before a lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts_remaining: Option<i64>,
    /// The kind of device that is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_method: Option<String>,
    /// When a lock ends, in milliseconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cool_down_expires_at: Option<i64>,
    /// Attributes that a filter may name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_attributes: Option<Vec<String>>,
    /// Operators that a filter may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_operators: Option<Vec<String>>,
}
