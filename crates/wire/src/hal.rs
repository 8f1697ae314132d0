//! The HAL envelope (draft-kelly-json-hal): `_links`, `_embedded`, and references by id.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A link: `{"href": "<absolute URL>"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// Absolute URL, made from the configured public base.
    pub href: String,
}

impl Link {
    /// A link to `href`.
    pub fn to(href: impl Into<String>) -> Self {
        Self { href: href.into() }
    }
}

/// A relationship: `{"id": "<uuid>"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reference {
    /// Id of what is referred to.
    pub id: Uuid,
}

impl Reference {
    /// Refers to `id`.
    pub const fn to(id: Uuid) -> Self {
        Self { id }
    }
}

/// The links of most resources: `self` and `environment`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResourceLinks {
    /// The resource itself.
    #[serde(rename = "self")]
    pub own: Link,
    /// Its environment.
    pub environment: Link,
}

/// The links of a page of a collection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PageLinks {
    /// The request's own URL.
    #[serde(rename = "self")]
    pub own: Link,
    /// The environment, where the collection lies in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Link>,
    /// The next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Link>,
    /// The page before; absent on the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<Link>,
}

/// A page of a collection; `E` holds the items under their plural name.
#[derive(Debug, Clone, Serialize)]
pub struct Page<E> {
    /// Links.
    #[serde(rename = "_links")]
    pub links: PageLinks,
    /// The items.
    #[serde(rename = "_embedded")]
    pub embedded: E,
    /// Number of items in the whole result set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Number of items on this page.
    pub size: usize,
}
