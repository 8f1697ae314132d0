//! A failure answer: a row of the table in [`super::kind`], with what is particular to the case.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

pub use super::kind::Kind;

/// A refusal on its way to the page.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Which row of the table.
    pub kind: Kind,
    message: Option<Cow<'static, str>>,
    detail: Option<Box<Detail>>,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u64>,
    /// Value of `Allow`.
    pub allow: Option<&'static str>,
}

/// What exactly was wrong.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    code: &'static str,
    target: &'static str,
    message: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner_error: Option<Clocks>,
}

/// The two clocks of a refusal for its time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clocks {
    /// This computer's time.
    pub local_time: String,
    /// The time in the token that was compared with it.
    pub token_time: String,
}

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            message: None,
            detail: None,
            retry_after: None,
            allow: None,
        }
    }
}

impl Failure {
    /// The row with a message of its own.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Names the part of the request that was wrong.
    #[must_use]
    pub fn target(mut self, target: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(Box::new(Detail {
            code: "INVALID_VALUE",
            target,
            message: message.into(),
            inner_error: None,
        }));
        self
    }

    /// Adds the clocks to the detail.
    #[must_use]
    pub fn clocks(mut self, clocks: Clocks) -> Self {
        if let Some(detail) = &mut self.detail {
            detail.inner_error = Some(clocks);
        }
        self
    }

    /// When it is worth trying again (seconds).
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The methods that the path has.
    #[must_use]
    pub fn allow(mut self, methods: &'static str) -> Self {
        self.allow = Some(methods);
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.kind.row().0
    }

    /// The body of the answer, in the shape of the server's errors.
    pub fn body(&self, id: Uuid) -> Vec<u8> {
        #[derive(Serialize)]
        struct Body<'a> {
            id: Uuid,
            code: &'a str,
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            details: Option<[&'a Detail; 1]>,
        }
        let (_, code, message) = self.kind.row();
        let message = self.message.as_deref().unwrap_or(message);
        let details = self.detail.as_deref().map(|detail| [detail]);
        serde_json::to_vec(&Body {
            id,
            code,
            message,
            details,
        })
        .unwrap_or_default()
    }
}

impl From<crate::store::StoreError> for Failure {
    /// The page learns that it failed; the log learns what failed.
    fn from(error: crate::store::StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Kind::KeystoreFailure.into()
    }
}

impl From<crate::keystore::KeyStoreError> for Failure {
    fn from(error: crate::keystore::KeyStoreError) -> Self {
        tracing::error!(%error, "the key store failed");
        Kind::KeystoreFailure.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_has_the_shape_of_the_servers_errors() {
        let failure =
            Failure::from(Kind::OriginNotAllowed).target("origin", "Not of the relying party.");
        let body: serde_json::Value = serde_json::from_slice(&failure.body(Uuid::nil())).unwrap();
        insta::assert_json_snapshot!(body, @r#"
        {
          "id": "00000000-0000-0000-0000-000000000000",
          "code": "ORIGIN_NOT_ALLOWED",
          "message": "The page may not make this request.",
          "details": [
            {
              "code": "INVALID_VALUE",
              "target": "origin",
              "message": "Not of the relying party."
            }
          ]
        }
        "#);
    }

    #[test]
    fn store_failures_tell_no_paths() {
        let error = crate::store::StoreError::Foreign("/home/alex/secret-place".into());
        let body = String::from_utf8(Failure::from(error).body(Uuid::nil())).unwrap();
        assert!(!body.contains("secret-place"), "{body}");
    }
}
