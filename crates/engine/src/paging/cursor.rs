//! Cursors: places in a list, as opaque texts.
//!
//! A cursor carries a MAC over the place and over what the list is: its name, its environment, the
//! filter and the application that it was given to. So it cannot be made up, changed, or used for
//! another list or by another application.

use countersign_crypto::encoding::{base64url, base64url_decode};
use countersign_crypto::hash::constant_time_eq;
use countersign_crypto::time::Timestamp;
use countersign_storage::queries::users::{Direction, Position};
use uuid::Uuid;

use crate::Engine;
use crate::access::Caller;

/// Bytes of the MAC that a cursor carries.
const MAC: usize = 16;
/// Direction, time and id.
const PLACE: usize = 1 + 8 + 16;

/// What a cursor is bound to.
#[derive(Debug)]
pub(crate) struct Binding(Vec<u8>);

impl Binding {
    pub(super) fn new(
        caller: &Caller,
        list: &'static str,
        within: &[u8],
        filter: Option<&str>,
    ) -> Self {
        let mut bytes = Vec::new();
        let parts = [
            list.as_bytes(),
            within,
            caller.application().uuid().as_bytes(),
            filter.unwrap_or_default().as_bytes(),
        ]
        .map(<[u8]>::to_vec);
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(&part);
        }
        Self(bytes)
    }

    pub(super) fn write(&self, engine: &Engine, at: Position, direction: Direction) -> String {
        let mut bytes = Vec::with_capacity(PLACE + MAC);
        bytes.push(match direction {
            Direction::Forward => 0,
            Direction::Backward => 1,
        });
        bytes.extend_from_slice(&at.created_at.micros().to_be_bytes());
        bytes.extend_from_slice(at.id.as_bytes());
        let mac = self.mac(engine, &bytes);
        bytes.extend_from_slice(mac.get(..MAC).unwrap_or_default());
        base64url(&bytes)
    }

    pub(super) fn read(&self, engine: &Engine, text: &str) -> Option<(Position, Direction)> {
        let bytes = base64url_decode(text)?;
        let (place, mac) = bytes.split_at_checked(PLACE)?;
        if !constant_time_eq(mac, self.mac(engine, place).get(..MAC)?) {
            return None;
        }
        let (direction, place) = place.split_first()?;
        let (time, id) = place.split_first_chunk::<8>()?;
        let direction = match direction {
            0 => Direction::Forward,
            1 => Direction::Backward,
            _ => return None,
        };
        let created_at = Timestamp::from_micros(i64::from_be_bytes(*time));
        Some((
            Position {
                created_at,
                id: Uuid::from_slice(id).ok()?,
            },
            direction,
        ))
    }

    fn mac(&self, engine: &Engine, place: &[u8]) -> [u8; 32] {
        let mut message = self.0.clone();
        message.extend_from_slice(place);
        engine.parts.cursor_key.hmac_sha256(&message)
    }
}
