//! What is written to a device.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite};

use super::{DeviceStream, Lingering, State};

impl<S> DeviceStream<S> {
    /// What a try to write came to: a device that does not read is not waited for without end.
    pub(super) fn poll_wrote<T>(
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
        self.silence.end();
        if !self.is_asked {
            return;
        }
        if bytes.starts_with(SWITCHES) {
            self.state = State::Through;
            self.silence.allow();
        }
        self.is_asked = is_interim(bytes);
    }
}

/// Whether these are heads of what comes before an answer (RFC 9110, section 15.2), and nothing
/// else.
fn is_interim(mut bytes: &[u8]) -> bool {
    while bytes.starts_with(INTERIM) && !bytes.starts_with(SWITCHES) {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        let (_, behind) = bytes.split_at(end.unwrap_or(bytes.len()));
        if behind.is_empty() {
            return true;
        }
        bytes = behind;
    }
    false
}

/// Not vectored: hyper copies an answer behind its head then, and to send one piece costs the
/// system less by more than that, since answers are short.
impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for DeviceStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        // Behind what is answered here.
        ready!(this.poll_own(cx))?;
        let wrote = Pin::new(&mut this.inner).poll_write(cx, bytes);
        let written = ready!(this.poll_wrote(cx, wrote))?;
        this.answer(bytes);
        if let Some(own) = &mut this.own
            && !own.follows(bytes.get(..written).unwrap_or_default())
        {
            this.own = None;
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Whoever serves the connection flushes at every turn: that says nothing of a device which
        // does not read what is answered here.
        ready!(this.poll_own(cx))?;
        let flushed = Pin::new(&mut this.inner).poll_flush(cx);
        this.poll_wrote(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_own(cx))?;
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

/// How what comes before an answer begins, such as `100 Continue`.
const INTERIM: &[u8] = b"HTTP/1.1 1";
