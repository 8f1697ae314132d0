//! Bodies for snapshots: ids, times and JWTs replaced by what they stand for, so that a snapshot
//! stays the same when they change, and still shows where the same one comes again.

use countersign_crypto::time::{Clock, Timestamp};
use serde_json::Value;

/// Replaces what differs between runs.
#[derive(Debug, Default)]
pub struct Redactor {
    names: Vec<(String, String)>,
    seen: Vec<String>,
}

impl Redactor {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ids that are to be called by name.
    #[must_use]
    pub fn name(mut self, id: &dyn std::fmt::Display, name: &str) -> Self {
        self.names.push((id.to_string(), format!("<{name}>")));
        self
    }

    /// The value with everything replaced.
    pub fn redact(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.redact(item)).collect(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, member)| (name.clone(), self.redact(member)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if is_jwt(text) {
            let typ = crate::desktop::opened(text)
                .ok()
                .and_then(|(header, _)| Some(header.get("typ")?.as_str()?.to_owned()));
            return format!("<jwt {}>", typ.unwrap_or_default());
        }
        if let Some(time) = time(text) {
            let start = crate::clock::FakeClock::default().now();
            let millis = time.micros_since(start) / 1000;
            return format!(
                "<start + {}.{:03} s>",
                millis / 1000,
                millis.rem_euclid(1000)
            );
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((id, after)) = rest.split_at_checked(36)
                && is_uuid(id)
            {
                out.push_str(&self.id(id));
                rest = after;
            } else {
                out.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        out
    }

    fn id(&mut self, id: &str) -> String {
        if let Some((_, name)) = self.names.iter().find(|(known, _)| known == id) {
            return name.clone();
        }
        let at = self
            .seen
            .iter()
            .position(|known| known == id)
            .unwrap_or_else(|| {
                self.seen.push(id.to_owned());
                self.seen.len() - 1
            });
        format!("<id {}>", at + 1)
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

fn time(text: &str) -> Option<Timestamp> {
    (text.len() == 24 && text.ends_with('Z'))
        .then(|| Timestamp::parse_rfc3339(text))
        .flatten()
}

fn is_jwt(text: &str) -> bool {
    text.len() > 60 && text.starts_with("eyJ") && text.split('.').count() == 3
}
