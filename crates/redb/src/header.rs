//! The first bytes of the file, read to say what is wrong with it.
//!
//! redb reports most faults as one kind with a text. These few fields tell them apart; they are
//! those of redb's file format 3, see its `docs/design.md`.

use plugmint_store::OpenStoreError;
use redb::StorageBackend;

const MAGIC: [u8; 9] = [b'r', b'e', b'd', b'b', 0x1A, 0x0A, 0xA9, 0x0D, 0x0A];
/// The two commit slots behind the 64 bytes of header each begin with their format.
const SLOTS: [usize; 2] = [64, 192];
const LEN: u64 = 320;
/// The file format that redb 4 writes.
const KNOWN_FORMAT: u8 = 3;

/// How long a file is, and how long by its own account.
pub(crate) struct Lengths {
    pub(crate) found: u64,
    pub(crate) expected: u64,
}

/// Reads both lengths.
///
/// # Errors
/// [`OpenStoreError`] when the header alone shows that it is no store of this crate's.
#[expect(clippy::little_endian_bytes, reason = "redb writes its integers so")]
pub(crate) fn lengths(backend: &impl StorageBackend) -> Result<Lengths, OpenStoreError> {
    let len = backend.len()?;
    let found = len.min(LEN);
    let mut header = vec![0; usize::try_from(found).unwrap_or_default()];
    backend.read(0, &mut header)?;
    if !header.iter().zip(&MAGIC).all(|(byte, magic)| byte == magic) {
        return Err(OpenStoreError::Foreign);
    }
    if found < LEN {
        return Err(OpenStoreError::Truncated { found, expected: LEN });
    }
    let format = SLOTS.iter().filter_map(|at| header.get(*at)).max().copied().unwrap_or_default();
    // An older one was never plugmint's, and redb says so.
    if format > KNOWN_FORMAT {
        return Err(OpenStoreError::Newer {
            what: "file",
            found: format.into(),
            known: KNOWN_FORMAT.into(),
        });
    }
    let number = |at| match header.get(at..).and_then(|field| field.first_chunk()) {
        Some(field) => u128::from(u32::from_le_bytes(*field)),
        None => 0,
    };
    let [page_size, header_pages, max_pages, full_regions, trailing_pages] =
        [12, 16, 20, 24, 28].map(number);
    let trailing = if trailing_pages == 0 { 0 } else { header_pages + trailing_pages };
    let pages = 1 + full_regions * (header_pages + max_pages) + trailing;
    let expected = u64::try_from(pages * page_size).unwrap_or(u64::MAX);
    Ok(Lengths { found: len, expected })
}
