//! The canonical bytes of records: one encoding for each value, and every other one refused.
//!
//! A record is a version byte, its fields in a fixed order, and the number of extensions as two
//! bytes, 0 today. Integers are big-endian, text stands behind its length as two bytes. The codec
//! of a record stands next to its type.

use thiserror::Error;

use crate::TemplateId;
use crate::serial_number::SerialText;
use crate::{CompanyId, Epoch, KeyVersion, Ordinal, PlugId, UnixMillis};

/// Why bytes are not a record: they were changed, or a newer plugmint wrote them.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("the {record} record {problem}")]
pub struct InvalidRecord {
    record: &'static str,
    problem: RecordProblem,
}

impl InvalidRecord {
    /// Which kind of record it is.
    #[must_use]
    pub const fn record(&self) -> &'static str {
        self.record
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn problem(&self) -> RecordProblem {
        self.problem
    }
}

/// What is wrong with the bytes of a record.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordProblem {
    /// It ends inside a field.
    #[error("ends inside the field `{field}`")]
    Truncated {
        /// The field that is cut.
        field: &'static str,
    },
    /// Something follows its last field.
    #[error("has {surplus} bytes after its end")]
    Trailing {
        /// How many bytes follow.
        surplus: usize,
    },
    /// A newer plugmint wrote it.
    #[error("is of version {found}: this plugmint reads version {known}, a newer one wrote it")]
    NewerVersion {
        /// The version that it names.
        found: u8,
        /// The version that this plugmint writes.
        known: u8,
    },
    /// It carries extensions, which a newer plugmint wrote.
    #[error("has extensions: a newer plugmint wrote it")]
    Extended,
    /// A field holds what no value of its type encodes to.
    #[error("has no valid `{field}`")]
    InvalidField {
        /// The field.
        field: &'static str,
    },
}

/// Writes one record.
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    pub(crate) fn new(version: u8) -> Self {
        Self(vec![version])
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.fixed(&value.to_be_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.fixed(&value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.fixed(&value.to_be_bytes());
    }

    pub(crate) fn fixed(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        // INVARIANT: every text of a record is bounded far below 64 KiB by its type.
        self.u16(u16::try_from(text.len()).unwrap_or(u16::MAX));
        self.fixed(text.as_bytes());
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.u8(0),
            Some(value) => {
                self.u8(1);
                write(self, value);
            }
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.u16(0);
        self.0
    }
}

/// Reads one record.
pub(crate) struct Decoder<'a> {
    record: &'static str,
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(
        record: &'static str,
        known: u8,
        bytes: &'a [u8],
    ) -> Result<Self, InvalidRecord> {
        let mut decoder = Self { record, rest: bytes };
        match decoder.u8("version")? {
            found if found == known => Ok(decoder),
            found if found > known => {
                Err(decoder.problem(RecordProblem::NewerVersion { found, known }))
            }
            _ => Err(decoder.invalid("version")),
        }
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, InvalidRecord> {
        self.fixed::<1>(field).map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, InvalidRecord> {
        self.fixed(field).map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, InvalidRecord> {
        self.fixed(field).map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self, field: &'static str) -> Result<u64, InvalidRecord> {
        self.fixed(field).map(u64::from_be_bytes)
    }

    pub(crate) fn fixed<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[u8; N], InvalidRecord> {
        self.fixed_ref(field).copied()
    }

    /// The same where it lies.
    pub(crate) fn fixed_ref<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<&'a [u8; N], InvalidRecord> {
        let truncated = self.problem(RecordProblem::Truncated { field });
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(truncated)?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn text(&mut self, field: &'static str) -> Result<&'a str, InvalidRecord> {
        let len = usize::from(self.u16(field)?);
        let truncated = self.problem(RecordProblem::Truncated { field });
        let (text, rest) = self.rest.split_at_checked(len).ok_or(truncated)?;
        self.rest = rest;
        str::from_utf8(text).map_err(|_| self.invalid(field))
    }

    pub(crate) fn option<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, InvalidRecord>,
    ) -> Result<Option<T>, InvalidRecord> {
        match self.u8(field)? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(self.invalid(field)),
        }
    }

    pub(crate) fn finish(mut self) -> Result<(), InvalidRecord> {
        if self.u16("extensions")? != 0 {
            return Err(self.problem(RecordProblem::Extended));
        }
        match self.rest.len() {
            0 => Ok(()),
            surplus => Err(self.problem(RecordProblem::Trailing { surplus })),
        }
    }

    pub(crate) const fn invalid(&self, field: &'static str) -> InvalidRecord {
        self.problem(RecordProblem::InvalidField { field })
    }

    const fn problem(&self, problem: RecordProblem) -> InvalidRecord {
        InvalidRecord { record: self.record, problem }
    }
}

/// The types that many records hold.
impl<'a> Decoder<'a> {
    pub(crate) fn time(&mut self, field: &'static str) -> Result<UnixMillis, InvalidRecord> {
        self.u64(field).map(UnixMillis::new)
    }

    pub(crate) fn epoch(&mut self) -> Result<Epoch, InvalidRecord> {
        self.u32("epoch").map(Epoch::new)
    }

    pub(crate) fn ordinal(&mut self, field: &'static str) -> Result<Ordinal, InvalidRecord> {
        self.u32(field).map(Ordinal::new)
    }

    pub(crate) fn key_version(&mut self) -> Result<KeyVersion, InvalidRecord> {
        let number = self.u32("key version")?;
        KeyVersion::new(number).ok_or_else(|| self.invalid("key version"))
    }

    pub(crate) fn template(&mut self) -> Result<TemplateId, InvalidRecord> {
        self.fixed("template").map(TemplateId::from_parts)
    }

    pub(crate) fn company(&mut self) -> Result<CompanyId, InvalidRecord> {
        self.fixed("company").map(CompanyId::from_parts)
    }

    pub(crate) fn plug_id(&mut self) -> Result<PlugId, InvalidRecord> {
        let body = self.fixed("plug-id")?;
        Ok(PlugId::from_parts(crate::PlugIdKind::Device, body))
    }

    pub(crate) fn serial(&mut self) -> Result<SerialText<'a>, InvalidRecord> {
        let text = self.text("serial")?;
        SerialText::parse(text).map_err(|_| self.invalid("serial"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_fields() -> Vec<u8> {
        let mut encoder = Encoder::new(1);
        encoder.u32(7);
        encoder.text("text");
        encoder.finish()
    }

    fn decode(bytes: &[u8]) -> Result<(u32, String), InvalidRecord> {
        let mut decoder = Decoder::new("test", 1, bytes)?;
        let fields = (decoder.u32("number")?, decoder.text("text")?.to_owned());
        decoder.finish()?;
        Ok(fields)
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        assert_eq!(decode(&two_fields()), Ok((7, "text".to_owned())));
    }

    #[test]
    fn a_record_cut_anywhere_is_refused() {
        let bytes = two_fields();
        for len in 0..bytes.len() {
            assert!(matches!(
                decode(&bytes[..len]).unwrap_err().problem(),
                RecordProblem::Truncated { .. }
            ));
        }
    }

    #[test]
    fn a_record_with_something_behind_it_is_refused() {
        let mut bytes = two_fields();
        bytes.push(0);
        assert_eq!(decode(&bytes).unwrap_err().problem(), RecordProblem::Trailing { surplus: 1 });
    }

    #[test]
    fn a_newer_version_is_refused_by_its_number() {
        let mut bytes = two_fields();
        bytes[0] = 2;
        assert_eq!(
            decode(&bytes).unwrap_err().problem(),
            RecordProblem::NewerVersion { found: 2, known: 1 }
        );
        bytes[0] = 0;
        assert_eq!(
            decode(&bytes).unwrap_err().problem(),
            RecordProblem::InvalidField { field: "version" }
        );
    }

    #[test]
    fn an_extension_is_refused_as_newer_and_not_dropped() {
        let mut bytes = two_fields();
        let last = bytes.len() - 1;
        bytes[last] = 1;
        assert_eq!(decode(&bytes).unwrap_err().problem(), RecordProblem::Extended);
    }

    #[test]
    fn text_that_is_not_utf8_is_refused() {
        let mut bytes = two_fields();
        bytes[7] = 0xff;
        assert_eq!(
            decode(&bytes).unwrap_err().problem(),
            RecordProblem::InvalidField { field: "text" }
        );
    }

    #[test]
    fn an_error_names_its_record_and_its_field() {
        let invalid = decode(&two_fields()[..3]).unwrap_err();
        assert_eq!(invalid.record(), "test");
        assert_eq!(invalid.problem(), RecordProblem::Truncated { field: "number" });
    }
}
