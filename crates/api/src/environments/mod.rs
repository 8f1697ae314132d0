//! Environments, what they offer and what they can do. One endpoint, one file.

mod bill_of_materials;
mod capabilities;
mod encode;
mod list;
mod read;

use crate::framework::{Endpoint, for_caller, in_environment, in_whole_environment};

/// The endpoints.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    for_caller::<list::ListEnvironments>(),
    in_environment::<read::ReadEnvironment>(),
    in_whole_environment::<bill_of_materials::ReadBillOfMaterials>(),
    in_whole_environment::<capabilities::ReadCapabilities>(),
];
