//! Media types of requests, which alone select the action.

/// Reads the bytes as a `Content-Type`.
///
/// # Panics
/// When it finds a fault.
pub fn fuzz_media_type(data: &[u8]) {
    countersign_wire::media::fuzz_media_type(data);
}
