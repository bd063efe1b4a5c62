//! What a store says of itself: one record, written once.

use plugmint_core::{CompanyId, UnixMillis};
use thiserror::Error;

/// The format of everything that lies in a store.
const FORMAT: u8 = 1;
/// Format, company, time.
const LEN: usize = 1 + 12 + 8;

/// When a store was made, and for whom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Installation {
    pub(crate) company: CompanyId,
    pub(crate) created_at: UnixMillis,
}

impl Installation {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let created_at = self.created_at.millis().to_be_bytes();
        [&[FORMAT], self.company.body().as_slice(), &created_at].concat()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, InvalidInstallation> {
        match bytes.first() {
            Some(&found) if found > FORMAT => {
                return Err(InvalidInstallation::Newer { found, known: FORMAT });
            }
            Some(&FORMAT) => {}
            Some(_) | None => return Err(InvalidInstallation::Unreadable),
        }
        let bytes: &[u8; LEN] = bytes.try_into().map_err(|_| InvalidInstallation::Unreadable)?;
        let (head, created_at) = bytes.split_last_chunk().ok_or(InvalidInstallation::Unreadable)?;
        let company = head.last_chunk().ok_or(InvalidInstallation::Unreadable)?;
        Ok(Self {
            company: CompanyId::from_parts(*company),
            created_at: UnixMillis::new(u64::from_be_bytes(*created_at)),
        })
    }
}

/// Why the record of a store about itself cannot be read.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidInstallation {
    /// A newer plugmint wrote the store.
    #[error("the store has format {found}, a newer plugmint wrote it: expected at most {known}")]
    Newer {
        /// The format that it has.
        found: u8,
        /// The newest format that this plugmint reads.
        known: u8,
    },
    /// It is not what plugmint writes.
    #[error("the store's record about itself is not readable")]
    Unreadable,
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTALLATION: Installation = Installation {
        company: CompanyId::from_parts([3; 12]),
        created_at: UnixMillis::new(1_790_000_000_000),
    };

    #[test]
    fn an_installation_is_read_back() {
        assert_eq!(Installation::decode(&INSTALLATION.encode()), Ok(INSTALLATION));
    }

    #[test]
    fn a_newer_format_is_refused_by_its_number() {
        let mut bytes = INSTALLATION.encode();
        bytes[0] = 2;
        assert_eq!(
            Installation::decode(&bytes),
            Err(InvalidInstallation::Newer { found: 2, known: 1 })
        );
    }

    #[test]
    fn an_installation_cut_or_extended_is_refused() {
        let bytes = INSTALLATION.encode();
        for len in 0..bytes.len() {
            assert!(Installation::decode(&bytes[..len]).is_err());
        }
        assert!(Installation::decode(&[bytes.as_slice(), &[0]].concat()).is_err());
    }
}
