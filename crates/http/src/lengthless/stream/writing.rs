//! What is written to a device.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite};

use super::{DeviceStream, Lingering, State};

impl<S> DeviceStream<S> {
    /// What a try to write came to: a device that does not read is not waited for without end.
    fn poll_wrote<T>(
        &mut self,
        cx: &mut Context<'_>,
        wrote: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.is_stuck = false;
            return wrote;
        }
        if !self.is_stuck {
            self.is_stuck = true;
            self.silence.end();
        }
        ready!(self.silence.poll_too_long(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// The beginning of an answer goes out, or more of one.
    fn answer(&mut self, bytes: &[u8]) {
        self.is_asked = false;
        self.silence.end();
        if matches!(self.state, State::Through) && bytes.starts_with(SWITCHES) {
            self.silence.allow();
        }
    }
}

/// Not vectored: hyper copies an answer behind its head then, and to send one piece costs the system
/// less by more than that, since answers are short.
impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for DeviceStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.inner).poll_write(cx, bytes);
        let wrote = ready!(this.poll_wrote(cx, wrote));
        this.answer(bytes);
        Poll::Ready(wrote)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.inner).poll_flush(cx);
        this.poll_wrote(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            let shut = Pin::new(&mut this.inner).poll_shutdown(cx);
            ready!(this.poll_wrote(cx, shut))?;
        }
        let is_sending = this.state.is_open(!this.came.bytes().is_empty());
        let lingering = this.lingering.get_or_insert_with(|| Lingering::new(is_sending));
        lingering.poll_end(&mut this.inner, cx).map(Ok)
    }
}

/// How an answer begins behind which another protocol is spoken.
const SWITCHES: &[u8] = b"HTTP/1.1 101 ";
