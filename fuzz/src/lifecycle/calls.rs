//! Each command as a call, and what the model says to it.

mod controllers;
mod grants;
mod operators;
mod profiles;
mod root_keys;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use plugmint::{
    ConnectionPassword, ControlPassword, EnrollError, Enrollment, NewSerial, OperatorEnrollError,
    Ordinal, PlugId, PlugIdKind, PrincipalKind, ProvenBy, RegisterError, SerialStatus, UnixMillis,
};
use plugmint_tests::{enroll_password, new_serial};
use pollster::block_on;

use super::command::{Command, Device, PASSWORDS, Proof, SERIALS};
use super::model::{Told, Who};
use super::{Answers, World, ada, said};

impl World {
    pub(super) fn answers(&mut self, command: Command) -> Answers {
        let now = self.clock.time();
        let same = |word: &str| (word.to_owned(), word.to_owned());
        match command {
            Command::Register { device, password, control } => {
                let new = vec![new(device, password, control)];
                let said = self.register(device, new).pop().unwrap();
                (said, self.model.register(device, password, control, now).to_owned())
            }
            Command::RegisterTogether { template, password, control } => {
                self.register_together(template, password, control)
            }
            Command::Enroll { device, password } => self.enroll(device, password),
            Command::EnrollByOperator { device } => {
                let expected = self.model.enroll_by_operator(device, now).to_owned();
                let enrolled = block_on(self.registry.enroll_by_operator(&self.id(device), &ada()));
                (self.enrolled(device, enrolled, OperatorEnrollError::code), expected)
            }
            Command::Authenticate { device, proof } => self.authenticate(device, proof),
            Command::AuthenticateOld { device, pick } => {
                let told = self.model.told(device, pick).cloned();
                let expected = self.model.authenticate(device, named(told.as_ref()), now);
                (self.connect(&told.unwrap_or_else(nobody)), expected.to_owned())
            }
            Command::UnenrollByDevice { device, pick } => self.unenroll_by_device(device, pick),
            Command::Wait { seconds } => {
                self.clock.advance(Duration::from_secs(u64::from(seconds)));
                same("Waited")
            }
            Command::Reopen => {
                self.reopen();
                same("Reopened")
            }
            Command::Forget { seconds } => {
                let before = self.earlier(seconds);
                (self.forget(before), self.model.forget(before))
            }
            Command::ReadFeed { limit } => self.read_feed(limit),
            Command::Close { .. }
            | Command::Open { .. }
            | Command::Change { .. }
            | Command::Delete { .. } => self.of_template(command, now),
            Command::Disable { .. }
            | Command::Enable { .. }
            | Command::Retire { .. }
            | Command::Reactivate { .. }
            | Command::Unenroll { .. }
            | Command::ReplacePasswords { .. }
            | Command::Transfer { .. }
            | Command::ReplaceControl { .. } => self.of_operator(command, now),
            Command::Controller(command) => self.of_controller(command, now),
            Command::Grants(command) => self.of_grants(command, now),
            Command::RootKeys(command) => self.of_root_keys(command),
            Command::Profiles(command) => self.of_profiles(command, now),
        }
    }

    fn register(&self, of: Device, new: Vec<NewSerial>) -> Vec<String> {
        let template = &self.templates[of.template];
        let answer = |registered: Result<SerialStatus, RegisterError>| match registered {
            Ok(_) => "Registered".to_owned(),
            Err(error) => error.code().to_owned(),
        };
        match block_on(self.registry.register_all(template, new, &ada())) {
            Ok(verdicts) => verdicts.into_iter().map(answer).collect(),
            Err(error) => vec![error.code().to_owned()],
        }
    }

    /// All serials of a template in one commit, and the first once more.
    fn register_together(&mut self, template: usize, password: usize, control: usize) -> Answers {
        let now = self.clock.time();
        let serials = (0..SERIALS.len()).chain([0]);
        let devices: Vec<_> = serials.map(|serial| Device { template, serial }).collect();
        let new = devices.iter().map(|device| new(*device, password, control)).collect();
        let verdicts = self.register(devices[0], new);
        let mut expected = Vec::new();
        for device in devices {
            expected.push(self.model.register(device, password, control, now));
        }
        if ["unknown-template", "template-closed"].contains(&expected[0]) {
            expected.truncate(1);
        }
        (verdicts.join(" "), expected.join(" "))
    }

    fn enroll(&mut self, device: Device, password: usize) -> Answers {
        let expected = self.model.enroll(device, password, self.clock.time()).to_owned();
        let password = enroll_password(PASSWORDS[password]);
        let enrolled = block_on(self.registry.enroll(&self.id(device), &password));
        (self.enrolled(device, enrolled, EnrollError::code), expected)
    }

    fn enrolled<E>(
        &mut self,
        device: Device,
        enrolled: Result<Enrollment, E>,
        code: impl Fn(&E) -> &'static str,
    ) -> String {
        if let Ok(enrollment) = &enrolled {
            let credentials = enrollment.credentials();
            let password = credentials.connection_password().expose_text().to_string();
            self.model.tell(Who::Thing(device), *credentials.plug_id(), password);
        }
        said(enrolled.map(|enrollment| enrollment.outcome()), code)
    }

    /// With what the device was told last, or something like it.
    fn authenticate(&mut self, device: Device, proof: Proof) -> Answers {
        let told = self.model.told(device, 0).cloned();
        let named = named(told.as_ref());
        let mut shown = told.unwrap_or_else(nobody);
        let mut plug_id = shown.plug_id.to_string();
        match proof {
            Proof::Right => {}
            Proof::RightInUpperCase => plug_id = plug_id.to_uppercase(),
            Proof::OtherPassword => shown.password = nobody().password,
            Proof::OtherKind => plug_id = plug_id.replace("dev-", "mod-"),
            Proof::Malformed => shown.password.push('A'),
        }
        let is_right = matches!(proof, Proof::Right | Proof::RightInUpperCase);
        let named = named.filter(|_| is_right);
        let expected = self.model.authenticate(device, named, self.clock.time());
        (self.connect_text(&plug_id, &shown), expected.to_owned())
    }

    pub(super) fn connect(&self, told: &Told) -> String {
        self.connect_text(&told.plug_id.to_string(), told)
    }

    fn connect_text(&self, plug_id: &str, told: &Told) -> String {
        match block_on(self.registry.authenticate_text(plug_id, &told.password)) {
            Ok(principal) => {
                let (id, plug_id) = (self.id(told.who.device()), told.plug_id);
                assert_eq!((principal.plug_id(), principal.id()), (&plug_id, &id));
                let ordinal = match principal.kind() {
                    PrincipalKind::Thing => None,
                    PrincipalKind::Controller { ordinal } => Some(ordinal),
                };
                assert_eq!(ordinal.map(Ordinal::number), ordinal_of(told.who));
                match principal.proven_by() {
                    ProvenBy::Current => "Current".to_owned(),
                    ProvenBy::Overlap { .. } => "Overlap".to_owned(),
                }
            }
            Err(error) => error.code().to_owned(),
        }
    }

    fn unenroll_by_device(&mut self, device: Device, pick: usize) -> Answers {
        let told = self.model.told(device, pick).cloned();
        let named = named(told.as_ref());
        let expected = self.model.unenroll_by_device(device, named, self.clock.time());
        (self.take_off(told), expected.to_owned())
    }

    fn forget(&self, before: UnixMillis) -> String {
        let (mut all, mut after) = (0, None);
        loop {
            let forgotten = block_on(self.registry.forget_events(before, after.as_ref())).unwrap();
            all += forgotten.events;
            after = forgotten.next;
            if after.is_none() {
                return format!("{all}");
            }
        }
    }

    /// To the end: what is new is what the model says.
    fn read_feed(&mut self, limit: u8) -> Answers {
        let limit = NonZeroUsize::new(usize::from(limit)).unwrap();
        let mut new = BTreeSet::new();
        loop {
            let page = block_on(self.feed.next_page(limit)).unwrap();
            if page.is_empty() {
                break;
            }
            let places = page.iter().map(|told| (told.id, told.event.number().number()));
            new.extend(places.filter(|place| self.given.insert(*place)));
        }
        let expected = self.model.read_feed();
        let place = |(device, number): &(Device, usize)| (self.id(*device), *number as u64);
        let expected: BTreeSet<_> = expected.iter().map(place).collect();
        (format!("{new:?}"), format!("{expected:?}"))
    }
}

fn named(told: Option<&Told>) -> Option<(usize, u32)> {
    told.map(|told| (told.with, told.epoch))
}

fn ordinal_of(who: Who) -> Option<u32> {
    match who {
        Who::Thing(_) => None,
        Who::Controller(_, ordinal) => u32::try_from(ordinal).ok(),
    }
}

/// What nobody was told.
fn nobody() -> Told {
    Told {
        who: Who::Thing(Device { template: 0, serial: 0 }),
        with: 0,
        version: 1,
        epoch: 0,
        plug_id: PlugId::from_parts(PlugIdKind::Device, [1; 12]),
        password: "A".repeat(ConnectionPassword::TEXT_LEN),
    }
}

fn new(device: Device, password: usize, control: usize) -> NewSerial {
    let new = new_serial(SERIALS[device.serial], PASSWORDS[password]);
    if control < PASSWORDS.len() {
        new.with_control_password(control_password(control))
    } else {
        new
    }
}

fn control_password(password: usize) -> ControlPassword {
    ControlPassword::parse(PASSWORDS[password]).unwrap()
}
