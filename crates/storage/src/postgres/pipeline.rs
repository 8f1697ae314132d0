//! Several statements on one connection without waiting in between.
//!
//! The driver sends a statement when its future is first polled, and the server answers in the order
//! it was asked. So all futures are polled once, in order, and then awaited one by one.

use std::{future::poll_fn, task::Poll};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, MaybeDone, maybe_done};

/// Sends everything, then collects the answers in the same order.
pub(super) async fn pipelined<T>(futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut sent: Vec<MaybeDone<BoxFuture<'_, T>>> = futures.into_iter().map(maybe_done).collect();
    poll_fn(|context| {
        for future in &mut sent {
            let _answered_already = future.poll_unpin(context).is_ready();
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(sent.len());
    for mut future in sent {
        (&mut future).await;
        answers.extend(std::pin::Pin::new(&mut future).take_output());
    }
    answers
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;

    use super::pipelined;

    #[tokio::test]
    async fn starts_all_in_order_before_waiting_for_the_first() {
        let started = AtomicUsize::new(0);
        let started = &started;
        let all = (0..100).map(|index| {
            async move {
                let position = started.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                (index, position, started.load(Ordering::SeqCst))
            }
            .boxed()
        });
        for (index, position, seen) in pipelined(all.collect()).await {
            assert_eq!(index, position);
            assert_eq!(seen, 100);
        }
    }
}
