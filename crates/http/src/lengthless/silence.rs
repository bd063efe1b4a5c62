//! How long nothing may happen on a connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// How long ago something came of a connection: a call or a part of its body, or a part of an
/// answer.
///
/// It has one timer, made when it is waited for first. When that rings it is seen how long the
/// silence was, and the timer is set again: what happens in between costs a look at the clock.
pub(super) struct Silence {
    longest: Duration,
    since: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Silence {
    /// One that begins now.
    pub(super) fn new(longest: Duration) -> Self {
        Self { longest, since: Instant::now(), timer: None }
    }

    /// Something happens.
    pub(super) fn end(&mut self) {
        self.since = Instant::now();
    }

    /// From now on it may last.
    pub(super) const fn allow(&mut self) {
        self.longest = Duration::MAX;
    }

    /// Waits until it has lasted too long.
    pub(super) fn poll_too_long(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            // What the clock does not reach never is.
            let Some(over) = self.since.checked_add(self.longest) else { return Poll::Pending };
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(over)));
            ready!(timer.as_mut().poll(cx));
            if over <= Instant::now() {
                return Poll::Ready(());
            }
            timer.as_mut().reset(over);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::runtime::Builder;
    use tokio::time::{sleep, timeout};

    use crate::DeviceStream;

    use super::*;

    /// A device and its connection, and a time that passes when nothing else happens.
    fn run<T>(test: impl AsyncFnOnce(DuplexStream, DeviceStream<DuplexStream>) -> T) -> T {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (device, server) = duplex(1 << 10);
            test(device, DeviceStream::new(server)).await
        })
    }

    /// What can be read of calls within that time. `None` behind it where they do not end.
    async fn read(stream: &mut DeviceStream<DuplexStream>, seconds: u64) -> (String, Option<()>) {
        let mut all = Vec::new();
        let read = timeout(Duration::from_secs(seconds), stream.read_to_end(&mut all)).await;
        (String::from_utf8(all).unwrap(), read.ok().map(|read| _ = read.unwrap()))
    }

    const GET: &str = "GET /a HTTP/1.1\r\n\r\n";
    const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    #[test]
    fn who_says_nothing_is_sent_away() {
        run(async |_device, mut stream| {
            assert_eq!(read(&mut stream, 74).await, (String::new(), None));
            assert_eq!(read(&mut stream, 2).await, (String::new(), Some(())));
        });
    }

    #[test]
    fn who_calls_once_a_minute_stays_and_who_stops_does_not() {
        run(async |mut device, mut stream| {
            for _ in 0..3 {
                device.write_all(GET.as_bytes()).await.unwrap();
                assert_eq!(read(&mut stream, 1).await, (GET.to_owned(), None));
                stream.write_all(ANSWER.as_bytes()).await.unwrap();
                assert_eq!(read(&mut stream, 59).await, (String::new(), None));
            }
            assert_eq!(read(&mut stream, 20).await, (String::new(), Some(())));
        });
    }

    #[test]
    fn who_is_being_answered_is_not_sent_away_however_long_it_takes() {
        let post = "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        let chunks = "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        for call in [GET, post, chunks] {
            run(async |mut device, mut stream| {
                device.write_all(call.as_bytes()).await.unwrap();
                assert_eq!(read(&mut stream, 1_000).await, (call.to_owned(), None));
                // The next one has begun meanwhile.
                device.write_all(b"GET").await.unwrap();
                assert_eq!(read(&mut stream, 1_000).await, (String::new(), None));
                // And once this one is answered, it has to come.
                stream.write_all(ANSWER.as_bytes()).await.unwrap();
                assert_eq!(read(&mut stream, 31).await, (String::new(), Some(())));
            });
        }
    }

    #[test]
    fn a_body_may_take_long_while_something_comes_of_it() {
        run(async |mut device, mut stream| {
            let post = "POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\n";
            device.write_all(post.as_bytes()).await.unwrap();
            assert_eq!(read(&mut stream, 70).await, (post.to_owned(), None));
            for _ in 0..3 {
                device.write_all(b"{").await.unwrap();
                assert_eq!(read(&mut stream, 70).await, ("{".to_owned(), None));
            }
            assert_eq!(read(&mut stream, 6).await, (String::new(), Some(())));
        });
    }

    #[test]
    fn what_is_not_followed_any_more_is_no_way_to_stay() {
        run(async |mut device, mut stream| {
            let no_call = "no http at all\r\n\r\n";
            device.write_all(no_call.as_bytes()).await.unwrap();
            assert_eq!(read(&mut stream, 1).await, (no_call.to_owned(), None));
            stream.write_all(ANSWER.as_bytes()).await.unwrap();
            device.write_all(b"GET /").await.unwrap();
            assert_eq!(read(&mut stream, 70).await, ("GET /".to_owned(), None));
            device.write_all(b"a").await.unwrap();
            assert_eq!(read(&mut stream, 6).await, ("a".to_owned(), Some(())));
        });
    }

    #[test]
    fn a_connection_that_goes_over_to_another_protocol_is_left_alone() {
        run(async |mut device, mut stream| {
            let upgrade = "GET /a HTTP/1.1\r\nUpgrade: x\r\n\r\n";
            device.write_all(upgrade.as_bytes()).await.unwrap();
            assert_eq!(read(&mut stream, 1).await, (upgrade.to_owned(), None));
            stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").await.unwrap();
            assert_eq!(read(&mut stream, 1_000).await, (String::new(), None));
        });
    }

    #[test]
    fn who_does_not_read_its_answer_is_not_waited_for() {
        run(async |mut device, mut stream| {
            device.write_all(GET.as_bytes()).await.unwrap();
            assert_eq!(read(&mut stream, 1).await, (GET.to_owned(), None));
            let long = vec![b'x'; 1 << 12];
            let written = timeout(Duration::from_secs(80), stream.write_all(&long)).await;
            assert_eq!(written.unwrap().unwrap_err().kind(), std::io::ErrorKind::TimedOut);
        });
    }

    #[test]
    fn who_reads_slowly_is_waited_for() {
        run(async |mut device, mut stream| {
            let long = vec![b'x'; 1 << 12];
            let slow = async {
                for _ in 0..4 {
                    sleep(Duration::from_secs(70)).await;
                    device.read_exact(&mut [0; 1 << 10]).await.unwrap();
                }
            };
            let (written, ()) = tokio::join!(stream.write_all(&long), slow);
            written.unwrap();
        });
    }
}
