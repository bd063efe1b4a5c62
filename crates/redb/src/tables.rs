//! What lies in the file.

use plugmint_store::Revision;
use redb::TableDefinition;

/// Key: the record's key. Value: the 16 bytes of its revision, then its value.
pub(crate) const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records-1");

/// Key: one of the names below. Value: a number.
pub(crate) const META: TableDefinition<'_, &[u8], u64> = TableDefinition::new("meta-1");

/// The number of this layout.
pub(crate) const FORMAT: &[u8] = b"format";

/// The layout that this crate reads and writes.
pub(crate) const KNOWN_FORMAT: u64 = 1;

/// How many times the store was opened and then written to: the first half of revisions.
pub(crate) const GENERATION: &[u8] = b"generation";

/// What is stored of a value.
pub(crate) fn join(revision: Revision, value: &[u8]) -> Vec<u8> {
    [revision.as_bytes().as_slice(), value].concat()
}

/// Revision and value of what is stored.
pub(crate) fn split(stored: &[u8]) -> Result<(Revision, &[u8]), redb::Error> {
    let cut = || redb::Error::Corrupted("a record is shorter than its revision".to_owned());
    let (revision, value) = stored.split_first_chunk().ok_or_else(cut)?;
    Ok((Revision::from_parts(*revision), value))
}
