//! Query parameters.

use std::borrow::Cow;

use super::Request;

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
}
