//! The path templates and the names of their parameters. Every file names paths from here, so that
//! one position has one name.

/// Name of the environment's id in paths.
pub(crate) const ENVIRONMENT_ID: &str = "environmentId";
/// Name of the user's id in paths.
pub(crate) const USER_ID: &str = "userId";
/// Name of the organization's id in paths.
pub(crate) const ORGANIZATION_ID: &str = "organizationId";
/// Name of the license's id in paths.
pub(crate) const LICENSE_ID: &str = "licenseId";
/// Name of the population's id in paths.
pub(crate) const POPULATION_ID: &str = "populationId";
/// Name of the application's id in paths.
pub(crate) const APPLICATION_ID: &str = "applicationId";
/// Name of the device's id in paths.
pub(crate) const DEVICE_ID: &str = "deviceId";
/// Name of the device authentication's id in paths.
pub(crate) const DEVICE_AUTHENTICATION_ID: &str = "deviceAuthenticationId";
/// Name of the device authentication policy's id in paths.
pub(crate) const POLICY_ID: &str = "policyId";
/// Name of the FIDO2 policy's id in paths.
pub(crate) const FIDO2_POLICY_ID: &str = "fido2PolicyId";

/// This API's own description. Not part of the documented API.
pub(crate) const OPENAPI: &str = "/openapi.json";

/// Organizations.
pub(crate) const ORGANIZATIONS: &str = "/v1/organizations";
/// An organization.
pub(crate) const ORGANIZATION: &str = "/v1/organizations/{organizationId}";
/// The licenses of an organization.
pub(crate) const LICENSES: &str = "/v1/organizations/{organizationId}/licenses";
/// A license.
pub(crate) const LICENSE: &str = "/v1/organizations/{organizationId}/licenses/{licenseId}";

/// Environments.
pub(crate) const ENVIRONMENTS: &str = "/v1/environments";
/// An environment.
pub(crate) const ENVIRONMENT: &str = "/v1/environments/{environmentId}";
/// What an environment offers.
pub(crate) const BILL_OF_MATERIALS: &str = "/v1/environments/{environmentId}/billOfMaterials";
/// What an environment can do.
pub(crate) const CAPABILITIES: &str = "/v1/environments/{environmentId}/capabilities";

/// The populations of an environment.
pub(crate) const POPULATIONS: &str = "/v1/environments/{environmentId}/populations";
/// A population.
pub(crate) const POPULATION: &str = "/v1/environments/{environmentId}/populations/{populationId}";

/// The applications of an environment.
pub(crate) const APPLICATIONS: &str = "/v1/environments/{environmentId}/applications";
/// An application.
pub(crate) const APPLICATION: &str =
    "/v1/environments/{environmentId}/applications/{applicationId}";

/// The users of an environment.
pub(crate) const USERS: &str = "/v1/environments/{environmentId}/users";
/// A user.
pub(crate) const USER: &str = "/v1/environments/{environmentId}/users/{userId}";
/// Whether the account of a user is on.
pub(crate) const USER_ENABLED: &str = "/v1/environments/{environmentId}/users/{userId}/enabled";
/// Whether a user may use MFA.
pub(crate) const USER_MFA_ENABLED: &str =
    "/v1/environments/{environmentId}/users/{userId}/mfaEnabled";
/// The population of a user.
pub(crate) const USER_POPULATION: &str =
    "/v1/environments/{environmentId}/users/{userId}/population";

/// A user's devices.
pub(crate) const DEVICES: &str = "/v1/environments/{environmentId}/users/{userId}/devices";
/// A device.
pub(crate) const DEVICE: &str =
    "/v1/environments/{environmentId}/users/{userId}/devices/{deviceId}";
/// The nickname of a device.
pub(crate) const DEVICE_NICKNAME: &str =
    "/v1/environments/{environmentId}/users/{userId}/devices/{deviceId}/nickname";

/// Device authentications of an environment.
pub(crate) const DEVICE_AUTHENTICATIONS: &str = "/{environmentId}/deviceAuthentications";
/// A device authentication.
pub(crate) const DEVICE_AUTHENTICATION: &str =
    "/{environmentId}/deviceAuthentications/{deviceAuthenticationId}";

/// The device authentication policies of an environment.
pub(crate) const DEVICE_POLICIES: &str =
    "/v1/environments/{environmentId}/deviceAuthenticationPolicies";
/// A device authentication policy.
pub(crate) const DEVICE_POLICY: &str =
    "/v1/environments/{environmentId}/deviceAuthenticationPolicies/{policyId}";
/// The FIDO2 policies of an environment.
pub(crate) const FIDO2_POLICIES: &str = "/v1/environments/{environmentId}/fido2Policies";
/// A FIDO2 policy.
pub(crate) const FIDO2_POLICY: &str =
    "/v1/environments/{environmentId}/fido2Policies/{fido2PolicyId}";
/// The MFA settings of an environment.
pub(crate) const MFA_SETTINGS: &str = "/v1/environments/{environmentId}/mfaSettings";

/// The token endpoint.
pub(crate) const TOKEN: &str = "/{environmentId}/as/token";
/// The key set.
pub(crate) const JWKS: &str = "/{environmentId}/as/jwks";
/// The discovery document.
pub(crate) const DISCOVERY: &str = "/{environmentId}/as/.well-known/openid-configuration";
