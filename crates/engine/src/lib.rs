//! Use cases: one function per thing that a caller can ask for, one transaction each.
//!
//! A request comes in as a typed command together with a proof of access ([`access`]): there is no
//! way to call a use case without one. A use case reads, verifies signatures outside any write,
//! lets `countersign-domain` decide, and stores the outcome with its audit activities in one write
//! unit whose statements are conditional on what was read. Where somebody else was faster it
//! starts over from the read.
//!
//! A denial is an answer ([`Stop::Refused`]): whatever has to be recorded about it (a failure
//! count, a lock, an activity) is committed before it is given. A fault ([`Stop::Fault`]) leaves
//! nothing behind.

pub mod access;
pub mod activities;
pub mod applications;
mod cache;
mod context;
pub mod device_authentications;
pub mod device_policies;
pub mod devices;
mod engine;
pub mod environments;
pub mod fido2_policies;
pub mod keys;
pub mod mfa_settings;
pub mod oauth;
pub mod organizations;
pub mod paging;
pub mod populations;
mod retry;
pub mod seed;
mod stop;
mod sweep;
pub mod users;

pub use context::RequestContext;
pub use engine::{Engine, EngineConfig, EngineParts, OpenError};
pub use stop::{Fault, Refusal, Stop};
pub use sweep::Swept;
