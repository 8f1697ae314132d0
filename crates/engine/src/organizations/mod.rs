//! Organizations and licenses.

use countersign_domain::access::{Permission, Scope};
use countersign_domain::ids::{LicenseId, OrganizationId};
use countersign_domain::organization::{License, Organization};
use countersign_storage::queries;

use crate::access::Caller;
use crate::{Engine, Refusal, Stop};

impl Engine {
    /// The organizations that the caller sees.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list_organizations(&self, caller: &Caller) -> Result<Vec<Organization>, Stop> {
        let mut organizations = queries::organizations::all(self.database()).await?;
        organizations.retain(|organization| sees(caller, organization.id));
        Ok(organizations)
    }

    /// An organization.
    ///
    /// # Errors
    /// Refused when no role covers it, whether or not it exists.
    pub async fn read_organization(
        &self,
        caller: &Caller,
        id: OrganizationId,
    ) -> Result<Organization, Stop> {
        if !sees(caller, id) {
            return Err(Refusal::Forbidden.into());
        }
        let found = queries::organizations::find(self.database(), id).await?;
        found.ok_or_else(|| Refusal::NotFound.into())
    }

    /// The licenses of an organization.
    ///
    /// # Errors
    /// Refused when no role covers the organization.
    pub async fn list_licenses(
        &self,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Vec<License>, Stop> {
        self.read_organization(caller, organization).await?;
        Ok(queries::organizations::licenses(self.database(), organization).await?)
    }

    /// A license.
    ///
    /// # Errors
    /// Refused when no role covers the organization or it has no such license.
    pub async fn read_license(
        &self,
        caller: &Caller,
        organization: OrganizationId,
        id: LicenseId,
    ) -> Result<License, Stop> {
        let licenses = self.list_licenses(caller, organization).await?;
        let found = licenses.into_iter().find(|license| license.id == id);
        found.ok_or_else(|| Refusal::NotFound.into())
    }
}

fn sees(caller: &Caller, organization: OrganizationId) -> bool {
    caller.assignments().iter().any(|held| {
        held.role.allows(Permission::OrganizationRead)
            && held.scope == Scope::Organization(organization)
    })
}
