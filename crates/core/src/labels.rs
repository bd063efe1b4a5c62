//! Labels: what a host wants to remember about a template or a device.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::text::{self, InvalidText};

/// Up to 32 named values. plugmint keeps them and reads nothing into them.
///
/// A name has 1 to 64 bytes without control characters and outer white space, a value 0 to 256
/// bytes without control characters.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "BTreeMap<Box<str>, Box<str>>")]
pub struct Labels(BTreeMap<Box<str>, Box<str>>);

impl Labels {
    /// The most labels on one thing.
    pub const MAX_COUNT: usize = 32;
    /// The most bytes of a name.
    pub const MAX_NAME_LEN: usize = 64;
    /// The most bytes of a value.
    pub const MAX_VALUE_LEN: usize = 256;

    /// No labels.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a label, or gives the one of that name a new value.
    ///
    /// # Errors
    /// [`InvalidLabel`]; the labels are as they were.
    pub fn insert(&mut self, name: &str, value: &str) -> Result<(), InvalidLabel> {
        text::check_name(name, Self::MAX_NAME_LEN).map_err(InvalidLabel::Name)?;
        text::check_value(value, Self::MAX_VALUE_LEN).map_err(InvalidLabel::Value)?;
        let count = self.0.len();
        match self.0.entry(name.into()) {
            Entry::Vacant(_) if count == Self::MAX_COUNT => Err(InvalidLabel::TooMany),
            Entry::Vacant(vacant) => {
                vacant.insert(value.into());
                Ok(())
            }
            Entry::Occupied(mut occupied) => {
                occupied.insert(value.into());
                Ok(())
            }
        }
    }

    /// The value of a name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(AsRef::as_ref)
    }

    /// Names and values, in the byte order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    pub(crate) fn encode(&self, encoder: &mut Encoder) {
        // INVARIANT: there are at most MAX_COUNT.
        encoder.u8(u8::try_from(self.0.len()).unwrap_or(u8::MAX));
        for (name, value) in &self.0 {
            encoder.text(name);
            encoder.text(value);
        }
    }

    pub(crate) fn decode(decoder: &mut Decoder<'_>) -> Result<Self, InvalidRecord> {
        let mut labels = Self::new();
        for _ in 0..decoder.u8("labels")? {
            let (name, value) = (decoder.text("label")?, decoder.text("label")?);
            // Canonical bytes have the names in order, so none stands twice.
            let in_order = labels.0.last_key_value().is_none_or(|(last, _)| last.as_ref() < name);
            if !in_order || labels.insert(name, value).is_err() {
                return Err(decoder.invalid("labels"));
            }
        }
        Ok(labels)
    }
}

impl TryFrom<BTreeMap<Box<str>, Box<str>>> for Labels {
    type Error = InvalidLabel;

    fn try_from(named: BTreeMap<Box<str>, Box<str>>) -> Result<Self, InvalidLabel> {
        let mut labels = Self::new();
        named.iter().try_for_each(|(name, value)| labels.insert(name, value))?;
        Ok(labels)
    }
}

/// Why a label cannot be added.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidLabel {
    /// The name is none.
    #[error("not a label's name: {0}")]
    Name(InvalidText),
    /// The value is none.
    #[error("not a label's value: {0}")]
    Value(InvalidText),
    /// There are 32 already.
    #[error("there are {max} labels already: expected at most that many", max = Labels::MAX_COUNT)]
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_33rd_label_is_refused_and_the_32nd_may_change() {
        let mut labels = Labels::new();
        for number in 0..Labels::MAX_COUNT {
            labels.insert(&format!("label-{number}"), "").unwrap();
        }
        assert_eq!(labels.insert("one-more", ""), Err(InvalidLabel::TooMany));
        labels.insert("label-31", "new").unwrap();
        assert_eq!(labels.value("label-31"), Some("new"));
        assert_eq!(labels.iter().count(), Labels::MAX_COUNT);
    }

    #[test]
    fn labels_out_of_order_or_doubled_are_no_record() {
        for names in [["b", "a"], ["a", "a"]] {
            let mut encoder = Encoder::new(1);
            encoder.u8(2);
            for name in names {
                encoder.text(name);
                encoder.text("value");
            }
            let bytes = encoder.finish();
            let mut decoder = Decoder::new("test", 1, &bytes).unwrap();
            assert!(Labels::decode(&mut decoder).is_err());
        }
    }
}
