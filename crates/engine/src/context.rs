//! What is known of a request besides its content; goes into every activity that it leads to.

use std::net::IpAddr;

use uuid::Uuid;

/// What is known of a request besides its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestContext {
    /// Id of the request, answered as `Correlation-Id`.
    pub correlation_id: Uuid,
    /// `X-Ping-External-Transaction-Id`, at most 100 characters.
    pub transaction_id: String,
    /// `X-Ping-External-Session-Id`, at most 100 characters.
    pub session_id: String,
    /// Where it came from.
    pub remote_address: Option<IpAddr>,
    /// The program that sent it.
    pub user_agent: Option<String>,
}
