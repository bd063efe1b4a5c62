//! The table of the life of a serial: what every verb comes to in every situation.

mod answer;
mod controllers;
mod devices;
mod operators;
mod situation;
mod verb;

use serde::Serialize;

pub use answer::Answer;
pub use situation::{EpochRank, InTemplate, Living, Place, Point, Situation};
pub use verb::{UnknownVerb, Verb};

/// What `verb` comes to in `situation`, and which rule decides it: one answer for each, without a
/// store, a clock or a password.
///
/// It is the answer to a caller who does everything right: a device has the right password, an
/// operator saw the present epoch and offers passwords that are fine, the one sealed key that is
/// kept can be opened, and nobody asks for the second time. Whoever shall act on the Thing has the
/// control password, finds a place and an ordinal, and may act; who is granted it is there and was
/// not, and who is released was granted it if anybody could be. It is what an operator can be shown
/// before they ask, and what [`SerialRecord`](super::SerialRecord) and the registry do: tests walk
/// every cell.
///
/// ```
/// use plugmint_core::lifecycle::{Answer, Situation, Verb, rule};
/// use plugmint_core::UnixMillis;
///
/// let nowhere = Situation::of(None, None, UnixMillis::new(1_790_000_000_000));
/// let rule = rule(Verb::Enroll, &nowhere);
/// assert_eq!(rule.answer(), Answer::Refused("refused"));
/// assert_eq!(rule.because(), "an unknown template is told what a wrong password is told");
/// ```
#[must_use]
pub const fn rule(verb: Verb, situation: &Situation) -> Rule {
    let (template, place) = (situation.template(), situation.place());
    match verb {
        Verb::Register => operators::register(template, place),
        Verb::Enroll => devices::enroll(template, place),
        Verb::EnrollByOperator => operators::enroll_by_operator(template, place),
        Verb::Authenticate => devices::authenticate(place),
        Verb::AuthenticateInOverlap => devices::authenticate_in_overlap(place),
        Verb::Disable => operators::disable(template, place),
        Verb::Enable => operators::enable(template, place),
        Verb::Reactivate => operators::reactivate(template, place),
        Verb::Unenroll => operators::unenroll(template, place),
        Verb::UnenrollByDevice => devices::unenroll_by_device(place),
        Verb::ReplacePasswords => operators::replace_passwords(template, place),
        Verb::ReplaceControlPassword => operators::replace_control_password(template, place),
        Verb::EnrollController => controllers::enroll(template, place),
        Verb::AddThing => controllers::add_thing(template, place),
        Verb::Grant => controllers::grant(template, place),
        Verb::Release => controllers::release(template, place),
        Verb::SetAccess => controllers::set_access(template, place),
        Verb::Transfer => operators::transfer(template, place),
        Verb::Retire => operators::retire(template, place),
    }
}

/// What a verb comes to, and why.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Rule {
    answer: Answer,
    because: &'static str,
}

impl Rule {
    const fn new(answer: Answer, because: &'static str) -> Self {
        Self { answer, because }
    }

    /// What comes.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        self.answer
    }

    /// Which rule decides it, as a clause that follows "because".
    #[must_use]
    pub const fn because(&self) -> &'static str {
        self.because
    }
}
