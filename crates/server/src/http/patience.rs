//! A body that has to arrive in time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::Sleep;

/// How long a whole body may take from the moment in which it is first waited for.
const WHOLE: Duration = Duration::from_secs(30);

/// The body of a request. A client that sends it drop by drop gets an error in its place.
pub(super) struct Patience {
    inner: Incoming,
    // Most bodies arrive together with the head and never need a timer.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub(super) fn new(inner: Incoming) -> Self {
        Self {
            inner,
            deadline: None,
        }
    }
}

impl Body for Patience {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(std::io::Error::other)));
        }
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(WHOLE)));
        match deadline.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(std::io::ErrorKind::TimedOut.into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
