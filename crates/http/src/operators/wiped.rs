//! Bytes that may hold passwords, and are wiped once they are not needed: whole, and each time that they
//! move to where there is more room.

use std::io::{self, Write};

use axum::body::{Bytes, HttpBody};
use http_body_util::BodyExt;
use serde::Serialize;
use zeroize::{Zeroize, Zeroizing};

/// Bytes that grow without leaving a copy behind.
#[derive(Default)]
pub(super) struct Wiped(Zeroizing<Vec<u8>>);

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
            bytes.take(frame.map_err(Unread::Broken)?.into_data().unwrap_or_default());
            if bytes.0.len() > most {
                return Err(Unread::TooLong);
            }
        }
        Ok(bytes)
    }

    /// Takes over what came; the bytes that it came in are wiped where nobody else has them.
    pub(super) fn take(&mut self, came: Bytes) {
        self.push(&came);
        if let Ok(mut came) = came.try_into_mut() {
            came.as_mut().zeroize();
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut grown = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            grown.extend_from_slice(&self.0);
            // What it grew out of is wiped here.
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
    }

    /// Takes the first line off, with its end, if it is whole.
    pub(super) fn line(&mut self) -> Option<Self> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let mut line = Self::default();
        line.push(self.0.get(..=end)?);
        let rest = self.0.len() - end - 1;
        self.0.copy_within(end + 1.., 0);
        self.0.get_mut(rest..)?.zeroize();
        self.0.truncate(rest);
        Some(line)
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// To be sent; wiped once that is done.
    pub(super) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self.0)
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
        assert_eq!(bytes.as_slice().len(), 700);
        assert_eq!(bytes.line().unwrap().as_slice(), b"one\n");
        for _ in 1..100 {
            assert_eq!(bytes.line().unwrap().as_slice(), b"twoone\n");
        }
        assert!(bytes.line().is_none());
        assert_eq!(bytes.as_slice(), b"two");
    }
}
