//! The password that a device connects with.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::{Secret, SecretText};

/// 24 derived bytes, written as 32 characters of `A-Z a-z 0-9 - _` (URL-safe base64 of RFC 4648,
/// section 5, without padding).
///
/// It lies in one place from the start, so that moving it leaves no copy behind, is wiped when
/// dropped, never shown, and has no `PartialEq`: a store holds a verifier of it and
/// [`AuthKey`](crate::derivation::AuthKey) compares in constant time.
pub struct ConnectionPassword(Box<Secret<{ ConnectionPassword::LEN }>>);

impl ConnectionPassword {
    /// The bytes behind the text.
    pub const LEN: usize = 24;
    /// The characters of the text.
    pub const TEXT_LEN: usize = 32;

    /// Reads the text that a device presents.
    ///
    /// # Errors
    /// [`InvalidConnectionPassword`] when it is not 32 characters of the alphabet; it never repeats
    /// the text.
    pub fn parse(text: &str) -> Result<Self, InvalidConnectionPassword> {
        if text.len() != Self::TEXT_LEN {
            return Err(InvalidConnectionPassword::WrongLength { found: text.len() });
        }
        let decoded = Secret::try_boxed(|bytes| Base64UrlUnpadded::decode(text, bytes).map(drop));
        decoded.map(Self).map_err(|_| InvalidConnectionPassword::WrongAlphabet)
    }

    /// The 32 characters that a device is told.
    #[must_use]
    pub fn expose_text(&self) -> SecretText {
        SecretText::new(Zeroizing::new(Base64UrlUnpadded::encode_string(self.0.expose())))
    }

    /// Whether both are the same; constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.matches(&other.0)
    }

    /// The one that begins a mac.
    pub(crate) fn of_derived(mac: &Secret<32>) -> Self {
        Self(Secret::boxed(|bytes| {
            bytes.iter_mut().zip(mac.expose()).for_each(|(to, from)| *to = *from);
        }))
    }

    /// The bytes behind the text, for an auditor's tool.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8; Self::LEN] {
        self.0.expose()
    }
}

impl fmt::Debug for ConnectionPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionPassword(..)")
    }
}

/// Why a text is not a connection password. It never repeats the text.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidConnectionPassword {
    /// It does not have 32 characters.
    #[error("the connection password is {found} bytes long: expected 32")]
    WrongLength {
        /// How many bytes were given.
        found: usize,
    },
    /// A character is not of the alphabet.
    #[error("the connection password has a character other than A-Z, a-z, 0-9, - and _")]
    WrongAlphabet,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";

    #[test]
    fn a_connection_password_is_read_back_from_its_text() {
        let password = ConnectionPassword::parse(TEXT).unwrap();
        assert_eq!(&*password.expose_text(), TEXT);
    }

    #[test]
    fn a_connection_password_has_32_characters() {
        for text in [TEXT.trim_start_matches('w'), "", &format!("{TEXT}A"), &format!("{TEXT}=")] {
            assert_eq!(
                ConnectionPassword::parse(text).unwrap_err(),
                InvalidConnectionPassword::WrongLength { found: text.len() }
            );
        }
    }

    #[test]
    fn the_other_base64_alphabet_is_refused() {
        let text = TEXT.replace('_', "/");
        assert_eq!(
            ConnectionPassword::parse(&text).unwrap_err(),
            InvalidConnectionPassword::WrongAlphabet
        );
    }
}
