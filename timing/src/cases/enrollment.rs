//! An enroll password is presented: `SerialRecord::enroll`.

use plugmint_core::RepeatPolicy;
use plugmint_core::derivation::AuthKey;
use plugmint_core::lifecycle::{Decision, EnrollOutcome, EnrollRefusal, SerialRecord, Stranger};

use crate::memcheck::{is_secret, public};
use crate::scene::{Held, NOW, Presented, keys};
use crate::verdict::Compared::Secrets;
use crate::verdict::{published, withheld};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("enroll/registered/right", || enroll(Held::Registered, Presented::Right)),
    Case::path("enroll/registered/wrong", || enroll(Held::Registered, Presented::Wrong)),
    Case::path("enroll/enrolled/right", || enroll(Held::Enrolled, Presented::Right)),
    Case::path("enroll/enrolled/wrong", || enroll(Held::Enrolled, Presented::Wrong)),
    Case::path("enroll/activated/right", || enroll(Held::Activated, Presented::Right)),
    Case::path("enroll/activated/wrong", || enroll(Held::Activated, Presented::Wrong)),
    Case::path("enroll/disabled/right", || refuse(Some(Held::Disabled), Presented::Right)),
    Case::path("enroll/disabled/wrong", || refuse(Some(Held::Disabled), Presented::Wrong)),
    Case::path("enroll/retired/right", || refuse(Some(Held::Retired), Presented::Right)),
    Case::path("enroll/retired/wrong", || refuse(Some(Held::Retired), Presented::Wrong)),
    Case::path("enroll/unknown", || refuse(None, Presented::Right)),
];

/// Under every policy. Who proved the password is told what became of the serial.
fn enroll(held: Held, presented: Presented) {
    for policy in POLICIES {
        let (record, key, keys) = (held.record(), presented.enroll_key(), keys());
        let auth: &AuthKey = keys.auth();
        let answer =
            published(&[Secrets], || SerialRecord::enroll(Some(record), &key, policy, auth, NOW));
        match answer {
            Err(EnrollRefusal::Stranger(Stranger)) => assert!(!presented.is_right()),
            Err(EnrollRefusal::AlreadyEnrolled) => assert!(matches!(held, Held::Enrolled)),
            Err(EnrollRefusal::AlreadyActivated) => assert!(matches!(held, Held::Activated)),
            Ok(Decision::Commit(change, enrollment)) => {
                assert_eq!(enrollment.outcome(), EnrollOutcome::First);
                // From the record it becomes a key of the store, and a name on the wire.
                let plug_id = public(*change.record().stage().plug_id().unwrap());
                assert_eq!(plug_id, public(*enrollment.credentials().plug_id()));
                assert!(is_secret(&change.record().encode()[6..38]));
            }
            Ok(Decision::Answer(enrollment)) => {
                assert_eq!(enrollment.outcome(), EnrollOutcome::Repeated);
                assert!(is_secret(enrollment.credentials().plug_id().body()));
            }
        }
    }
}

/// Nobody learns whether the password was right, so the verdict stays secret.
fn refuse(held: Option<Held>, presented: Presented) {
    for policy in POLICIES {
        let (record, key, keys) = (held.map(Held::record), presented.enroll_key(), keys());
        let answer =
            withheld(&[Secrets], || SerialRecord::enroll(record, &key, policy, keys.auth(), NOW));
        assert!(matches!(answer, Err(EnrollRefusal::Stranger(Stranger))));
    }
}

const POLICIES: [RepeatPolicy; 3] =
    [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never];
