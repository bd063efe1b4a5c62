//! A connection under way.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A connection that is watched, or one that nobody watches: that one pays nothing for the
    /// other.
    ///
    /// `Either` of futures-util is the same, and polled by a call of its own, which costs a
    /// connection more than the question whether anybody watches.
    #[project = Projected]
    pub(super) enum Connecting<W, U> {
        Watched { #[pin] connecting: W },
        Unwatched { #[pin] connecting: U },
    }
}

impl<W: Future, U: Future<Output = W::Output>> Future for Connecting<W, U> {
    type Output = W::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<W::Output> {
        match self.project() {
            Projected::Watched { connecting } => connecting.poll(context),
            Projected::Unwatched { connecting } => connecting.poll(context),
        }
    }
}
