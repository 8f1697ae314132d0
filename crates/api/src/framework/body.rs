//! Request bodies: read within the limit, then decoded.

use axum::body::Body;
use countersign_wire::field::{Member, decode};
use http_body_util::BodyExt;
use hyper::body::Bytes;

use super::Failure;

/// What a body decodes to.
pub(crate) trait RequestBody: Sized + Send {
    /// Whether the body is read at all. What is sent to an endpoint that takes none is ignored.
    const IS_READ: bool = true;

    /// Decodes it.
    fn decode(bytes: &[u8]) -> Result<Self, Failure>;
}

impl RequestBody for () {
    const IS_READ: bool = false;

    fn decode(_bytes: &[u8]) -> Result<Self, Failure> {
        Ok(())
    }
}

/// A JSON object.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Member + Send> RequestBody for Json<T> {
    fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        decode(bytes).map(Self).map_err(|_| Failure::NotJson)
    }
}

/// A JSON object, or nothing at all, which means the same as `{}`.
pub(crate) struct OptionalJson<T>(pub(crate) T);

impl<T: Member + Send> RequestBody for OptionalJson<T> {
    fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        let bytes = if bytes.trim_ascii().is_empty() {
            b"{}"
        } else {
            bytes
        };
        decode(bytes).map(Self).map_err(|_| Failure::NotJson)
    }
}

/// A form, still encoded.
pub(crate) struct Form(pub(crate) Vec<u8>);

impl RequestBody for Form {
    fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        Ok(Self(bytes.to_vec()))
    }
}

/// The body of a request before anything is known of it.
pub(crate) struct Payload {
    /// The body itself.
    pub(super) body: Body,
    /// Most bytes that it may have.
    pub(super) limit: usize,
    /// Whether the endpoint takes the request's media type; answered after authorisation.
    pub(super) media_fits: bool,
}

impl Payload {
    /// Checks the media type, reads the body and decodes it.
    pub(super) async fn decode<B: RequestBody>(self) -> Result<B, Failure> {
        if !self.media_fits {
            return Err(Failure::UnsupportedMediaType);
        }
        if !B::IS_READ {
            return B::decode(&[]);
        }
        B::decode(&read(self.body, self.limit).await?)
    }
}

/// Reads a body of at most `limit` bytes. One that arrives in one piece is not copied.
async fn read(mut body: Body, limit: usize) -> Result<Bytes, Failure> {
    let mut first = Bytes::new();
    let mut collected: Option<Vec<u8>> = None;
    while let Some(frame) = body.frame().await {
        // A connection that breaks here: nobody reads the answer.
        let Ok(data) = frame.map_err(|_| Failure::NotJson)?.into_data() else {
            continue;
        };
        let so_far = collected.as_ref().map_or(first.len(), Vec::len);
        if so_far + data.len() > limit {
            return Err(Failure::BodyTooLarge);
        }
        match &mut collected {
            Some(collected) => collected.extend_from_slice(&data),
            None if first.is_empty() => first = data,
            None => {
                let mut both = Vec::with_capacity(first.len() + data.len());
                both.extend_from_slice(&first);
                both.extend_from_slice(&data);
                collected = Some(both);
            }
        }
    }
    Ok(collected.map_or(first, Bytes::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    async fn read_chunks(chunks: &[&'static str], limit: usize) -> Option<Vec<u8>> {
        let chunks: Vec<Result<&'static str, std::io::Error>> =
            chunks.iter().map(|chunk| Ok(*chunk)).collect();
        read(Body::from_stream(stream::iter(chunks)), limit)
            .await
            .ok()
            .map(|bytes| bytes.to_vec())
    }

    #[tokio::test]
    async fn the_limit_holds_however_the_body_is_cut() {
        assert_eq!(read_chunks(&[], 0).await, Some(vec![]));
        assert_eq!(read_chunks(&["abc"], 3).await, Some(b"abc".to_vec()));
        assert_eq!(
            read_chunks(&["", "a", "b", "", "c"], 3).await,
            Some(b"abc".to_vec())
        );
        assert_eq!(read_chunks(&["abcd"], 3).await, None);
        assert_eq!(read_chunks(&["ab", "cd"], 3).await, None);
        assert_eq!(read_chunks(&["a", "b", "c", "d"], 3).await, None);
    }
}
