//! How a Controller is known again.

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::derivation::digest;
use crate::{Ordinal, SerialNumber};

/// Sixteen bytes of a hash of a Controller's own serial number, under which its Thing keeps which
/// Controller it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct OwnSerialMark([u8; 16]);

impl OwnSerialMark {
    /// `SHA-256(msg("plugmint/v1/own-serial", own_serial))[0..16]`.
    #[must_use]
    pub fn new(own_serial: &SerialNumber) -> Self {
        Self(digest("plugmint/v1/own-serial", &[own_serial.as_bytes()]))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Which Controller of a Thing came with an own serial number last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KnownAs(Ordinal);

impl KnownAs {
    /// That one.
    #[must_use]
    pub const fn new(ordinal: Ordinal) -> Self {
        Self(ordinal)
    }

    /// Which one.
    #[must_use]
    pub const fn ordinal(self) -> Ordinal {
        self.0
    }

    /// Its canonical bytes; Thing and own serial number are the record's key.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.u32(self.0.number());
        encoder.finish()
    }

    /// Who is known, from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`KnownAs::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("own serial", VERSION, bytes)?;
        let known = Self(decoder.ordinal("ordinal")?);
        decoder.finish()?;
        Ok(known)
    }
}

const VERSION: u8 = 1;
