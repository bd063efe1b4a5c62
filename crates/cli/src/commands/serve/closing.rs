//! Answers that say that their connection closes, once it does.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tower_service::Service;

/// What is served, or one connection of it: from one moment on its answers say that they close.
#[derive(Clone, Debug)]
pub(super) struct Closing<S> {
    served: S,
    closes: Arc<AtomicBool>,
}

impl<S> Closing<S> {
    /// From when `closes` is set.
    pub(super) const fn new(served: S, closes: Arc<AtomicBool>) -> Self {
        Self { served, closes }
    }
}

impl<'a, L: Listener, M> Service<IncomingStream<'a, L>> for Closing<M>
where
    M: Service<IncomingStream<'a, L>, Error = Infallible>,
    M::Future: Unpin,
{
    type Response = Closing<M::Response>;
    type Error = Infallible;
    type Future = Connecting<M::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.served.poll_ready(cx)
    }

    fn call(&mut self, stream: IncomingStream<'a, L>) -> Self::Future {
        Connecting { connection: self.served.call(stream), closes: Arc::clone(&self.closes) }
    }
}

impl<S> Service<Request> for Closing<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.served.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        Answering { answer: self.served.call(request), closes: Arc::clone(&self.closes) }
    }
}

/// What becomes a connection.
pub(super) struct Connecting<F> {
    connection: F,
    closes: Arc<AtomicBool>,
}

impl<F, S> Future for Connecting<F>
where
    F: Future<Output = Result<S, Infallible>> + Unpin,
{
    type Output = Result<Closing<S>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let connection = ready!(Pin::new(&mut self.connection).poll(cx));
        Poll::Ready(connection.map(|served| Closing::new(served, Arc::clone(&self.closes))))
    }
}

/// What becomes an answer.
pub(super) struct Answering<F> {
    answer: F,
    closes: Arc<AtomicBool>,
}

impl<F> Future for Answering<F>
where
    F: Future<Output = Result<Response, Infallible>> + Unpin,
{
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.answer).poll(cx));
        Poll::Ready(answer.map(|mut answer| {
            if self.closes.load(Ordering::Acquire) {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }))
    }
}
