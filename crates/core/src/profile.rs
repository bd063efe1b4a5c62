//! What a platform keeps with a device and reads nothing into.

use thiserror::Error;

use crate::AccessLevel;
use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::controller::DeviceName;

/// A text that is given back as it was given: up to 8 KiB of UTF-8, such as JSON.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpaqueText(Box<str>);

impl OpaqueText {
    /// The most bytes of UTF-8 that it holds.
    pub const MAX_LEN: usize = 8 * 1024;

    /// Takes a text.
    ///
    /// # Errors
    /// [`OpaqueTextTooLong`]
    pub fn parse(text: &str) -> Result<Self, OpaqueTextTooLong> {
        if text.len() > Self::MAX_LEN {
            return Err(OpaqueTextTooLong { found: text.len() });
        }
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no [`OpaqueText`].
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("it is {found} bytes long: expected at most {max}", max = OpaqueText::MAX_LEN)]
#[non_exhaustive]
pub struct OpaqueTextTooLong {
    /// How many bytes were given.
    pub found: usize,
}

/// What is kept with a device under its Plug-ID: whoever gets another identity begins anew.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Profile {
    name: Option<DeviceName>,
    perm: Option<OpaqueText>,
    props: Option<OpaqueText>,
}

impl Profile {
    /// What people call it; a Controller has its name in its own record.
    #[must_use]
    pub const fn name(&self) -> Option<&DeviceName> {
        self.name.as_ref()
    }

    /// Who may do what with it, in the words in which it was said. What holds is its
    /// [access level](crate::lifecycle::Registration::access).
    #[must_use]
    pub const fn perm(&self) -> Option<&OpaqueText> {
        self.perm.as_ref()
    }

    /// Whatever it wants kept.
    #[must_use]
    pub const fn props(&self) -> Option<&OpaqueText> {
        self.props.as_ref()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.name.is_none() && self.perm.is_none() && self.props.is_none()
    }

    /// The same profile with what `change` says.
    #[must_use]
    pub fn changed(mut self, change: &ProfileChange) -> Self {
        let ProfileChange { name, perm, props, access: _ } = change.clone();
        self.name = name.over(self.name);
        self.perm = perm.over(self.perm);
        self.props = props.over(self.props);
        self
    }

    /// Its canonical bytes; the Plug-ID is the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.option(self.name.as_ref(), |encoder, name| encoder.text(name.as_str()));
        encoder.option(self.perm.as_ref(), |encoder, perm| encoder.text(perm.as_str()));
        encoder.option(self.props.as_ref(), |encoder, props| encoder.text(props.as_str()));
        encoder.finish()
    }

    /// A profile from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Profile::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("profile", VERSION, bytes)?;
        let opaque = |decoder: &mut Decoder<'_>| {
            let text = OpaqueText::parse(decoder.text("text")?);
            text.map_err(|_| decoder.invalid("text"))
        };
        let profile = Self {
            name: decoder.option("name", |decoder| {
                let name = DeviceName::parse(decoder.text("name")?);
                name.map_err(|_| decoder.invalid("name"))
            })?,
            perm: decoder.option("perm", opaque)?,
            props: decoder.option("props", opaque)?,
        };
        decoder.finish()?;
        Ok(profile)
    }
}

/// What shall be kept from now on; what it does not speak of stays.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ProfileChange {
    name: Field<DeviceName>,
    perm: Field<OpaqueText>,
    props: Field<OpaqueText>,
    access: Field<AccessLevel>,
}

/// What becomes of one thing that is kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum Field<T> {
    /// It stays as it is.
    #[default]
    Stays,
    /// It is this from now on, or nothing.
    Becomes(Option<T>),
}

impl<T> Field<T> {
    pub(crate) fn over(self, now: Option<T>) -> Option<T> {
        match self {
            Self::Stays => now,
            Self::Becomes(new) => new,
        }
    }
}

impl ProfileChange {
    /// Everything stays.
    #[must_use]
    pub const fn new() -> Self {
        Self { name: Field::Stays, perm: Field::Stays, props: Field::Stays, access: Field::Stays }
    }

    /// It is called so, or nothing.
    #[must_use]
    pub fn name(self, name: Option<DeviceName>) -> Self {
        Self { name: Field::Becomes(name), ..self }
    }

    /// Who may do what with it, as it was said, and the level that this comes to; `None` is what
    /// its template says.
    #[must_use]
    pub fn perm(self, perm: Option<OpaqueText>, access: Option<AccessLevel>) -> Self {
        Self { perm: Field::Becomes(perm), access: Field::Becomes(access), ..self }
    }

    /// Whatever it wants kept, or nothing.
    #[must_use]
    pub fn props(self, props: Option<OpaqueText>) -> Self {
        Self { props: Field::Becomes(props), ..self }
    }

    pub(crate) const fn new_name(&self) -> &Field<DeviceName> {
        &self.name
    }

    pub(crate) const fn new_access(&self) -> &Field<AccessLevel> {
        &self.access
    }
}

const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> OpaqueText {
        OpaqueText::parse(text).unwrap()
    }

    #[test]
    fn a_profile_is_read_back_from_its_record() {
        let change = ProfileChange::new()
            .name(Some(DeviceName::parse("kitchen").unwrap()))
            .perm(Some(text(r#"{"ctrl":"r"}"#)), Some(AccessLevel::Read))
            .props(Some(text("{}")));
        let profile = Profile::default().changed(&change);
        assert_eq!(Profile::decode(&profile.encode()), Ok(profile.clone()));
        let cleared = profile.clone().changed(&ProfileChange::new().props(None));
        assert_eq!((cleared.props(), cleared.name()), (None, profile.name()));
        assert_eq!(profile.clone().changed(&ProfileChange::new()), profile);
    }

    #[test]
    fn a_text_has_at_most_8_kib() {
        assert!(OpaqueText::parse(&"x".repeat(8192)).is_ok());
        assert_eq!(OpaqueText::parse(&"x".repeat(8193)), Err(OpaqueTextTooLong { found: 8193 }));
    }
}
