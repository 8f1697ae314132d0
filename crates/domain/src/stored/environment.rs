//! The document of an environment.

use countersign_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::UnreadableDocument;
use crate::environment::{BillOfMaterials, Environment, EnvironmentType, Product, Region};

const KIND: &str = "environment";
const LAYOUT: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    v: u8,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    description: Option<String>,
    #[serde(rename = "type")]
    environment_type: String,
    region: String,
    products: Vec<ProductDocument>,
    products_created_at: Timestamp,
    products_updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct ProductDocument {
    id: Uuid,
    #[serde(rename = "type")]
    product_type: String,
}

/// What of an environment is in no column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentDocument {
    /// What it is for.
    pub description: Option<String>,
    /// What it is used for.
    pub environment_type: EnvironmentType,
    /// Where it lies.
    pub region: Region,
    /// What it offers.
    pub bill_of_materials: BillOfMaterials,
}

impl EnvironmentDocument {
    /// The document of an environment, as JSON.
    ///
    /// # Errors
    /// When it cannot be written; not seen for well-formed environments.
    pub fn write(environment: &Environment) -> Result<String, UnreadableDocument> {
        let bill = &environment.bill_of_materials;
        let document = Document {
            v: LAYOUT,
            description: environment.description.clone(),
            environment_type: environment.environment_type.as_str().to_owned(),
            region: environment.region.as_str().to_owned(),
            products: bill
                .products
                .iter()
                .map(|product| ProductDocument {
                    id: product.id,
                    product_type: product.product_type.clone(),
                })
                .collect(),
            products_created_at: bill.created_at,
            products_updated_at: bill.updated_at,
        };
        serde_json::to_string(&document).map_err(|error| UnreadableDocument::new(KIND, error))
    }

    /// Reads a document.
    ///
    /// # Errors
    /// When it is of a newer layout.
    pub fn read(text: &str) -> Result<Self, UnreadableDocument> {
        let unreadable = |reason: &str| UnreadableDocument::new(KIND, reason);
        let document: Document =
            serde_json::from_str(text).map_err(|error| UnreadableDocument::new(KIND, error))?;
        if document.v > LAYOUT {
            return Err(unreadable("written by a newer version"));
        }
        Ok(Self {
            description: document.description,
            environment_type: EnvironmentType::parse(&document.environment_type)
                .ok_or_else(|| unreadable("type"))?,
            region: Region::parse(&document.region).ok_or_else(|| unreadable("region"))?,
            bill_of_materials: BillOfMaterials {
                products: document
                    .products
                    .into_iter()
                    .map(|product| Product {
                        id: product.id,
                        product_type: product.product_type,
                    })
                    .collect(),
                created_at: document.products_created_at,
                updated_at: document.products_updated_at,
            },
        })
    }
}
