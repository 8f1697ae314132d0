//! Organizations, the owners of environments, and their licenses.
//!
//! A deployment of one's own has one organization and one license that allows everything.

use countersign_crypto::time::Timestamp;

use crate::ids::{LicenseId, OrganizationId};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The id.
    pub id: OrganizationId,
    /// The name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A license of an organization: allows everything, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    /// The id.
    pub id: LicenseId,
    /// The organization that holds it.
    pub organization: OrganizationId,
    /// The name.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
