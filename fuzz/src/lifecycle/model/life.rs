//! What became of a device.

use std::collections::BTreeSet;

use plugmint::{AccessLevel, EventKind, Mark, PlugId, SerialStatus, StageName, UnixMillis};

use crate::lifecycle::command::{OWN_SERIALS, PASSWORDS};

use super::controllers::Controller;

/// What became of a device.
#[derive(Debug)]
pub struct Life {
    pub(super) password: usize,
    pub(super) control: usize,
    /// Whether it was replaced, and then whether grants stayed.
    pub(super) control_replaced: Option<bool>,
    /// The version of the root key that its passwords hang on.
    pub(super) version: u32,
    /// The version that its enroll key is sealed under, while that is kept.
    pub(super) sealed: Option<u32>,
    pub(super) stage: StageName,
    pub(super) disabled: bool,
    pub(super) epoch: u32,
    pub(super) raised_by: Option<Raise>,
    /// The epoch of the password of before, and the end of its time.
    pub(super) overlap: Option<(u32, UnixMillis)>,
    pub(super) plug_id: Option<PlugId>,
    pub(super) enrolled_at: Option<UnixMillis>,
    pub(super) activated_at: Option<UnixMillis>,
    pub(super) connected_at: Option<UnixMillis>,
    /// What holders may do with it; `None` is what its template says.
    pub(in crate::lifecycle) access: Option<AccessLevel>,
    /// All that ever came, by their ordinals.
    pub controllers: Vec<Controller>,
    /// Who came last with each own serial number.
    pub(super) known: [Option<usize>; OWN_SERIALS.len()],
    /// Those that take a place, by their ordinals.
    pub(super) places: BTreeSet<usize>,
    /// Its history.
    pub happened: Vec<Happened>,
    /// How many events of it were forgotten.
    pub forgotten: usize,
}

/// Passwords as a serial has them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passwords {
    pub(super) password: usize,
    pub(super) control: usize,
    /// The version of the root key that they hang on.
    pub(super) version: u32,
    /// The version that the enroll key is sealed under, if it is kept.
    pub(super) sealed: Option<u32>,
}

/// An event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Happened {
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: UnixMillis,
    /// Whom it happened to.
    pub about: About,
}

/// Whom an event happened to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum About {
    /// The device itself.
    Itself,
    /// A Controller of its, by its ordinal.
    Controller(usize),
    /// Whoever is called so.
    Called(PlugId),
}

/// What raised an epoch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Raise {
    Reactivate,
    Unenroll,
    Replace,
    Transfer,
}

impl Life {
    pub(super) const fn new(Passwords { password, control, version, sealed }: Passwords) -> Self {
        Self {
            password,
            control,
            control_replaced: None,
            version,
            sealed,
            stage: StageName::Registered,
            disabled: false,
            epoch: 0,
            raised_by: None,
            overlap: None,
            plug_id: None,
            enrolled_at: None,
            activated_at: None,
            connected_at: None,
            access: None,
            controllers: Vec::new(),
            known: [None; OWN_SERIALS.len()],
            places: BTreeSet::new(),
            happened: Vec::new(),
            forgotten: 0,
        }
    }

    pub(super) const fn raises(&mut self, by: Raise) {
        self.stage = StageName::Registered;
        self.epoch += 1;
        self.raised_by = Some(by);
    }

    pub(super) const fn unenrolls(&mut self) {
        self.raises(Raise::Unenroll);
        self.overlap = None;
    }

    /// Other passwords, and so another identity.
    pub(super) const fn renews(&mut self, by: Raise, new: Passwords) {
        self.raises(by);
        (self.password, self.control) = (new.password, new.control);
        (self.version, self.sealed) = (new.version, new.sealed);
        self.control_replaced = None;
        if let Raise::Transfer = by {
            self.access = None;
        }
        (self.overlap, self.plug_id, self.connected_at) = (None, None, None);
    }

    pub(super) fn is_controllable(&self) -> bool {
        self.stage != StageName::Retired && self.control < PASSWORDS.len()
    }

    /// Whether a Controller may come with that password.
    pub(super) fn is_controlled_with(&self, password: usize) -> bool {
        let is_enrolled = matches!(self.stage, StageName::Enrolled | StageName::Activated);
        is_enrolled && !self.disabled && self.is_controllable() && self.control == password
    }

    pub(super) fn is_current(&self, told: (usize, u32)) -> bool {
        let has_password = matches!(self.stage, StageName::Enrolled | StageName::Activated);
        has_password && !self.disabled && told == (self.password, self.epoch)
    }

    pub(super) fn is_in_overlap(&self, (with, epoch): (usize, u32), at: UnixMillis) -> bool {
        let former = self.running(at).is_some_and(|(former, _)| former == epoch);
        former && !self.disabled && with == self.password
    }

    pub(super) fn running(&self, at: UnixMillis) -> Option<(u32, UnixMillis)> {
        self.overlap.filter(|(_, until)| at < *until)
    }

    pub(super) fn is_in_use(&self, at: UnixMillis) -> bool {
        match self.stage {
            StageName::Enrolled | StageName::Activated => true,
            StageName::Registered => self.running(at).is_some(),
            StageName::Retired => false,
        }
    }

    /// What is shown of the serial is what became of it.
    pub(in crate::lifecycle) fn check(&self, status: &SerialStatus, now: UnixMillis) {
        let retired = self.stage == StageName::Retired;
        let mark = if self.disabled { Mark::Disabled } else { Mark::Enabled };
        let in_stage = |stages: &[StageName]| stages.contains(&self.stage);
        assert_eq!(status.stage, self.stage);
        assert_eq!(status.mark, (!retired).then_some(mark));
        assert_eq!(status.plug_id, self.plug_id);
        assert_eq!(status.epoch.number(), self.epoch);
        assert_eq!(status.overlap_until, self.running(now).map(|(_, until)| until));
        assert_eq!(status.key_version.number(), self.version);
        assert_eq!(status.next_ordinal.number() as usize, self.controllers.len());
        assert_eq!(status.controllable, self.is_controllable());
        assert_eq!(status.sealed, self.sealed.is_some());
        assert_eq!(status.events, self.happened.len() as u64);
        assert_eq!(Some(status.registered_at), self.when(EventKind::Registered));
        let enrolled_at = in_stage(&[StageName::Enrolled, StageName::Activated]);
        assert_eq!(status.enrolled_at, self.enrolled_at.filter(|_| enrolled_at));
        let activated_at = in_stage(&[StageName::Activated]);
        assert_eq!(status.activated_at, self.activated_at.filter(|_| activated_at));
        assert_eq!(status.connected_at, self.connected_at.filter(|_| !retired));
        assert_eq!(status.retired_at, self.when(EventKind::Retired));
    }

    fn when(&self, kind: EventKind) -> Option<UnixMillis> {
        self.happened.iter().find(|of| of.kind == kind).map(|of| of.at)
    }

    /// Its history as it is shown.
    pub(in crate::lifecycle) fn history(&self) -> Vec<(EventKind, UnixMillis, Option<PlugId>)> {
        let about = |about| match about {
            About::Itself => None,
            About::Controller(ordinal) => self.controllers[ordinal].plug_id,
            About::Called(plug_id) => Some(plug_id),
        };
        let kept = self.happened[self.forgotten..].iter();
        kept.map(|of| (of.kind, of.at, about(of.about))).collect()
    }
}
