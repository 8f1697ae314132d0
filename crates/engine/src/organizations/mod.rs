//! Organizations and licenses.

use countersign_domain::access::{Permission, Scope};
use countersign_domain::ids::{LicenseId, OrganizationId};
use countersign_domain::messages::BAD_PARAMETERS;
use countersign_domain::organization::{
    FILTER, LICENSE_FILTER, License, Organization, license_matches, matches,
};
use countersign_storage::queries;
use countersign_storage::queries::users::Position;

use crate::access::Caller;
use crate::paging::{Limits, Page, PageRequest};
use crate::{Engine, Refusal, Stop};

/// A license and how many environments run under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedLicense {
    /// The license.
    pub license: License,
    /// How many environments run under it.
    pub environments: usize,
}

const LIMITS: Limits = Limits {
    default: 100,
    maximum: 1000,
};

impl Engine {
    /// A page of the organizations that the caller sees.
    ///
    /// # Errors
    /// Refused when a parameter is wrong.
    pub async fn list_organizations(
        &self,
        caller: &Caller,
        request: &PageRequest,
    ) -> Result<Page<Organization>, Stop> {
        let asked = self.asked(caller, "organizations", &[], LIMITS, &FILTER, request)?;
        let mut organizations = queries::organizations::all(self.database()).await?;
        organizations.retain(|organization| {
            sees(caller, organization.id)
                && asked
                    .filter
                    .as_ref()
                    .is_none_or(|filter| matches(filter, organization))
        });
        Ok(
            asked.page_of_all(self, organizations, |organization| Position {
                created_at: organization.created_at,
                id: organization.id.uuid(),
            }),
        )
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

    /// The licenses of an organization that meet a filter.
    ///
    /// # Errors
    /// Refused when no role covers the organization or the filter is wrong.
    pub async fn list_licenses(
        &self,
        caller: &Caller,
        organization: OrganizationId,
        filter: Option<&str>,
    ) -> Result<Vec<CountedLicense>, Stop> {
        let filter = filter.map(|text| LICENSE_FILTER.parse(text)).transpose();
        self.read_organization(caller, organization).await?;
        let filter = filter.map_err(|violation| Refusal::InvalidRequest {
            message: BAD_PARAMETERS.to_owned(),
            violations: violation.into(),
        })?;
        let mut licenses = queries::organizations::licenses(self.database(), organization).await?;
        if let Some(filter) = filter {
            licenses.retain(|license| license_matches(&filter, license));
        }
        let environments = queries::environments::all(self.database()).await?;
        let count = |license: &License| {
            environments
                .iter()
                .filter(|environment| environment.license == license.id)
                .count()
        };
        let licenses = licenses.into_iter();
        Ok(licenses
            .map(|license| CountedLicense {
                environments: count(&license),
                license,
            })
            .collect())
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
    ) -> Result<CountedLicense, Stop> {
        let licenses = self.list_licenses(caller, organization, None).await?;
        let found = licenses
            .into_iter()
            .find(|counted| counted.license.id == id);
        found.ok_or_else(|| Refusal::NotFound.into())
    }
}

fn sees(caller: &Caller, organization: OrganizationId) -> bool {
    caller.assignments().iter().any(|held| {
        held.role.allows(Permission::OrganizationRead)
            && held.scope == Scope::Organization(organization)
    })
}
