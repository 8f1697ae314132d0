//! What is shown with a question. Every text here is inert already: no control, escape or direction
//! characters, at most 200 characters.

use countersign_desktop_protocol::text::inert;

/// An account as the person knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountText(pub String);

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// To pair this computer.
    Pair(PairRequest),
    /// To sign in.
    SignIn(SignInRequest),
}

/// A request to pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairRequest {
    /// The relying party id; always shown first.
    pub rp_id: String,
    /// What the relying party calls itself.
    pub rp_name: String,
    /// The account.
    pub account: AccountText,
    /// The page's origin.
    pub origin: String,
    /// The issuer.
    pub issuer: String,
    /// The issuer is not known yet, and what it says is not verified yet.
    pub new_issuer: bool,
    /// What the application calls itself; may be empty.
    pub application: String,
    /// The program that asks, where it could be told.
    pub program: Option<String>,
    /// Whether a PIN has to be set.
    pub sets_pin: bool,
}

/// A request to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRequest {
    /// The relying party id; always shown first.
    pub rp_id: String,
    /// What the relying party calls itself.
    pub rp_name: String,
    /// The accounts that fit; with more than one the person chooses.
    pub accounts: Vec<AccountText>,
    /// The page's origin.
    pub origin: String,
    /// What the application calls itself; may be empty.
    pub application: String,
    /// From where, as the server saw it; may be empty.
    pub address: String,
    /// The place that the server made of it; may be empty.
    pub place: String,
    /// The server's own words; may be empty.
    pub message: String,
    /// The program that asks, where it could be told.
    pub program: Option<String>,
}

/// Makes a text inert and drops white space around it.
pub fn clean(text: &str) -> String {
    inert(text).trim().to_owned()
}
