//! The verbs of operators.

use super::super::{Mark, StageName};
use super::devices::granted;
use super::{Answer, EpochRank, InTemplate, Living, Place, Point, Rule};

pub(super) const fn register(template: InTemplate, place: Place) -> Rule {
    if let Some(shut) = shut(template) {
        return shut;
    }
    match place {
        Place::Unknown => done(StageName::Registered, "a serial that nobody knows is registered"),
        Place::Living(_) => refused("already-registered", "a serial is registered once"),
        Place::Retired => refused("retired", "a retired serial is never registered again"),
    }
}

pub(super) const fn enroll_by_operator(template: InTemplate, place: Place) -> Rule {
    if let Some(shut) = shut(template) {
        return shut;
    }
    let living = match place {
        Place::Unknown => return unknown(template),
        Place::Retired => return refused("retired", RETIRED),
        Place::Living(living) => living,
    };
    match (living.point(), living.mark()) {
        (Point::Enrolled | Point::EnrolledInOverlap, _) => refused(
            "already-enrolled",
            "credentials are shown once, whatever the policy; reactivate gives new ones",
        ),
        (Point::Activated, _) => refused(
            "already-activated",
            "credentials are shown once, and the first connection has erased the sealed key",
        ),
        (
            Point::NeverEnrolled | Point::MustEnrollAgain | Point::MustEnrollAgainInOverlap,
            Mark::Disabled,
        ) => refused("disabled", "a disabled serial does not enroll"),
        (Point::MustEnrollAgainInOverlap, Mark::Enabled) => refused("not-sealed", NOT_SEALED),
        (Point::NeverEnrolled | Point::MustEnrollAgain, Mark::Enabled) => {
            if living.is_sealed() {
                granted(living)
            } else {
                refused("not-sealed", NOT_SEALED)
            }
        }
    }
}

pub(super) const fn disable(template: InTemplate, place: Place) -> Rule {
    match place {
        Place::Unknown => unknown(template),
        Place::Retired => refused("retired", "retired is more than disabled"),
        Place::Living(living) => match living.mark() {
            Mark::Enabled => done(living.point().stage(), "any stage but Retired can be disabled"),
            Mark::Disabled => Rule::new(Answer::AlreadyDone, "it is disabled already"),
        },
    }
}

pub(super) const fn enable(template: InTemplate, place: Place) -> Rule {
    match place {
        Place::Unknown => unknown(template),
        Place::Retired => refused("retired", RETIRED),
        Place::Living(living) => match living.mark() {
            Mark::Enabled => Rule::new(Answer::AlreadyDone, "it is not disabled"),
            Mark::Disabled => done(living.point().stage(), "the mark is taken off, nothing else"),
        },
    }
}

pub(super) const fn reactivate(template: InTemplate, place: Place) -> Rule {
    let living = match living_with_next_epoch(template, place) {
        Ok(living) => living,
        Err(refused) => return refused,
    };
    match living.point() {
        Point::NeverEnrolled => refused("not-enrolled", "there is no password to revoke"),
        Point::MustEnrollAgain => refused("not-enrolled", "every password has ended already"),
        Point::MustEnrollAgainInOverlap => {
            done(StageName::Registered, "the password of before ends, or its time is set anew")
        }
        Point::Enrolled => done(
            StageName::Registered,
            "a password that nobody has used ends at once, with or without an overlap",
        ),
        Point::EnrolledInOverlap => done(
            StageName::Registered,
            "the password that nobody has used ends; that of before ends, or its time is set anew",
        ),
        Point::Activated => {
            done(StageName::Registered, "the password ends, or goes on for the time of an overlap")
        }
    }
}

pub(super) const fn unenroll(template: InTemplate, place: Place) -> Rule {
    let living = match living_with_next_epoch(template, place) {
        Ok(living) => living,
        Err(refused) => return refused,
    };
    match living.point() {
        Point::NeverEnrolled | Point::MustEnrollAgain => {
            refused("not-enrolled", "there is no device to take off")
        }
        Point::MustEnrollAgainInOverlap => refused(
            "not-enrolled",
            "its device must enroll again already; reactivate without an overlap ends the overlap",
        ),
        Point::Enrolled | Point::EnrolledInOverlap | Point::Activated => {
            done(StageName::Registered, "every password ends, and the device may enroll again")
        }
    }
}

pub(super) const fn replace_passwords(template: InTemplate, place: Place) -> Rule {
    let living = match living_with_next_epoch(template, place) {
        Ok(living) => living,
        Err(refused) => return refused,
    };
    match living.point() {
        Point::NeverEnrolled => {
            done(StageName::Registered, "no device has enrolled with the passwords that it has")
        }
        Point::MustEnrollAgain
        | Point::MustEnrollAgainInOverlap
        | Point::Enrolled
        | Point::EnrolledInOverlap
        | Point::Activated => refused(
            "has-enrolled",
            "a device has enrolled with the passwords that it has; transfer gives new ones",
        ),
    }
}

pub(super) const fn replace_control_password(template: InTemplate, place: Place) -> Rule {
    match place {
        Place::Unknown => unknown(template),
        Place::Retired => refused("retired", RETIRED),
        Place::Living(living) => {
            done(living.point().stage(), "the stage and the epoch stay, also while it is disabled")
        }
    }
}

pub(super) const fn transfer(template: InTemplate, place: Place) -> Rule {
    if let Some(shut) = shut(template) {
        return shut;
    }
    match living_with_next_epoch(template, place) {
        Ok(_) => done(
            StageName::Registered,
            "every password ends, and the new ones give another identity",
        ),
        Err(refused) => refused,
    }
}

pub(super) const fn retire(template: InTemplate, place: Place) -> Rule {
    match place {
        Place::Unknown => unknown(template),
        Place::Retired => Rule::new(Answer::AlreadyDone, "it is retired already"),
        Place::Living(_) => done(StageName::Retired, "any serial can be retired, and stays so"),
    }
}

pub(super) const fn done(stage: StageName, because: &'static str) -> Rule {
    Rule::new(Answer::Becomes(stage), because)
}

pub(super) const fn refused(code: &'static str, because: &'static str) -> Rule {
    Rule::new(Answer::Refused(code), because)
}

/// What is said to whoever needs an open template and finds none.
const fn shut(template: InTemplate) -> Option<Rule> {
    match template {
        InTemplate::Open(_) => None,
        InTemplate::Unknown => Some(refused("unknown-template", NO_TEMPLATE)),
        InTemplate::Deleted => Some(refused("unknown-template", DELETED)),
        InTemplate::Closed => Some(refused(
            "template-closed",
            "nothing is registered, enrolled or transferred in a closed template",
        )),
    }
}

/// What is said of a serial that nobody knows.
pub(super) const fn unknown(template: InTemplate) -> Rule {
    match template {
        InTemplate::Open(_) | InTemplate::Closed => {
            refused("unknown-serial", "nobody has registered the serial")
        }
        InTemplate::Unknown => refused("unknown-template", NO_TEMPLATE),
        InTemplate::Deleted => refused("unknown-template", DELETED),
    }
}

/// A serial whose epoch can rise, or why it cannot.
const fn living_with_next_epoch(template: InTemplate, place: Place) -> Result<Living, Rule> {
    match place {
        Place::Unknown => Err(unknown(template)),
        Place::Retired => Err(refused("retired", RETIRED)),
        Place::Living(living) => match living.epoch() {
            EpochRank::First | EpochRank::Risen => Ok(living),
            EpochRank::Last => Err(refused("last-epoch", "there is no epoch after the last")),
        },
    }
}

pub(super) const RETIRED: &str = "retired is the end";
const NOT_SEALED: &str = "no enroll key is kept sealed: its device enrolls with its password";
const NO_TEMPLATE: &str = "there is no such template";
const DELETED: &str = "a deleted template is gone";
