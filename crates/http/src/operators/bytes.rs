//! Calls and answers as bytes: JSON that passwords may stand in.

use std::io::{self, Write};

use axum::body::{Bytes, HttpBody};
use http_body_util::BodyExt;
use serde::Serialize;
use zeroize::Zeroize;

use crate::wiped::Wiped;

/// Why a body was not read.
pub(super) enum Unread<E> {
    /// It is longer than it may be.
    TooLong,
    /// It broke off.
    Broken(E),
}

impl Wiped {
    /// A value as JSON.
    pub(super) fn json(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let mut bytes = Self::default();
        serde_json::to_writer(&mut bytes, value)?;
        Ok(bytes)
    }

    /// All of a body, of at most so many bytes.
    pub(super) async fn read<B>(mut body: B, most: usize) -> Result<Self, Unread<B::Error>>
    where
        B: HttpBody<Data = Bytes> + Unpin,
    {
        let mut bytes = Self::default();
        while let Some(frame) = body.frame().await {
            bytes.take_over(frame.map_err(Unread::Broken)?.into_data().unwrap_or_default());
            if bytes.bytes().len() > most {
                return Err(Unread::TooLong);
            }
        }
        Ok(bytes)
    }

    /// Takes over what came; the bytes that it came in are wiped where nobody else has them.
    pub(super) fn take_over(&mut self, came: Bytes) {
        self.push(&came);
        if let Ok(mut came) = came.try_into_mut() {
            came.as_mut().zeroize();
        }
    }

    /// Takes the first line off, with its end, if it is whole.
    pub(super) fn line(&mut self) -> Option<Self> {
        let end = self.bytes().iter().position(|byte| *byte == b'\n')?;
        Some(self.take(end + 1))
    }

    /// To be sent; wiped once that is done.
    pub(super) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self.into_inner())
    }
}

impl Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_grow_and_lines_are_taken_off() {
        let mut bytes = Wiped::default();
        for _ in 0..100 {
            bytes.push(b"one\ntwo");
        }
        assert_eq!(bytes.bytes().len(), 700);
        assert_eq!(bytes.line().unwrap().bytes(), b"one\n");
        for _ in 1..100 {
            assert_eq!(bytes.line().unwrap().bytes(), b"twoone\n");
        }
        assert!(bytes.line().is_none());
        assert_eq!(bytes.bytes(), b"two");
    }
}
