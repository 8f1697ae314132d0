//! The loopback API: `POST /register`, `POST /authenticate`, `GET /status` and their preflights.
//!
//! A request passes, in this order: [`server`] (sockets and limits), [`service`] (route and answer),
//! [`peer`] (whose socket is it), [`checks`] (host, path, method, origin, fetch metadata, content
//! type), [`body`] (size and time), then [`crate::ceremony`]. Whatever refuses does it with a
//! [`Failure`]; [`cors`] decides whether the page may read the answer.

pub mod body;
pub mod checks;
pub mod cors;
pub mod failure;
pub mod kind;
pub mod peer;
pub mod server;
pub mod service;

pub use failure::{Failure, Kind};
pub use server::{Limits, Listeners, serve};
