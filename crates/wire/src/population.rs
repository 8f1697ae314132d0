//! Populations.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Field;
use crate::hal::{PageLinks, Reference, ResourceLinks};
use crate::request;

request! {
    /// A population in a request or a fixture file.
    pub struct PopulationBody {
        /// The id; in fixture files only.
        #[schema(value_type = Uuid)]
        pub id: Field<String>,
        /// Name, unique within the environment whatever its letter case.
        #[schema(value_type = String, required = true)]
        pub name: Field<String>,
        /// What it is for.
        #[schema(value_type = String)]
        pub description: Field<String>,
        /// Whether new users go here.
        #[schema(value_type = bool)]
        pub default: Field<bool>,
    }
}

/// A population.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Population<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: ResourceLinks,
    /// The id.
    pub id: Uuid,
    /// The environment.
    pub environment: Reference,
    /// The name.
    pub name: &'a str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// How many users are in it.
    pub user_count: u64,
    /// When it was created.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// Whether new users go here when nothing else is said.
    pub default: bool,
}

/// What is in a list of populations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PopulationListEmbedded<'a> {
    /// The populations.
    pub populations: Vec<Population<'a>>,
}

/// A page of the list of populations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PopulationList<'a> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The populations.
    #[serde(rename = "_embedded")]
    pub embedded: PopulationListEmbedded<'a>,
    /// Number of populations on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Number of populations on this page.
    pub size: usize,
}
