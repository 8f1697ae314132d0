//! Server-rendered web pages and the small scripts they need.
//!
//! So far there is one page: `/try`, on which the person who runs `countersign quickstart` pairs
//! their computer and signs in with it. It exists in quickstart only.
//!
//! # Who can use it
//!
//! Whoever opens the link that quickstart prints, and nobody else:
//!
//! ```text
//!   terminal ── /try?code=…  ──► page ── POST /try/session {code} ──► cookie + key   (once)
//!                                page ── POST /try/token  cookie + key ──► access token, 5 min
//!                                page ── /v1/…, /{env}/deviceAuthentications  ──► the real API
//!                                page ── http://localhost:9410/…  ──► the desktop authenticator
//! ```
//!
//! - Opening the link spends nothing; the page's script spends the code by POST. So a program that
//!   only looks at links does not use it up.
//! - The cookie is `HttpOnly` and `SameSite=Strict`. Cookies are shared by all ports of a host, so
//!   the session also has a key that stays in the page's storage, which no other port can read.
//! - `Host` must be one of ours (421 otherwise, against DNS rebinding), `Origin` must be the page's
//!   own on every POST, and no CORS header is ever sent.
//! - The access token is that of an application which may do nothing but manage the demo user.

mod assets;
mod gate;
mod guard;
mod page;
mod routes;

pub use page::TryPage;
pub use routes::{AccessToken, Console, TokenSource, TokenUnavailable, claims};
