//! Connections that `axum::serve` serves, in a time that passes when nothing else happens.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use plugmint_http::{DeviceListener, Peer};
use serde_json::json;
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex,
};
use tokio::runtime::Builder;
use tokio::time::{Sleep, sleep, timeout};

use crate::client::Call;
use crate::home::{Device, Home};

use super::direct;

/// Lets one connection in.
struct One<S>(Option<S>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Listener for One<S> {
    type Io = S;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (S, SocketAddr) {
        match self.0.take() {
            Some(stream) => (stream, SocketAddr::from((Ipv4Addr::LOCALHOST, 1))),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, 2)))
    }
}

/// A device on a connection over which 512 bytes go at once, whose answers are longer.
fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    over: impl FnOnce(DuplexStream) -> S,
    test: impl AsyncFnOnce(Device, DuplexStream),
) {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let long = json!({ "props": "x".repeat(2_000) });
    assert_eq!(home.call(&device.on_itself("PATCH").json(&long)).status, 200);
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let (client, server) = duplex(512);
        let api = direct(&home);
        let listener = DeviceListener::new(One(Some(over(server))));
        let listener = listener.with_own_reads(&api.own_reads());
        let service = api.router().into_make_service_with_connect_info::<Peer>();
        tokio::spawn(async { axum::serve(listener, service).await });
        test(device, client).await;
    });
}

/// A call that the router answers in few bytes.
fn first() -> Call {
    Call::new("GET", "/iot/device/")
}

/// Everything that comes within a minute and a half.
async fn all(client: &mut DuplexStream) -> String {
    let mut came = Vec::new();
    drop(timeout(Duration::from_secs(90), client.read_to_end(&mut came)).await);
    String::from_utf8(came).unwrap()
}

#[test]
fn who_reads_its_answer_late_gets_all_of_it_and_who_never_does_is_sent_away() {
    for (late, expected) in [(60, 2_000..4_000), (200, 1..513)] {
        serve(
            |stream| stream,
            async |device, mut client| {
                client.write_all(&first().bytes()).await.unwrap();
                sleep(Duration::from_secs(1)).await;
                assert!(client.read(&mut [0; 512]).await.unwrap() > 0);
                client.write_all(&device.get().bytes()).await.unwrap();
                sleep(Duration::from_secs(late)).await;
                let came = all(&mut client).await;
                assert!(expected.contains(&came.len()), "after {late} s: {}", came.len());
            },
        );
    }
}

/// A connection whose flushes take a second, as inside TLS over one that is full.
struct Late {
    stream: DuplexStream,
    flush: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Late {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Late {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.flush.get_or_insert_with(|| Box::pin(sleep(Duration::from_secs(1))));
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(flush) = &mut self.flush {
            ready!(flush.as_mut().poll(cx));
            self.flush = None;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[test]
fn nothing_is_answered_behind_an_answer_that_says_that_its_connection_closes() {
    for (says, expected) in [("keep-alive", 2), ("close", 1)] {
        serve(
            |stream| Late { stream, flush: None },
            async |device, mut client| {
                let last = first().header("Connection", says);
                client.write_all(&last.bytes()).await.unwrap();
                sleep(Duration::from_millis(100)).await;
                client.write_all(&device.get().bytes()).await.unwrap();
                assert_eq!(all(&mut client).await.matches("HTTP/1.1 ").count(), expected, "{says}");
            },
        );
    }
}
