//! What the page is about, and its templates.

use askama::Template;
use uuid::Uuid;

/// What the page `/try` is about and where it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryPage {
    /// The one origin at which the page works, such as `http://localhost:8080`: its host has to lie
    /// within the relying party.
    pub origin: String,
    /// Every `Host` value under which the server is reached, such as `127.0.0.1:8080`. A request by
    /// one of these is sent on to `origin`; by any other it is refused.
    pub hosts: Vec<String>,
    /// The seeded environment.
    pub environment: Uuid,
    /// The demo user.
    pub user: Uuid,
    /// The demo user's name.
    pub username: String,
    /// The seeded default policy.
    pub policy: Uuid,
    /// Port of the desktop authenticator.
    pub desktop_port: u16,
}

impl TryPage {
    /// The host and port of the origin, as a `Host` header has them.
    pub(crate) fn host(&self) -> &str {
        self.origin
            .split_once("://")
            .map_or(self.origin.as_str(), |(_, host)| host)
    }

    pub(crate) fn serves_host(&self, host: &str) -> bool {
        self.host().eq_ignore_ascii_case(host)
            || self
                .hosts
                .iter()
                .any(|served| served.eq_ignore_ascii_case(host))
    }
}

/// The page itself.
#[derive(Template)]
#[template(path = "try.html")]
pub(crate) struct Try<'a> {
    pub(crate) page: &'a TryPage,
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "letter.html")]
pub(crate) struct Letter {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
}

/// At the root.
pub(crate) const WELCOME: Letter = Letter {
    title: "Countersign is running",
    text: "To try it in this browser, open the link that quickstart printed in its terminal. \
           The API is described at /openapi.json.",
};

/// Without code or session.
pub(crate) const NO_CODE: Letter = Letter {
    title: "Open the link from the terminal",
    text: "This page belongs to whoever started Countersign. The link that quickstart printed in \
           its terminal carries a code that opens it.",
};

/// With a code that is spent or was never one.
pub(crate) const SPENT: Letter = Letter {
    title: "This link does not work any more",
    text: "Each link works once, and only until Countersign is started again. Stop Countersign in \
           its terminal, start it again, and open the link that it prints.",
};
