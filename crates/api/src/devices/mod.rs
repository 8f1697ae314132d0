//! A user's MFA devices. One endpoint, one file.

mod activate;
mod block;
mod create;
mod delete;
mod encode;
mod examples;
mod filter;
mod list;
mod order_remove;
mod read;
mod reorder;
mod send_activation_code;
mod unblock;
mod unlock;
mod update_nickname;

pub(crate) use encode::{application, model, os, relying_party};

use crate::framework::{Endpoint, Verb, of_user};

/// The endpoints. On one path and method, the first is the one whose permission decides who learns
/// that a media type is not taken.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    of_user::<list::ListDevices>(),
    of_user::<create::CreateDevice>(),
    of_user::<reorder::ReorderDevices>(),
    of_user::<order_remove::RemoveDeviceOrder>(),
    of_user::<order_remove::DeleteDeviceOrder>(),
    of_user::<read::ReadDevice>(),
    of_user::<activate::ActivateDevice>(),
    of_user::<activate::ActivateDevice>().alias(Verb::Put, "activateDeviceByPut"),
    of_user::<send_activation_code::SendActivationCode>(),
    of_user::<block::BlockDevice>(),
    of_user::<unblock::UnblockDevice>(),
    of_user::<unlock::UnlockDevice>(),
    of_user::<delete::DeleteDevice>(),
    of_user::<update_nickname::UpdateNickname>(),
];
