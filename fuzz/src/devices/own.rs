//! A device that reads itself, answered on its connection.

use std::io::Cursor;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use axum::body::to_bytes;
use plugmint_http::{DeviceStream, Peer};
use tokio::io::{AsyncRead, ReadBuf, join};
use tower_service::Service;

use super::calls;
use super::home::Home;

/// What is answered where it comes is one call, and is answered as the router answers it.
pub(super) async fn check(home: &Home, bytes: &[u8]) {
    let mut answer = Vec::new();
    let peer = Peer::new(([192, 0, 2, 1], 1).into());
    let mut stream = DeviceStream::new(join(Once(bytes), Cursor::new(&mut answer)));
    stream = stream.with_own_reads(&home.reads, peer);
    let mut room = vec![0; bytes.len() + 1];
    let mut through = ReadBuf::new(&mut room);
    let mut context = Context::from_waker(Waker::noop());
    let read = Pin::new(&mut stream).poll_read(&mut context, &mut through);
    assert!(!matches!(read, Poll::Ready(Err(_))), "{read:?}");
    drop(stream);
    if answer.is_empty() {
        return;
    }
    assert!(through.filled().is_empty(), "{}", bytes.escape_ascii());
    let calls = calls(bytes);
    let [call] = &calls[..] else { panic!("{} calls: {}", calls.len(), bytes.escape_ascii()) };
    let request = call.request(home).unwrap();
    let Ok(response) = home.router.clone().call(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let told = String::from_utf8_lossy(&answer);
    let (head, told) = told.split_once("\r\n\r\n").unwrap();
    assert_eq!((told.as_bytes(), &call.body[..]), (&body[..], &b""[..]), "{head}");
    let line = format!("HTTP/1.1 {}", parts.status);
    assert_eq!(head.lines().next(), Some(&line[..]));
    let named =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let headers: Vec<_> = head.lines().skip(1).filter_map(named).collect();
    let mut expected: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let date = headers.last().filter(|(name, _)| name == "date").cloned();
    expected.extend(date);
    assert_eq!(headers, expected);
}

/// All of it at once, and then nothing.
struct Once<'a>(&'a [u8]);

impl AsyncRead for Once<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        buf.put_slice(std::mem::take(&mut self.0));
        Poll::Ready(Ok(()))
    }
}
