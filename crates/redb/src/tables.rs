//! What lies in the file.

use redb::TableDefinition;

/// Key: the record's key. Value: the 16 bytes of its revision, then its value.
pub(crate) const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records-1");

/// Key: one of the names below. Value: a number.
pub(crate) const META: TableDefinition<'_, &[u8], u64> = TableDefinition::new("meta-1");

/// The number of this layout.
pub(crate) const FORMAT: &[u8] = b"format";

/// The layout that this crate reads and writes.
pub(crate) const KNOWN_FORMAT: u64 = 1;

/// How many commits there were: where revisions come from.
pub(crate) const COMMITS: &[u8] = b"commits";
