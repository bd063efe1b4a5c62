//! The one rule for text that people and machines name things by.

use thiserror::Error;

/// Why a text cannot be a name: serial numbers, names of templates, actors and labels share it.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidText {
    /// Nothing is there.
    #[error("it is empty: expected 1 to {max} bytes")]
    Empty {
        /// The most bytes that are allowed.
        max: usize,
    },
    /// It is too long.
    #[error("it is {found} bytes long: expected at most {max} bytes of UTF-8")]
    TooLong {
        /// How many bytes were given.
        found: usize,
        /// The most bytes that are allowed.
        max: usize,
    },
    /// A character of Unicode category Cc is in it.
    #[error("it has a control character at byte {at}: expected none")]
    ControlCharacter {
        /// Where the character begins.
        at: usize,
    },
    /// White space (the Unicode property) stands at an end.
    #[error("it begins or ends with white space: expected none at either end")]
    OuterWhiteSpace,
}

/// Accepts 1 to `max` bytes without control characters and without white space at either end.
pub(crate) fn check_name(text: &str, max: usize) -> Result<(), InvalidText> {
    if text.is_empty() {
        return Err(InvalidText::Empty { max });
    }
    check_value(text, max)?;
    // Nearly every name begins and ends so, and an authentication looks at one.
    let is_graphic = |end: Option<&u8>| end.is_some_and(u8::is_ascii_graphic);
    let ends_are_graphic =
        is_graphic(text.as_bytes().first()) && is_graphic(text.as_bytes().last());
    if !ends_are_graphic && text.trim().len() != text.len() {
        return Err(InvalidText::OuterWhiteSpace);
    }
    Ok(())
}

/// Accepts 0 to `max` bytes without control characters.
pub(crate) fn check_value(text: &str, max: usize) -> Result<(), InvalidText> {
    if text.len() > max {
        return Err(InvalidText::TooLong { found: text.len(), max });
    }
    match control_character(text) {
        Some(at) => Err(InvalidText::ControlCharacter { at }),
        None => Ok(()),
    }
}

/// Where the first character of Unicode category Cc begins.
pub(crate) fn control_character(text: &str) -> Option<usize> {
    // What nearly every name is made of: an authentication looks at one, so this is its hot path.
    if text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return None;
    }
    text.char_indices().find(|(_, c)| c.is_control()).map(|(at, _)| at)
}

/// A named text: a newtype over `Box<str>` that obeys [`check_name`], with `parse`, `as_str`,
/// `Display` and serde as its text.
macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Box<str>);

        impl $name {
            /// The most bytes of UTF-8 that it holds.
            pub const MAX_LEN: usize = $max;

            /// Reads one from its text.
            ///
            /// # Errors
            /// [`InvalidText`](crate::InvalidText) when it is empty or too long, holds a control
            /// character (Unicode category Cc), or has white space at an end.
            pub fn parse(text: &str) -> Result<Self, $crate::InvalidText> {
                $crate::text::check_name(text, Self::MAX_LEN)?;
                Ok(Self(text.into()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::InvalidText;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        $crate::text::serde_as_text!($name);
    };
}

/// serde through `Display` and `FromStr`.
macro_rules! serde_as_text {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {name_type, serde_as_text};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_at_least_one_byte() {
        assert_eq!(check_name("", 4), Err(InvalidText::Empty { max: 4 }));
        assert_eq!(check_name("a", 4), Ok(()));
    }

    #[test]
    fn length_is_counted_in_bytes_not_in_characters() {
        assert_eq!(check_name("\u{e9}\u{e9}", 4), Ok(()));
        assert_eq!(check_name("\u{e9}\u{e9}a", 4), Err(InvalidText::TooLong { found: 5, max: 4 }));
    }

    #[test]
    fn every_control_character_is_refused_wherever_it_stands() {
        for control in ('\0'..='\u{9f}').filter(|c| c.is_control()) {
            let text = format!("ab{control}cd");
            assert_eq!(check_name(&text, 9), Err(InvalidText::ControlCharacter { at: 2 }));
        }
    }

    #[test]
    fn white_space_is_refused_at_the_ends_and_allowed_inside() {
        for space in [' ', '\u{a0}', '\u{2003}', '\u{3000}', '\u{2028}'] {
            assert_eq!(check_name(&format!("{space}a"), 9), Err(InvalidText::OuterWhiteSpace));
            assert_eq!(check_name(&format!("a{space}"), 9), Err(InvalidText::OuterWhiteSpace));
            assert_eq!(check_name(&format!("a{space}a"), 9), Ok(()));
        }
    }

    #[test]
    fn a_value_may_be_empty_and_may_end_in_a_space() {
        assert_eq!(check_value("", 4), Ok(()));
        assert_eq!(check_value("a ", 4), Ok(()));
    }
}
