//! The one place of all texts that an error object can carry.
//!
//! Texts marked *matched* are compared by existing clients: they must not change.

/// Top level of `INVALID_DATA` (matched).
pub const INVALID_DATA: &str =
    "The request could not be completed. One or more validation errors were in the request.";
/// Top level of `REQUEST_FAILED` (matched).
pub const REQUEST_FAILED: &str =
    "The request could not be completed. There was an issue processing the request.";
/// Top level of `ACCESS_FAILED`, 401 and 403 (matched).
pub const ACCESS_FAILED: &str =
    "The request could not be completed. You do not have access to this resource.";
/// Top level of `NOT_FOUND` (matched).
pub const NOT_FOUND: &str =
    "The request could not be completed. The requested resource was not found.";
/// Top level of `INVALID_REQUEST` for a body that is not JSON.
pub const NOT_JSON: &str =
    "The request could not be completed. The request body is not a JSON object.";
/// Top level of `INVALID_REQUEST` for wrong query parameters.
pub const BAD_PARAMETERS: &str =
    "The request could not be completed. One or more request parameters are invalid.";
/// Top level of 405.
pub const METHOD_NOT_ALLOWED: &str =
    "The request could not be completed. The method is not supported by this resource.";
/// Top level of 415.
pub const UNSUPPORTED_MEDIA_TYPE: &str =
    "The request could not be completed. The content type is not supported by this resource.";
/// Top level of 413.
pub const BODY_TOO_LARGE: &str =
    "The request could not be completed. The request body is too large.";
/// Top level of 431.
pub const HEADERS_TOO_LARGE: &str =
    "The request could not be completed. The request headers are too large.";
/// Top level of `CONFLICT`.
pub const CONFLICT: &str = "The request could not be completed. The resource was changed at the same time by another request.";
/// Top level of `REQUEST_LIMITED`.
pub const REQUEST_LIMITED: &str =
    "The request could not be completed. Too many requests; try again later.";
/// Top level of `UNEXPECTED_ERROR`.
pub const UNEXPECTED_ERROR: &str =
    "The request could not be completed. An unexpected error occurred.";
/// Detail of 403 (matched).
pub const NOT_AUTHORIZED: &str = "The actor attempting to perform the request is not authorized.";
/// Detail of 401.
pub const INVALID_TOKEN: &str =
    "The access token is missing, malformed, expired or not for this service.";

/// A mandatory member is absent.
pub const MUST_NOT_BE_NULL: &str = "must not be null";
/// A member is blank (matched).
pub const MUST_NOT_BE_EMPTY: &str = "must not be empty";
/// A member has the wrong JSON type.
pub const WRONG_TYPE: &str = "has the wrong type";
/// A member that should hold an id does not.
pub const NOT_A_UUID: &str = "must be a UUID";
/// A text with characters that this member cannot hold.
pub const FORBIDDEN_CHARACTERS: &str = "contains characters that are not allowed";
/// No e-mail address (matched).
pub const BAD_EMAIL: &str = "must be a well-formed email address";
/// No language tag.
pub const BAD_LANGUAGE_TAG: &str = "must be a language tag, for example en-US";
/// No list of languages.
pub const BAD_LANGUAGE_RANGES: &str = "must be a list of languages, for example en-US,en;q=0.8";
/// No time zone.
pub const BAD_TIME_ZONE: &str = "must be the name of a time zone, for example Europe/Zurich";
/// No telephone number.
pub const BAD_PHONE: &str = "must contain a digit";
/// No URL.
pub const BAD_WEB_ADDRESS: &str = "must be an http or https URL";
/// No country.
pub const BAD_COUNTRY_CODE: &str = "must be a country code of two capital letters";
/// A profile is too large.
pub const PROFILE_TOO_LARGE: &str = "the profile must not be larger than 16 KB";
/// An e-mail address cannot be declared verified.
pub const ONLY_IMPORT_VERIFIES: &str = "can be set to true only when a user is imported";
/// A user name is taken.
pub const USERNAME_TAKEN: &str = "is used by another user of this environment";
/// A population id that names nothing.
pub const UNKNOWN_POPULATION: &str = "no such population";
/// A date and time that cannot be read.
pub const BAD_TIMESTAMP: &str = "must be a date and time, for example 2026-02-17T13:34:34.840Z";
/// A page size below one, or none at all.
pub const BAD_LIMIT: &str = "must be a whole number of 1 or more";
/// A cursor that was not given by this list, or not to this caller.
pub const BAD_CURSOR: &str = "is not a cursor of this list";

/// A parameter of the key URI that the server sets itself.
pub const RESERVED_URI_PARAMETER: &str = "is set by the server";
/// One application twice in a policy.
pub const APPLICATION_LISTED_TWICE: &str = "is listed twice";
/// A block of IPv4 addresses that cannot be read.
pub const BAD_IPV4_BLOCK: &str =
    "must be an IPv4 address or a block of them, for example 192.0.2.0/24";
/// A setting of the built-in app on another one.
pub const ONLY_FOR_PING_ID_APP: &str = "is for applications of type pingIdAppConfig only";
/// A setting of an organization's own apps on the built-in one.
pub const NOT_FOR_PING_ID_APP: &str = "is not for applications of type pingIdAppConfig";
/// The methods that came before FIDO2.
pub const REPLACED_BY_FIDO2: &str = "is not offered any more; use fido2";
/// An origin in a list of exact ones.
pub const BAD_ALLOWED_ORIGIN: &str =
    "must be an https origin as browsers spell it, for example https://login.example.com";
/// The name of a policy is taken.
pub const POLICY_NAME_TAKEN: &str = "is used by another policy of this environment";
/// An environment has all the policies that it can have.
pub const POLICY_LIMIT: &str = "Maximum number of policies has been reached";
/// A mobile application that a policy cannot name.
pub const NOT_A_MOBILE_APPLICATION: &str = "no such native application with a mobile configuration";
/// A FIDO2 policy id that names nothing.
pub const UNKNOWN_FIDO2_POLICY: &str = "no such FIDO2 policy";
/// A notification policy id that names nothing.
pub const UNKNOWN_NOTIFICATION_POLICY: &str = "no such notification policy";
/// WhatsApp without a sender.
pub const NO_WHATSAPP_SENDER: &str = "needs a configured WhatsApp sender";
/// An environment cannot be without a default policy.
pub const DEFAULT_NEEDS_SUCCESSOR: &str =
    "cannot be unset; make another policy the default one instead";
/// The default policy cannot be deleted (matched).
pub const CANNOT_REMOVE_DEFAULT_POLICY: &str =
    "Unable to remove default device authentication policy";

/// The device limit (matched).
pub const DEVICE_LIMIT: &str = "Maximum allowed devices has been reached";
/// Too many devices wait for activation.
pub const PENDING_DEVICE_LIMIT: &str =
    "Maximum number of devices waiting for activation has been reached";
/// A method is off, or closed for pairing.
pub const METHOD_NOT_ALLOWED_BY_POLICY: &str =
    "This device type cannot be paired under the device authentication policy";
/// A policy id that names nothing.
pub const UNKNOWN_POLICY: &str = "no such device authentication policy";
/// `MOBILE` is paired by key.
pub const PAIR_BY_KEY: &str = "devices of this type are paired with a pairing key";
/// A device type that this version cannot pair.
pub const TYPE_NOT_OFFERED: &str = "devices of this type are not offered by this version";
/// The relying party id cannot be used.
pub const BAD_RP_ID: &str =
    "must be a domain in lower case that is not a public suffix or an address";
/// Desktop devices start pending.
pub const DESKTOP_NEEDS_ACTIVATION: &str = "must be ACTIVATION_REQUIRED for this device type";
/// A second activation.
pub const ALREADY_ACTIVE: &str = "the device is active already";
/// A pending device cannot be blocked.
pub const NOT_ACTIVE_YET: &str = "the device has not been activated";
/// There is no pairing code of this device type to send.
pub const NO_CODE_TO_SEND: &str = "devices of this type have no pairing code";
/// The attestation did not verify.
pub const BAD_ATTESTATION: &str = "The attestation is not valid.";
/// The pairing challenge is used up.
pub const PAIRING_ATTEMPTS_USED_UP: &str =
    "No attempt is left for this device; delete it and create a new one.";
/// The assertion did not verify.
pub const BAD_ASSERTION: &str = "The assertion is not valid.";
/// The origin is not a URL that can be used.
pub const BAD_ORIGIN: &str = "must be an https URL whose host is the relying party id or below it";
/// The device is locked.
pub const TOO_MANY_ATTEMPTS: &str = "Too many attempts.";
/// The user cannot authenticate.
pub const USER_NOT_USABLE: &str = "no such user, or the user cannot use MFA";
/// The device cannot be used.
pub const DEVICE_NOT_USABLE: &str = "no such device, or it cannot be used";
/// Ten authentications are open.
pub const TOO_MANY_OPEN: &str = "Too many device authentications are open for this user.";
/// Two ways to name a device at once.
pub const ONE_DEVICE_ONLY: &str = "name either a paired device or a one-time device";
/// A one-time device of a type that this version cannot reach.
pub const ONE_TIME_NOT_OFFERED: &str = "one-time devices are not offered by this version";
/// The mobile SDK's payload.
pub const MOBILE_PAYLOAD_NOT_OFFERED: &str = "device authorization is not offered";
/// A list that must name something.
pub const UNKNOWN_DEVICE_IN_ORDER: &str = "must name an active device of the user, once";

/// The action is not possible in this status.
pub fn wrong_status(status: &str) -> String {
    format!(
        "The request could not be completed. The action is not allowed while the status is {status}."
    )
}

/// The `NO_USABLE_DEVICES` text of a failed authentication (matched).
pub fn no_usable_device(user: impl std::fmt::Display) -> String {
    format!("Couldn't find authenticating device for user: {user}")
}
