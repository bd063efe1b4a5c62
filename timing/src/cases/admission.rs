//! A connection password is presented: `admit` on the credential and on its view, and
//! `SerialRecord::authenticate`, which decides once more on the record of the serial, as does
//! `SerialRecord::unenroll_by_device`.
//!
//! There are always two comparisons, also where there is no password of before, or no other one.

use plugmint_core::lifecycle::{Decision, StageName};
use plugmint_core::{Admission, Credential, CredentialView, PlugId, ProvenBy, UnixMillis};

use crate::memcheck::public;
use crate::scene::{Held, NOW, Presented, UNTIL, id};
use crate::verdict::Compared::{self, Secrets, Untold};
use crate::verdict::{published, withheld};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("admit/enrolled/right", || admit(Held::Enrolled, Presented::Right)),
    Case::path("admit/enrolled/wrong", || admit(Held::Enrolled, Presented::Wrong)),
    Case::path("admit/activated/right", || admit(Held::Activated, Presented::Right)),
    Case::path("admit/activated/wrong", || admit(Held::Activated, Presented::Wrong)),
    Case::path("admit/overlap/former", || admit(Held::RegisteredInOverlap, Presented::Right)),
    Case::path("admit/overlap/wrong", || admit(Held::RegisteredInOverlap, Presented::Wrong)),
    Case::path("admit/enrolled-again/right", || admit(Held::EnrolledInOverlap, Presented::Next)),
    Case::path("admit/enrolled-again/former", || admit(Held::EnrolledInOverlap, Presented::Right)),
    Case::path("admit/enrolled-again/wrong", || admit(Held::EnrolledInOverlap, Presented::Wrong)),
    Case::path("admit/disabled/right", || refuse(Held::Disabled, Presented::Right)),
    Case::path("admit/disabled/wrong", || refuse(Held::Disabled, Presented::Wrong)),
    Case::path("admit/retired/right", || refuse(Held::Retired, Presented::Right)),
    Case::path("admit/retired/wrong", || refuse(Held::Retired, Presented::Wrong)),
    Case::path("credential/is-revoked-by", is_revoked_by),
    Case::path("authenticate/enrolled", || each(Held::Enrolled, authenticate)),
    Case::path("authenticate/activated", || each(Held::Activated, authenticate)),
    Case::path("authenticate/overlap", || each(Held::RegisteredInOverlap, authenticate)),
    Case::path("authenticate/enrolled-again", || each(Held::EnrolledInOverlap, authenticate)),
    Case::path("authenticate/others", authenticate_others),
    Case::path("unenroll-by-device/enrolled", || each(Held::Enrolled, unenroll)),
    Case::path("unenroll-by-device/activated", || each(Held::Activated, unenroll)),
    Case::path("unenroll-by-device/overlap", || each(Held::RegisteredInOverlap, unenroll)),
    Case::path("unenroll-by-device/enrolled-again", || each(Held::EnrolledInOverlap, unenroll)),
    Case::path("unenroll-by-device/others", unenroll_others),
];

/// The comparisons of a connection, the password that was given last first. Whoever presents the
/// one of before is told so by connecting.
const fn compared(held: Held) -> [Compared; 2] {
    match held {
        Held::Enrolled | Held::Activated => [Secrets, Untold],
        Held::RegisteredInOverlap => [Untold, Secrets],
        Held::EnrolledInOverlap => [Secrets, Secrets],
        Held::Registered | Held::Disabled | Held::Retired => [Untold, Untold],
    }
}

fn admit(held: Held, presented: Presented) {
    let (credential, verifier) = (credential(held), presented.auth_verifier());
    let admission = published(&compared(held), || credential.admit(&verifier));
    let (plug_id, bytes) = (public(*credential.plug_id()), credential.encode());
    let at_once = published(&compared(held), || view(plug_id, &bytes).admit(&verifier));
    assert_eq!(std::mem::discriminant(&admission), std::mem::discriminant(&at_once));
    match (held, admission) {
        (Held::Enrolled, Admission::Activates(_))
        | (Held::Activated, Admission::Admitted(_))
        | (Held::RegisteredInOverlap | Held::EnrolledInOverlap, Admission::Overlap(_)) => {
            assert!(matches!(presented, Presented::Right));
        }
        (Held::EnrolledInOverlap, Admission::Activates(_)) => {
            assert!(matches!(presented, Presented::Next));
        }
        (_, Admission::Refused) => assert!(matches!(presented, Presented::Wrong)),
        (_, admission) => panic!("{admission:?}"),
    }
}

/// Nobody learns whether the password was right, so the verdict stays secret.
fn refuse(held: Held, presented: Presented) {
    let (credential, verifier) = (credential(held), presented.auth_verifier());
    let admission = withheld(&[Secrets; 2], || credential.admit(&verifier));
    assert_eq!(admission, Admission::Refused);
    let (plug_id, bytes) = (public(*credential.plug_id()), credential.encode());
    let at_once = withheld(&[Secrets; 2], || view(plug_id, &bytes).admit(&verifier));
    assert_eq!(at_once, Admission::Refused);
}

/// Whether a change ends a password is told to whoever listens: each that connects is held against
/// each that connects then.
fn is_revoked_by() {
    for (held, next, at, compared, is_revoked) in [
        (Held::Enrolled, Held::Activated, NOW, 1, false),
        (Held::Activated, Held::RegisteredInOverlap, NOW, 1, false),
        (Held::Activated, Held::RegisteredInOverlap, UNTIL, 0, true),
        (Held::RegisteredInOverlap, Held::EnrolledInOverlap, NOW, 2, false),
        (Held::EnrolledInOverlap, Held::Activated, NOW, 1, true),
        (Held::Activated, Held::Retired, NOW, 0, true),
    ] {
        let (own, successor) = (credential(held), credential(next));
        let compared = vec![Secrets; compared];
        let answer = published(&compared, || own.is_revoked_by(&successor, at));
        assert_eq!(answer, is_revoked);
    }
}

/// Each password, in the time of an overlap and behind it.
fn each(held: Held, verb: fn(Held, Presented, UnixMillis)) {
    for presented in [Presented::Right, Presented::Next, Presented::Wrong] {
        for at in [NOW, UNTIL] {
            verb(held, presented, at);
        }
    }
}

fn authenticate(held: Held, presented: Presented, at: UnixMillis) {
    let (record, verifier) = (held.record(), presented.auth_verifier());
    let answer = published(&compared_at(held, at), || record.authenticate(&verifier, at));
    match (proves(held, presented, at), answer) {
        (Some(ProvenBy::Current), Ok(Decision::Commit(change, ProvenBy::Current))) => {
            assert_eq!(change.record().stage().name(), StageName::Activated);
        }
        (Some(ProvenBy::Current), Ok(Decision::Answer(ProvenBy::Current))) => {
            assert!(matches!(held, Held::Activated));
        }
        (Some(expected), Ok(Decision::Answer(by))) => assert_eq!(by, expected),
        (expected, answer) => assert!(expected.is_none() && answer.is_err()),
    }
}

/// The password of before does not do.
fn unenroll(held: Held, presented: Presented, at: UnixMillis) {
    let (record, verifier) = (held.record(), presented.auth_verifier());
    let answer = published(&compared_at(held, at), || record.unenroll_by_device(&verifier, at));
    let is_current = proves(held, presented, at) == Some(ProvenBy::Current);
    match answer {
        Ok(Decision::Commit(change, ())) => {
            assert_eq!(change.record().stage().name(), StageName::Registered);
            assert!(is_current);
        }
        Ok(Decision::Answer(())) => panic!("nothing to commit"),
        Err(_) => assert!(!is_current),
    }
}

/// What nobody connects with looks like it: who comes here was admitted a moment ago.
fn authenticate_others() {
    for (held, presented) in others() {
        let (record, verifier) = (held.record(), presented.auth_verifier());
        let answer = withheld(&[Secrets; 2], || record.authenticate(&verifier, NOW));
        assert!(answer.is_err());
    }
}

fn unenroll_others() {
    for (held, presented) in others() {
        let (record, verifier) = (held.record(), presented.auth_verifier());
        let answer = withheld(&[Secrets; 2], || record.unenroll_by_device(&verifier, NOW));
        assert!(answer.is_err());
    }
}

fn others() -> impl Iterator<Item = (Held, Presented)> {
    let all = [Held::Registered, Held::Disabled, Held::Retired];
    all.into_iter().flat_map(|held| [(held, Presented::Right), (held, Presented::Wrong)])
}

/// Of a password whose time is up nobody is told that it was the one of before.
fn compared_at(held: Held, at: UnixMillis) -> [Compared; 2] {
    match compared(held) {
        [current, _] if at == UNTIL => [current, Untold],
        both => both,
    }
}

/// What a password proves to be.
fn proves(held: Held, presented: Presented, at: UnixMillis) -> Option<ProvenBy> {
    match (held, presented) {
        (Held::Enrolled | Held::Activated, Presented::Right)
        | (Held::EnrolledInOverlap, Presented::Next) => Some(ProvenBy::Current),
        (Held::RegisteredInOverlap | Held::EnrolledInOverlap, Presented::Right) => {
            (at < UNTIL).then_some(ProvenBy::Overlap { until: UNTIL })
        }
        _ => None,
    }
}

/// The credential as every connection reads it.
fn view(plug_id: PlugId, bytes: &[u8]) -> CredentialView<'_> {
    CredentialView::decode(plug_id, bytes).unwrap()
}

/// The credential of a serial, as it is read from a store under its Plug-ID.
fn credential(held: Held) -> Credential {
    let credentials = held.record().credentials(&id());
    let [credential] = &credentials[..] else { panic!("one credential") };
    Credential::decode(public(*credential.plug_id()), &credential.encode()).unwrap()
}
