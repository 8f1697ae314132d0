//! Listeners, connections, and their orderly end.
//!
//! ```text
//!   Bound (a port is ours, nothing is accepted yet)
//!     │ run
//!   accept ──► connection task ──► App: /try and / to the pages, all else to the API
//!     │ stop (SIGTERM, SIGINT)
//!   no more accepts; what is under way finishes, 10 s at most
//! ```

mod app;
mod forwarded;
mod listener;
mod patience;

pub use app::App;
pub use forwarded::{Network, Proxies};
pub use listener::{Bound, Transport, run};
