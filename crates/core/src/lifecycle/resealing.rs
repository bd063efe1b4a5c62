//! A sealed key under another seal: no verb, since nothing of the serial changes.

use crate::derivation::{SealKey, SealNonce, SealedKey, Unsealable};
use crate::{KeyVersion, SerialId};

use super::{SerialRecord, Stage};

impl SerialRecord {
    /// The enroll key for operators, in a stage that has one.
    #[must_use]
    pub const fn sealed_key(&self) -> Option<&SealedKey> {
        match &self.stage {
            Stage::Registered(registered) => registered.sealed_key(),
            Stage::Enrolled(enrolled) => enrolled.sealed_key(),
            Stage::Activated(_) | Stage::Retired(_) => None,
        }
    }

    /// The same record with its sealed key opened with `from` and sealed under `to`, which is of
    /// version `sealed_under`. The serial stays under its own version: no stage, epoch or event
    /// comes of it. A record without a sealed key stays as it is.
    ///
    /// # Errors
    /// [`Unsealable`] when it does not open, or opens to another key than the serial's.
    pub fn resealed(
        mut self,
        id: &SerialId,
        from: &SealKey,
        sealed_under: KeyVersion,
        to: &SealKey,
        nonce: SealNonce,
    ) -> Result<Self, Unsealable> {
        let (registration, sealed_key) = match &mut self.stage {
            Stage::Registered(registered) => (&registered.registration, &mut registered.sealed_key),
            Stage::Enrolled(enrolled) => (&enrolled.registration, &mut enrolled.sealed_key),
            Stage::Activated(_) | Stage::Retired(_) => return Ok(self),
        };
        if let Some(sealed) = sealed_key {
            let key = sealed.open(from, id)?;
            if !key.verifier().matches(registration.enroll_verifier()) {
                return Err(Unsealable);
            }
            *sealed = SealedKey::seal(sealed_under, to, nonce, id, &key)?;
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derivation::{EnrollKey, PasswordText, PlatformKeys, RootKey, StretchMemory};
    use crate::lifecycle::{Registered, Registration};
    use crate::{Argon2Cost, Author, PasswordClass, TemplateId, UnixMillis};

    fn keys(digit: &str) -> PlatformKeys {
        PlatformKeys::of_root(&RootKey::parse(&digit.repeat(64)).unwrap())
    }

    fn id() -> SerialId {
        SerialId::new(TemplateId::from_parts([3; 12]), "SN-1".parse().unwrap())
    }

    fn enroll_key(password: &[u8]) -> EnrollKey {
        let stretched = PasswordClass::Generated
            .stretching(Argon2Cost::DEFAULT, &id(), PasswordText::of_checked(password))
            .run(&mut StretchMemory::new())
            .unwrap();
        keys("1").template_key(id().template()).enroll_key(id().serial(), &stretched)
    }

    /// A serial with one password, and that key sealed under version 1.
    fn record(key: &EnrollKey, sealed: &EnrollKey) -> SerialRecord {
        let nonce = SealNonce::from_random([5; 24]);
        let seal = keys("1");
        let sealed = SealedKey::seal(KeyVersion::FIRST, seal.seal(), nonce, &id(), sealed);
        let registration =
            Registration::new(KeyVersion::FIRST, key.verifier(), None, UnixMillis::new(1));
        let registered = Registered::new(registration, Some(sealed.unwrap()));
        SerialRecord::register(&id(), registered, Author::Device).record().clone()
    }

    fn resealed(record: SerialRecord, from: &str) -> Result<SerialRecord, Unsealable> {
        let (two, nonce) = (KeyVersion::new(2).unwrap(), SealNonce::from_random([6; 24]));
        record.resealed(&id(), keys(from).seal(), two, keys("2").seal(), nonce)
    }

    #[test]
    fn a_resealed_key_is_the_same_key_under_another_seal() {
        let key = enroll_key(b"mWz8yS3kQ0a1-Vt5xJrLpA");
        let before = record(&key, &key);
        let after = resealed(before.clone(), "1").unwrap();
        let sealed = after.sealed_key().unwrap();
        assert_eq!(sealed.key_version().number(), 2);
        let opened = sealed.open(keys("2").seal(), &id()).unwrap();
        assert!(opened.verifier().matches(&key.verifier()));
        assert_eq!(after.head(), before.head());
        let registration = after.stage().registration().unwrap();
        assert_eq!(registration.key_version(), KeyVersion::FIRST);
    }

    #[test]
    fn a_key_that_does_not_open_or_is_not_the_serials_is_not_resealed() {
        let (key, other) =
            (enroll_key(b"mWz8yS3kQ0a1-Vt5xJrLpA"), enroll_key(b"mWz8yS3kQ0a1-Vt5xJrLpQ"));
        assert!(resealed(record(&key, &key), "2").is_err());
        assert!(resealed(record(&key, &other), "1").is_err());
    }
}
