//! The one table of endpoints. Router, dispatch by media type, 405 and 415, CORS, permissions, the
//! OpenAPI document and the check of `docs/coverage.md` all come from it.

use crate::framework::Endpoint;

/// One list per resource; a new resource adds its line.
static ALL: &[&[Endpoint]] = &[
    crate::oauth::ENDPOINTS,
    crate::devices::ENDPOINTS,
    crate::device_authentications::ENDPOINTS,
    crate::device_policies::ENDPOINTS,
    crate::fido2_policies::ENDPOINTS,
    crate::mfa_settings::ENDPOINTS,
    crate::users::ENDPOINTS,
    crate::populations::ENDPOINTS,
    crate::applications::ENDPOINTS,
    crate::environments::ENDPOINTS,
    crate::organizations::ENDPOINTS,
];

/// Every endpoint.
pub(crate) fn all() -> impl Iterator<Item = &'static Endpoint> {
    ALL.iter().copied().flatten()
}
