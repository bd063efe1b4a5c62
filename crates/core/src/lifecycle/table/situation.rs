//! Where a serial is, as far as that decides what a verb comes to.

use std::fmt;

use crate::{Epoch, ProductionTemplate, RepeatPolicy, TemplateState, UnixMillis};

use super::super::{Former, Mark, Overlap, SerialRecord, Stage, StageName};

/// Where a serial is and what its template says, as far as that decides what a verb comes to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Situation {
    template: InTemplate,
    place: Place,
}

impl Situation {
    /// The situation of a serial at that time. `None` is a serial or a template that nobody knows.
    #[must_use]
    pub fn of(
        record: Option<&SerialRecord>,
        template: Option<&ProductionTemplate>,
        at: UnixMillis,
    ) -> Self {
        let place = record.map_or(Place::Unknown, |record| Place::of(record, at));
        Self { template: template.map_or(InTemplate::Unknown, InTemplate::of), place }
    }

    /// Every situation there is. Left out is a serial in a template that nobody knows: a serial is
    /// registered in a template that is there, and of a template something always stays.
    pub fn all() -> impl Iterator<Item = Self> {
        let nowhere = Self { template: InTemplate::Unknown, place: Place::Unknown };
        let templates = [
            InTemplate::Open(RepeatPolicy::UntilActivated),
            InTemplate::Open(RepeatPolicy::Always),
            InTemplate::Open(RepeatPolicy::Never),
            InTemplate::Closed,
            InTemplate::Deleted,
        ];
        let known = templates
            .into_iter()
            .flat_map(|template| Place::all().map(move |place| Self { template, place }));
        std::iter::once(nowhere).chain(known)
    }

    /// What its template says.
    #[must_use]
    pub const fn template(&self) -> InTemplate {
        self.template
    }

    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }
}

/// What a template says to whoever comes to it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new state must answer every verb")]
pub enum InTemplate {
    /// There is no such template.
    Unknown,
    /// It is open, and repeats credentials by that policy.
    Open(RepeatPolicy),
    /// It is closed; its policy is not asked.
    Closed,
    /// It is deleted; its policy is not asked.
    Deleted,
}

impl InTemplate {
    fn of(template: &ProductionTemplate) -> Self {
        match template.state() {
            TemplateState::Open => Self::Open(template.design().repeat()),
            TemplateState::Closed { .. } | TemplateState::Deleting { .. } => Self::Closed,
            TemplateState::Deleted { .. } => Self::Deleted,
        }
    }
}

/// Where in its life a serial is, if it has one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new place must answer every verb")]
pub enum Place {
    /// Nobody registered it.
    Unknown,
    /// It is registered and not retired.
    Living(Living),
    /// It is over.
    Retired,
}

impl Place {
    fn of(record: &SerialRecord, at: UnixMillis) -> Self {
        let runs = |overlap: Option<&Overlap>| overlap.is_some_and(|of| of.is_running(at));
        let (point, is_sealed, registration) = match record.stage() {
            Stage::Registered(registered) => {
                let point = match registered.former().map(Former::overlap) {
                    None => Point::NeverEnrolled,
                    Some(overlap) if runs(overlap) => Point::MustEnrollAgainInOverlap,
                    Some(_) => Point::MustEnrollAgain,
                };
                (point, registered.sealed_key().is_some(), registered.registration())
            }
            Stage::Enrolled(enrolled) => {
                let runs = runs(enrolled.overlap());
                let point = if runs { Point::EnrolledInOverlap } else { Point::Enrolled };
                (point, enrolled.sealed_key().is_some(), enrolled.registration())
            }
            Stage::Activated(activated) => (Point::Activated, false, activated.registration()),
            Stage::Retired(_) => return Self::Retired,
        };
        let (mark, epoch) = (registration.mark(), EpochRank::of(registration.epoch()));
        let is_controllable = registration.control_verifier().is_some();
        Self::Living(Living { point, mark, epoch, is_sealed, is_controllable })
    }

    fn all() -> impl Iterator<Item = Self> {
        let living = Point::ALL.into_iter().flat_map(Living::all_at).map(Self::Living);
        [Self::Unknown].into_iter().chain(living).chain([Self::Retired])
    }
}

/// What is to be known of a serial that is registered and not retired.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Living {
    point: Point,
    mark: Mark,
    epoch: EpochRank,
    is_sealed: bool,
    is_controllable: bool,
}

impl Living {
    /// How far its life has come.
    #[must_use]
    pub const fn point(&self) -> Point {
        self.point
    }

    /// Whether it is disabled.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        self.mark
    }

    /// Which of its epochs it has reached.
    #[must_use]
    pub const fn epoch(&self) -> EpochRank {
        self.epoch
    }

    /// Whether its enroll key is kept sealed, for operators.
    #[must_use]
    pub const fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// Whether it has a control password.
    #[must_use]
    pub const fn is_controllable(&self) -> bool {
        self.is_controllable
    }

    /// Every one at that point. Left out is what cannot be: the first epoch where something has
    /// raised it, and a sealed key where a password was used, which erases the key. An overlap is
    /// that of a password that was used.
    fn all_at(point: Point) -> impl Iterator<Item = Self> {
        let (may_be_first, may_be_sealed) = match point {
            Point::NeverEnrolled | Point::Enrolled => (true, true),
            Point::MustEnrollAgain => (false, true),
            Point::MustEnrollAgainInOverlap | Point::EnrolledInOverlap => (false, false),
            Point::Activated => (true, false),
        };
        let epochs = [EpochRank::First, EpochRank::Risen, EpochRank::Last];
        let epochs = epochs.into_iter().filter(move |&of| may_be_first || of != EpochRank::First);
        epochs
            .flat_map(|epoch| [Mark::Enabled, Mark::Disabled].map(|mark| (epoch, mark)))
            .flat_map(|(epoch, mark)| [false, true].map(|is_sealed| (epoch, mark, is_sealed)))
            .filter(move |&(_, _, is_sealed)| may_be_sealed || !is_sealed)
            .flat_map(|of| [false, true].map(|is_controllable| (of, is_controllable)))
            .map(move |((epoch, mark, is_sealed), is_controllable)| Self {
                point,
                mark,
                epoch,
                is_sealed,
                is_controllable,
            })
    }
}

/// How far the life of a serial has come: its stage, and what is left of the time before.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "a new point must answer every verb")]
pub enum Point {
    /// Registered, and no device has enrolled with the passwords that it has.
    NeverEnrolled,
    /// Registered, and its device must enroll again.
    MustEnrollAgain,
    /// The same, and the password that the device used last still connects.
    MustEnrollAgainInOverlap,
    /// Enrolled.
    Enrolled,
    /// Enrolled, and the password that the device used last still connects.
    EnrolledInOverlap,
    /// Activated.
    Activated,
}

impl Point {
    /// Every point.
    pub const ALL: [Self; 6] = [
        Self::NeverEnrolled,
        Self::MustEnrollAgain,
        Self::MustEnrollAgainInOverlap,
        Self::Enrolled,
        Self::EnrolledInOverlap,
        Self::Activated,
    ];

    /// The stage that it is a point of.
    #[must_use]
    pub const fn stage(self) -> StageName {
        match self {
            Self::NeverEnrolled | Self::MustEnrollAgain | Self::MustEnrollAgainInOverlap => {
                StageName::Registered
            }
            Self::Enrolled | Self::EnrolledInOverlap => StageName::Enrolled,
            Self::Activated => StageName::Activated,
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverEnrolled => "Registered (never enrolled)",
            Self::MustEnrollAgain => "Registered (must enroll again)",
            Self::MustEnrollAgainInOverlap => "Registered (must enroll again, in an overlap)",
            Self::Enrolled => "Enrolled",
            Self::EnrolledInOverlap => "Enrolled (in an overlap)",
            Self::Activated => "Activated",
        })
    }
}

/// Which of its epochs a serial has reached.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "a number is the first, the last or between them")]
pub enum EpochRank {
    /// The one that it was registered with.
    First,
    /// A later one.
    Risen,
    /// The last that there is, after four billion.
    Last,
}

impl EpochRank {
    fn of(epoch: Epoch) -> Self {
        if epoch == Epoch::FIRST {
            Self::First
        } else if epoch.next().is_none() {
            Self::Last
        } else {
            Self::Risen
        }
    }
}
