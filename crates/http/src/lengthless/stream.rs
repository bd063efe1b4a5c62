//! A connection whose calls all say how long they are, once they have passed through.

mod following;
mod lingering;
mod own;
mod state;
mod writing;

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};
use zeroize::{Zeroize, Zeroizing};

use super::frame::{self, Follows};
use super::silence::Silence;
use crate::wiped::Wiped;
use crate::{OwnReads, Peer};

use lingering::Lingering;
use own::OwnAnswers;
use state::State;

/// A connection that tells the length of what its device sends without one, and that ends when its
/// device sits on it: see [`with_idle_timeout`](Self::with_idle_timeout).
///
/// Once it is shut down it waits up to five seconds for a device that is still sending, and throws
/// away what comes: a system that closes a connection with something unread on it may take the
/// answer back.
pub struct DeviceStream<S> {
    inner: S,
    /// What came and was not looked at yet.
    came: Wiped,
    /// What may be read, from `read` on.
    ready: Wiped,
    read: usize,
    state: State,
    waiting: Option<Pin<Box<Sleep>>>,
    late: Option<Pin<Box<Sleep>>>,
    silence: Silence,
    /// A whole call came whose answer has not begun: it is not the device that is waited for.
    is_asked: bool,
    /// What is written waits for the device to read.
    is_stuck: bool,
    /// What goes on once it is shut down.
    lingering: Option<Lingering>,
    /// What answers devices that read themselves.
    own: Option<OwnAnswers>,
}

impl<S> DeviceStream<S> {
    /// Over a connection on which HTTP/1 is spoken: inside TLS, where there is any. It may be idle
    /// for 75 seconds.
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            came: Wiped::default(),
            ready: Wiped::default(),
            read: 0,
            state: State::Head,
            waiting: None,
            late: None,
            silence: Silence::new(IDLE),
            is_asked: false,
            is_stuck: false,
            lingering: None,
            own: None,
        }
    }

    /// How long its device may let it wait: for the next call, for the rest of one, or until an
    /// answer is read. Then it ends as if the device had closed it. Heads must come whole in that
    /// time, bodies may take longer while something comes of them. Nobody is hung up on between a
    /// call and the beginning of its answer; an answer that pauses for so long, such as one of
    /// events, is cut off. [`Duration::MAX`] is no limit.
    ///
    /// A connection that goes over to another protocol (101) is left to whoever speaks it.
    #[must_use]
    pub fn with_idle_timeout(self, longest: Duration) -> Self {
        Self { silence: Silence::new(longest), ..self }
    }

    /// Answers devices that read themselves here, as the
    /// [`router`](crate::DeviceApi::router) does at the root of a server. Whoever serves the
    /// connection does not see such a call, nor does any layer around it. It is the head of a `GET`
    /// that came at once, with nothing behind it, when all calls before it were answered.
    ///
    /// Whoever serves the connection sees all others. It sees those of devices that read
    /// themselves, too, where a trusted proxy is connected, from [`OwnReads::stop`] on, and to the
    /// end of a connection from the first answer on that it does not write in one piece with a
    /// length, or from the first body on that comes in chunks. `axum::serve` sees the first call of
    /// each connection.
    ///
    /// To a server whose hyper has a timer these calls are a long silence: it needs a
    /// `header_read_timeout` of `None`. The idle timeout here does its work. `axum::serve` has
    /// none.
    #[must_use]
    pub fn with_own_reads(self, reads: &OwnReads, peer: Peer) -> Self {
        Self { own: reads.on_connection(peer).map(OwnAnswers::new), ..self }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> DeviceStream<S> {
    /// A call has begun, and takes too long to be one.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let has_begun = match self.state {
            State::Head => !self.came.bytes().is_empty(),
            State::Unsaid(_) => true,
            State::Body(_)
            | State::Chunk
            | State::InChunk(_)
            | State::Trailer
            | State::Through
            | State::Waits
            | State::Ended => false,
        };
        // Behind a call that is not answered yet the next may wait.
        if !has_begun || self.is_asked {
            return Poll::Pending;
        }
        self.late.get_or_insert_with(|| Box::pin(sleep(LONGEST))).as_mut().poll(cx)
    }

    /// Reads to where it shall be, and leaves it there if it goes through as it is, as most calls
    /// do: one at a time, with all of its head. `false` when it does not.
    fn poll_in_place(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<bool>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let (_, came) = buf.filled().split_at(before);
        if came.is_empty() {
            self.state = State::Ended;
            return Poll::Ready(Ok(true));
        }
        if self.own.as_mut().is_some_and(|own| own.takes(came)) {
            self.is_asked = true;
            let (_, came) = buf.filled_mut().split_at_mut(before);
            came.zeroize();
            buf.set_filled(before);
            return Poll::Ready(Ok(false));
        }
        if frame::is_plain_get(came) {
            self.ask();
            return Poll::Ready(Ok(true));
        }
        if let Some((length, Follows::Length(body))) = frame::head(came)
            && let Some(left) = body.checked_sub((came.len() - length) as u64)
        {
            self.state = State::Body(left);
            if left == 0 {
                self.ask();
            }
            self.silence.end();
            return Poll::Ready(Ok(true));
        }
        self.came.push(came);
        self.silence.end();
        buf.set_filled(before);
        Poll::Ready(Ok(false))
    }

    /// Reads more; how many bytes came.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut more = Zeroizing::new([0; READ_AT_ONCE]);
        let mut buf = ReadBuf::new(&mut *more);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buf))?;
        self.came.push(buf.filled());
        Poll::Ready(Ok(buf.filled().len()))
    }

    /// Waits for what follows a head that does not say: until a second passes without any, or there
    /// is too much of it.
    fn poll_unsaid(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let then = loop {
            match self.poll_more(cx) {
                Poll::Ready(Ok(0)) => break State::Waits,
                Poll::Ready(Ok(_)) if self.came.bytes().len() > MOST_UNSAID => {
                    break State::Through;
                }
                Poll::Ready(Ok(_)) => self.waiting = None,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
                    ready!(waiting.as_mut().poll(cx));
                    break State::Through;
                }
            }
        };
        self.close_unsaid(then);
        Poll::Ready(Ok(()))
    }

    /// Half of a list is none, and half of a head no call.
    fn end(&mut self) {
        self.came.clear();
        self.state = State::Ended;
    }

    /// Reads what may be read of calls.
    fn poll_calls(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_own(cx))?;
            let unread = self.ready.bytes().get(self.read..);
            if let Some(unread) = unread.filter(|unread| !unread.is_empty()) {
                let (now, _) = unread.split_at(unread.len().min(buf.remaining()));
                buf.put_slice(now);
                self.read += now.len();
                if self.read == self.ready.bytes().len() {
                    self.ready.clear();
                    self.read = 0;
                }
                return Poll::Ready(Ok(()));
            }
            if self.advance() {
                continue;
            }
            if self.poll_late(cx).is_ready() {
                self.end();
            }
            match self.state {
                State::Head if self.came.bytes().is_empty() => {
                    if ready!(self.poll_in_place(cx, buf))? {
                        return Poll::Ready(Ok(()));
                    }
                }
                State::Through => return Pin::new(&mut self.inner).poll_read(cx, buf),
                State::Waits => return Poll::Pending,
                State::Ended => return Poll::Ready(Ok(())),
                State::Unsaid(_) => ready!(self.poll_unsaid(cx))?,
                State::Head
                | State::Body(_)
                | State::Chunk
                | State::InChunk(_)
                | State::Trailer => {
                    if ready!(self.poll_more(cx))? == 0 {
                        self.state = State::Ended;
                    }
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for DeviceStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if buf.remaining() == 0 {
            // Nothing fits, which is not the end.
            return Poll::Ready(Ok(()));
        }
        if let Poll::Ready(read) = this.poll_calls(cx, buf) {
            return Poll::Ready(read);
        }
        // The clock is heard while a call is answered, too: who reads may not ask again behind
        // that.
        ready!(this.silence.poll_too_long(cx));
        if this.is_stuck || !this.is_asked {
            this.end();
            return Poll::Ready(Ok(()));
        }
        this.silence.end();
        this.silence.poll_too_long(cx).map(Ok)
    }
}

impl<S> fmt::Debug for DeviceStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (state, came, ready) = (&self.state, &self.came, &self.ready);
        let mut shown = f.debug_struct("DeviceStream");
        shown.field("state", state).field("came", came).field("ready", ready);
        shown.finish_non_exhaustive()
    }
}

const READ_AT_ONCE: usize = 4096;

/// A device that calls once a minute keeps its connection.
pub(super) const IDLE: Duration = Duration::from_secs(75);

/// How long to wait for what a head without a length may bring: a network may be slow, and who is
/// cut short loses more than a second.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a head may take, with a body that it does not tell the length of: what never ends would
/// be held for ever.
const LONGEST: Duration = Duration::from_secs(30);

/// More than any list of devices.
const MOST_UNSAID: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, duplex};
    use tokio::runtime::Builder;
    use tokio::time::timeout;

    use super::*;

    /// What comes through of pieces that are sent one after the other, each when the one before has
    /// been read as far as it goes.
    fn through(pieces: &[&str]) -> String {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (mut device, server) = duplex(1 << 16);
            let mut server = DeviceStream::new(server);
            let mut all = Vec::new();
            for piece in pieces {
                device.write_all(piece.as_bytes()).await.unwrap();
            }
            drop(device);
            // Whoever waits for an answer is never seen to hang up.
            let wait = Duration::from_secs(9);
            while let Ok(Ok(1..)) = timeout(wait, server.read_buf(&mut all)).await {}
            String::from_utf8(all).unwrap()
        })
    }

    const DELETE: &str = "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n";

    fn told(length: usize) -> String {
        let head = "DELETE /a HTTP/1.1\r\nHost: x\r\n";
        format!("{head}Content-Length: {length}\r\nConnection: close\r\n\r\n")
    }

    #[test]
    fn what_says_its_length_goes_through_as_it_is() {
        let all = [
            "GET /a HTTP/1.1\r\n\r\n",
            "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nDELET",
            "DELETE /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nDELET\r\n0\r\n\r\n",
            "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n",
            "GET /b HTTP/1.1\r\nHost: y\r\n\r\n",
        ];
        assert_eq!(through(&all), all.concat());
        let whole = all.concat();
        let bytes: Vec<String> = whole.chars().map(String::from).collect();
        let bytes: Vec<&str> = bytes.iter().map(String::as_str).collect();
        assert_eq!(through(&bytes), whole);
        assert_eq!(through(&["no http at all", DELETE]), ["no http at all", DELETE].concat());
    }

    #[test]
    fn what_follows_a_delete_without_a_length_is_its_body() {
        let list = r#"["dev-0123456789abcdef01234567"]"#;
        assert_eq!(through(&[DELETE, list]), [&told(list.len()), list].concat());
        assert_eq!(through(&[DELETE]), told(0));
        // Also what looks like another call: it is not obeyed.
        assert_eq!(through(&[DELETE, DELETE]), [&told(DELETE.len()), DELETE].concat());
        let get = "GET /a HTTP/1.1\r\n\r\n";
        assert_eq!(through(&[get, DELETE, "null"]), [get, &told(4), "null"].concat());
    }

    #[test]
    fn a_body_that_comes_late_is_waited_for_and_nobody_waits_for_ever() {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (mut device, server) = duplex(1 << 16);
            let mut server = DeviceStream::new(server);
            device.write_all(DELETE.as_bytes()).await.unwrap();
            let later = async {
                sleep(Duration::from_millis(900)).await;
                device.write_all(b"null").await.unwrap();
                sleep(Duration::from_millis(900)).await;
                device.write_all(b" ").await.unwrap();
                sleep(Duration::from_secs(3)).await;
            };
            let mut buf = vec![0; told(5).len() + 5];
            let ((), read) = tokio::join!(later, server.read_exact(&mut buf));
            read.unwrap();
            assert_eq!(String::from_utf8(buf).unwrap(), [&told(5), "null "].concat());
        });
    }

    #[test]
    fn what_came_is_not_shown() {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let canary = "canary-of-a-password";
            let put = "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
            for start in ["GET /a HTTP/1.1\r\nX-Plug-Auth: ", DELETE, put, "DELETE /a\r\nA: "] {
                let (mut device, server) = duplex(1 << 16);
                // What lies between the two ends is not its own.
                let mut server = DeviceStream::new(BufReader::new(server));
                device.write_all(&[start, canary].concat().into_bytes()).await.unwrap();
                let mut one = [0; 1];
                for _ in 0..3 {
                    _ = timeout(Duration::from_millis(900), server.read_exact(&mut one)).await;
                    let shown = format!("{server:?}");
                    let bytes = format!("{:?}", canary.as_bytes());
                    assert!(!shown.contains(canary), "{shown}");
                    assert!(!shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
                    assert!(shown.contains("state: "), "{shown}");
                }
            }
        });
    }

    #[test]
    fn who_has_no_room_has_not_seen_the_end() {
        let get = "GET /a HTTP/1.1\r\n\r\n";
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (mut device, server) = duplex(1 << 16);
            let mut server = DeviceStream::new(server);
            device.write_all(get.as_bytes()).await.unwrap();
            assert_eq!(server.read(&mut []).await.unwrap(), 0);
            let mut all = vec![0; get.len()];
            server.read_exact(&mut all).await.unwrap();
            assert_eq!(all, get.as_bytes());
        });
    }

    #[test]
    fn what_never_becomes_a_call_is_not_waited_for() {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let half_a_head = DELETE.trim_end();
            for (start, drip) in [("", ""), (half_a_head, ""), ("G", "E"), (DELETE, ",")] {
                let (mut device, server) = duplex(1 << 16);
                let mut server = DeviceStream::new(server);
                device.write_all(start.as_bytes()).await.unwrap();
                let drips = async {
                    for _ in 0..100 {
                        sleep(Duration::from_millis(900)).await;
                        device.write_all(drip.as_bytes()).await.unwrap();
                    }
                };
                let mut all = Vec::new();
                let read = timeout(Duration::from_secs(31), server.read_to_end(&mut all));
                let ((), read) = tokio::join!(drips, read);
                // Who has not begun may take all the time there is.
                assert_eq!(read.is_ok(), !start.is_empty(), "{start}");
                assert!(all.is_empty(), "nobody is told what it was");
            }
        });
    }
}
