//! Lives of devices: commands to a registry in memory, and a table that says what each must answer.
//!
//! A new verb is a number and a variant in [`command`], a rule in [`model`], and a call in `calls`;
//! what it leaves is looked at in `audit`.

mod audit;
mod calls;
pub mod command;
pub mod model;
mod roots;

use std::collections::BTreeSet;
use std::fmt;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use plugmint::testing::{FixedClock, builder};
use plugmint::{
    AccessLevel, Actor, Argon2Cost, AttemptLimits, AttemptRate, ControlClass, ControllerCap, Feed,
    FeedCursor, OperatorEnroll, PasswordClass, Registry, RegistryBuilder, RepeatPolicy, SerialId,
    Store, TemplateDesign, TemplateId, UnixMillis,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::design;
use pollster::block_on;

use command::{Device, SERIALS};
use model::Model;
use roots::Roots;

pub use command::Commands;

/// A registry that holds no stranger down: the table knows what passwords are right, not how often
/// one was tried.
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
        let (said, expected) = world.answers(*command);
        assert_eq!(said, expected, "{command:?}");
    }
    world.check();
    let World { registry, store, .. } = world;
    block_on(registry.close());
    store
}

struct World {
    tagged: bool,
    store: Arc<dyn Store>,
    clock: Arc<FixedClock>,
    registry: Registry,
    /// All but the last are there.
    templates: Vec<TemplateId>,
    model: Model,
    feed: Feed,
    /// What the feed gave, also before it was opened again.
    given: BTreeSet<(SerialId, u64)>,
    reopened: u64,
}

/// What a registry said, and what the model expects.
type Answers = (String, String);

impl World {
    fn new(tagged: bool) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::default());
        let settings = settings(Arc::clone(&store), Arc::clone(&clock), SEED, tagged);
        let registry = block_on(settings.create(&Roots::of([1]))).unwrap();
        let create = |design| block_on(registry.create_template(registry.company(), design));
        let created = designs().into_iter().map(|design| *create(design).unwrap().id());
        let templates = created.chain([TemplateId::from_parts([9; 12])]).collect();
        let (model, feed) = (Model::new(&designs()), registry.feed(FeedCursor::START));
        let (given, reopened) = (BTreeSet::new(), 0);
        Self { tagged, store, clock, registry, templates, model, feed, given, reopened }
    }

    fn reopen(&mut self) {
        block_on(self.registry.close());
        self.reopened += 1;
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        let settings = settings(store, clock, SEED + self.reopened, self.tagged);
        self.registry = block_on(settings.open(&self.model.roots())).unwrap();
        self.feed = self.registry.feed(self.feed.cursor());
    }

    fn id(&self, device: Device) -> SerialId {
        let serial = SERIALS[device.serial].parse().unwrap();
        SerialId::new(self.templates[device.template], serial)
    }

    /// So many seconds from now.
    fn later(&self, seconds: u32) -> UnixMillis {
        UnixMillis::new(self.clock.time().millis() + 1_000 * u64::from(seconds))
    }

    fn earlier(&self, seconds: u8) -> UnixMillis {
        UnixMillis::new(self.clock.time().millis() - 1_000 * u64::from(seconds))
    }
}

/// The templates that every run begins with: each repeat policy, both kinds of stretching, for one
/// password or both; places for two Controllers, for one, and for more than ever come.
fn designs() -> [TemplateDesign; 4] {
    let shortest = Argon2Cost::new(8, 1, 1).unwrap();
    [
        design().with_controllers(ControllerCap::new(2).unwrap()),
        design()
            .with_repeat(RepeatPolicy::Always)
            .with_controllers(ControllerCap::new(1).unwrap())
            .with_access(AccessLevel::Read)
            .with_control_class(ControlClass::Chosen)
            .with_argon2(shortest),
        design().with_repeat(RepeatPolicy::Never).with_operator_enroll(OperatorEnroll::Allowed),
        design().with_password_class(PasswordClass::Chosen).with_argon2(shortest),
    ]
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

const SEED: u64 = 7;

const ALL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// Few enough for a second page.
const FEW: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);
