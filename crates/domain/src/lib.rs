//! The rules: typed ids, users, devices, policies, state machines and lockout arithmetic.
//!
//! Nothing here does I/O, reads a clock or draws randomness: time and ids come in as parameters.
//! What is kept on disk is in [`stored`] (versioned serde documents); what goes over the wire is in
//! `countersign-wire`, which this crate does not know.

pub mod access;
pub mod activity;
pub mod application;
pub mod case_fold;
pub mod device;
pub mod device_authentication;
pub mod device_policy;
pub mod environment;
pub mod fido2_policy;
pub mod given;
pub mod ids;
pub mod lockout;
pub mod members;
pub mod messages;
pub mod mfa_settings;
pub mod named;
pub mod organization;
pub mod period;
pub mod population;
pub mod scim_filter;
pub mod stored;
pub mod user;
pub mod violations;
