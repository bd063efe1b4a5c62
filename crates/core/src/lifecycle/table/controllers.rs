//! The verbs of whoever controls a Thing, and of operators who say who does.

use super::devices::{enabled, stranger};
use super::operators::{RETIRED, done, refused, unknown};
use super::{Answer, InTemplate, Living, Place, Point, Rule};

pub(super) const fn enroll(template: InTemplate, place: Place) -> Rule {
    match controlled(template, place) {
        Ok(living) => done(
            living.point().stage(),
            "who has the control password becomes a Controller, under an ordinal that nobody had",
        ),
        Err(because) => stranger(because),
    }
}

pub(super) const fn add_thing(template: InTemplate, place: Place) -> Rule {
    match controlled(template, place) {
        Ok(living) => {
            done(living.point().stage(), "who has the control password may act on the Thing")
        }
        // Whoever asks has proved who it is: it is told that the Thing is the stranger.
        Err(because) => refused("thing-refused", because),
    }
}

pub(super) const fn grant(template: InTemplate, place: Place) -> Rule {
    let living = match place {
        Place::Unknown => return unknown(template),
        Place::Retired => return refused("retired", RETIRED),
        Place::Living(living) => living,
    };
    match living.point() {
        Point::NeverEnrolled | Point::MustEnrollAgain | Point::MustEnrollAgainInOverlap => {
            refused("not-enrolled", "there is no device to act on")
        }
        Point::Enrolled | Point::EnrolledInOverlap | Point::Activated => done(
            living.point().stage(),
            "an operator needs no control password, and what is disabled can be granted",
        ),
    }
}

pub(super) const fn release(template: InTemplate, place: Place) -> Rule {
    let living = match place {
        Place::Unknown => return unknown(template),
        Place::Retired => {
            return Rule::new(Answer::AlreadyDone, "every grant on it ended when it was retired");
        }
        Place::Living(living) => living,
    };
    match living.point() {
        Point::NeverEnrolled => {
            Rule::new(Answer::AlreadyDone, "nobody is granted what no device has enrolled with")
        }
        Point::MustEnrollAgain
        | Point::MustEnrollAgainInOverlap
        | Point::Enrolled
        | Point::EnrolledInOverlap
        | Point::Activated => done(living.point().stage(), "a grant ends, and nothing else"),
    }
}

pub(super) const fn set_access(template: InTemplate, place: Place) -> Rule {
    match place {
        Place::Unknown => unknown(template),
        Place::Retired => refused("retired", "nobody can do anything with it"),
        Place::Living(living) => done(
            living.point().stage(),
            "what is set stands in every stage, also while it is disabled",
        ),
    }
}

/// A Thing that may be controlled; or why whoever comes with its control password is a stranger.
const fn controlled(template: InTemplate, place: Place) -> Result<Living, &'static str> {
    let living = match enabled(template, place) {
        Ok(living) => living,
        Err(because) => return Err(because),
    };
    match (living.is_controllable(), living.point()) {
        (false, _) => Err("nobody controls a Thing that has no control password"),
        (true, Point::NeverEnrolled | Point::MustEnrollAgain | Point::MustEnrollAgainInOverlap) => {
            Err("a Thing is controlled while its device is enrolled")
        }
        (true, Point::Enrolled | Point::EnrolledInOverlap | Point::Activated) => Ok(living),
    }
}
