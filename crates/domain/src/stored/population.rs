//! The document of a population.

use serde::{Deserialize, Serialize};

use super::UnreadableDocument;
use crate::population::Population;

const KIND: &str = "population";
const LAYOUT: u8 = 1;

/// What of a population is in no column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationDocument {
    v: u8,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
}

impl PopulationDocument {
    /// The document of a population, as JSON.
    ///
    /// # Errors
    /// When it cannot be written; not seen for well-formed populations.
    pub fn write(population: &Population) -> Result<String, UnreadableDocument> {
        let document = Self {
            v: LAYOUT,
            description: population.description.clone(),
        };
        serde_json::to_string(&document).map_err(|error| UnreadableDocument::new(KIND, error))
    }

    /// Reads a document.
    ///
    /// # Errors
    /// When it is of a newer layout.
    pub fn read(text: &str) -> Result<Self, UnreadableDocument> {
        let document: Self =
            serde_json::from_str(text).map_err(|error| UnreadableDocument::new(KIND, error))?;
        if document.v > LAYOUT {
            return Err(UnreadableDocument::new(KIND, "written by a newer version"));
        }
        Ok(document)
    }
}
