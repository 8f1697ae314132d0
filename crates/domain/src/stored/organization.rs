//! The documents of organizations and licenses: nothing but their layout yet.

use serde::{Deserialize, Serialize};

use super::UnreadableDocument;

const LAYOUT: u8 = 1;

/// What of an organization or a license is in no column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmptyDocument {
    v: u8,
}

impl EmptyDocument {
    /// The document, as JSON.
    pub const TEXT: &'static str = r#"{"v":1}"#;

    /// Reads a document.
    ///
    /// # Errors
    /// When it is of a newer layout.
    pub fn read(kind: &'static str, text: &str) -> Result<(), UnreadableDocument> {
        let document: Self =
            serde_json::from_str(text).map_err(|error| UnreadableDocument::new(kind, error))?;
        if document.v > LAYOUT {
            return Err(UnreadableDocument::new(kind, "written by a newer version"));
        }
        Ok(())
    }
}
