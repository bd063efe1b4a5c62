//! A registry that counts, and another one over the same store that does not.

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    Argon2Cost, ConnectionPassword, ControlClass, ControllerEnrollment, ControllerRequest,
    Enrollment, PlugId, Registry, RegistryBuilder, SerialId, StretchLimits, TemplateDesign,
};
use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, Guard, Key, Record, Store};
use plugmint_tests::{
    Keys, Recorded, Scene, Trouble, TroubledStore, chosen_design, control_of, design,
    generated_password,
};
use pollster::block_on;

/// A connection password that is nobody's.
pub(crate) const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Three Things, of which all but the first have enrolled, and a Controller of the second.
pub(crate) struct House {
    /// Its registry counts, and does nothing but what a test asks of it.
    pub(crate) scene: Scene,
    pub(crate) recorded: Recorded,
    pub(crate) troubled: Arc<TroubledStore>,
    pub(crate) store: Arc<dyn Store>,
    /// The registry that made all this.
    pub(crate) maker: Registry,
    pub(crate) new: SerialId,
    pub(crate) lamp: (SerialId, Enrollment),
    pub(crate) door: (SerialId, Enrollment),
    pub(crate) phone: ControllerEnrollment,
}

impl House {
    /// Generated passwords.
    pub(crate) fn new() -> Self {
        Self::of(design(), |settings| settings)
    }

    /// Chosen passwords, which are held down, at the lowest cost.
    pub(crate) fn chosen() -> Self {
        Self::of(all_chosen(), |settings| settings)
    }

    /// A thread that hashes, and nobody may wait for it.
    pub(crate) fn crowded() -> Self {
        let cost = Argon2Cost::new(16 * 1024, 1, 1).unwrap();
        let limits = StretchLimits::new(NonZeroUsize::MIN, 0);
        Self::of(all_chosen().with_argon2(cost), |settings| settings.with_stretch_limits(limits))
    }

    /// Passwords that cost more than the registry that counts allows.
    pub(crate) fn costly() -> Self {
        let (cost, most) = (Argon2Cost::new(128, 1, 1), Argon2Cost::new(64, 1, 1));
        Self::of(all_chosen().with_argon2(cost.unwrap()), |settings| {
            settings.with_most_argon2(most.unwrap())
        })
    }

    pub(crate) fn of(
        design: TemplateDesign,
        set: impl FnOnce(RegistryBuilder) -> RegistryBuilder,
    ) -> Self {
        Self::under(&[1], design, set)
    }

    /// Everything hangs on a root key that came after the registry that counts was opened.
    pub(crate) fn rotated() -> Self {
        Self::under(&[1, 2], design(), |settings| settings)
    }

    fn under(
        keys: &[u32],
        design: TemplateDesign,
        set: impl FnOnce(RegistryBuilder) -> RegistryBuilder,
    ) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let troubled = Arc::new(TroubledStore::new(Arc::clone(&store)));
        let (recorded, clock) = (Recorded::default(), Arc::new(FixedClock::default()));
        let settings = |store, seed| builder(store, Arc::clone(&clock), seed);
        let made = Scene::with(settings(Arc::clone(&store), 1), Arc::clone(&clock), design);
        let made = block_on(made);
        let counts = set(settings(Arc::clone(&troubled) as _, 2));
        let counts = recorded.record(|| counts.with_metrics());
        let registry = block_on(counts.open(&root_key())).unwrap();
        if let [_, _, ..] = keys {
            block_on(made.registry.rotate_root_key(&Keys::of(keys))).unwrap();
        }
        let (password, control) = (generated_password(1), control_of(1));
        let new = block_on(made.register_controllable("NEW", &password, &control));
        let (lamp, door) = (block_on(made.thing("LAMP", 2)), block_on(made.thing("DOOR", 3)));
        let nobody = ControllerRequest::new();
        let phone = block_on(made.control(&lamp.0, &control_of(2), &nobody));
        let maker = made.registry.clone();
        let scene = Scene { registry, ..made };
        Self { scene, recorded, troubled, store, maker, new, lamp, door, phone }
    }

    /// What the next commit of the registry that counts comes to.
    pub(crate) fn fails(self) -> Self {
        self.troubled.trouble(Trouble::FailsBefore, 1);
        self
    }

    /// Somebody is faster, each time.
    pub(crate) fn contended(self) -> Self {
        self.troubled.trouble(Trouble::Conflict, 16);
        self
    }

    pub(crate) fn closed(self) -> Self {
        block_on(self.scene.registry.close());
        self
    }

    /// No record of that letter holds what was written.
    pub(crate) fn garbled(self, letter: &[u8]) -> Self {
        let all = block_on(self.store.scan(letter, None, NonZeroUsize::MAX)).unwrap();
        assert!(!all.is_empty());
        for (key, record) in all {
            self.write(key, Guard::At(record.revision()), vec![0xff]);
        }
        self
    }

    /// The Plug-ID that a call will give is another serial's.
    pub(crate) fn taken(self, gives: impl FnOnce(Scene) -> PlugId) -> Self {
        let elsewhere: Arc<dyn Store> = Arc::new(MemoryStore::new());
        for (key, record) in block_on(self.store.scan(b"", None, NonZeroUsize::MAX)).unwrap() {
            let put = Batch::new().put(key, Guard::Absent, record.into_value()).unwrap();
            block_on(elsewhere.commit(put)).unwrap();
        }
        let Scene { clock, template, ada, .. } = &self.scene;
        let settings = builder(elsewhere, Arc::clone(clock), 3);
        let registry = block_on(settings.open(&root_key())).unwrap();
        let (clock, template, ada) = (Arc::clone(clock), template.clone(), ada.clone());
        let plug_id = gives(Scene { registry, clock, template, ada });
        let other = self.record(&credential(self.lamp.1.credentials().plug_id()));
        self.write(credential(&plug_id), Guard::Absent, other.into_value());
        self
    }

    /// Puts four bytes where a record has them so that it holds something else: where that is, only
    /// its codec knows.
    pub(crate) fn patch(&self, key: Key, bytes: [u8; 4], holds: impl Fn(&[u8]) -> bool) {
        let record = self.record(&key);
        let old = record.value();
        let patched = (0..old.len() - 4)
            .map(|at| [&old[..at], &bytes, &old[at + 4..]].concat())
            .find(|patched| holds(patched));
        self.write(key, Guard::At(record.revision()), patched.unwrap());
    }

    pub(crate) fn record(&self, key: &Key) -> Record {
        block_on(self.store.get(key)).unwrap().unwrap()
    }

    pub(crate) fn write(&self, key: Key, guard: Guard, value: Vec<u8>) {
        block_on(self.store.commit(Batch::new().put(key, guard, value).unwrap())).unwrap();
    }
}

pub(crate) fn wrong_connection() -> ConnectionPassword {
    ConnectionPassword::parse(WRONG).unwrap()
}

pub(crate) fn all_chosen() -> TemplateDesign {
    chosen_design().with_control_class(ControlClass::Chosen)
}

fn credential(plug_id: &PlugId) -> Key {
    Key::new(&[b"p".as_slice(), plug_id.body()].concat()).unwrap()
}
