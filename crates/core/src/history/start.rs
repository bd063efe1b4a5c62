//! Where a history begins whose older events were forgotten.

use crate::UnixMillis;
use crate::codec::{Decoder, Encoder, InvalidRecord};

use super::HistoryHead;

/// The head of what was forgotten of a serial's history, kept so that the rest is still provable:
/// the first event that is left must follow it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HistoryStart {
    head: HistoryHead,
    at: UnixMillis,
}

impl HistoryStart {
    /// Everything up to `head` was forgotten at that time.
    #[must_use]
    pub const fn new(head: HistoryHead, at: UnixMillis) -> Self {
        Self { head, at }
    }

    /// The head of what was forgotten.
    #[must_use]
    pub const fn head(&self) -> &HistoryHead {
        &self.head
    }

    /// When something was forgotten last.
    #[must_use]
    pub const fn at(&self) -> UnixMillis {
        self.at
    }

    /// Its canonical bytes, without template and serial number: those are the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        self.head.encode(&mut encoder);
        encoder.u64(self.at.millis());
        encoder.finish()
    }

    /// A start from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`HistoryStart::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("history start", VERSION, bytes)?;
        let start = Self { head: HistoryHead::decode(&mut decoder)?, at: decoder.time("at")? };
        decoder.finish()?;
        Ok(start)
    }
}

const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_read_back_from_its_record() {
        let head = HistoryHead::from_parts(7, crate::EventHash::from_parts([9; 32]));
        let start = HistoryStart::new(head, UnixMillis::new(5));
        assert_eq!(HistoryStart::decode(&start.encode()), Ok(start));
    }
}
