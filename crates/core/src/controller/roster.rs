//! Which Controllers of a Thing take a place.

use crate::Ordinal;
use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::grant::Generation;

/// The living Controllers of a Thing that came to it in one generation of the grants on it, oldest
/// first: as many as its template lets it have.
///
/// When those grants have ended, with an unenroll, a transfer or another control password, nobody
/// is on it any more: Controllers of before live on, and take no place of whoever comes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Roster {
    generation: Generation,
    places: Vec<Ordinal>,
}

impl Roster {
    /// Nobody.
    #[must_use]
    pub const fn new(generation: Generation) -> Self {
        Self { generation, places: Vec::new() }
    }

    /// The roster of that generation: what was on it of an earlier one is not.
    #[must_use]
    pub fn of_generation(self, generation: Generation) -> Self {
        if self.generation == generation { self } else { Self::new(generation) }
    }

    /// Everybody, oldest first.
    #[must_use]
    pub fn ordinals(&self) -> &[Ordinal] {
        &self.places
    }

    pub(super) fn holds(&self, ordinal: Ordinal) -> bool {
        self.places.binary_search(&ordinal).is_ok()
    }

    pub(crate) fn joined(mut self, ordinal: Ordinal) -> Self {
        if let Err(place) = self.places.binary_search(&ordinal) {
            self.places.insert(place, ordinal);
        }
        self
    }

    pub(super) fn left(mut self, ordinal: Ordinal) -> Self {
        self.places.retain(|place| *place != ordinal);
        self
    }

    /// Its canonical bytes, without template and serial number: those are the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        self.generation.encode(&mut encoder);
        // INVARIANT: a cap is at most 1,024, and so are these.
        encoder.u16(u16::try_from(self.places.len()).unwrap_or(u16::MAX));
        self.places.iter().for_each(|place| encoder.u32(place.number()));
        encoder.finish()
    }

    /// A roster from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Roster::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("roster", VERSION, bytes)?;
        let generation = Generation::decode(&mut decoder)?;
        let mut places: Vec<Ordinal> = Vec::new();
        for _ in 0..decoder.u16("places")? {
            let ordinal = decoder.ordinal("place")?;
            if places.last().is_some_and(|last| *last >= ordinal) {
                return Err(decoder.invalid("places"));
            }
            places.push(ordinal);
        }
        decoder.finish()?;
        Ok(Self { generation, places })
    }
}

const VERSION: u8 = 1;
