//! Classes of passwords: how strong one is by its making, and so what stretching it needs.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::derivation::PasswordText;

/// How the enroll passwords of a Production Template were made.
///
/// A template fixes it when it is made. `Generated` is the default, because a password that a
/// machine made needs no slow hash.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new class is a new derivation version")]
pub enum PasswordClass {
    /// Made by a machine: the hex or base64 text (either alphabet, padded or not) of exactly 16,
    /// 20, 24 or 32 bytes. Stretching it costs a microsecond.
    #[default]
    Generated,
    /// A person's choice for one serial number. Stretching it costs one Argon2id for each serial.
    Chosen,
    /// One choice for all serials of a template. Stretching it costs one Argon2id for each
    /// template: who learns it can enroll every serial that is not enrolled yet.
    Shared,
}

impl PasswordClass {
    /// Whether a password offered for this class has the form that the class asks for.
    ///
    /// # Errors
    /// [`WrongClass`] for a text that no generator wrote, when the class is `Generated`.
    pub fn check(self, password: PasswordText<'_>) -> Result<(), WrongClass> {
        match self {
            Self::Generated if !is_generated(password.as_bytes()) => Err(WrongClass),
            Self::Generated | Self::Chosen | Self::Shared => Ok(()),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::Chosen => "chosen",
            Self::Shared => "shared",
        }
    }
}

impl fmt::Display for PasswordClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PasswordClass {
    type Err = UnknownClass;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Generated, Self::Chosen, Self::Shared]
            .into_iter()
            .find(|class| class.name() == text)
            .ok_or(UnknownClass { expected: "`generated`, `chosen` or `shared`" })
    }
}

/// How the control passwords of a Production Template were made; never shared.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new class is a new derivation version")]
pub enum ControlClass {
    /// Made by a machine, as [`PasswordClass::Generated`].
    #[default]
    Generated,
    /// A person's choice for one Thing, as [`PasswordClass::Chosen`].
    Chosen,
}

impl ControlClass {
    /// The same class among all classes.
    #[must_use]
    pub const fn class(self) -> PasswordClass {
        match self {
            Self::Generated => PasswordClass::Generated,
            Self::Chosen => PasswordClass::Chosen,
        }
    }
}

impl fmt::Display for ControlClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.class().fmt(f)
    }
}

impl FromStr for ControlClass {
    type Err = UnknownClass;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Generated, Self::Chosen]
            .into_iter()
            .find(|class| class.class().name() == text)
            .ok_or(UnknownClass { expected: "`generated` or `chosen`" })
    }
}

/// A password is not of the class that its template asks for.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error(
    "the password is not of class generated: expected the hex or base64 text of 16, 20, 24 or 32 \
     random bytes"
)]
#[non_exhaustive]
pub struct WrongClass;

/// A text names no password class.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("unknown password class: expected {expected}")]
pub struct UnknownClass {
    expected: &'static str,
}

/// Decodes the first text into the second buffer and says how many bytes it came to.
type Decode = fn(&[u8], &mut [u8]) -> Option<usize>;

fn is_generated(text: &[u8]) -> bool {
    let mut buffer = Zeroizing::new([0; LONGEST_GENERATED]);
    let decoders: [Decode; 5] = [
        |text, buffer| base16ct::mixed::decode(text, buffer).ok().map(<[u8]>::len),
        |text, buffer| Base64::decode(text, buffer).ok().map(<[u8]>::len),
        |text, buffer| Base64Unpadded::decode(text, buffer).ok().map(<[u8]>::len),
        |text, buffer| Base64Url::decode(text, buffer).ok().map(<[u8]>::len),
        |text, buffer| Base64UrlUnpadded::decode(text, buffer).ok().map(<[u8]>::len),
    ];
    decoders
        .into_iter()
        .any(|decode| matches!(decode(text, &mut buffer[..]), Some(16 | 20 | 24 | 32)))
}

/// The longest text of class generated: 32 bytes in hex.
const LONGEST_GENERATED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn is_of_class(class: PasswordClass, text: &str) -> bool {
        class.check(PasswordText::of_checked(text.as_bytes())).is_ok()
    }

    #[test]
    fn hex_of_16_20_24_or_32_bytes_is_generated_in_either_case() {
        for len in 1..=40 {
            let expected = matches!(len, 16 | 20 | 24 | 32);
            // The base64 reading of these digits never ends on a whole byte of its own.
            assert_eq!(is_of_class(PasswordClass::Generated, &"f0".repeat(len)), expected);
            assert_eq!(is_of_class(PasswordClass::Generated, &"F0".repeat(len)), expected);
        }
    }

    #[test]
    fn base64_of_16_20_24_or_32_bytes_is_generated_in_either_alphabet_padded_or_not() {
        for len in 1..=40 {
            let bytes = vec![0xfb; len];
            let expected = matches!(len, 16 | 20 | 24 | 32);
            for text in [
                Base64::encode_string(&bytes),
                Base64Unpadded::encode_string(&bytes),
                Base64Url::encode_string(&bytes),
                Base64UrlUnpadded::encode_string(&bytes),
            ] {
                assert_eq!(is_of_class(PasswordClass::Generated, &text), expected, "{text}");
            }
        }
    }

    #[test]
    fn two_base64_alphabets_in_one_text_are_not_generated() {
        assert!(!is_of_class(PasswordClass::Generated, "gTygYqudCQ-gY80EK29+tw"));
    }

    #[test]
    fn base64_with_bits_beyond_its_last_byte_is_not_generated() {
        assert!(is_of_class(PasswordClass::Generated, "gTygYqudCQ-gY80EK29_tw"));
        assert!(!is_of_class(PasswordClass::Generated, "gTygYqudCQ-gY80EK29_tx"));
    }

    #[test]
    fn a_sentence_is_chosen_or_shared_but_not_generated() {
        assert!(!is_of_class(PasswordClass::Generated, "correct horse battery staple"));
        assert!(is_of_class(PasswordClass::Chosen, "correct horse battery staple"));
        assert!(is_of_class(PasswordClass::Shared, "correct horse battery staple"));
    }

    #[test]
    fn a_class_is_read_back_from_its_text() {
        for class in [PasswordClass::Generated, PasswordClass::Chosen, PasswordClass::Shared] {
            assert_eq!(class.to_string().parse(), Ok(class));
        }
        assert!("Generated".parse::<PasswordClass>().is_err());
    }

    #[test]
    fn a_control_password_is_never_shared() {
        assert!("shared".parse::<ControlClass>().is_err());
    }
}
