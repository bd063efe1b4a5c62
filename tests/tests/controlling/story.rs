//! A story of Controllers and grants, step by step, one commit each; and what the store holds after
//! each step, so that a step which was disturbed can be held against it.

mod step;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{ConnectionPassword, ControllerCap, Observer, PlugId, Registry, SerialId, Store};
use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, Guard, Key};
use plugmint_tests::{Scene, design, generated_password};
use pollster::block_on;

pub(crate) use step::{STORY, Said, Step};

/// Who is who: Plug-IDs and connection passwords by what they were told under.
pub(crate) type Told = BTreeMap<Step, (PlugId, String)>;

/// All that a store holds.
pub(crate) type Held = BTreeMap<Vec<u8>, Vec<u8>>;

/// Two Things that may be controlled, and one that holds others.
pub(crate) struct House {
    pub(crate) scene: Scene,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) thing: SerialId,
    pub(crate) other: SerialId,
    /// What the Thing that holds others is called, and its password.
    pub(crate) gateway: (PlugId, ConnectionPassword),
}

impl House {
    /// The same each time.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self::observed(store, None)
    }

    /// The same, with somebody who listens.
    pub(crate) fn observed(store: Arc<dyn Store>, observer: Option<Arc<dyn Observer>>) -> Self {
        let clock = Arc::new(FixedClock::default());
        let mut settings = builder(Arc::clone(&store), Arc::clone(&clock), 1);
        if let Some(observer) = observer {
            settings = settings.with_observer(observer);
        }
        let design = design().with_controllers(ControllerCap::new(2).unwrap());
        let scene = block_on(Scene::with(settings, clock, design));
        let (thing, _) = block_on(scene.thing("SN-1", 1));
        let (other, _) = block_on(scene.thing("SN-2", 2));
        let gateway = block_on(scene.enrolled("GATEWAY", &generated_password(3))).1;
        let gateway = gateway.credentials();
        let text = gateway.connection_password().expose_text();
        let gateway = (*gateway.plug_id(), ConnectionPassword::parse(&text).unwrap());
        Self { scene, store, thing, other, gateway }
    }

    /// The same house as another process finds it that opens what is left of its store.
    pub(crate) fn reopened(store: Arc<dyn Store>) -> Self {
        let mut house = Self::new(Arc::new(MemoryStore::new()));
        house.scene.registry = another(&house.scene, &store);
        Self { store, ..house }
    }

    /// What its store holds, but for fences.
    pub(crate) fn held(&self) -> Held {
        let all = block_on(self.store.scan(b"", None, NonZeroUsize::MAX)).unwrap();
        let all = all.into_iter().map(|(key, record)| (key.as_bytes().to_vec(), record));
        let all = all.filter(|(key, _)| !key.starts_with(FENCE));
        all.map(|(key, record)| (key, record.into_value())).collect()
    }

    /// What was handed over before is done when this is.
    pub(crate) fn fence(&self) {
        for number in 0_u32.. {
            let key = Key::joined(&[FENCE, &number.to_be_bytes()]).unwrap();
            let fence = Batch::new().put(key, Guard::Absent, Vec::new()).unwrap();
            if block_on(self.store.commit(fence)).is_ok() {
                return;
            }
        }
    }

    /// Every history of the house is whole.
    pub(crate) fn is_whole(&self) {
        for id in [&self.thing, &self.other] {
            block_on(self.scene.registry.verify_history(id, None)).unwrap();
        }
    }
}

/// Another registry on the store of a scene, as another process has it.
pub(crate) fn another(scene: &Scene, store: &Arc<dyn Store>) -> Registry {
    let settings = builder(Arc::clone(store), Arc::clone(&scene.clock), 2);
    block_on(settings.open(&root_key())).unwrap()
}

/// The story as it goes when nothing disturbs it.
pub(crate) struct Story {
    /// What the store holds after so many steps.
    pub(crate) held: Vec<Held>,
    pub(crate) told: Told,
}

impl Story {
    pub(crate) fn new() -> Self {
        let house = House::new(Arc::new(MemoryStore::new()));
        let mut story = Self { held: vec![house.held()], told: Told::new() };
        for step in STORY {
            let said = block_on(step.take(&house, &story.told));
            assert!(said.is_done(), "{step:?}: {said:?}");
            if let Some(told) = said.told() {
                story.told.insert(step, told);
            }
            story.held.push(house.held());
        }
        story
    }

    /// A house in which so many steps were taken.
    pub(crate) fn lived(&self, house: &House, steps: usize) {
        for step in &STORY[..steps] {
            let said = block_on(step.take(house, &self.told));
            assert!(said.is_done(), "{step:?}: {said:?}");
        }
    }

    /// How many steps were taken of which `steps` were, and one more was begun: that one whole or
    /// not at all.
    pub(crate) fn taken(&self, house: &House, steps: usize) -> usize {
        house.is_whole();
        let held = house.held();
        let taken = (steps..=steps + 1).find(|taken| self.held.get(*taken) == Some(&held));
        taken.unwrap_or_else(|| panic!("{:?} was taken by half", STORY[steps]))
    }

    /// Asks for the last step that was begun once more, and goes on to the end.
    pub(crate) fn lives_on(&self, house: &House, steps: usize, taken: usize) {
        let step = STORY[steps];
        let said = block_on(step.take(house, &self.told));
        if taken == steps {
            assert!(said.is_done(), "{step:?}: {said:?}");
        } else {
            assert!(said.is_repeat_of(step), "{step:?} again: {said:?}");
        }
        if let (Some(told), Some(expected)) = (said.told(), self.told.get(&step)) {
            assert_eq!(told, *expected, "{step:?}");
        }
        if taken > steps && step.is_written_again() {
            return;
        }
        assert!(house.held() == self.held[steps + 1], "{step:?} was done twice");
        for (at, step) in (0..).zip(STORY).skip(steps + 1) {
            let said = block_on(step.take(house, &self.told));
            assert!(said.is_done(), "{step:?}: {said:?}");
            assert!(house.held() == self.held[at + 1], "{step:?} went another way");
        }
    }
}

/// Where nothing of plugmint's lies.
const FENCE: &[u8] = b"~";
