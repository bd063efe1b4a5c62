//! What a device still sends to a connection that is shut down.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Sleep, sleep};
use zeroize::Zeroizing;

use super::READ_AT_ONCE;

/// Reads what a device still sends and throws it away, until it has read its answer and closes.
pub(super) struct Lingering {
    /// There is more to come.
    is_sending: bool,
    /// So many bytes are thrown away, and no more.
    left: usize,
    /// Made when something is waited for.
    over: Option<Pin<Box<Sleep>>>,
}

impl Lingering {
    pub(super) const fn new(is_sending: bool) -> Self {
        Self { is_sending, left: MOST, over: None }
    }

    /// Waits until nothing more comes.
    pub(super) fn poll_end(
        &mut self,
        inner: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        while self.left > 0 {
            let mut bytes = Zeroizing::new([0; READ_AT_ONCE]);
            let mut buf = ReadBuf::new(&mut *bytes);
            let read = Pin::new(&mut *inner).poll_read(cx, &mut buf);
            match (read, buf.filled().len()) {
                (Poll::Pending, _) if self.is_sending => {
                    let over = self.over.get_or_insert_with(|| Box::pin(sleep(LONGEST)));
                    ready!(over.as_mut().poll(cx));
                    break;
                }
                // All was read, so nothing takes the answer back.
                (Poll::Pending | Poll::Ready(Err(_)), _) | (Poll::Ready(Ok(())), 0) => break,
                (Poll::Ready(Ok(())), came) => {
                    self.is_sending = true;
                    self.left = self.left.saturating_sub(came);
                }
            }
        }
        self.left = 0;
        Poll::Ready(())
    }
}

/// How long a device may take to read its answer and close.
const LONGEST: Duration = Duration::from_secs(5);

/// Who sends more than this does not read.
const MOST: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::runtime::Builder;
    use tokio::time::timeout;

    use crate::DeviceStream;

    use super::*;

    /// Whether a connection has ended before its device has, and within ten seconds: what the
    /// device sent, and goes on to send once it is shut down.
    fn ends(sent: &str, then: &[u8]) -> bool {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (mut device, server) = duplex(1 << 12);
            let mut stream = DeviceStream::new(server);
            device.write_all(sent.as_bytes()).await.unwrap();
            drop(timeout(Duration::from_secs(1), stream.read(&mut [0; 1 << 12])).await);
            let ends = async {
                stream.shutdown().await.unwrap();
                drop(stream);
            };
            let goes_on = async {
                // The answer has come to its end.
                assert_eq!(device.read(&mut [0]).await.unwrap(), 0);
                for _ in 0..4 {
                    device.write_all(then).await.map_err(drop)?;
                    sleep(Duration::from_secs(1)).await;
                }
                Ok::<_, ()>(())
            };
            tokio::join!(ends, goes_on).1.is_err()
        })
    }

    const HALF: &str = "POST /a HTTP/1.1\r\nContent-Length: 99\r\n\r\n{";

    #[test]
    fn who_sends_more_is_heard_to_the_end_of_its_answer() {
        for begun in [HALF, "POST /a HT", "no http at all"] {
            assert!(!ends(begun, b"{"), "{begun}");
        }
    }

    #[test]
    fn who_has_sent_all_is_not_waited_for() {
        for whole in ["", "GET /a HTTP/1.1\r\n\r\n"] {
            assert!(ends(whole, b"GET"), "{whole}");
        }
    }

    #[test]
    fn who_sends_without_end_is_not_heard() {
        assert!(ends(HALF, &vec![b'x'; MOST]));
    }

    #[test]
    fn who_neither_sends_nor_closes_is_not_waited_for() {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (mut device, server) = duplex(1 << 12);
            let mut stream = DeviceStream::new(server);
            device.write_all(HALF.as_bytes()).await.unwrap();
            stream.read_exact(&mut vec![0; HALF.len()]).await.unwrap();
            timeout(LONGEST * 2, stream.shutdown()).await.unwrap().unwrap();
        });
    }
}
