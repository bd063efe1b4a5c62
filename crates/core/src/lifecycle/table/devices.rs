//! The verbs of devices.

use crate::{EnrollOutcome, RepeatPolicy};

use super::super::{Mark, StageName};
use super::{Answer, EpochRank, InTemplate, Living, Place, Point, Rule};

/// The one answer to whoever proved nothing, is disabled or retired.
pub(super) const fn stranger(because: &'static str) -> Rule {
    Rule::new(Answer::Refused("refused"), because)
}

pub(super) const fn enroll(template: InTemplate, place: Place) -> Rule {
    match (enabled(template, place), template) {
        (Ok(living), InTemplate::Open(repeat)) => enroll_living(repeat, living),
        (Ok(_), InTemplate::Unknown | InTemplate::Closed | InTemplate::Deleted) => {
            stranger(NO_TEMPLATE)
        }
        (Err(because), _) => stranger(because),
    }
}

/// A serial in an open template that is neither disabled nor retired; or why whoever comes to it
/// with a password is a stranger.
pub(super) const fn enabled(template: InTemplate, place: Place) -> Result<Living, &'static str> {
    match (template, place) {
        (InTemplate::Unknown, _) => Err(NO_TEMPLATE),
        (InTemplate::Closed, _) => {
            Err("devices are told of a closed template what they are told of an unknown one")
        }
        (InTemplate::Deleted, _) => {
            Err("devices are told of a deleted template what they are told of an unknown one")
        }
        (InTemplate::Open(_), Place::Unknown) => {
            Err("an unknown serial is told what a wrong password is told")
        }
        (InTemplate::Open(_), Place::Retired) => {
            Err("a retired serial is told what a wrong password is told")
        }
        (InTemplate::Open(_), Place::Living(living)) => match living.mark() {
            Mark::Disabled => Err("a disabled serial is told what a wrong password is told"),
            Mark::Enabled => Ok(living),
        },
    }
}

const fn enroll_living(repeat: RepeatPolicy, living: Living) -> Rule {
    match (living.point(), repeat) {
        (
            Point::NeverEnrolled | Point::MustEnrollAgain | Point::MustEnrollAgainInOverlap,
            RepeatPolicy::UntilActivated | RepeatPolicy::Always | RepeatPolicy::Never,
        ) => granted(living),
        (Point::Enrolled | Point::EnrolledInOverlap, RepeatPolicy::Never) => {
            let because = "the template gives credentials once; reactivate gives new ones";
            Rule::new(Answer::Refused("already-enrolled"), because)
        }
        (Point::Enrolled | Point::EnrolledInOverlap, RepeatPolicy::UntilActivated) => Rule::new(
            Answer::Enrolls(EnrollOutcome::Repeated),
            "the template repeats credentials until the device has connected",
        ),
        (Point::Enrolled | Point::EnrolledInOverlap | Point::Activated, RepeatPolicy::Always) => {
            Rule::new(
                Answer::Enrolls(EnrollOutcome::Repeated),
                "the template repeats credentials at any time",
            )
        }
        (Point::Activated, RepeatPolicy::UntilActivated) => Rule::new(
            Answer::Refused("already-activated"),
            "the template repeats credentials until the device has connected, and it has",
        ),
        (Point::Activated, RepeatPolicy::Never) => Rule::new(
            Answer::Refused("already-activated"),
            "the template gives credentials once; reactivate gives new ones",
        ),
    }
}

/// A Registered serial becomes Enrolled.
pub(super) const fn granted(living: Living) -> Rule {
    match living.epoch() {
        EpochRank::First => Rule::new(
            Answer::Enrolls(EnrollOutcome::First),
            "nobody has had credentials of this serial",
        ),
        EpochRank::Risen | EpochRank::Last => Rule::new(
            Answer::Enrolls(EnrollOutcome::Reissued),
            "the epoch has risen: the password is one that nobody has had",
        ),
    }
}

pub(super) const fn authenticate(place: Place) -> Rule {
    let living = match place {
        Place::Unknown => return stranger(NOBODY),
        Place::Retired => return stranger(OVER),
        Place::Living(living) => living,
    };
    match (living.mark(), living.point()) {
        (Mark::Disabled, _) => stranger(DISABLED),
        (Mark::Enabled, Point::NeverEnrolled) => {
            stranger("a device has no connection password before it has enrolled")
        }
        (Mark::Enabled, Point::MustEnrollAgain | Point::MustEnrollAgainInOverlap) => {
            stranger("the connection password of this epoch is given when the device enrolls again")
        }
        (Mark::Enabled, Point::Enrolled) => Rule::new(
            Answer::Becomes(StageName::Activated),
            "the first use of a password activates the device",
        ),
        (Mark::Enabled, Point::EnrolledInOverlap) => Rule::new(
            Answer::Becomes(StageName::Activated),
            "the first use of a password activates the device and ends the overlap",
        ),
        (Mark::Enabled, Point::Activated) => {
            Rule::new(Answer::Admitted, "a device that has connected before connects")
        }
    }
}

pub(super) const fn authenticate_in_overlap(place: Place) -> Rule {
    let living = match place {
        Place::Unknown => return stranger(NOBODY),
        Place::Retired => return stranger(OVER),
        Place::Living(living) => living,
    };
    match (living.mark(), living.point()) {
        (Mark::Disabled, _) => stranger(DISABLED),
        (Mark::Enabled, Point::NeverEnrolled) => {
            stranger("a device has no connection password before it has enrolled")
        }
        (Mark::Enabled, Point::MustEnrollAgain | Point::Enrolled) => {
            stranger("the password of before has ended, and what has ended does not return")
        }
        (Mark::Enabled, Point::MustEnrollAgainInOverlap | Point::EnrolledInOverlap) => Rule::new(
            Answer::Admitted,
            "the overlap lasts: the password of before connects and activates nothing",
        ),
        (Mark::Enabled, Point::Activated) => {
            stranger("the first use of the new password ended the one before it")
        }
    }
}

pub(super) const fn unenroll_by_device(place: Place) -> Rule {
    let living = match place {
        Place::Unknown => return stranger(NOBODY),
        Place::Retired => return stranger(OVER),
        Place::Living(living) => living,
    };
    match (living.mark(), living.point(), living.epoch()) {
        (Mark::Disabled, _, _) => stranger(DISABLED),
        (Mark::Enabled, Point::NeverEnrolled | Point::MustEnrollAgain, _) => {
            stranger("there is no password that proves who asks")
        }
        (Mark::Enabled, Point::MustEnrollAgainInOverlap, _) => {
            stranger("the password of an overlap connects and does nothing else")
        }
        (
            Mark::Enabled,
            Point::Enrolled | Point::EnrolledInOverlap | Point::Activated,
            EpochRank::Last,
        ) => stranger("there is no epoch after the last"),
        (
            Mark::Enabled,
            Point::Enrolled | Point::EnrolledInOverlap | Point::Activated,
            EpochRank::First | EpochRank::Risen,
        ) => Rule::new(
            Answer::Becomes(StageName::Registered),
            "a device may take itself off with the password that it was given last",
        ),
    }
}

const NO_TEMPLATE: &str = "an unknown template is told what a wrong password is told";
const NOBODY: &str = "an unknown device is told what a wrong password is told";
const OVER: &str = "every password ends when its serial is retired";
const DISABLED: &str = "a disabled device is told what a wrong password is told";
