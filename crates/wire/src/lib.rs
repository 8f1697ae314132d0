//! The JSON of the API: HAL envelope, media types, error object, request and response types.
//!
//! This crate knows no rule and none of our other crates: it says how things look on the wire.
//!
//! * **Requests** are structs whose members are [`Field`]s: absent, `null`, of the wrong type, or a
//!   value. Decoding such a struct fails only when the body is not JSON or not an object, so that one
//!   answer can name every fault of a request.
//! * **Responses** are plain structs. Their members are declared in the order in which the documented
//!   samples print them, because serde writes them in that order.
//! * [`media`] tells the vendor media types apart that select an action.
//! * [`error`] is the error object.

pub mod accept;
pub mod application;
pub mod device;
pub mod device_authentication;
pub mod device_policy;
pub mod document;
pub mod environment;
pub mod error;
pub mod external_id;
pub mod fido2_policy;
pub mod field;
pub mod hal;
pub mod media;
pub mod mfa_settings;
pub mod oauth;
pub mod organization;
pub mod population;
pub mod user;

pub use field::Field;
