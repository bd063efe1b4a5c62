//! What a store says of itself.

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::{CompanyId, UnixMillis};

/// When a store was made, and for whom: one record, written once. Its version is the format of
/// everything that lies in the store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Installation {
    company: CompanyId,
    created_at: UnixMillis,
}

impl Installation {
    /// A store that is made now.
    #[must_use]
    pub const fn new(company: CompanyId, at: UnixMillis) -> Self {
        Self { company, created_at: at }
    }

    /// The company that templates belong to unless another is named.
    #[must_use]
    pub const fn company(&self) -> &CompanyId {
        &self.company
    }

    /// When the store was made.
    #[must_use]
    pub const fn created_at(&self) -> UnixMillis {
        self.created_at
    }

    /// Its canonical bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(FORMAT);
        encoder.fixed(self.company.body());
        encoder.u64(self.created_at.millis());
        encoder.finish()
    }

    /// An installation from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Installation::encode`] does not write; its problem is
    /// [`NewerVersion`](crate::RecordProblem::NewerVersion) when a newer plugmint made the store.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("installation", FORMAT, bytes)?;
        let (company, created_at) = (decoder.company()?, decoder.time("created at")?);
        decoder.finish()?;
        Ok(Self { company, created_at })
    }
}

/// The format of everything that lies in a store.
const FORMAT: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecordProblem;

    fn installation() -> Installation {
        Installation::new(CompanyId::from_parts([3; 12]), UnixMillis::new(1_790_000_000_000))
    }

    #[test]
    fn an_installation_is_read_back() {
        assert_eq!(Installation::decode(&installation().encode()), Ok(installation()));
    }

    #[test]
    fn a_newer_format_is_refused_by_its_number() {
        let mut bytes = installation().encode();
        bytes[0] = 2;
        assert_eq!(
            Installation::decode(&bytes).unwrap_err().problem(),
            RecordProblem::NewerVersion { found: 2, known: 1 }
        );
    }
}
