//! What memcheck must see: if one of these is not reported, the silence of the paths means nothing.

use std::hint::black_box;

use plugmint_core::derivation::AuthVerifier;
use subtle::ConstantTimeEq;

use crate::cases::Case;
use crate::memcheck::secret;
use crate::scene::{Presented, stretched};
use crate::verdict::Compared::{Secrets, Texts, Untold};
use crate::verdict::{published, withheld};

pub(crate) const CASES: &[Case] = &[
    Case::leak("leak/early-exit", early_exit),
    Case::leak("leak/index", index),
    Case::leak("leak/branch-on-a-bit", branch_on_a_bit),
    Case::leak("leak/verifier-compared-with-equals", verifier_compared_with_equals),
    Case::leak("leak/verdict-on-each-byte", verdict_on_each_byte),
    Case::leak("leak/verdict-on-each-word", verdict_on_each_word),
    Case::leak("leak/verdict-on-each-half", verdict_on_each_half),
    Case::leak("leak/withheld-verdict", withheld_verdict),
    Case::leak("leak/verdict-with-nobodys", verdict_with_nobodys),
    Case::leak("leak/overlap-looked-at-second", overlap_looked_at_second),
];

/// A comparison that ends at the first difference.
fn early_exit() {
    let (a, b) = (secret([7_u8; 32]), secret([7_u8; 32]));
    for (a, b) in a.iter().zip(&b) {
        if black_box(*a) != *b {
            return;
        }
    }
}

/// A table, looked up with a byte of a stretched password.
fn index() {
    let table = [0x63_u8; 256];
    let stretched = stretched("mWz8yS3kQ0a1-Vt5xJrLpA");
    black_box(black_box(&table)[usize::from(stretched.expose_bytes()[0])]);
}

/// A branch on one bit of a stretched password.
fn branch_on_a_bit() {
    let stretched = stretched("mWz8yS3kQ0a1-Vt5xJrLpA");
    if stretched.expose_bytes()[31] & 1 == 1 {
        black_box(&stretched);
    }
}

/// `==` in place of `matches`, at the end of the whole derivation.
fn verifier_compared_with_equals() {
    let (a, b) = (Presented::Right.enroll_key(), Presented::Wrong.enroll_key());
    if a.verifier().expose_bytes() == b.verifier().expose_bytes() {
        black_box(&a);
    }
}

/// `subtle` used so that it ends at the first difference.
fn verdict_on_each_byte() {
    let (a, b) = (secret([7_u8; 32]), secret([7_u8; 32]));
    published(&[Texts(31)], || {
        black_box(a.iter().zip(&b).all(|(a, b)| bool::from(a.ct_eq(b))));
    });
}

/// The same with words, in place of one comparison of secrets.
fn verdict_on_each_word() {
    let (a, b) = (secret([7_u64; 4]), secret([7_u64; 4]));
    published(&[Secrets], || {
        black_box(a.iter().zip(&b).all(|(a, b)| bool::from(a.ct_eq(b))));
    });
}

/// `subtle` used on one half, and on the other only if the first was right.
fn verdict_on_each_half() {
    let (a, b) = (secret([7_u8; 32]), secret([7_u8; 32]));
    published(&[Texts(33)], || {
        let first = bool::from(a[..16].ct_eq(&b[..16]));
        black_box(first && bool::from(a[16..].ct_eq(&b[16..])));
    });
}

/// A branch on a verdict that nobody may learn.
fn withheld_verdict() {
    let (a, b) = (secret([7_u8; 32]), secret([7_u8; 32]));
    withheld(&[Texts(32)], || {
        if bool::from(a.ct_eq(&b)) {
            black_box(&a);
        }
    });
}

/// A branch on what a comparison with nobody's password comes to.
fn verdict_with_nobodys() {
    let (presented, former) = auth_verifiers();
    let nobody = AuthVerifier::from_parts([0; 32]);
    published(&[Untold, Secrets], || {
        let is_current = nobody.matches(&presented);
        if black_box(former.matches(&presented)) || is_current {
            black_box(&presented);
        }
    });
}

/// The password of before compared only where that of now was not presented, though nobody may
/// learn which it was.
fn overlap_looked_at_second() {
    let (presented, former) = auth_verifiers();
    let current = AuthVerifier::from_parts(secret([9; 32]));
    withheld(&[Secrets, Secrets], || {
        black_box(current.matches(&presented) || former.matches(&presented));
    });
}

fn auth_verifiers() -> (AuthVerifier, AuthVerifier) {
    (AuthVerifier::from_parts(secret([7; 32])), AuthVerifier::from_parts(secret([7; 32])))
}
