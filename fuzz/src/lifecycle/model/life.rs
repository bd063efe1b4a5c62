//! What became of a device.

use plugmint::{EventKind, Mark, PlugId, SerialStatus, StageName, UnixMillis};

use crate::lifecycle::command::PASSWORDS;

use super::Told;

/// What became of a device.
#[derive(Debug)]
pub struct Life {
    pub(super) password: usize,
    pub(super) control: usize,
    pub(super) control_replaced: bool,
    pub(super) sealed: bool,
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
    /// All that it was ever told.
    pub told: Vec<Told>,
    /// Its history.
    pub happened: Vec<(EventKind, UnixMillis)>,
    /// How many events of it were forgotten.
    pub forgotten: usize,
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
    pub(super) const fn new(password: usize, control: usize, sealed: bool) -> Self {
        Self {
            password,
            control,
            control_replaced: false,
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
            told: Vec::new(),
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
    pub(super) const fn renews(&mut self, by: Raise, password: usize, control: usize, seals: bool) {
        self.raises(by);
        (self.password, self.control) = (password, control);
        (self.control_replaced, self.sealed) = (false, seals);
        (self.overlap, self.plug_id, self.connected_at) = (None, None, None);
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
        assert_eq!(status.controllable, !retired && self.control < PASSWORDS.len());
        assert_eq!(status.sealed, !retired && self.sealed);
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
        self.happened.iter().find(|(of, _)| *of == kind).map(|(_, at)| *at)
    }
}
