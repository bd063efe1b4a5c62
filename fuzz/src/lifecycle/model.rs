//! The life of a serial as a table: which verb answers what in which stage.

mod controllers;
mod grants;
mod life;
mod operators;
mod profiles;
mod root_keys;
mod templates;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use plugmint::{
    EventKind, OperatorEnroll, PlugId, RepeatPolicy, StageName, TemplateDesign, UnixMillis,
};

use super::command::Device;
use life::{About, Happened, Passwords};

pub use life::Life;
pub use root_keys::Versions;
pub use templates::{State, Template};
pub use told::{Told, Who};

/// All templates and devices that there are.
#[derive(Debug)]
pub struct Model {
    pub(super) templates: Vec<Template>,
    lives: BTreeMap<Device, Life>,
    /// Events that the feed must give when it is read next.
    unread: BTreeSet<(Device, usize)>,
    /// All that anybody was ever told.
    told: Vec<Told>,
    /// Who holds what, and since when: the grants that count.
    grants: BTreeMap<(Device, Who), UnixMillis>,
    /// What is kept, also under names that were given up.
    profiles: BTreeMap<PlugId, profiles::Kept>,
    pub(super) versions: Versions,
}

/// The verbs of devices, and what begins their lives: each answers with its outcome or the code of
/// its refusal.
impl Model {
    /// Templates of these designs, without devices.
    #[must_use]
    pub fn new(designs: &[TemplateDesign]) -> Self {
        let template = |design: &TemplateDesign| Template {
            class: design.password_class(),
            control: design.control_class(),
            cap: usize::from(design.controllers().number()),
            access: design.access(),
            repeat: design.repeat(),
            seals: design.operator_enroll() == OperatorEnroll::Allowed,
            state: State::Open,
        };
        let templates = designs.iter().map(template).collect();
        Self {
            templates,
            lives: BTreeMap::new(),
            unread: BTreeSet::new(),
            told: Vec::new(),
            grants: BTreeMap::new(),
            profiles: BTreeMap::new(),
            versions: Versions { current: 1, dropped: BTreeSet::new() },
        }
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
        let new = self.passwords(device.template, password, control);
        self.lives.insert(device, Life::new(new));
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
            StageName::Registered if life.sealed.is_none() => "not-sealed",
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
            (life.overlap, life.sealed) = (None, None);
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
        self.ends_all(device);
        self.happens(device, EventKind::Unenrolled, at);
        "Unenrolled"
    }

    fn known(&mut self, device: Device) -> Result<&mut Life, &'static str> {
        let is_template =
            self.templates.get(device.template).is_some_and(|of| of.state != State::Deleted);
        let unknown = if is_template { "unknown-serial" } else { "unknown-template" };
        self.lives.get_mut(&device).ok_or(unknown)
    }

    /// As they are kept from now on.
    fn passwords(&self, template: usize, password: usize, control: usize) -> Passwords {
        let version = self.versions.current;
        let sealed = self.templates[template].seals.then_some(version);
        Passwords { password, control, version, sealed }
    }

    fn happens(&mut self, device: Device, kind: EventKind, at: UnixMillis) {
        self.happens_to(device, About::Itself, kind, at);
    }

    fn happens_to(&mut self, device: Device, about: About, kind: EventKind, at: UnixMillis) {
        if let Some(life) = self.lives.get_mut(&device) {
            self.unread.insert((device, life.happened.len()));
            life.happened.push(Happened { kind, at, about });
        }
    }
}

impl Model {
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
