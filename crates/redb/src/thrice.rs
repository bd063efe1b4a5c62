//! The byte of the file on which everything hangs, kept three times.

use std::borrow::Cow;
use std::io;
use std::ops::Bound;

use redb::{BackendError, StorageBackend};

/// A backend under redb that keeps two copies of the byte which says what commit is the last.
///
/// Whatever else flips in a file breaks a checksum. This byte has none: a bit of it that flips
/// names the commit before the last, which is as whole. The copies, inverted, lie in the two bytes
/// behind it, which redb leaves alone, and are written in the same write; what two of the three say
/// is so.
#[derive(Debug)]
pub(crate) struct Thrice<B>(pub(crate) B);

impl<B: StorageBackend> StorageBackend for Thrice<B> {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)?;
        if offset == 0
            && let Some(bytes) = out.get_mut(FIRST..).and_then(|bytes| bytes.first_chunk_mut())
        {
            *bytes = [agreed(*bytes), 0, 0];
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut data = Cow::Borrowed(data);
        if offset == 0 && data.len() >= FIRST + 3 {
            let bytes = data.to_mut().get_mut(FIRST..).and_then(|bytes| bytes.first_chunk_mut());
            if let Some(bytes) = bytes {
                let [byte, _, _] = *bytes;
                *bytes = [byte, !byte, !byte];
            }
        }
        self.0.write(offset, &data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}

/// What two of three say. Two copies of zeros are none: redb itself wrote this header.
const fn agreed([byte, first, second]: [u8; 3]) -> u8 {
    if first == 0 && second == 0 {
        return byte;
    }
    let (first, second) = (!first, !second);
    (byte & first) | (byte & second) | (first & second)
}

/// Where the byte lies: behind the magic number.
const FIRST: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_that_flips_in_any_of_the_three_changes_nothing() {
        for byte in 0..16 {
            for bit in 0..24 {
                let mut kept = [byte, !byte, !byte];
                kept[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(agreed(kept), byte);
            }
        }
    }

    #[test]
    fn a_byte_without_copies_is_what_it_says() {
        assert_eq!(agreed([7, 0, 0]), 7);
    }
}
