//! Where one call ends and the next begins, as far as that must be known to find the heads.

use std::mem::MaybeUninit;

use httparse::{Request, Status, parse_chunk_size};
use memchr::memchr_iter;
use zeroize::Zeroizing;

/// What follows a head.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Follows {
    /// So many bytes.
    Length(u64),
    /// Chunks.
    Chunks,
    /// Whatever comes: it is a `DELETE` that does not say.
    Unsaid,
    /// It is not known: from here on nothing is looked at.
    Unknown,
}

/// A head that is whole: how many bytes it has, and what follows it. `None` while it is not.
pub(super) fn head(bytes: &[u8]) -> Option<(usize, Follows)> {
    let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut request = Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(bytes, &mut headers) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) if bytes.len() < MOST_HEAD => return None,
        Ok(Status::Partial) | Err(_) => return Some((bytes.len(), Follows::Unknown)),
    };
    let method = request.method.unwrap_or_default();
    let value = |name: &str| {
        let found = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| header.value.trim_ascii())
    };
    let overrides = value("x-http-method-override");
    let is_delete = method == "DELETE"
        || (method == "POST" && overrides.is_some_and(|to| to.eq_ignore_ascii_case(b"DELETE")));
    let follows = match (value("transfer-encoding"), value("content-length")) {
        (Some(encoding), None) if encoding.eq_ignore_ascii_case(b"chunked") => Follows::Chunks,
        // One of these and the other, or an encoding that is none of ours: hyper says what that is.
        (Some(_), _) => Follows::Unknown,
        (None, Some(length)) => match str::from_utf8(length).ok().and_then(|n| n.parse().ok()) {
            Some(length) => Follows::Length(length),
            None => Follows::Unknown,
        },
        (None, None) if method == "CONNECT" => Follows::Unknown,
        (None, None) if is_delete => Follows::Unsaid,
        (None, None) => Follows::Length(0),
    };
    Some((length, follows))
}

/// Whether this is the whole head of one `GET` with nothing behind it, as most calls are. `false`
/// where that takes a closer look: nothing is parsed here.
pub(super) fn is_plain_get(bytes: &[u8]) -> bool {
    let mut ends = memchr_iter(b'\n', bytes);
    let (true, Some(end)) = (bytes.starts_with(b"GET "), ends.next()) else { return false };
    let mut begins = end + 1;
    for end in ends {
        match bytes.get(begins..end) {
            Some(b"\r") => return end + 1 == bytes.len(),
            Some([header @ .., b'\r']) if says_nothing_of_a_body(header) => begins = end + 1,
            Some(_) | None => return false,
        }
    }
    false
}

/// Whether the name of a header is none of those that say what follows a head: they begin with
/// these.
fn says_nothing_of_a_body(header: &[u8]) -> bool {
    match header {
        [] | [b'c' | b'C' | b't' | b'T', ..] | [b'u' | b'U', b'p' | b'P', ..] => false,
        [first, ..] => first.is_ascii_alphabetic(),
    }
}

/// How many bytes the next chunk takes with its frame, and whether it is the last one, behind which
/// a trailer stands. `None` while its size is not whole; an error where it is none.
pub(super) fn chunk(bytes: &[u8]) -> Result<Option<(u64, bool)>, ()> {
    match parse_chunk_size(bytes) {
        Ok(Status::Complete((at, 0))) => Ok(Some((at as u64, true))),
        Ok(Status::Complete((at, size))) => {
            let all = (at as u64).checked_add(size).and_then(|all| all.checked_add(2));
            all.map(|all| Some((all, false))).ok_or(())
        }
        Ok(Status::Partial) if bytes.len() < MOST_CHUNK_HEAD => Ok(None),
        Ok(Status::Partial) | Err(_) => Err(()),
    }
}

/// Where the trailer of a last chunk ends. `None` while it is not whole.
pub(super) fn trailer(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"\r\n") {
        return Some(2);
    }
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// The head of a call without a length, which says how much follows, and that nothing does behind
/// it.
pub(super) fn with_length(head: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    // A head that is whole ends with an empty line.
    let ends = if head.ends_with(b"\r\n") { 2 } else { 1 };
    let (lines, end) =
        head.split_at_checked(head.len().saturating_sub(ends)).unwrap_or((head, b""));
    let said = format!("Content-Length: {length}\r\nConnection: close\r\n");
    Zeroizing::new([lines, said.as_bytes(), end].concat())
}

const MOST_HEADERS: usize = 100;

const MOST_HEAD: usize = 64 * 1024;

const MOST_CHUNK_HEAD: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_get_is_one_whose_head_is_all_there_is() {
        for text in [
            "GET / HTTP/1.1\r\n\r\n",
            "GET /iot/device/dev-1 HTTP/1.1\r\nHost: a\r\nX-Plug-Id: dev-1\r\n\r\n",
            "GET / HTTP/1.1\r\nUser-Agent: a\r\nAccept: */*\r\n\r\n",
        ] {
            assert!(is_plain_get(text.as_bytes()), "{text}");
            assert_eq!(head(text.as_bytes()), Some((text.len(), Follows::Length(0))));
        }
    }

    #[test]
    fn what_may_have_something_behind_it_is_no_plain_get() {
        for text in [
            "",
            "GET ",
            "GET / HTTP/1.1\r\n",
            "GET / HTTP/1.1\n\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n",
            "GET / HTTP/1.1\r\n\r\nDELETE / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\n",
            "GET / HTTP/1.1\r\ncontent-length: 4\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nuPGRADE: h2c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n Content-Length: 4\r\n\r\n",
            "DELETE / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nX-HTTP-Method-Override: DELETE\r\n\r\n",
        ] {
            assert!(!is_plain_get(text.as_bytes()), "{text}");
        }
    }

    fn follows(text: &str) -> Option<Follows> {
        head(text.as_bytes()).map(|(length, follows)| {
            assert_eq!(length, text.len(), "{text}");
            follows
        })
    }

    #[test]
    fn a_delete_that_does_not_say_its_length_is_found() {
        for head in [
            "DELETE /iot/device HTTP/1.1\r\nHost: x\r\n\r\n",
            "DELETE /a HTTP/1.0\r\n\r\n",
            "POST /a HTTP/1.1\r\nX-HTTP-Method-Override: delete\r\n\r\n",
        ] {
            assert_eq!(follows(head), Some(Follows::Unsaid), "{head}");
        }
        for (head, expected) in [
            ("GET /a HTTP/1.1\r\n\r\n", Follows::Length(0)),
            ("POST /a HTTP/1.1\r\n\r\n", Follows::Length(0)),
            ("DELETE /a HTTP/1.1\r\nContent-Length: 7\r\n\r\n", Follows::Length(7)),
            ("DELETE /a HTTP/1.1\r\ncontent-length: 0\r\n\r\n", Follows::Length(0)),
            ("DELETE /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", Follows::Chunks),
            ("GET /a HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", Follows::Length(0)),
            ("CONNECT a:1 HTTP/1.1\r\n\r\n", Follows::Unknown),
            ("DELETE /a HTTP/1.1\r\nContent-Length: x\r\n\r\n", Follows::Unknown),
        ] {
            assert_eq!(follows(head), Some(expected), "{head}");
        }
        assert_eq!(head(b"DELETE /a HTTP/1.1\r\nHost:"), None);
        assert_eq!(
            head(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").map(|(_, f)| f),
            Some(Follows::Unknown)
        );
    }

    #[test]
    fn a_head_is_told_its_length_and_stays_a_head() {
        let told = with_length(b"DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n", 5);
        let text =
            "DELETE /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
        assert_eq!(str::from_utf8(&told), Ok(text));
        assert_eq!(head(&told), Some((told.len(), Follows::Length(5))));
    }

    #[test]
    fn chunks_are_followed_to_their_end() {
        assert_eq!(chunk(b"5\r\nabcde\r\n"), Ok(Some((10, false))));
        assert_eq!(chunk(b"0\r\n\r\n"), Ok(Some((3, true))));
        assert_eq!(chunk(b"5"), Ok(None));
        assert_eq!(chunk(b"x\r\n"), Err(()));
        assert_eq!(
            (trailer(b"\r\nGET"), trailer(b"A: b\r\n\r\n"), trailer(b"A")),
            (Some(2), Some(8), None)
        );
    }
}
