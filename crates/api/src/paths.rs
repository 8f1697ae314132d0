//! The path templates and the names of their parameters. Every file names paths from here, so that
//! one position has one name.

/// Name of the environment's id in paths.
pub(crate) const ENVIRONMENT_ID: &str = "environmentId";
/// Name of the user's id in paths.
pub(crate) const USER_ID: &str = "userId";
/// Name of the device's id in paths.
pub(crate) const DEVICE_ID: &str = "deviceId";
/// Name of the device authentication's id in paths.
pub(crate) const DEVICE_AUTHENTICATION_ID: &str = "deviceAuthenticationId";

/// This API's own description. Not part of the documented API.
pub(crate) const OPENAPI: &str = "/openapi.json";

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

/// The token endpoint.
pub(crate) const TOKEN: &str = "/{environmentId}/as/token";
/// The key set.
pub(crate) const JWKS: &str = "/{environmentId}/as/jwks";
/// The discovery document.
pub(crate) const DISCOVERY: &str = "/{environmentId}/as/.well-known/openid-configuration";
