//! The life of a serial as one thread sees it.

use plugmint_tests::Sequential;

/// Whose passwords a serial has: it goes from one to the other and back.
pub(super) type Owner = usize;

#[derive(Clone, Copy, Debug)]
pub(super) enum Verb {
    Enroll { owner: Owner },
    Authenticate { owner: Owner, epoch: u32 },
    UnenrollByDevice { owner: Owner, epoch: u32 },
    Disable,
    Enable,
    Reactivate { seen: u32, with_overlap: bool },
    Unenroll { seen: u32 },
    Transfer { seen: u32, owner: Owner },
    Retire,
}

/// A verb, the word that it was answered, and the epoch of the credentials that were given.
pub(super) type Call = (Verb, &'static str, Option<u32>);

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Stage {
    Registered,
    Enrolled,
    Activated,
    Retired,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Raise {
    Reactivate,
    Unenroll,
    Transfer,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct State {
    stage: Stage,
    is_enabled: bool,
    owner: Owner,
    epoch: u32,
    raised_by: Option<Raise>,
    /// The epoch of the password of before, which still connects.
    overlap: Option<u32>,
}

impl State {
    pub(super) const REGISTERED: Self = Self {
        stage: Stage::Registered,
        is_enabled: true,
        owner: 0,
        epoch: 0,
        raised_by: None,
        overlap: None,
    };

    const fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    const fn raised(self, by: Raise, overlap: Option<u32>) -> Self {
        let (stage, epoch) = (Stage::Registered, self.epoch + 1);
        Self { stage, epoch, raised_by: Some(by), overlap, ..self }
    }

    fn is_open_to(&self, owner: Owner) -> bool {
        self.stage != Stage::Retired && self.is_enabled && self.owner == owner
    }

    fn enroll(self, owner: Owner) -> (&'static str, Self) {
        match self.stage {
            _ if !self.is_open_to(owner) => ("refused", self),
            Stage::Registered if self.epoch == 0 => ("first", self.at(Stage::Enrolled)),
            Stage::Registered => ("reissued", self.at(Stage::Enrolled)),
            Stage::Enrolled => ("repeated", self),
            Stage::Activated => ("already-activated", self),
            Stage::Retired => ("refused", self),
        }
    }

    fn authenticate(self, owner: Owner, epoch: u32) -> (&'static str, Self) {
        let is_current =
            epoch == self.epoch && matches!(self.stage, Stage::Enrolled | Stage::Activated);
        match () {
            () if !self.is_open_to(owner) => ("refused", self),
            () if is_current => ("current", Self { overlap: None, ..self.at(Stage::Activated) }),
            () if self.overlap == Some(epoch) => ("overlap", self),
            () => ("refused", self),
        }
    }

    fn unenroll_by_device(self, owner: Owner, epoch: u32) -> (&'static str, Self) {
        match self.stage {
            Stage::Enrolled | Stage::Activated if self.is_open_to(owner) && epoch == self.epoch => {
                ("done", self.raised(Raise::Unenroll, None))
            }
            _ => ("refused", self),
        }
    }

    /// What is answered to a verb that raises the epoch, unless it rises.
    fn not_raised(&self, by: Raise, seen: u32) -> Option<&'static str> {
        match () {
            () if self.stage == Stage::Retired => Some("retired"),
            () if seen == self.epoch => None,
            () if seen + 1 == self.epoch && self.raised_by == Some(by) => Some("already-done"),
            () => Some("epoch-moved"),
        }
    }

    fn reactivate(self, seen: u32, with_overlap: bool) -> (&'static str, Self) {
        match self.not_raised(Raise::Reactivate, seen) {
            // Whoever asks for no overlap is not told that it is done while one runs.
            Some("already-done") if !with_overlap && self.overlap.is_some() => {
                return ("epoch-moved", self);
            }
            Some(answer) => return (answer, self),
            None => {}
        }
        let former = match self.stage {
            Stage::Registered if self.overlap.is_none() => return ("not-enrolled", self),
            Stage::Activated => Some(self.epoch),
            Stage::Registered | Stage::Enrolled | Stage::Retired => self.overlap,
        };
        ("done", self.raised(Raise::Reactivate, former.filter(|_| with_overlap)))
    }

    fn unenroll(self, seen: u32) -> (&'static str, Self) {
        match (self.not_raised(Raise::Unenroll, seen), self.stage) {
            (Some(answer), _) => (answer, self),
            (None, Stage::Registered) => ("not-enrolled", self),
            (None, _) => ("done", self.raised(Raise::Unenroll, None)),
        }
    }

    fn transfer(self, seen: u32, owner: Owner) -> (&'static str, Self) {
        match self.not_raised(Raise::Transfer, seen) {
            Some("already-done") if owner != self.owner => ("epoch-moved", self),
            Some(answer) => (answer, self),
            None if owner == self.owner => ("repeated-password", self),
            None => ("done", Self { owner, ..self.raised(Raise::Transfer, None) }),
        }
    }

    fn mark(self, is_enabled: bool) -> (&'static str, Self) {
        match self.stage {
            Stage::Retired => ("retired", self),
            _ if self.is_enabled == is_enabled => ("already-done", self),
            _ => ("done", Self { is_enabled, ..self }),
        }
    }

    fn retire(self) -> (&'static str, Self) {
        match self.stage {
            Stage::Retired => ("already-done", self),
            _ => ("done", Self { overlap: None, ..self.at(Stage::Retired) }),
        }
    }
}

pub(super) struct Life;

impl Sequential for Life {
    type State = State;
    type Call = Call;

    fn step(&self, state: &State, (verb, answer, told): &Call) -> Option<State> {
        let (expected, next) = match *verb {
            Verb::Enroll { owner } => state.enroll(owner),
            Verb::Authenticate { owner, epoch } => state.authenticate(owner, epoch),
            Verb::UnenrollByDevice { owner, epoch } => state.unenroll_by_device(owner, epoch),
            Verb::Disable => state.mark(false),
            Verb::Enable => state.mark(true),
            Verb::Reactivate { seen, with_overlap } => state.reactivate(seen, with_overlap),
            Verb::Unenroll { seen } => state.unenroll(seen),
            Verb::Transfer { seen, owner } => state.transfer(seen, owner),
            Verb::Retire => state.retire(),
        };
        let is_epoch = told.is_none_or(|told| told == next.epoch);
        (expected == *answer && is_epoch).then_some(next)
    }
}
