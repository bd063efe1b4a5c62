//! New passwords are held against those that a serial has: `SerialRecord::replace_passwords`,
//! `SerialRecord::transfer` and `SerialRecord::replace_control_password`.
//!
//! Every verdict is an operator's, who is told which password is an old one: it becomes public on
//! purpose. How many comparisons there are hangs on which passwords there are and on nothing else.

use plugmint_core::derivation::Verifier;
use plugmint_core::lifecycle::{
    Decision, GrantsThen, Offered, Outcome, Registered, Registration, Renewal,
    ReplaceControlRefusal, ReplaceRefusal, SerialRecord, TransferRefusal, Which,
};
use plugmint_core::{Author, Epoch, KeyVersion};

use crate::memcheck::{is_secret, secret};
use crate::scene::{NOW, committed, id};
use crate::verdict::Compared::Secrets;
use crate::verdict::published;

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("replace-passwords/offered", replace_offered),
    Case::path("replace-passwords/again", replace_again),
    Case::path("transfer/offered", transfer_offered),
    Case::path("transfer/crossed", transfer_crossed),
    Case::path("transfer/again", transfer_again),
    Case::path("transfer/without-control-password", transfer_without_control),
    Case::path("replace-control-password/offered", replace_control),
];

fn replace_offered() {
    for (enroll, control) in pairs() {
        let (record, offered) = (record(), offered(enroll, control));
        let answer = published(&[Secrets; 2], || {
            record.replace_passwords(Epoch::FIRST, &offered, renewal(), Author::Device, NOW)
        });
        match answer {
            Err(ReplaceRefusal::Unchanged(which)) => {
                assert_eq!(Some(which), unchanged(enroll, control));
            }
            Ok(Decision::Commit(change, Outcome::Done)) => {
                assert_eq!(unchanged(enroll, control), None);
                assert!(is_secret(&change.record().encode()[6..38]));
            }
            answer => panic!("{answer:?}"),
        }
    }
}

fn transfer_offered() {
    for (enroll, control) in pairs() {
        let (record, offered) = (record(), offered(enroll, control));
        let answer = published(&[Secrets; 4], || {
            record.transfer(Epoch::FIRST, &offered, renewal(), Author::Device, NOW)
        });
        match answer {
            Err(TransferRefusal::Repeated(which)) => {
                assert_eq!(Some(which), unchanged(enroll, control));
            }
            Ok(Decision::Commit(change, Outcome::Done)) => {
                assert_eq!(unchanged(enroll, control), None);
                assert!(is_secret(&change.record().encode()[6..38]));
            }
            answer => panic!("{answer:?}"),
        }
    }
}

/// The old passwords, each as the other.
fn transfer_crossed() {
    for (enroll, control) in pairs() {
        let enroll_as_control = verifier(CONTROL, enroll);
        let control_as_enroll = verifier(ENROLL, control);
        let offered = Offered::new(verifier(ENROLL, Some(5)), enroll_as_control)
            .with_control(verifier(CONTROL, Some(5)), control_as_enroll);
        let record = record();
        let answer = published(&[Secrets; 4], || {
            record.transfer(Epoch::FIRST, &offered, renewal(), Author::Device, NOW)
        });
        match answer {
            Err(TransferRefusal::Repeated(which)) => {
                assert_eq!(Some(which), unchanged(enroll, control));
            }
            answer => assert!(answer.is_ok() && unchanged(enroll, control).is_none()),
        }
    }
}

fn transfer_without_control() {
    for enroll in CHANGED {
        let offered = Offered::new(verifier(ENROLL, enroll), verifier(OTHER, None));
        let record = record();
        // As itself, and as the control password that the serial has.
        let answer = published(&[Secrets; 2], || {
            record.transfer(Epoch::FIRST, &offered, renewal(), Author::Device, NOW)
        });
        assert_eq!(answer.is_err(), enroll.is_none());
    }
}

/// An operator who asks again is told whether it was with the same passwords, and not which of them
/// was another one.
fn transfer_again() {
    let by = || Author::Device;
    for (enroll, control) in pairs() {
        let first = offered(Some(7), Some(7));
        let transferred = committed(published(&[Secrets; 4], || {
            record().transfer(Epoch::FIRST, &first, renewal(), by(), NOW)
        }));
        let again = again(enroll, control);
        let answer = published(&[Secrets; 2], || {
            transferred.transfer(Epoch::FIRST, &again, renewal(), by(), NOW)
        });
        is_already_done(&answer, enroll.is_none() && control.is_none());
    }
}

fn replace_again() {
    let by = || Author::Device;
    for (enroll, control) in pairs() {
        let first = offered(Some(7), Some(7));
        let replaced = committed(published(&[Secrets; 2], || {
            record().replace_passwords(Epoch::FIRST, &first, renewal(), by(), NOW)
        }));
        let again = again(enroll, control);
        let answer = published(&[Secrets; 2], || {
            replaced.replace_passwords(Epoch::FIRST, &again, renewal(), by(), NOW)
        });
        is_already_done(&answer, enroll.is_none() && control.is_none());
    }
}

fn replace_control() {
    for changed in CHANGED {
        let (record, as_enroll) = (record(), verifier(OTHER, None));
        let control = verifier(CONTROL, changed);
        let answer = published(&[Secrets; 2], || {
            record.replace_control_password(
                control,
                &as_enroll,
                GrantsThen::End,
                Author::Device,
                NOW,
            )
        });
        match answer {
            Err(ReplaceControlRefusal::Unchanged) => assert_eq!(changed, None),
            answer => assert!(answer.is_ok() && changed.is_some()),
        }
    }
    let (record, as_enroll) = (record(), verifier(ENROLL, None));
    let answer = published(&[Secrets], || {
        let (other, end) = (verifier(OTHER, None), GrantsThen::End);
        record.replace_control_password(other, &as_enroll, end, Author::Device, NOW)
    });
    assert!(matches!(answer, Err(ReplaceControlRefusal::SamePasswords)));
}

fn is_already_done<E>(answer: &Result<Decision<Outcome>, E>, expected: bool) {
    match answer {
        Ok(Decision::Answer(Outcome::AlreadyDone)) => assert!(expected),
        Ok(_) => panic!("done twice"),
        Err(_) => assert!(!expected),
    }
}

/// A serial that has both passwords.
fn record() -> SerialRecord {
    let control = Some(verifier(CONTROL, None));
    let registration = Registration::new(KeyVersion::FIRST, verifier(ENROLL, None), control, NOW);
    let registered = Registered::new(registration, None);
    SerialRecord::register(&id(), registered, Author::Device).record().clone()
}

/// New passwords, of which each is the one that the serial has, or another one. Neither is the
/// other of the serial's.
fn offered(enroll: Option<usize>, control: Option<usize>) -> Offered {
    Offered::new(verifier(ENROLL, enroll), verifier(OTHER, None))
        .with_control(verifier(CONTROL, control), verifier(OTHER, None))
}

/// The new passwords of [`renewal`], or others.
fn again(enroll: Option<usize>, control: Option<usize>) -> Offered {
    Offered::new(verifier(RENEWED, enroll), verifier(OTHER, None))
        .with_control(verifier(RENEWED, control), verifier(OTHER, None))
}

fn renewal() -> Renewal {
    let control = Some(verifier(RENEWED, None));
    Renewal::new(KeyVersion::FIRST, verifier(RENEWED, None), control, None)
}

fn unchanged(enroll: Option<usize>, control: Option<usize>) -> Option<Which> {
    match (enroll, control) {
        (None, _) => Some(Which::Enroll),
        (Some(_), None) => Some(Which::Control),
        (Some(_), Some(_)) => None,
    }
}

fn pairs() -> impl Iterator<Item = (Option<usize>, Option<usize>)> {
    CHANGED.into_iter().flat_map(|enroll| CHANGED.map(|control| (enroll, control)))
}

fn verifier(of: u8, changed: Option<usize>) -> Verifier {
    let mut bytes = [of; 32];
    if let Some(at) = changed {
        bytes[at] ^= 1;
    }
    Verifier::from_parts(secret(bytes))
}

/// Which byte differs, in one bit.
const CHANGED: [Option<usize>; 3] = [None, Some(0), Some(31)];

const ENROLL: u8 = 0xa5;
const CONTROL: u8 = 0x5a;
const RENEWED: u8 = 0x3c;
const OTHER: u8 = 0xc3;
