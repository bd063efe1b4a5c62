//! A connection password is presented: `admit` on the credential and on its view, and
//! `SerialRecord::authenticate`, which decides once more on the record of the serial.

use plugmint_core::lifecycle::{Decision, StageName};
use plugmint_core::{Admission, Credential, CredentialView, PlugId};

use crate::memcheck::public;
use crate::scene::{Held, NOW, Presented, id};
use crate::verdict::Compared::Secrets;
use crate::verdict::{published, withheld};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("admit/enrolled/right", || admit(Held::Enrolled, Presented::Right)),
    Case::path("admit/enrolled/wrong", || admit(Held::Enrolled, Presented::Wrong)),
    Case::path("admit/activated/right", || admit(Held::Activated, Presented::Right)),
    Case::path("admit/activated/wrong", || admit(Held::Activated, Presented::Wrong)),
    Case::path("admit/disabled/right", || refuse(Held::Disabled, Presented::Right)),
    Case::path("admit/disabled/wrong", || refuse(Held::Disabled, Presented::Wrong)),
    Case::path("admit/retired/right", || refuse(Held::Retired, Presented::Right)),
    Case::path("admit/retired/wrong", || refuse(Held::Retired, Presented::Wrong)),
    Case::path("authenticate/enrolled/right", || authenticate(Held::Enrolled, Presented::Right)),
    Case::path("authenticate/enrolled/wrong", || authenticate(Held::Enrolled, Presented::Wrong)),
    Case::path("authenticate/activated/right", || authenticate(Held::Activated, Presented::Right)),
    Case::path("authenticate/activated/wrong", || authenticate(Held::Activated, Presented::Wrong)),
    Case::path("authenticate/others", authenticate_others),
];

fn admit(held: Held, presented: Presented) {
    let (credential, verifier) = (credential(held), presented.auth_verifier());
    let admission = published(&[Secrets], || credential.admit(&verifier));
    let (plug_id, bytes) = (public(*credential.plug_id()), credential.encode());
    let at_once = published(&[Secrets], || view(plug_id, &bytes).admit(&verifier));
    assert_eq!(std::mem::discriminant(&admission), std::mem::discriminant(&at_once));
    match (held, admission) {
        (Held::Enrolled, Admission::Activates(_)) | (Held::Activated, Admission::Admitted(_)) => {
            assert!(presented.is_right());
        }
        (_, Admission::Refused) => assert!(!presented.is_right()),
        (_, admission) => panic!("{admission:?}"),
    }
}

/// Nobody learns whether the password was right, so the verdict stays secret.
fn refuse(held: Held, presented: Presented) {
    let (credential, verifier) = (credential(held), presented.auth_verifier());
    let admission = withheld(&[Secrets], || credential.admit(&verifier));
    assert_eq!(admission, Admission::Refused);
    let (plug_id, bytes) = (public(*credential.plug_id()), credential.encode());
    let at_once = withheld(&[Secrets], || view(plug_id, &bytes).admit(&verifier));
    assert_eq!(at_once, Admission::Refused);
}

fn authenticate(held: Held, presented: Presented) {
    let (record, verifier) = (held.record(), presented.auth_verifier());
    match published(&[Secrets], || record.authenticate(&verifier, NOW)) {
        Ok(Decision::Commit(change, ())) => {
            assert!(presented.is_right() && matches!(held, Held::Enrolled));
            assert_eq!(change.record().stage().name(), StageName::Activated);
        }
        Ok(Decision::Answer(())) => {
            assert!(presented.is_right() && matches!(held, Held::Activated));
        }
        Err(_) => assert!(!presented.is_right()),
    }
}

/// Stages that no password opens look at none: who comes here was admitted a moment ago.
fn authenticate_others() {
    for held in [Held::Registered, Held::Disabled, Held::Retired] {
        let (record, verifier) = (held.record(), Presented::Right.auth_verifier());
        assert!(published(&[], || record.authenticate(&verifier, NOW)).is_err());
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
