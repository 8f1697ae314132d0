//! Device authentications. One endpoint, one file.

mod check_assertion;
mod encode;
mod examples;
mod other_actions;
mod read;
mod select_device;
mod start;

use crate::framework::{Endpoint, in_environment};

/// The endpoints. On one path and method, the first is the one whose permission decides who learns
/// that a media type is not taken.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    in_environment::<start::StartAuthentication>(),
    in_environment::<other_actions::CheckPayload>(),
    in_environment::<read::ReadAuthentication>(),
    in_environment::<select_device::SelectDevice>(),
    in_environment::<check_assertion::CheckAssertion>(),
    in_environment::<other_actions::CheckOtp>(),
    in_environment::<other_actions::CancelPush>(),
];
