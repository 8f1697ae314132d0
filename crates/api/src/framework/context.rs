//! What is known of a request besides its content: ids, address, program.

use std::net::IpAddr;

use countersign_engine::{Engine, RequestContext};
use countersign_wire::external_id;
use http::request::Parts;
use http::{HeaderName, HeaderValue, header};
use uuid::Uuid;

/// The address that a request came from, put into the request's extensions by the server, which
/// knows its listeners and its trusted proxies.
#[derive(Debug, Clone, Copy)]
pub struct RemoteAddress(pub IpAddr);

/// Header of the caller's own id of a transaction.
pub(crate) const TRANSACTION_ID: HeaderName =
    HeaderName::from_static("x-ping-external-transaction-id");
/// Header of the caller's own id of a session.
pub(crate) const SESSION_ID: HeaderName = HeaderName::from_static("x-ping-external-session-id");
/// Header of the id of a request.
pub(crate) const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");

/// Longest program name that is recorded, in bytes.
const USER_AGENT_LIMIT: usize = 256;

/// The headers that tell a caller under which ids its request was recorded.
pub(crate) struct IdHeaders {
    pub(crate) correlation: HeaderValue,
    pub(crate) transaction: HeaderValue,
    pub(crate) session: HeaderValue,
}

/// Reads what the request says and draws the ids that it does not bring.
pub(crate) fn read(parts: &Parts, engine: &Engine) -> (RequestContext, IdHeaders) {
    // One draw for three ids: most requests bring none.
    let [correlation_id, fresh_transaction, fresh_session] = draw_ids::<3>(engine);
    let external = |name: &HeaderName, fresh: Uuid| match parts.headers.get(name) {
        Some(value) => {
            let cleaned = external_id::clean(value.as_bytes());
            let header = if cleaned.as_bytes() == value.as_bytes() {
                value.clone()
            } else {
                HeaderValue::from_bytes(cleaned.as_bytes()).unwrap_or_else(|_| text(fresh))
            };
            (cleaned.into_owned(), header)
        }
        None => (fresh.to_string(), text(fresh)),
    };
    let (transaction_id, transaction) = external(&TRANSACTION_ID, fresh_transaction);
    let (session_id, session) = external(&SESSION_ID, fresh_session);
    let context = RequestContext {
        correlation_id,
        transaction_id,
        session_id,
        remote_address: parts
            .extensions
            .get::<RemoteAddress>()
            .map(|remote| remote.0),
        user_agent: parts.headers.get(header::USER_AGENT).map(user_agent),
    };
    (
        context,
        IdHeaders {
            correlation: text(correlation_id),
            transaction,
            session,
        },
    )
}

/// Draws an id.
pub(crate) fn draw_id(engine: &Engine) -> Uuid {
    let [id] = draw_ids::<1>(engine);
    id
}

fn draw_ids<const N: usize>(engine: &Engine) -> [Uuid; N] {
    let mut drawn = [[0_u8; 16]; N];
    engine.random().fill(drawn.as_flattened_mut());
    drawn.map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// A UUID as a header value.
pub(crate) fn text(id: Uuid) -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let text = id.hyphenated().encode_lower(&mut buffer);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

fn user_agent(value: &HeaderValue) -> String {
    let bytes = value.as_bytes();
    String::from_utf8_lossy(bytes.get(..USER_AGENT_LIMIT).unwrap_or(bytes)).into_owned()
}
