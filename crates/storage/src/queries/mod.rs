//! Every SQL text, one module a table. Reads are functions; writes add statements to a [`Unit`].
//!
//! [`Unit`]: crate::Unit

pub mod activities;
pub mod applications;
pub mod data_keys;
pub mod device_authentications;
pub mod device_policies;
pub mod devices;
pub mod environments;
pub mod fido2_policies;
pub mod mfa_settings;
pub mod organizations;
pub mod populations;
pub mod role_assignments;
pub mod settings;
pub mod signing_keys;
pub mod stamps;
pub mod users;
