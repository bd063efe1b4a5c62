//! A connection on which devices send passwords, in heads and in bodies.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use plugmint_freed::Watched;
use plugmint_http::{DeviceApi, DeviceStream, Peer};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf, join, sink};
use tokio::runtime::Builder;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::registry::registry;
use crate::secrets::Roots;

/// What a device sends, a piece at a time, out of no block that is freed; where in the first it is.
struct Sent(&'static [&'static [u8]], usize);

impl AsyncRead for Sent {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let Some((now, later)) = this.0.split_first() else { return Poll::Pending };
        let at = this.1;
        let end = now.len().min(at + buf.remaining());
        buf.put_slice(&now[at..end]);
        *this = if end == now.len() { Self(later, 0) } else { Self(this.0, end) };
        Poll::Ready(Ok(()))
    }
}

#[test]
fn what_came_over_a_connection_is_wiped() {
    let watched = Watched::new(&[("auth", AUTH), ("pass", PASS)]);
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    // What reads is not looked at: it wipes what it has.
    let mut to = Zeroizing::new([0; 4_096]);
    runtime.block_on(async {
        for pieces in [WHOLE_HEADS, CHUNKS, NO_LENGTH, HALF_A_HEAD] {
            for most in [1, 7, 4_096] {
                let mut stream = DeviceStream::new(join(Sent(pieces, 0), sink()));
                let wait = Duration::from_secs(3);
                while let Ok(Ok(1..)) = timeout(wait, stream.read(&mut to[..most])).await {}
            }
            // Some of it is still there.
            let mut stream = DeviceStream::new(join(Sent(pieces, 0), sink()));
            drop(timeout(Duration::from_millis(1), stream.read(&mut to[..1])).await);
        }
    });
    drop(runtime);
    assert_eq!(watched.found(), []);
}

#[test]
fn what_a_device_that_reads_itself_sent_is_wiped() {
    let watched = Watched::new(&[("auth of who reads itself", OWN_AUTH)]);
    let (roots, _of_root) = Roots::watched([77; 32]);
    let reads = DeviceApi::new(registry(&roots, |builder| builder)).own_reads();
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let peer = Peer::new(([192, 0, 2, 1], 1).into());
        let stream = DeviceStream::new(join(Sent(OWN_READS, 0), sink()));
        let mut stream = stream.with_own_reads(&reads, peer);
        // Whoever serves has nothing to wipe: all of it was answered before.
        let mut to = vec![0; 4_096];
        let read = timeout(Duration::from_secs(3), stream.read(&mut to)).await;
        assert!(read.is_err(), "{read:?}");
    });
    drop(runtime);
    assert_eq!(watched.found(), []);
}

const AUTH: &[u8] = b"auth-that-a-device-connects-with";
const PASS: &[u8] = b"pass-that-a-device-enrolls-with";

const OWN_AUTH: &[u8] = b"own-auth-of-who-only-reads-itsel";

const OWN_READS: &[&[u8]] = &[OWN_READ, OWN_READ];

const OWN_READ: &[u8] = b"GET /iot/device/dev-0123456789abcdef01234567 HTTP/1.1\r\n\
    X-Plug-Id: dev-0123456789abcdef01234567\r\n\
    X-Plug-Auth: own-auth-of-who-only-reads-itsel\r\n\r\n";

const WHOLE_HEADS: &[&[u8]] = &[
    b"GET /a HTTP/1.1\r\nX-Plug-Auth: auth-that-a-device-connects-with\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
    b"POST /a HTTP/1.1\r\nContent-Length: 31\r\n\r\npass-that-a-device-enrolls-with",
];
const CHUNKS: &[&[u8]] = &[
    b"PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-Plug-Auth: auth-that-a-device-connects-with\r\n\r\n",
    b"1f\r\npass-that-a-device-enrolls-with\r\n0\r\n",
    b"\r\n",
];
const NO_LENGTH: &[&[u8]] = &[
    b"DELETE /a HTTP/1.1\r\nX-Plug-Auth: auth-that-a-device-connects-with\r\n\r\n",
    b"pass-that-a-device-enrolls-with",
    b" ",
];
const HALF_A_HEAD: &[&[u8]] = &[
    b"GET /a HTTP/1.1\r\nX-Plug-Auth: auth-that-a-device-connects-with\r\n",
    b"Host: devices\r\nX-More: and more and more and more and more and more and more and more\r\n",
];
