//! The root key and what hangs directly on it.

use std::fmt;

use plugmint_mac::MacKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::secret::{Secret, SecretText};

use super::mac::{mac_into, msg};

/// 32 random bytes, held outside the store, on which everything else hangs.
///
/// It is wiped when dropped and never shown.
pub struct RootKey(Box<Secret<32>>);

impl RootKey {
    /// Reads 64 hex digits, of either case.
    ///
    /// # Errors
    /// [`InvalidRootKey`] for anything else; it never repeats the text.
    pub fn parse(text: &str) -> Result<Self, InvalidRootKey> {
        if text.len() != 64 {
            return Err(InvalidRootKey::WrongLength { found: text.len() });
        }
        let decoded = Secret::try_boxed(|key| base16ct::mixed::decode(text, key).map(drop));
        decoded.map(Self).map_err(|_| InvalidRootKey::NotHex)
    }

    /// The key made of these random bytes; zeros are left where they were.
    #[must_use]
    pub fn from_random(bytes: &mut [u8; 32]) -> Self {
        Self(Secret::take(bytes))
    }

    /// The 64 lower-case hex digits that a key file holds.
    #[must_use]
    pub fn expose_text(&self) -> SecretText {
        SecretText::new(Zeroizing::new(base16ct::lower::encode_string(self.0.expose())))
    }

    /// What hangs on this root by a label: what a key service answers.
    #[must_use]
    pub fn mac(&self, label: RootLabel) -> RootMac {
        let key = MacKey::new(self.0.expose());
        RootMac(Secret::boxed(|mac| mac_into(&key, mac, label.text(), &[])))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(..)")
    }
}

/// Why a text is not a root key. It never repeats the text.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidRootKey {
    /// There are not exactly 64 digits.
    #[error("the root key is {found} bytes long: expected 64 hex digits")]
    WrongLength {
        /// How many bytes were given.
        found: usize,
    },
    /// A character is no hex digit.
    #[error("the root key has a character that is no hex digit: expected 64 of 0-9 and a-f")]
    NotHex,
}

/// By which label something hangs on the root key.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RootLabel {
    /// `plugmint/v1/enroll`: template keys.
    Enroll,
    /// `plugmint/v1/auth`: verifiers of connection passwords.
    Auth,
    /// `plugmint/v1/seal`: what must be kept and read back.
    Seal,
    /// `plugmint/v1/record`: tags of stored records.
    Record,
    /// `plugmint/v1/token`: factory tokens.
    Token,
    /// `plugmint/v1/key-check`: what tells whether a store belongs to a root key.
    KeyCheck,
}

impl RootLabel {
    /// The message that is authenticated under the root key: `msg(label)`, the label behind its
    /// length as four bytes, big-endian.
    #[must_use]
    pub fn message(self) -> Vec<u8> {
        msg(self.text(), &[])
    }

    /// Which label's a message is: what a key service asks before it answers.
    #[must_use]
    pub fn of_message(message: &[u8]) -> Option<Self> {
        LABELS.into_iter().find(|label| label.message() == message)
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Enroll => "plugmint/v1/enroll",
            Self::Auth => "plugmint/v1/auth",
            Self::Seal => "plugmint/v1/seal",
            Self::Record => "plugmint/v1/record",
            Self::Token => "plugmint/v1/token",
            Self::KeyCheck => "plugmint/v1/key-check",
        }
    }
}

/// `HMAC-SHA256(root, msg(label))`: a key of the platform, and all that ever leaves the place where
/// the root is held.
///
/// It stays where it is when it moves through futures, which leave behind what they held.
pub struct RootMac(Box<Secret<32>>);

impl RootMac {
    /// The value that a key service answered for [`RootLabel::message`]; zeros are left where it
    /// was.
    #[must_use]
    pub fn from_service(bytes: &mut [u8; 32]) -> Self {
        Self(Secret::take(bytes))
    }

    /// The value, for what is keyed with it outside the core.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// Whether both are the same; constant time. Of one root key, two labels' never are.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.matches(&other.0)
    }

    pub(crate) const fn secret(&self) -> &Secret<32> {
        &self.0
    }

    /// The value as a store keeps it, when its label is [`RootLabel::KeyCheck`].
    #[must_use]
    pub fn into_key_check(self) -> KeyCheck {
        // Copied, not moved: what moves out of a box is left in it.
        KeyCheck(Secret::clone(&self.0))
    }
}

impl fmt::Debug for RootMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootMac(..)")
    }
}

/// What a store keeps of each root key, to tell at once that another one is offered.
pub struct KeyCheck(Secret<32>);

impl KeyCheck {
    /// Its canonical bytes; the version of its key is the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(CHECK_VERSION);
        encoder.fixed(self.0.expose());
        encoder.finish()
    }

    /// A check from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`KeyCheck::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("key check", CHECK_VERSION, bytes)?;
        let check = Self(Secret::new(decoder.fixed("check")?));
        decoder.finish()?;
        Ok(check)
    }

    /// Whether both come from the same root key; constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.matches(&other.0)
    }
}

impl fmt::Debug for KeyCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyCheck(..)")
    }
}

const CHECK_VERSION: u8 = 1;

/// Every label.
const LABELS: [RootLabel; 6] = [
    RootLabel::Enroll,
    RootLabel::Auth,
    RootLabel::Seal,
    RootLabel::Record,
    RootLabel::Token,
    RootLabel::KeyCheck,
];

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn a_root_key_is_read_back_from_its_text() {
        assert_eq!(&*RootKey::parse(TEXT).unwrap().expose_text(), TEXT);
        assert_eq!(&*RootKey::parse(&TEXT.to_uppercase()).unwrap().expose_text(), TEXT);
    }

    #[test]
    fn a_root_key_has_64_hex_digits() {
        assert_eq!(
            RootKey::parse(TEXT.trim_end_matches('f')).unwrap_err(),
            InvalidRootKey::WrongLength { found: 63 }
        );
        assert_eq!(RootKey::parse(&TEXT.replace("1f", "1g")).unwrap_err(), InvalidRootKey::NotHex);
    }

    #[test]
    fn every_label_gives_another_key() {
        let root = RootKey::parse(TEXT).unwrap();
        for (at, a) in LABELS.iter().enumerate() {
            for b in &LABELS[at + 1..] {
                assert!(!root.mac(*a).secret().matches(root.mac(*b).secret()), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_label_is_known_by_its_message_and_by_nothing_else() {
        for label in LABELS {
            let mut message = label.message();
            assert_eq!(RootLabel::of_message(&message), Some(label));
            message.push(0);
            assert_eq!(RootLabel::of_message(&message), None);
        }
        assert_eq!(RootLabel::of_message(b"plugmint/v1/auth"), None);
    }

    #[test]
    fn a_key_service_that_macs_the_message_gives_the_same_key() {
        use hmac::{Hmac, KeyInit, Mac};
        let mut service =
            Hmac::<sha2::Sha256>::new_from_slice(RootKey::parse(TEXT).unwrap().0.expose()).unwrap();
        service.update(&RootLabel::Auth.message());
        let answer = RootMac::from_service(&mut service.finalize().into_bytes().into());
        assert!(
            answer.secret().matches(RootKey::parse(TEXT).unwrap().mac(RootLabel::Auth).secret())
        );
    }

    #[test]
    fn another_root_key_has_another_check() {
        let check = |text| RootKey::parse(text).unwrap().mac(RootLabel::KeyCheck).into_key_check();
        assert!(check(TEXT).matches(&KeyCheck::decode(&check(TEXT).encode()).unwrap()));
        assert!(!check(TEXT).matches(&check(&TEXT.replace("1f", "1e"))));
    }

    #[test]
    fn a_key_under_the_root_key_is_the_mac_of_its_message() {
        use hmac::{Hmac, KeyInit, Mac};
        let root: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        for label in LABELS {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&root).unwrap();
            mac.update(&label.message());
            let expected: [u8; 32] = mac.finalize().into_bytes().into();
            assert_eq!(RootKey::parse(TEXT).unwrap().mac(label).expose_bytes(), &expected);
        }
    }
}
