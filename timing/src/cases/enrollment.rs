//! An enroll password is presented, or the key that was kept of it: `SerialRecord::enroll` and
//! `SerialRecord::enroll_by_operator`.

use plugmint_core::derivation::AuthKey;
use plugmint_core::lifecycle::{
    Change, Decision, EnrollOutcome, EnrollRefusal, Enrollment, OperatorEnrollRefusal,
    SerialRecord, Stranger,
};
use plugmint_core::{Author, RepeatPolicy, SourceMark};

use crate::memcheck::{is_secret, public};
use crate::scene::{Held, NOW, Presented, id, keys, template_key};
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
    Case::path("enroll/overlap/right", || enroll(Held::RegisteredInOverlap, Presented::Right)),
    Case::path("enroll/overlap/wrong", || enroll(Held::RegisteredInOverlap, Presented::Wrong)),
    Case::path("enroll/disabled/right", || refuse(Some(Held::Disabled), Presented::Right)),
    Case::path("enroll/disabled/wrong", || refuse(Some(Held::Disabled), Presented::Wrong)),
    Case::path("enroll/retired/right", || refuse(Some(Held::Retired), Presented::Right)),
    Case::path("enroll/retired/wrong", || refuse(Some(Held::Retired), Presented::Wrong)),
    Case::path("enroll/unknown", || refuse(None, Presented::Right)),
    Case::path("enroll-by-operator/right", || enroll_by_operator(Presented::Right)),
    Case::path("enroll-by-operator/wrong", || enroll_by_operator(Presented::Wrong)),
];

/// Under every policy. Who proved the password is told what became of the serial.
fn enroll(held: Held, presented: Presented) {
    for policy in POLICIES {
        let (record, key, keys) = (held.record(), presented.enroll_key(), keys());
        let auth: &AuthKey = keys.auth();
        let from = Some(source());
        let answer = published(&[Secrets], || {
            SerialRecord::enroll(Some(record), &key, policy, auth, from, NOW)
        });
        match answer {
            Err(EnrollRefusal::Stranger(Stranger)) => assert!(!presented.is_right()),
            Err(EnrollRefusal::AlreadyEnrolled) => assert!(matches!(held, Held::Enrolled)),
            Err(EnrollRefusal::AlreadyActivated) => assert!(matches!(held, Held::Activated)),
            Ok(Decision::Commit(change, enrollment)) => {
                let expected = match held {
                    Held::RegisteredInOverlap => EnrollOutcome::Reissued,
                    _ => EnrollOutcome::First,
                };
                assert_eq!(enrollment.outcome(), expected);
                is_given_out(&change, &enrollment);
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
        let (auth, from) = (keys.auth(), Some(source()));
        let answer =
            withheld(&[Secrets], || SerialRecord::enroll(record, &key, policy, auth, from, NOW));
        assert!(matches!(answer, Err(EnrollRefusal::Stranger(Stranger))));
    }
}

/// Whether the key that was sealed is the serial's: an operator is told.
fn enroll_by_operator(presented: Presented) {
    let (record, key, keys) = (Held::Registered.record(), presented.enroll_key(), keys());
    let answer = published(&[Secrets], || {
        record.enroll_by_operator(Some(&key), keys.auth(), Author::Device, NOW)
    });
    match answer {
        Ok(Decision::Commit(change, enrollment)) if presented.is_right() => {
            is_given_out(&change, &enrollment);
        }
        Err(OperatorEnrollRefusal::NotSealed) => assert!(!presented.is_right()),
        answer => panic!("{answer:?}"),
    }
}

fn is_given_out(change: &Change, enrollment: &Enrollment) {
    // From the record it becomes a key of the store, and a name on the wire.
    let plug_id = public(*change.record().stage().plug_id().unwrap());
    assert_eq!(plug_id, public(*enrollment.credentials().plug_id()));
    assert!(is_secret(&change.record().encode()[6..38]));
}

/// What is kept of a source proves nothing: it is stored in clear and compared as any value is.
fn source() -> SourceMark {
    let mark = template_key().source_mark(id().serial(), b"192.0.2.1");
    assert!(is_secret(mark.as_bytes()));
    public(mark)
}

const POLICIES: [RepeatPolicy; 3] =
    [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never];
