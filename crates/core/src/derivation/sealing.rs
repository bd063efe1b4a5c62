//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), with nothing left behind.

use chacha20poly1305::aead::Error;
use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use zeroize::Zeroize;

use super::seal_key::SealKey;
use super::sealed_key::SealNonce;

pub(super) const TAG_LEN: usize = 16;

/// Seals a secret into `ciphertext`, which is as long, bound to what it is. Its tag.
///
/// # Errors
/// For messages of gigabytes only.
pub(super) fn seal_into(
    ciphertext: &mut [u8],
    seal: &SealKey,
    nonce: &[u8; SealNonce::LEN],
    bound_to: &[u8],
    secret: &[u8],
) -> Result<[u8; TAG_LEN], Error> {
    leaving_nothing(|| {
        let buffer = InOutBuf::new(secret, ciphertext).map_err(|_| Error)?;
        let tag = cipher(seal).encrypt_inout_detached(nonce.into(), bound_to, buffer)?;
        Ok(tag.into())
    })
}

/// Opens a secret into its place, which is as long.
///
/// # Errors
/// Under another key, bound to something else, or when a bit changed. Its place holds nothing then.
pub(super) fn open_into(
    secret: &mut [u8],
    seal: &SealKey,
    nonce: &[u8; SealNonce::LEN],
    bound_to: &[u8],
    (ciphertext, tag): (&[u8], &[u8; TAG_LEN]),
) -> Result<(), Error> {
    leaving_nothing(|| {
        let buffer = InOutBuf::new(ciphertext, secret).map_err(|_| Error)?;
        cipher(seal).decrypt_inout_detached(nonce.into(), bound_to, buffer, tag.into())
    })
}

fn cipher(seal: &SealKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(seal.secret().expose().into())
}

/// Does work that keeps secrets in arrays of its own, and overwrites the stack where they lay.
fn leaving_nothing<T>(work: impl FnOnce() -> T) -> T {
    let done = below(work);
    overwrite_below();
    done
}

/// Not inlined, so that what the work keeps lies below the caller.
#[inline(never)]
fn below<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Not inlined, so that it lies where that lay; it reaches further.
#[inline(never)]
fn overwrite_below() {
    let mut room = [0_u8; 8192];
    room.as_mut_slice().zeroize();
    std::hint::black_box(&room);
}
