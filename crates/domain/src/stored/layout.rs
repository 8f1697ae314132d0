//! Documents of one layout so far: the type itself, with the number of the layout beside it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::UnreadableDocument;

#[derive(Serialize, Deserialize)]
struct Numbered<T> {
    v: u8,
    #[serde(flatten)]
    content: T,
}

#[derive(Deserialize)]
struct Number {
    v: u8,
}

/// Writes a document under its layout number.
pub(super) fn write<T: Serialize>(
    kind: &'static str,
    layout: u8,
    content: &T,
) -> Result<String, UnreadableDocument> {
    serde_json::to_string(&Numbered { v: layout, content })
        .map_err(|error| UnreadableDocument::new(kind, error))
}

/// Reads a document of this layout.
pub(super) fn read<T: DeserializeOwned>(
    kind: &'static str,
    layout: u8,
    text: &str,
) -> Result<T, UnreadableDocument> {
    let unreadable = |error| UnreadableDocument::new(kind, error);
    let Number { v } = serde_json::from_str(text).map_err(unreadable)?;
    if v != layout {
        return Err(UnreadableDocument::new(kind, "written by a newer version"));
    }
    let numbered: Numbered<T> = serde_json::from_str(text).map_err(unreadable)?;
    Ok(numbered.content)
}
