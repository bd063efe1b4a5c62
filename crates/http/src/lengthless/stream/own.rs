//! Calls that are answered here, before whoever serves the connection sees them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use httparse::{EMPTY_HEADER, Response, Status};
use tokio::io::{AsyncRead, AsyncWrite};

use super::DeviceStream;
use crate::devices::{Answering, OwnConnection, OwnRead};

/// Devices that read themselves on this connection, one call after the other.
///
/// Answers leave in the order of their calls, so that it answers only where whoever serves the
/// connection has nothing to answer. It counts what it hands on, and believes that a call is
/// answered when it sees the answer leave from beginning to end. Where it sees anything else it is
/// given up for good.
pub(super) struct OwnAnswers {
    connection: OwnConnection,
    doing: Doing,
    /// So many calls were handed on, and are not answered.
    handed_on: u32,
}

enum Doing {
    Nothing,
    Answering(Answering),
    /// What is left of an answer, from `written` on.
    Writing {
        bytes: Vec<u8>,
        written: usize,
    },
    Flushing,
}

impl OwnAnswers {
    pub(super) const fn new(connection: OwnConnection) -> Self {
        Self { connection, doing: Doing::Nothing, handed_on: 0 }
    }

    /// Whether what came is a call that is answered here: it is, from now on.
    pub(super) fn takes(&mut self, came: &[u8]) -> bool {
        if self.handed_on > 0 || self.connection.has_stopped() {
            return false;
        }
        let Some(read) = OwnRead::of(came) else { return false };
        self.doing = Doing::Answering(self.connection.answer(read));
        true
    }

    /// A call goes to whoever serves the connection.
    pub(super) const fn hand_on(&mut self) {
        self.handed_on = self.handed_on.saturating_add(1);
    }

    /// Whoever serves the connection has written something. Whether it is the answer to one call,
    /// and nothing else.
    pub(super) fn follows(&mut self, written: &[u8]) -> bool {
        match self.handed_on.checked_sub(1) {
            Some(left) if is_one_answer(written) => {
                self.handed_on = left;
                true
            }
            Some(_) | None => false,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> DeviceStream<S> {
    /// Goes on with what is answered here, until nothing is.
    pub(super) fn poll_own(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let Some(own) = &mut self.own else { return Poll::Ready(Ok(())) };
            match &mut own.doing {
                Doing::Nothing => return Poll::Ready(Ok(())),
                Doing::Answering(answering) => {
                    let bytes = ready!(answering.as_mut().poll(cx));
                    own.doing = Doing::Writing { bytes, written: 0 };
                }
                Doing::Writing { bytes, written } => {
                    let left = bytes.get(*written..).unwrap_or_default();
                    let wrote = Pin::new(&mut self.inner).poll_write(cx, left);
                    if let Poll::Ready(Ok(now)) = wrote {
                        *written = written.saturating_add(now);
                    }
                    if *written >= bytes.len() {
                        own.doing = Doing::Flushing;
                    }
                    if ready!(self.poll_wrote(cx, wrote))? == 0 {
                        return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                    }
                    self.silence.end();
                }
                Doing::Flushing => {
                    let flushed = Pin::new(&mut self.inner).poll_flush(cx);
                    if flushed.is_ready() {
                        own.doing = Doing::Nothing;
                        self.is_asked = false;
                    }
                    ready!(self.poll_wrote(cx, flushed))?;
                }
            }
        }
    }
}

/// Whether this is an answer from its beginning to its end, and nothing else. One that does not say
/// how long it is may go on, and behind one that says what becomes of the connection there may be
/// nothing to answer.
fn is_one_answer(bytes: &[u8]) -> bool {
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut answer = Response::new(&mut headers);
    let Ok(Status::Complete(head)) = answer.parse(bytes) else { return false };
    let named = |name: &str| {
        let header = answer.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| header.value)
    };
    let length = named("content-length").and_then(|length| str::from_utf8(length).ok());
    let length = length.and_then(|length| length.parse::<usize>().ok());
    // 1xx is none yet.
    let is_last = answer.code.is_some_and(|code| code >= 200);
    is_last
        && answer.version == Some(1)
        && ["transfer-encoding", "connection"].iter().all(|name| named(name).is_none())
        && length.and_then(|length| head.checked_add(length)) == Some(bytes.len())
}

/// More than most answers have; one that has more is followed no further.
const MOST_HEADERS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_whole_is_one_and_others_are_not() {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\n\r\nab";
        assert!(is_one_answer(whole.as_bytes()));
        assert!(is_one_answer(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"));
        for length in 0..whole.len() {
            assert!(!is_one_answer(&whole.as_bytes()[..length]), "{length}");
        }
        for other in [
            "ab",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
            // Of a HEAD.
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        ] {
            assert!(!is_one_answer(other.as_bytes()), "{other}");
        }
        assert!(!is_one_answer(format!("{whole}{whole}").as_bytes()));
    }
}
