//! The first bytes of the file, read to say what is wrong with it.
//!
//! redb reports most faults as one kind with a text. These few fields tell them apart; the layout
//! is that of redb's file format 3, see its `docs/design.md`.

use std::fs::File;
use std::io::{self, Read};

const MAGIC: [u8; 9] = [b'r', b'e', b'd', b'b', 0x1A, 0x0A, 0xA9, 0x0D, 0x0A];
/// Two commit slots follow 64 bytes of header; each begins with its format.
const SLOTS: [usize; 2] = [64, 192];
const LEN: usize = 320;
/// The file format that redb 4 writes.
pub(crate) const KNOWN_FILE_FORMAT: u8 = 3;

/// What the header says of its file.
pub(crate) enum Header {
    /// It is no file of redb's.
    Foreign,
    /// It ends inside the header.
    Cut,
    /// It is one.
    Redb {
        /// The newest format that a commit slot names.
        format: u8,
        /// How long the file is by its own account, while it fits a `u64`.
        layout_len: u64,
    },
}

impl Header {
    /// The bytes that every file has.
    pub(crate) const LEN: u64 = LEN as u64;

    pub(crate) fn read(file: &mut File) -> io::Result<Self> {
        let mut bytes = Vec::with_capacity(LEN);
        file.take(Self::LEN).read_to_end(&mut bytes)?;
        if !bytes.starts_with(MAGIC.get(..bytes.len()).unwrap_or(&MAGIC)) {
            return Ok(Self::Foreign);
        }
        Ok(bytes.first_chunk().map_or(Self::Cut, Self::parse))
    }

    fn parse(bytes: &[u8; LEN]) -> Self {
        let [page_size, header_pages, max_pages, full_regions, trailing_pages] =
            [12, 16, 20, 24, 28].map(|at| u128::from(number(bytes, at)));
        let trailing = if trailing_pages == 0 { 0 } else { header_pages + trailing_pages };
        let pages = 1 + full_regions * (header_pages + max_pages) + trailing;
        Self::Redb {
            format: SLOTS.iter().filter_map(|at| bytes.get(*at)).copied().max().unwrap_or(0),
            layout_len: u64::try_from(pages * page_size).unwrap_or(u64::MAX),
        }
    }
}

#[expect(clippy::little_endian_bytes, reason = "redb writes its integers so")]
fn number(bytes: &[u8; LEN], at: usize) -> u32 {
    let field = bytes.get(at..).and_then(|bytes| bytes.first_chunk());
    field.map_or(0, |field| u32::from_le_bytes(*field))
}
