//! Every comparison of two secrets. What differs, differs in one bit: of the first byte, of the
//! last, or of one between.

use plugmint_core::derivation::{AuthVerifier, KeyCheck, PasswordText, RootLabel, Verifier};
use plugmint_core::lifecycle::Registration;
use plugmint_core::{ControlClass, KeyVersion, PasswordClass, TemplateDesign, TemplateName};

use crate::memcheck::{public, secret};
use crate::scene::{NOW, connection_password, root_key};
use crate::verdict::Compared::{Secrets, Texts};
use crate::verdict::{published, withheld};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("verifier/matches", verifier_matches),
    Case::path("auth-verifier/matches", auth_verifier_matches),
    Case::path("connection-password/matches", connection_password_matches),
    Case::path("password-text/matches", password_text_matches),
    Case::path("key-check/matches", key_check_matches),
    Case::path("registration/has-passwords", registration_has_passwords),
    Case::path("template/refuses-one-password-for-both", template_refuses_one_for_both),
];

fn verifier_matches() {
    for changed in CHANGED {
        let (a, b) = (verifier(None), verifier(changed));
        assert_eq!(published(&[Secrets], || a.matches(&b)), changed.is_none());
    }
}

fn auth_verifier_matches() {
    for changed in CHANGED {
        let a = AuthVerifier::from_parts(secret_bytes(None));
        let b = AuthVerifier::from_parts(secret_bytes(changed));
        assert_eq!(published(&[Secrets], || a.matches(&b)), changed.is_none());
    }
}

fn connection_password_matches() {
    for text in [TEXT, "xXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn", "wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujo"] {
        let (a, b) = (connection_password(TEXT), connection_password(text));
        assert_eq!(published(&[Secrets], || a.matches(&b)), text == TEXT);
    }
}

fn password_text_matches() {
    for changed in CHANGED {
        let (a, b) = (secret_bytes(None), secret_bytes(changed));
        let (a, b) = (text(&a), text(&b));
        assert_eq!(published(&[Texts(32)], || a.matches(b)), changed.is_none());
    }
    // How long a password is, is no secret: another length ends a comparison before its first byte.
    let a = secret_bytes(None);
    assert!(!published(&[Texts(0)], || text(&a).matches(text(&a[..31]))));
}

fn key_check_matches() {
    let check = root_key().mac(RootLabel::KeyCheck).into_key_check();
    for changed in CHANGED {
        let mut stored = check.encode();
        if let Some(at) = changed {
            stored[1 + at] ^= 1;
        }
        let stored = KeyCheck::decode(&stored).unwrap();
        assert_eq!(published(&[Secrets], || check.matches(&stored)), changed.is_none());
    }
}

/// Which of two passwords is wrong, nobody is told: only the verdict on both is public.
fn registration_has_passwords() {
    let of = |control| Registration::new(KeyVersion::FIRST, verifier(None), control, NOW);
    let (with_control, without) = (of(Some(verifier(None))), of(None));
    for enroll in CHANGED {
        let enroll_verifier = verifier(enroll);
        for control in CHANGED {
            let control_verifier = verifier(control);
            let both = withheld(&[Secrets, Secrets], || {
                with_control.has_passwords(&enroll_verifier, Some(&control_verifier))
            });
            assert_eq!(public(both), enroll.is_none() && control.is_none());
        }
        let one = published(&[Secrets], || without.has_passwords(&enroll_verifier, None));
        assert_eq!(one, enroll.is_none());
        assert!(!published(&[Secrets], || with_control.has_passwords(&enroll_verifier, None)));
    }
}

fn template_refuses_one_for_both() {
    let design = TemplateDesign::new(TemplateName::parse("Lamps").unwrap())
        .with_password_class(PasswordClass::Chosen)
        .with_control_class(ControlClass::Chosen);
    for changed in CHANGED {
        let (enroll, control) = (secret_bytes(None), secret_bytes(changed));
        let (enroll, control) = (text(&enroll), Some(text(&control)));
        let answer = published(&[Texts(32)], || design.check_passwords(enroll, control));
        assert_eq!(answer.is_ok(), changed.is_some());
    }
}

fn verifier(changed: Option<usize>) -> Verifier {
    Verifier::from_parts(secret_bytes(changed))
}

fn secret_bytes(changed: Option<usize>) -> [u8; 32] {
    let mut bytes = [0xa5; 32];
    if let Some(at) = changed {
        bytes[at] ^= 1;
    }
    secret(bytes)
}

fn text(bytes: &[u8]) -> PasswordText<'_> {
    PasswordText::of_any(bytes).unwrap()
}

const CHANGED: [Option<usize>; 4] = [None, Some(0), Some(13), Some(31)];

const TEXT: &str = "wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";
