//! Whose turn it is on a connection, seen through the server that reads it.

#![cfg(test)]

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

use crate::DeviceStream;

/// A device and its connection, with room for so much that nobody has read.
fn run<T>(room: usize, test: impl AsyncFnOnce(DuplexStream, DeviceStream<DuplexStream>) -> T) -> T {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let (device, server) = duplex(room);
        test(device, DeviceStream::new(server)).await
    })
}

/// Serves until the connection ends: calls are answered after so many seconds.
async fn serve(stream: DeviceStream<DuplexStream>, seconds: u64) {
    let answers = service_fn(async |request: Request<Incoming>| {
        _ = request.into_body().collect().await;
        sleep(Duration::from_secs(seconds)).await;
        Ok::<_, Infallible>(Response::new(Body::from("answered")))
    });
    _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answers).await;
}

/// All that a device is told that sends this, and a second later that.
fn told(now: &str, later: &str, seconds: u64) -> String {
    run(1 << 12, async |mut device, stream| {
        let calls = async {
            device.write_all(now.as_bytes()).await.unwrap();
            sleep(Duration::from_secs(1)).await;
            device.write_all(later.as_bytes()).await.unwrap();
            let mut told = Vec::new();
            timeout(LONG, device.read_to_end(&mut told)).await.expect("an end").unwrap();
            String::from_utf8(told).unwrap()
        };
        tokio::join!(calls, serve(stream, seconds)).0
    })
}

#[test]
fn who_has_called_is_answered_however_long_it_takes() {
    for (call, rest) in [
        ("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", ""),
        ("GET /a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n", ""),
        ("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n", ""),
        ("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n", "null"),
        ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n", "{}"),
        ("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", ""),
        (
            "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            "2\r\n{}\r\n0\r\n\r\n",
        ),
        // The next call has begun meanwhile.
        ("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET"),
    ] {
        let told = told(call, rest, 1_000);
        assert!(told.ends_with("\r\n\r\nanswered"), "{call}{rest}: {told}");
    }
}

#[test]
fn who_does_not_read_is_not_waited_for_whatever_room_there_is() {
    for room in (60..300).step_by(20) {
        run(room, async |mut device, stream| {
            let calls = async {
                for _ in 0..2 {
                    device.write_all(b"GET /a HTTP/1.1\r\n\r\n").await.unwrap();
                    sleep(Duration::from_secs(1)).await;
                }
                sleep(LONG).await;
            };
            tokio::select! {
                () = serve(stream, 0) => {}
                () = calls => panic!("it is held with room for {room}"),
            }
        });
    }
}

#[test]
fn only_an_answer_that_begins_so_is_another_protocol() {
    run(1 << 10, async |mut device, mut stream| {
        let upgrade = b"GET /a HTTP/1.1\r\nUpgrade: x\r\n\r\n";
        device.write_all(upgrade).await.unwrap();
        let mut call = vec![0; upgrade.len()];
        stream.read_exact(&mut call).await.unwrap();
        let kept = format!("{}{}", "x".repeat(1 << 10), "HTTP/1.1 101 ".repeat(20));
        let reads = async {
            sleep(Duration::from_secs(5)).await;
            device.read_exact(&mut [0; 1 << 10]).await.unwrap();
        };
        let (written, ()) = tokio::join!(stream.write_all(kept.as_bytes()), reads);
        written.unwrap();
        assert_eq!(timeout(LONG, stream.read(&mut call)).await.expect("an end").unwrap(), 0);
    });
}

#[test]
fn what_comes_before_an_answer_is_none() {
    run(1 << 10, async |mut device, mut stream| {
        let call = b"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}";
        device.write_all(call).await.unwrap();
        let mut came = vec![0; call.len()];
        stream.read_exact(&mut came).await.unwrap();
        let interim = "HTTP/1.1 100 Continue\r\n\r\n";
        stream.write_all(interim.as_bytes()).await.unwrap();
        assert!(timeout(LONG, stream.read(&mut came)).await.is_err(), "it is its host's turn");
        let both = format!("{interim}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(both.as_bytes()).await.unwrap();
        assert_eq!(timeout(LONG, stream.read(&mut came)).await.expect("an end").unwrap(), 0);
    });
}

#[test]
fn a_trailer_without_an_end_ends() {
    let begun = "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
    run(1 << 16, async |mut device, stream| {
        let drips = async {
            device.write_all(begun.as_bytes()).await.unwrap();
            while device.write_all(&[b'A'; 1 << 12]).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        let ends = timeout(LONG, async { tokio::join!(drips, serve(stream, 0)) });
        ends.await.expect("an end");
    });
}

#[test]
fn a_head_that_comes_byte_by_byte_has_the_time_of_a_silence() {
    run(1 << 10, async |mut device, stream| {
        let mut stream = stream.with_idle_timeout(Duration::from_secs(20));
        let drips = async {
            let mut sent = 0;
            while device.write_all(b"G").await.is_ok() {
                sent += 1;
                sleep(Duration::from_secs(3)).await;
            }
            sent
        };
        let reads = async {
            assert_eq!(stream.read(&mut [0; 9]).await.unwrap(), 0);
            drop(stream);
        };
        let (sent, ()) = tokio::join!(drips, reads);
        assert_eq!(sent, 7, "a byte each three seconds, for twenty");
    });
}

/// Longer than every limit.
const LONG: Duration = Duration::from_secs(100_000);
