//! Organizations and licenses. One endpoint, one file.

mod encode;
mod list;
mod list_licenses;
mod read;
mod read_license;

use countersign_domain::ids::{LicenseId, OrganizationId};

use crate::framework::links::Links;
use crate::framework::{Endpoint, for_caller};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    for_caller::<list::ListOrganizations>(),
    for_caller::<read::ReadOrganization>(),
    for_caller::<list_licenses::ListLicenses>(),
    for_caller::<read_license::ReadLicense>(),
];

impl Links {
    /// An organization.
    pub(crate) fn organization(&self, organization: OrganizationId) -> String {
        format!("{}/organizations/{organization}", self.api_base())
    }

    /// A license.
    pub(crate) fn license(&self, organization: OrganizationId, license: LicenseId) -> String {
        format!("{}/licenses/{license}", self.organization(organization))
    }
}
