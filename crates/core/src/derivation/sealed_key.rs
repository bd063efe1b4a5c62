//! An enroll key that is kept: sealed, so that an operator can enroll a device without its
//! password.

use std::fmt;

use thiserror::Error;

use crate::secret::Secret;
use crate::{KeyVersion, SerialId};

use super::enroll_key::EnrollKey;
use super::mac::msg;
use super::seal_key::SealKey;
use super::sealing::{open_into, seal_into};

/// 24 random bytes, used for one seal and never again.
#[derive(Clone, Copy)]
pub struct SealNonce([u8; SealNonce::LEN]);

impl SealNonce {
    /// How many random bytes it takes.
    pub const LEN: usize = 24;

    /// The nonce made of these random bytes.
    #[must_use]
    pub const fn from_random(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(self) -> [u8; Self::LEN] {
        self.0
    }
}

impl fmt::Debug for SealNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealNonce(..)")
    }
}

/// An `enroll_key` under XChaCha20-Poly1305 and `seal_root`, bound to its template and serial.
///
/// It exists only where the template allows operator enrollment, and is erased on activation.
#[derive(Clone)]
pub struct SealedKey {
    key_version: KeyVersion,
    nonce: [u8; SealNonce::LEN],
    ciphertext: [u8; 32],
    tag: [u8; 16],
}

impl SealedKey {
    /// How many bytes nonce, ciphertext and tag are together.
    pub const LEN: usize = SealNonce::LEN + 32 + 16;

    /// Seals an enroll key.
    ///
    /// # Errors
    /// [`Unsealable`], which the cipher gives for messages of gigabytes only.
    pub fn seal(
        key_version: KeyVersion,
        seal: &SealKey,
        nonce: SealNonce,
        id: &SerialId,
        enroll_key: &EnrollKey,
    ) -> Result<Self, Unsealable> {
        let mut ciphertext = [0; 32];
        let secret = enroll_key.secret().expose();
        let tag = seal_into(&mut ciphertext, seal, &nonce.0, &bound_to(id), secret)
            .map_err(|_| Unsealable)?;
        Ok(Self { key_version, nonce: nonce.0, ciphertext, tag })
    }

    /// Opens it again. The caller checks the key's verifier against the record.
    ///
    /// # Errors
    /// [`Unsealable`] under another key, for another template or serial, or when a bit changed.
    pub fn open(&self, seal: &SealKey, id: &SerialId) -> Result<EnrollKey, Unsealable> {
        let mut key = Box::new(Secret::zeros());
        let sealed = (&self.ciphertext[..], &self.tag);
        open_into(key.bytes_mut(), seal, &self.nonce, &bound_to(id), sealed)
            .map_err(|_| Unsealable)?;
        Ok(EnrollKey::new(key))
    }

    /// Which root key it hangs on.
    #[must_use]
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }

    /// Nonce, ciphertext and tag, as a record holds them.
    pub(crate) fn to_parts(&self) -> ([u8; SealNonce::LEN], [u8; 32], [u8; 16]) {
        (self.nonce, self.ciphertext, self.tag)
    }

    pub(crate) const fn from_parts(
        key_version: KeyVersion,
        (nonce, ciphertext, tag): ([u8; SealNonce::LEN], [u8; 32], [u8; 16]),
    ) -> Self {
        Self { key_version, nonce, ciphertext, tag }
    }
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedKey").field("key_version", &self.key_version).finish_non_exhaustive()
    }
}

/// A sealed key does not open: another key, another serial, or changed bytes.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("the sealed enroll key does not open: it is another serial's, another key's, or changed")]
#[non_exhaustive]
pub struct Unsealable;

fn bound_to(id: &SerialId) -> Vec<u8> {
    msg("plugmint/v1/sealed-enroll-key", &[id.template().body(), id.serial().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derivation::{PasswordText, PlatformKeys, RootKey, StretchMemory};
    use crate::{Argon2Cost, PasswordClass, SerialNumber, TemplateId};

    fn keys(digit: &str) -> PlatformKeys {
        PlatformKeys::of_root(&RootKey::parse(&digit.repeat(64)).unwrap())
    }

    fn id(template: u8, serial: &str) -> SerialId {
        SerialId::new(TemplateId::from_parts([template; 12]), SerialNumber::parse(serial).unwrap())
    }

    fn enroll_key(id: &SerialId) -> EnrollKey {
        let text = PasswordText::of_checked(b"mWz8yS3kQ0a1-Vt5xJrLpA");
        let stretched = PasswordClass::Generated
            .stretching(Argon2Cost::DEFAULT, id, text)
            .run(&mut StretchMemory::new())
            .unwrap();
        keys("1").template_key(id.template()).enroll_key(id.serial(), &stretched)
    }

    fn sealed() -> (SerialId, SealedKey) {
        let id = id(3, "SN-1");
        let nonce = SealNonce::from_random([5; 24]);
        let keys = keys("1");
        let sealed = SealedKey::seal(KeyVersion::FIRST, keys.seal(), nonce, &id, &enroll_key(&id));
        (id, sealed.unwrap())
    }

    #[test]
    fn a_sealed_key_opens_to_the_same_key() {
        let (id, sealed) = sealed();
        let opened = sealed.open(keys("1").seal(), &id).unwrap();
        assert!(opened.verifier().matches(&enroll_key(&id).verifier()));
    }

    #[test]
    fn a_sealed_key_is_bound_to_its_root_template_and_serial() {
        let (of_this, sealed) = sealed();
        assert!(sealed.open(keys("2").seal(), &of_this).is_err());
        assert!(sealed.open(keys("1").seal(), &id(4, "SN-1")).is_err());
        assert!(sealed.open(keys("1").seal(), &id(3, "SN-2")).is_err());
    }

    #[test]
    fn a_sealed_key_with_any_changed_bit_does_not_open() {
        let (id, sealed) = sealed();
        let open =
            |parts| SealedKey::from_parts(KeyVersion::FIRST, parts).open(keys("1").seal(), &id);
        assert!(open(sealed.to_parts()).is_ok());
        for bit in 0..8 * SealedKey::LEN {
            let (mut nonce, mut ciphertext, mut tag) = sealed.to_parts();
            let mut bytes = nonce.iter_mut().chain(&mut ciphertext).chain(&mut tag);
            *bytes.nth(bit / 8).unwrap() ^= 1 << (bit % 8);
            assert!(open((nonce, ciphertext, tag)).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_sealed_key_has_72_bytes() {
        assert_eq!(SealedKey::LEN, 24 + 32 + 16);
    }
}
