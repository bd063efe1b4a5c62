//! The life of a serial as a table: which verb answers what in which stage.

mod life;
mod operators;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

use plugmint::{
    EventKind, OperatorEnroll, PasswordClass, PlugId, RepeatPolicy, StageName, TemplateDesign,
    UnixMillis,
};

use super::command::{CHOSEN, Device, PASSWORDS};

pub use life::Life;
pub use templates::{State, Template};

/// All templates and devices that there are.
#[derive(Debug)]
pub struct Model {
    pub(super) templates: Vec<Template>,
    lives: BTreeMap<Device, Life>,
    /// Events that the feed must give when it is read next.
    unread: BTreeSet<(Device, usize)>,
}

/// What a device is told when it enrolls: the password that it enrolled with and the epoch, its
/// Plug-ID, and its connection password.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// Which of all passwords.
    pub with: usize,
    /// The epoch.
    pub epoch: u32,
    /// Its Plug-ID.
    pub plug_id: PlugId,
    /// Its connection password.
    pub password: String,
}

/// The verbs of devices, and what begins their lives: each answers with its outcome or the code of
/// its refusal.
impl Model {
    /// Templates of these designs, without devices.
    #[must_use]
    pub fn new(designs: &[TemplateDesign]) -> Self {
        let template = |design: &TemplateDesign| Template {
            class: design.password_class(),
            repeat: design.repeat(),
            seals: design.operator_enroll() == OperatorEnroll::Allowed,
            state: State::Open,
        };
        let templates = designs.iter().map(template).collect();
        Self { templates, lives: BTreeMap::new(), unread: BTreeSet::new() }
    }

    pub(super) fn register(
        &mut self,
        device: Device,
        password: usize,
        control: usize,
        at: UnixMillis,
    ) -> &'static str {
        let template = match self.open_template(device.template) {
            Ok(template) => *template,
            Err(shut) => return shut,
        };
        if let Some(wrong) = template.refuses(password, control) {
            return wrong;
        }
        if let Some(life) = self.lives.get(&device) {
            return match life.stage {
                StageName::Retired => "retired",
                _ if (life.password, life.control) == (password, control) => "already-registered",
                _ => "serial-taken",
            };
        }
        self.lives.insert(device, Life::new(password, control, template.seals));
        self.happens(device, EventKind::Registered, at);
        "Registered"
    }

    pub(super) fn enroll(
        &mut self,
        device: Device,
        password: usize,
        at: UnixMillis,
    ) -> &'static str {
        let Ok(Template { repeat, .. }) = self.open_template(device.template).copied() else {
            return "refused";
        };
        let Some(life) = self.lives.get(&device) else {
            return "refused";
        };
        if life.password != password || life.disabled {
            return "refused";
        }
        match (life.stage, repeat) {
            (StageName::Retired, _) => "refused",
            (StageName::Registered, _) => self.enrolls(device, at),
            (StageName::Enrolled, RepeatPolicy::Never) => "already-enrolled",
            (StageName::Activated, RepeatPolicy::Never | RepeatPolicy::UntilActivated) => {
                "already-activated"
            }
            (StageName::Enrolled, RepeatPolicy::UntilActivated | RepeatPolicy::Always)
            | (StageName::Activated, RepeatPolicy::Always) => "Repeated",
        }
    }

    pub(super) fn enroll_by_operator(&mut self, device: Device, at: UnixMillis) -> &'static str {
        if let Err(shut) = self.open_template(device.template) {
            return shut;
        }
        let life = match self.known(device) {
            Ok(life) => life,
            Err(unknown) => return unknown,
        };
        match life.stage {
            StageName::Retired => "retired",
            StageName::Enrolled => "already-enrolled",
            StageName::Activated => "already-activated",
            StageName::Registered if life.disabled => "disabled",
            StageName::Registered if !life.sealed => "not-sealed",
            StageName::Registered => self.enrolls(device, at),
        }
    }

    fn enrolls(&mut self, device: Device, at: UnixMillis) -> &'static str {
        let Some(life) = self.lives.get_mut(&device) else { return "refused" };
        life.stage = StageName::Enrolled;
        life.enrolled_at = Some(at);
        let (said, kind) = if life.epoch == 0 {
            ("First", EventKind::Enrolled)
        } else {
            ("Reissued", EventKind::Reissued)
        };
        // What has ended is not carried on.
        life.overlap = life.overlap.filter(|(_, until)| at < *until);
        self.happens(device, kind, at);
        said
    }

    /// With what a device was told when it enrolled with a password at an epoch.
    pub(super) fn authenticate(
        &mut self,
        device: Device,
        told: Option<(usize, u32)>,
        at: UnixMillis,
    ) -> &'static str {
        let Some((life, told)) = self.lives.get_mut(&device).zip(told) else {
            return "refused";
        };
        if life.is_current(told) && life.stage == StageName::Enrolled {
            life.stage = StageName::Activated;
            (life.overlap, life.sealed) = (None, false);
            life.activated_at = Some(at);
            life.connected_at = life.connected_at.or(Some(at));
            self.happens(device, EventKind::Activated, at);
            "Current"
        } else if life.is_current(told) {
            "Current"
        } else if life.is_in_overlap(told, at) {
            "Overlap"
        } else {
            "refused"
        }
    }

    pub(super) fn unenroll_by_device(
        &mut self,
        device: Device,
        told: Option<(usize, u32)>,
        at: UnixMillis,
    ) -> &'static str {
        let life = self.lives.get_mut(&device).zip(told);
        let Some((life, _)) = life.filter(|(life, told)| life.is_current(*told)) else {
            return "refused";
        };
        life.unenrolls();
        self.happens(device, EventKind::Unenrolled, at);
        "Unenrolled"
    }

    fn known(&mut self, device: Device) -> Result<&mut Life, &'static str> {
        let is_template =
            self.templates.get(device.template).is_some_and(|of| of.state != State::Deleted);
        let unknown = if is_template { "unknown-serial" } else { "unknown-template" };
        self.lives.get_mut(&device).ok_or(unknown)
    }

    fn happens(&mut self, device: Device, kind: EventKind, at: UnixMillis) {
        if let Some(life) = self.lives.get_mut(&device) {
            self.unread.insert((device, life.happened.len()));
            life.happened.push((kind, at));
        }
    }
}

impl Model {
    /// A device was told credentials: for each password that it enrolled with one Plug-ID, for each
    /// epoch of it one connection password, and nothing that another device has.
    pub(super) fn tell(&mut self, device: Device, plug_id: PlugId, password: String) {
        let Some(Life { password: with, epoch, .. }) = self.lives.get(&device) else { return };
        let told = Told { with: *with, epoch: *epoch, plug_id, password };
        for (other, life) in &self.lives {
            for known in &life.told {
                let same_name = *other == device && known.with == told.with;
                assert_eq!(known.plug_id == told.plug_id, same_name, "{device:?} and {other:?}");
                let same = same_name && known.epoch == told.epoch;
                assert_eq!(known.password == told.password, same, "{device:?} and {other:?}");
            }
        }
        if let Some(life) = self.lives.get_mut(&device) {
            life.plug_id = Some(told.plug_id);
            if !life.told.contains(&told) {
                life.told.push(told);
            }
        }
    }

    /// What a device was told, counted from the last.
    pub(super) fn told(&self, device: Device, pick: usize) -> Option<&Told> {
        let told = &self.lives.get(&device)?.told;
        told.iter().nth_back(pick % told.len().max(1))
    }

    pub(super) fn devices_of(&self, template: usize) -> impl Iterator<Item = Device> {
        self.lives.keys().copied().filter(move |device| device.template == template)
    }

    pub(super) fn life(&self, device: Device) -> &Life {
        &self.lives[&device]
    }

    pub(super) fn epoch(&self, device: Device) -> u32 {
        self.lives.get(&device).map_or(0, |life| life.epoch)
    }
}

/// Why a template of that class does not take these passwords; control passwords are generated.
const fn refusal(class: PasswordClass, password: usize, control: usize) -> Option<&'static str> {
    match class {
        PasswordClass::Generated if password == CHOSEN => Some("wrong-enroll-password-class"),
        _ if control == CHOSEN => Some("wrong-control-password-class"),
        _ if control == password && control < PASSWORDS.len() => Some("same-passwords"),
        _ => None,
    }
}
