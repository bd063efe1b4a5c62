//! An answer, as bytes of HTTP/1.1.

use std::cell::Cell;
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use httpdate::fmt_http_date;

use crate::devices::answer::{Refusal, Told};

/// What hyper writes of the same answer (RFC 9112, section 4).
pub(super) fn bytes(answered: Result<String, Refusal>) -> Vec<u8> {
    match answered {
        Ok(json) => spoken(StatusCode::OK, None, json.as_bytes()),
        Err(refusal) => {
            // Nothing of a read is left on its connection: it never closes.
            let Told { status, retry_after, closes: _, body } = refusal.told();
            spoken(status, retry_after, &body)
        }
    }
}

fn spoken(status: StatusCode, retry_after: Option<u64>, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_LEN + body.len());
    let (code, reason) = (status.as_str(), status.canonical_reason().unwrap_or_default());
    for piece in ["HTTP/1.1 ", code, " ", reason, "\r\n"] {
        bytes.extend_from_slice(piece.as_bytes());
    }
    // Writing to a vector does not fail.
    write!(bytes, "content-length: {}\r\n", body.len()).unwrap_or_default();
    bytes.extend_from_slice(b"content-type: application/json\r\n");
    if let Some(seconds) = retry_after {
        write!(bytes, "retry-after: {seconds}\r\n").unwrap_or_default();
    }
    for piece in [b"date: ", &date()[..], b"\r\n\r\n", body] {
        bytes.extend_from_slice(piece);
    }
    bytes
}

/// What every head fits into.
const HEAD_LEN: usize = 192;

/// The time of the system (RFC 9110, section 6.6.1). Each thread writes it once a second: that
/// takes longer than all else of a head.
fn date() -> [u8; DATE_LEN] {
    thread_local! {
        static LAST: Cell<(u64, [u8; DATE_LEN])> = const { Cell::new((u64::MAX, [0; DATE_LEN])) };
    }
    #[expect(clippy::disallowed_methods, reason = "it is the system's time that HTTP asks for")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (second, date) = LAST.get();
    if second == now {
        return date;
    }
    let date = written(now);
    LAST.set((now, date));
    date
}

/// So many seconds after 1970 as HTTP writes them, which has four digits for a year.
fn written(second: u64) -> [u8; DATE_LEN] {
    let text = fmt_http_date(UNIX_EPOCH + Duration::from_secs(second.min(LAST_SECOND)));
    text.as_bytes().first_chunk().copied().unwrap_or([b' '; DATE_LEN])
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
const DATE_LEN: usize = 29;

/// The end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_one_of_http_whatever_the_clock_says() {
        assert_eq!(&written(784_111_777), b"Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(written(u64::MAX), written(LAST_SECOND));
        assert_eq!(&written(LAST_SECOND), b"Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn the_longest_head_fits_into_the_room_for_heads() {
        let busy = spoken(StatusCode::INTERNAL_SERVER_ERROR, Some(u64::MAX), &[]);
        assert!(busy.len() <= HEAD_LEN, "{}", busy.len());
        let text = String::from_utf8(busy).unwrap();
        assert!(text.starts_with("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n"));
    }
}
