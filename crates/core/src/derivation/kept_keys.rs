//! What is kept of an older key version: sealed, so that its root can be destroyed.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::KeyVersion;
use crate::codec::{Decoder, Encoder, InvalidRecord};

use super::mac::msg;
use super::minting_keys::MintingRoots;
use super::root_key::RootMac;
use super::seal_key::SealKey;
use super::sealed_key::SealNonce;
use super::sealing::{open_into, seal_into};

/// `enroll_root` and `auth_root` of an older version under XChaCha20-Poly1305 and the `seal_root`
/// of a newer one, bound to the version that they are of.
///
/// Nobody can compute them again once their root is destroyed, and every serial of that version
/// hangs on them.
#[derive(Clone)]
pub struct KeptKeys {
    sealed_under: KeyVersion,
    nonce: [u8; SealNonce::LEN],
    ciphertext: [u8; ROOTS_LEN],
    tag: [u8; 16],
}

impl KeptKeys {
    /// Seals the roots of version `of` under the seal key of version `sealed_under`.
    ///
    /// # Errors
    /// [`UnsealableKeptKeys`], which the cipher gives for messages of gigabytes only.
    pub fn seal(
        sealed_under: KeyVersion,
        seal: &SealKey,
        nonce: SealNonce,
        of: KeyVersion,
        roots: &MintingRoots,
    ) -> Result<Self, UnsealableKeptKeys> {
        let mut both = Zeroizing::new([0; ROOTS_LEN]);
        let bytes = roots.enroll.expose_bytes().iter().chain(roots.auth.expose_bytes());
        both.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        let mut ciphertext = [0; ROOTS_LEN];
        let tag = seal_into(&mut ciphertext, seal, &nonce.bytes(), &bound_to(of), &both[..])
            .map_err(|_| UnsealableKeptKeys)?;
        Ok(Self { sealed_under, nonce: nonce.bytes(), ciphertext, tag })
    }

    /// Opens them again, as those of version `of`.
    ///
    /// # Errors
    /// [`UnsealableKeptKeys`] under another key, for another version, or when a bit changed.
    pub fn open(&self, seal: &SealKey, of: KeyVersion) -> Result<MintingRoots, UnsealableKeptKeys> {
        let mut both = Zeroizing::new([0; ROOTS_LEN]);
        let sealed = (&self.ciphertext[..], &self.tag);
        open_into(&mut both[..], seal, &self.nonce, &bound_to(of), sealed)
            .map_err(|_| UnsealableKeptKeys)?;
        let (halves, _) = both.as_chunks_mut::<32>();
        match halves {
            [enroll, auth] => Ok(MintingRoots {
                enroll: RootMac::from_service(enroll),
                auth: RootMac::from_service(auth),
            }),
            // There are two halves of 32 bytes in 64.
            _ => Err(UnsealableKeptKeys),
        }
    }

    /// Which version's seal key opens them.
    #[must_use]
    pub const fn sealed_under(&self) -> KeyVersion {
        self.sealed_under
    }

    /// Their canonical bytes; the version that they are of is the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.u32(self.sealed_under.number());
        encoder.fixed(&self.nonce);
        encoder.fixed(&self.ciphertext);
        encoder.fixed(&self.tag);
        encoder.finish()
    }

    /// Kept keys from their canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`KeptKeys::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("kept keys", VERSION, bytes)?;
        let kept = Self {
            sealed_under: decoder.key_version()?,
            nonce: decoder.fixed("nonce")?,
            ciphertext: decoder.fixed("roots")?,
            tag: decoder.fixed("tag")?,
        };
        decoder.finish()?;
        Ok(kept)
    }
}

impl fmt::Debug for KeptKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptKeys").field("sealed_under", &self.sealed_under).finish_non_exhaustive()
    }
}

/// Kept keys do not open: another key, another version, or changed bytes.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("the kept keys do not open: they are another version's, another key's, or changed")]
#[non_exhaustive]
pub struct UnsealableKeptKeys;

fn bound_to(of: KeyVersion) -> Vec<u8> {
    msg("plugmint/v1/kept-keys", &[&of.number().to_be_bytes()])
}

const ROOTS_LEN: usize = 64;

const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derivation::{MintingKeys, PlatformKeys, RootKey, RootLabel};
    use crate::{ConnectionPassword, PlugId};

    fn root(digit: &str) -> RootKey {
        RootKey::parse(&digit.repeat(64)).unwrap()
    }

    fn version(number: u32) -> KeyVersion {
        KeyVersion::new(number).unwrap()
    }

    fn roots(root: &RootKey) -> MintingRoots {
        MintingRoots { enroll: root.mac(RootLabel::Enroll), auth: root.mac(RootLabel::Auth) }
    }

    /// Version 1 under version 2.
    fn kept() -> KeptKeys {
        let (seal, nonce) = (PlatformKeys::of_root(&root("2")), SealNonce::from_random([5; 24]));
        KeptKeys::seal(version(2), seal.seal(), nonce, version(1), &roots(&root("1"))).unwrap()
    }

    fn opened(kept: &KeptKeys, digit: &str, of: u32) -> Result<MintingRoots, UnsealableKeptKeys> {
        kept.open(PlatformKeys::of_root(&root(digit)).seal(), version(of))
    }

    #[test]
    fn kept_keys_mint_and_verify_as_their_root_did() {
        let minting = MintingKeys::new(&opened(&kept(), "2", 1).unwrap());
        let platform = PlatformKeys::of_root(&root("1"));
        let template = crate::TemplateId::from_parts([3; 12]);
        let proof = |key: crate::derivation::TemplateKey| {
            let serial = "SN-1".parse().unwrap();
            *key.source_mark(&serial, b"somewhere").as_bytes()
        };
        assert_eq!(proof(minting.template_key(&template)), proof(platform.template_key(&template)));
        let plug_id = PlugId::parse("dev-5df33c34404ac04370e5c60e").unwrap();
        let password = ConnectionPassword::parse("wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn").unwrap();
        let expected = platform.auth().verifier(&plug_id, &password);
        assert!(minting.auth().verifier(&plug_id, &password).matches(&expected));
    }

    #[test]
    fn kept_keys_are_bound_to_their_version_and_their_seal() {
        assert!(opened(&kept(), "2", 1).is_ok());
        assert_eq!(opened(&kept(), "2", 2).unwrap_err(), UnsealableKeptKeys);
        assert_eq!(opened(&kept(), "1", 1).unwrap_err(), UnsealableKeptKeys);
    }

    #[test]
    fn kept_keys_with_any_changed_bit_do_not_open() {
        let bytes = kept().encode();
        // Behind the record's version and that of its seal, before the number of extensions.
        for bit in 8 * 5..8 * (bytes.len() - 2) {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = KeptKeys::decode(&changed).unwrap();
            assert!(opened(&changed, "2", 1).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn kept_keys_have_one_encoding() {
        let bytes = kept().encode();
        assert_eq!(bytes.len(), 1 + 4 + 24 + 64 + 16 + 2);
        let decoded = KeptKeys::decode(&bytes).unwrap();
        assert_eq!((decoded.encode(), decoded.sealed_under()), (bytes.clone(), version(2)));
        for len in 0..bytes.len() {
            assert!(KeptKeys::decode(&bytes[..len]).is_err(), "{len} bytes");
        }
        assert!(KeptKeys::decode(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn neither_root_is_in_what_is_kept_nor_in_what_is_shown() {
        let (kept, roots) = (kept(), roots(&root("1")));
        for secret in [roots.enroll.expose_bytes(), roots.auth.expose_bytes()] {
            assert!(!kept.encode().windows(8).any(|part| part == &secret[..8]));
        }
        assert_eq!(format!("{kept:?}"), "KeptKeys { sealed_under: KeyVersion(2), .. }");
    }
}
