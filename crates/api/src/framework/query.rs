//! Query parameters.

use std::borrow::Cow;

use countersign_domain::violations::{Violation, ViolationCode};

use super::{Failure, Request};

impl Request {
    /// The first value of a query parameter, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let query = self.uri.query()?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(given, _)| given == name)
            .map(|(_, value)| value)
    }

    /// Whether a comma-separated parameter such as `expand` names this value.
    pub(crate) fn parameter_lists(&self, name: &str, value: &str) -> bool {
        self.parameter(name)
            .is_some_and(|list| list.split(',').any(|item| item.trim() == value))
    }

    /// `limit`: the page size asked for, cut to `maximum`; `default` when it is not given.
    pub(crate) fn limit(&self, default: u32, maximum: u32) -> Result<u32, Failure> {
        let Some(given) = self.parameter("limit") else {
            return Ok(default.min(maximum));
        };
        let digits = !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_digit());
        match given.parse::<u64>() {
            Ok(0) => {}
            Ok(limit) if digits => {
                return Ok(u32::try_from(limit).unwrap_or(maximum).min(maximum));
            }
            // More digits than fit: as large as it gets.
            Err(_) if digits => return Ok(maximum),
            Ok(_) | Err(_) => {}
        }
        Err(Failure::invalid_parameter(Violation::at(
            ViolationCode::InvalidParameter,
            "limit",
            "must be a positive integer",
        )))
    }
}
