//! The life of a serial as a table: which verb answers what in which stage.

use std::collections::BTreeMap;

use plugmint::{
    EventKind, Mark, PasswordClass, PlugId, RepeatPolicy, SerialStatus, StageName, TemplateDesign,
    UnixMillis,
};

use super::command::{CHOSEN, Device, PASSWORDS, Proof};

/// All devices that there are.
#[derive(Debug)]
pub struct Model {
    templates: Vec<(PasswordClass, RepeatPolicy)>,
    lives: BTreeMap<Device, Life>,
}

/// What became of a device.
#[derive(Debug)]
pub struct Life {
    password: usize,
    control: usize,
    stage: StageName,
    disabled: bool,
    /// The credentials that it has had since it first enrolled.
    pub told: Option<Told>,
    /// Its history.
    pub happened: Vec<(EventKind, UnixMillis)>,
}

/// What a device is told when it enrolls.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// Its Plug-ID.
    pub plug_id: PlugId,
    /// Its connection password.
    pub password: String,
}

/// The verbs: each answers with its outcome or the code of its refusal.
impl Model {
    /// Templates of these designs, without devices.
    #[must_use]
    pub fn new(designs: &[TemplateDesign]) -> Self {
        let rules = |design: &TemplateDesign| (design.password_class(), design.repeat());
        Self { templates: designs.iter().map(rules).collect(), lives: BTreeMap::new() }
    }

    pub(super) fn register(
        &mut self,
        device: Device,
        password: usize,
        control: usize,
        at: UnixMillis,
    ) -> &'static str {
        let Some((class, _)) = self.templates.get(device.template) else {
            return "unknown-template";
        };
        if *class == PasswordClass::Generated && password == CHOSEN {
            return "wrong-enroll-password-class";
        }
        if control == CHOSEN {
            return "wrong-control-password-class";
        }
        if control == password {
            return "same-passwords";
        }
        if let Some(life) = self.lives.get(&device) {
            return match life.stage {
                StageName::Retired => "retired",
                _ if (life.password, life.control) == (password, control) => "already-registered",
                _ => "serial-taken",
            };
        }
        let (stage, happened) = (StageName::Registered, vec![(EventKind::Registered, at)]);
        let life = Life { password, control, stage, disabled: false, told: None, happened };
        self.lives.insert(device, life);
        "Registered"
    }

    pub(super) fn enroll(
        &mut self,
        device: Device,
        password: usize,
        at: UnixMillis,
    ) -> &'static str {
        let repeat = self.templates.get(device.template).map(|(_, repeat)| *repeat);
        let (Some(life), Some(repeat)) = (self.lives.get_mut(&device), repeat) else {
            return "refused";
        };
        if life.password != password || life.disabled {
            return "refused";
        }
        match (life.stage, repeat) {
            (StageName::Retired, _) => "refused",
            (StageName::Registered, _) => {
                life.becomes(StageName::Enrolled, EventKind::Enrolled, at);
                "First"
            }
            (StageName::Enrolled, RepeatPolicy::Never) => "already-enrolled",
            (StageName::Activated, RepeatPolicy::Never | RepeatPolicy::UntilActivated) => {
                "already-activated"
            }
            (StageName::Enrolled, RepeatPolicy::UntilActivated | RepeatPolicy::Always)
            | (StageName::Activated, RepeatPolicy::Always) => "Repeated",
        }
    }

    pub(super) fn authenticate(
        &mut self,
        device: Device,
        proof: Proof,
        at: UnixMillis,
    ) -> &'static str {
        let is_right = matches!(proof, Proof::Right | Proof::RightInUpperCase);
        let Some(life) = self.lives.get_mut(&device).filter(|life| is_right && !life.disabled)
        else {
            return "refused";
        };
        match life.stage {
            StageName::Registered | StageName::Retired => "refused",
            StageName::Enrolled => {
                life.becomes(StageName::Activated, EventKind::Activated, at);
                "Connected"
            }
            StageName::Activated => "Connected",
        }
    }

    pub(super) fn disable(&mut self, device: Device, at: UnixMillis) -> &'static str {
        self.mark(device, true, EventKind::Disabled, at)
    }

    pub(super) fn enable(&mut self, device: Device, at: UnixMillis) -> &'static str {
        self.mark(device, false, EventKind::Enabled, at)
    }

    pub(super) fn retire(&mut self, device: Device, at: UnixMillis) -> &'static str {
        match self.known(device) {
            Err(unknown) => unknown,
            Ok(life) if life.stage == StageName::Retired => "AlreadyDone",
            Ok(life) => {
                life.becomes(StageName::Retired, EventKind::Retired, at);
                "Done"
            }
        }
    }

    fn mark(
        &mut self,
        device: Device,
        disabled: bool,
        kind: EventKind,
        at: UnixMillis,
    ) -> &'static str {
        match self.known(device) {
            Err(unknown) => unknown,
            Ok(life) if life.stage == StageName::Retired => "retired",
            Ok(life) if life.disabled == disabled => "AlreadyDone",
            Ok(life) => {
                life.disabled = disabled;
                life.happened.push((kind, at));
                "Done"
            }
        }
    }

    fn known(&mut self, device: Device) -> Result<&mut Life, &'static str> {
        let is_template = device.template < self.templates.len();
        let unknown = if is_template { "unknown-serial" } else { "unknown-template" };
        self.lives.get_mut(&device).ok_or(unknown)
    }
}

impl Model {
    /// A device was told credentials: the same each time, and no other device's.
    pub(super) fn tell(&mut self, device: Device, told: Told) {
        for (other, life) in &self.lives {
            let Some(known) = &life.told else { continue };
            if *other == device {
                assert_eq!(known, &told, "{device:?} is told the same each time");
            } else {
                assert_ne!(known.plug_id, told.plug_id, "{device:?} and {other:?}");
                assert_ne!(known.password, told.password, "{device:?} and {other:?}");
            }
        }
        if let Some(life) = self.lives.get_mut(&device) {
            life.told = Some(told);
        }
    }

    pub(super) fn told(&self, device: Device) -> Option<Told> {
        self.lives.get(&device).and_then(|life| life.told.clone())
    }

    pub(super) fn devices_of(&self, template: usize) -> impl Iterator<Item = Device> {
        self.lives.keys().copied().filter(move |device| device.template == template)
    }

    pub(super) fn life(&self, device: Device) -> &Life {
        &self.lives[&device]
    }
}

impl Life {
    fn becomes(&mut self, stage: StageName, kind: EventKind, at: UnixMillis) {
        self.stage = stage;
        self.happened.push((kind, at));
    }

    /// What is shown of the serial is what became of it.
    pub(super) fn check(&self, status: &SerialStatus) {
        let retired = self.stage == StageName::Retired;
        let mark = if self.disabled { Mark::Disabled } else { Mark::Enabled };
        assert_eq!(status.stage, self.stage);
        assert_eq!(status.mark, (!retired).then_some(mark));
        assert_eq!(status.plug_id, self.told.as_ref().map(|told| told.plug_id));
        assert_eq!(status.controllable, !retired && self.control < PASSWORDS.len());
        assert_eq!(status.events, self.happened.len() as u64);
        assert_eq!(Some(status.registered_at), self.when(EventKind::Registered));
        assert_eq!(status.enrolled_at, self.when(EventKind::Enrolled).filter(|_| !retired));
        assert_eq!(status.activated_at, self.when(EventKind::Activated).filter(|_| !retired));
        assert_eq!(status.retired_at, self.when(EventKind::Retired));
    }

    fn when(&self, kind: EventKind) -> Option<UnixMillis> {
        self.happened.iter().find(|(of, _)| *of == kind).map(|(_, at)| *at)
    }
}
