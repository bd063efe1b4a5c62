//! What goes through a `DeviceStream`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use plugmint_http::DeviceStream;
use tokio::io::{AsyncRead, ReadBuf, join, sink};

/// Holds what goes through against what came, and gives it.
pub(super) fn check(bytes: &[u8]) -> Vec<u8> {
    let whole = through(bytes, usize::MAX);
    assert!(is_told(bytes, &whole), "{}", whole.escape_ascii());
    for at_once in [1, 7] {
        assert!(through(bytes, at_once) == whole, "arriving {at_once} by {at_once}");
    }
    whole
}

/// Whether that is what came, and at most one head of it was told its length.
fn is_told(came: &[u8], through: &[u8]) -> bool {
    let told = |body: usize| {
        let (head, body) = came.split_at(came.len() - body);
        let end = if head.ends_with(b"\r\n") { 2 } else { 1 };
        let (lines, end) = head.split_at(head.len().saturating_sub(end));
        let said = format!("Content-Length: {}\r\nConnection: close\r\n", body.len());
        [lines, said.as_bytes(), end, body].concat()
    };
    let may_be = came.windows(6).any(|six| six.eq_ignore_ascii_case(b"DELETE"));
    came == through || may_be && (0..came.len()).any(|body| told(body) == through)
}

/// All that can be read of a device that sends this, so much at once, and then nothing more.
fn through(bytes: &[u8], at_once: usize) -> Vec<u8> {
    let mut stream = DeviceStream::new(join(Device { rest: bytes, at_once }, sink()));
    let mut context = Context::from_waker(Waker::noop());
    let mut all = Vec::new();
    loop {
        let mut room = [0; 512];
        let mut read = ReadBuf::new(&mut room);
        match Pin::new(&mut stream).poll_read(&mut context, &mut read) {
            Poll::Ready(Ok(())) if read.filled().is_empty() => return all,
            Poll::Ready(Ok(())) => all.extend_from_slice(read.filled()),
            // Its device waits for an answer.
            Poll::Pending => return all,
            Poll::Ready(Err(error)) => panic!("{error}"),
        }
    }
}

struct Device<'a> {
    rest: &'a [u8],
    at_once: usize,
}

impl AsyncRead for Device<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let length = self.at_once.min(buf.remaining()).min(self.rest.len());
        let (now, rest) = self.rest.split_at(length);
        buf.put_slice(now);
        self.rest = rest;
        Poll::Ready(Ok(()))
    }
}
