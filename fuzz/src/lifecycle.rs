//! Lives of devices: commands to a registry in memory, and a table that says what each must answer.
//!
//! A new verb is a number and a variant in [`command`], a rule in [`model`], and a call here.

pub mod command;
pub mod model;

use std::fmt;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    Actor, Argon2Cost, AttemptLimits, AttemptRate, AuthenticateError, ConnectionPassword,
    ControlPassword, EnrollError, EventHash, MarkError, NewSerial, OperatorEnroll, PasswordClass,
    PlugId, PlugIdKind, RegisterError, Registry, RegistryBuilder, RepeatPolicy, RetireError,
    SerialId, SerialStatus, Store, TemplateDesign, TemplateId,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{design, enroll_password, new_serial};
use pollster::block_on;

use command::{Command, Device, PASSWORDS, Proof, SERIALS};
use model::{Model, Told};

pub use command::Commands;

/// A registry that holds no stranger down: the table knows what passwords are right, not how often one
/// was tried.
fn settings(
    store: Arc<dyn Store>,
    clock: Arc<FixedClock>,
    seed: u64,
    tagged: bool,
) -> RegistryBuilder {
    let plenty = AttemptRate::new(NonZeroU32::MAX, Duration::from_millis(1));
    let attempts = AttemptLimits::default().with_per_serial(plenty).with_buckets(64);
    let settings = builder(store, clock, seed).with_attempt_limits(attempts);
    if tagged { settings.with_tagged_records() } else { settings }
}

/// Holds a registry against the model, answer by answer, and then record by record.
pub fn check(commands: &Commands) {
    drop(run(commands));
}

/// The same, and the store that it leaves.
#[must_use]
pub fn run(commands: &Commands) -> Arc<dyn Store> {
    let mut world = World::new(commands.tagged);
    for command in &commands.all {
        let (said, expected) = world.answers(command);
        assert_eq!(said, expected, "{command:?}");
    }
    world.check();
    block_on(world.registry.close());
    world.store
}

struct World {
    tagged: bool,
    store: Arc<dyn Store>,
    clock: Arc<FixedClock>,
    registry: Registry,
    /// All but the last are there.
    templates: Vec<TemplateId>,
    model: Model,
    reopened: u64,
}

/// What a registry said, and what the model expects.
type Answers = (String, String);

impl World {
    fn new(tagged: bool) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::default());
        let settings = settings(Arc::clone(&store), Arc::clone(&clock), SEED, tagged);
        let registry = block_on(settings.create(&root_key())).unwrap();
        let create = |design| block_on(registry.create_template(registry.company(), design));
        let created = designs().into_iter().map(|design| *create(design).unwrap().id());
        let templates = created.chain([TemplateId::from_parts([9; 12])]).collect();
        let model = Model::new(&designs());
        Self { tagged, store, clock, registry, templates, model, reopened: 0 }
    }

    fn answers(&mut self, command: &Command) -> Answers {
        let now = self.clock.time();
        let same = |word: &str| (word.to_owned(), word.to_owned());
        match *command {
            Command::Register { device, password, control } => {
                let new = vec![new(device, password, control)];
                let said = self.register(device, new).pop().unwrap();
                (said, self.model.register(device, password, control, now).to_owned())
            }
            Command::RegisterTogether { template, password, control } => {
                self.register_together(template, password, control)
            }
            Command::Enroll { device, password } => self.enroll(device, password),
            Command::Authenticate { device, proof } => self.authenticate(device, proof),
            Command::Disable { device } => {
                let done = block_on(self.registry.disable(&self.id(device), &ada()));
                (said(done, MarkError::code), self.model.disable(device, now).to_owned())
            }
            Command::Enable { device } => {
                let done = block_on(self.registry.enable(&self.id(device), &ada()));
                (said(done, MarkError::code), self.model.enable(device, now).to_owned())
            }
            Command::Retire { device } => {
                let done = block_on(self.registry.retire(&self.id(device), &ada()));
                (said(done, RetireError::code), self.model.retire(device, now).to_owned())
            }
            Command::Wait { seconds } => {
                self.clock.advance(Duration::from_secs(u64::from(seconds)));
                same("Waited")
            }
            Command::Reopen => {
                self.reopen();
                same("Reopened")
            }
        }
    }

    fn register(&self, of: Device, new: Vec<NewSerial>) -> Vec<String> {
        let template = &self.templates[of.template];
        let answer = |registered: Result<SerialStatus, RegisterError>| {
            said(registered.map(|_| Registered), RegisterError::code)
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
        if expected[0] == "unknown-template" {
            expected.truncate(1);
        }
        (verdicts.join(" "), expected.join(" "))
    }

    fn enroll(&mut self, device: Device, password: usize) -> Answers {
        let expected = self.model.enroll(device, password, self.clock.time()).to_owned();
        let password = enroll_password(PASSWORDS[password]);
        let enrolled = block_on(self.registry.enroll(&self.id(device), &password));
        if let Ok(enrollment) = &enrolled {
            let credentials = enrollment.credentials();
            let password = credentials.connection_password().expose_text().to_string();
            self.model.tell(device, Told { plug_id: *credentials.plug_id(), password });
        }
        let outcome = enrolled.map(|enrollment| enrollment.outcome());
        (said(outcome, EnrollError::code), expected)
    }

    fn authenticate(&mut self, device: Device, proof: Proof) -> Answers {
        let nobody = || Told {
            plug_id: PlugId::from_parts(PlugIdKind::Device, [1; 12]),
            password: "A".repeat(ConnectionPassword::TEXT_LEN),
        };
        let told = self.model.told(device).unwrap_or_else(nobody);
        let mut plug_id = told.plug_id.to_string();
        let mut password = told.password;
        match proof {
            Proof::Right => {}
            Proof::RightInUpperCase => plug_id = plug_id.to_uppercase(),
            Proof::OtherPassword => password = nobody().password,
            Proof::OtherKind => plug_id = plug_id.replace("dev-", "mod-"),
            Proof::Malformed => password.push('A'),
        }
        let connected = block_on(self.registry.authenticate_text(&plug_id, &password));
        if let Ok(principal) = &connected {
            assert_eq!((principal.plug_id(), principal.id()), (&told.plug_id, &self.id(device)));
        }
        let expected = self.model.authenticate(device, proof, self.clock.time());
        (said(connected.map(|_| Connected), AuthenticateError::code), expected.to_owned())
    }

    fn reopen(&mut self) {
        block_on(self.registry.close());
        self.reopened += 1;
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        let settings = settings(store, clock, SEED + self.reopened, self.tagged);
        self.registry = block_on(settings.open(&root_key())).unwrap();
    }

    /// Everything that the registry shows is what the model holds.
    fn check(&self) {
        for (template, id) in self.templates.iter().enumerate().take(designs().len()) {
            let listed = block_on(self.registry.serials(id, None, ALL)).unwrap();
            let mut expected: Vec<_> = self.model.devices_of(template).collect();
            expected.sort_by_key(|device| SERIALS[device.serial]);
            let ids: Vec<_> = expected.iter().map(|device| self.id(*device)).collect();
            assert_eq!(listed.iter().map(|status| status.id).collect::<Vec<_>>(), ids);
            for (status, device) in listed.iter().zip(expected) {
                self.check_device(device, status);
            }
        }
    }

    fn check_device(&self, device: Device, status: &SerialStatus) {
        let (id, life) = (self.id(device), self.model.life(device));
        assert_eq!(&block_on(self.registry.serial(&id)).unwrap(), status);
        life.check(status);
        if let Some(told) = &life.told {
            assert_eq!(block_on(self.registry.serial_of(&told.plug_id)).unwrap(), id);
        }
        let events = block_on(self.registry.history(&id, None, ALL)).unwrap();
        assert_eq!(events.len(), life.happened.len());
        let mut previous = EventHash::before_first(&id);
        for (event, happened) in events.iter().zip(&life.happened) {
            assert_eq!((event.kind(), event.at()), *happened);
            assert_eq!(event.previous(), &previous);
            previous = *event.head().last();
        }
    }

    fn id(&self, device: Device) -> SerialId {
        let serial = SERIALS[device.serial].parse().unwrap();
        SerialId::new(self.templates[device.template], serial)
    }
}

/// The templates that every run begins with: each repeat policy, both kinds of stretching.
fn designs() -> [TemplateDesign; 4] {
    let shortest = Argon2Cost::new(8, 1, 1).unwrap();
    [
        design(),
        design().with_repeat(RepeatPolicy::Always),
        design().with_repeat(RepeatPolicy::Never).with_operator_enroll(OperatorEnroll::Allowed),
        design().with_password_class(PasswordClass::Chosen).with_argon2(shortest),
    ]
}

fn new(device: Device, password: usize, control: usize) -> NewSerial {
    let new = new_serial(SERIALS[device.serial], PASSWORDS[password]);
    match PASSWORDS.get(control) {
        None => new,
        Some(control) => new.with_control_password(ControlPassword::parse(control).unwrap()),
    }
}

/// The outcome, or the code of the refusal.
fn said<T: fmt::Debug, E>(done: Result<T, E>, code: impl Fn(&E) -> &'static str) -> String {
    match done {
        Ok(outcome) => format!("{outcome:?}"),
        Err(error) => code(&error).to_owned(),
    }
}

fn ada() -> Actor {
    Actor::parse("ada").unwrap()
}

/// The outcome of a verb that has but one.
#[derive(Debug)]
struct Registered;

/// The outcome of a verb that has but one.
#[derive(Debug)]
struct Connected;

const SEED: u64 = 7;

const ALL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);
