//! The model: records in a map, and the core that decides on them.

use std::collections::BTreeMap;

use plugmint::testing::{TestRegistry, root_key};
use plugmint::{Actor, Author, Event, PlugId, ProductionTemplate, SerialId};
use plugmint_core::derivation::{EnrollKey, PlatformKeys, StretchMemory};
use plugmint_core::lifecycle::{
    Decision, EnrollRefusal, Outcome, Registered, Registration, SerialRecord,
};
use plugmint_core::{Credentials, Epoch, KeyVersion, UnixMillis};
use plugmint_tests::enroll_password;
use pollster::block_on;
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use crate::operation::{Answer, Operation, PASSWORDS, SEED, SERIALS, arb_operation, designs};

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) templates: Vec<ProductionTemplate>,
    pub(crate) records: BTreeMap<SerialId, SerialRecord>,
    pub(crate) events: BTreeMap<SerialId, Vec<Event>>,
    /// What the operation must answer that was applied last.
    pub(crate) expected: Answer,
    now: u64,
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<Self> {
        // The same seed gives the same ids here and in the registries under test.
        let test = block_on(TestRegistry::new(SEED)).unwrap();
        let (registry, now) = (test.registry(), test.clock().time().millis());
        let create = |design| block_on(registry.create_template(registry.company(), design));
        let templates = designs().into_iter().map(|design| create(design).unwrap()).collect();
        let (records, events) = (BTreeMap::new(), BTreeMap::new());
        Just(Self { templates, records, events, expected: said("done"), now }).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Operation> {
        arb_operation().boxed()
    }

    fn apply(mut state: Self, operation: &Operation) -> Self {
        state.expected = state.answer(operation);
        state
    }
}

impl Model {
    pub(crate) fn id(&self, template: usize, serial: usize) -> SerialId {
        SerialId::new(*self.templates[template].id(), SERIALS[serial].parse().unwrap())
    }

    /// What a serial and one of the passwords come to.
    pub(crate) fn key(&self, template: usize, id: &SerialId, password: usize) -> EnrollKey {
        let design = self.templates[template].design();
        let password = enroll_password(PASSWORDS[password]);
        let stretched = design
            .password_class()
            .stretching(design.argon2(), id, password.expose_text())
            .run(&mut StretchMemory::new())
            .unwrap();
        keys().template_key(id.template()).enroll_key(id.serial(), &stretched)
    }

    fn answer(&mut self, operation: &Operation) -> Answer {
        let now = UnixMillis::new(self.now);
        match *operation {
            Operation::Register { template, serial, password } => {
                self.register(template, serial, password)
            }
            Operation::Enroll { template, serial, password } => {
                self.enroll(template, serial, password)
            }
            Operation::Authenticate { template, serial, password } => {
                self.authenticate(template, serial, password)
            }
            Operation::Disable { template, serial } => {
                let id = self.id(template, serial);
                self.operate(id, |record, author| record.disable(author, now).ok())
            }
            Operation::Enable { template, serial } => {
                let id = self.id(template, serial);
                self.operate(id, |record, author| record.enable(author, now).ok())
            }
            Operation::Retire { template, serial } => {
                let id = self.id(template, serial);
                self.operate(id, |record, author| Some(record.retire(author, now)))
            }
            Operation::Wait { millis } => {
                self.now += u64::from(millis);
                said("done")
            }
            Operation::Reopen => said("done"),
        }
    }

    fn register(&mut self, template: usize, serial: usize, password: usize) -> Answer {
        let id = self.id(template, serial);
        let verifier = self.key(template, &id, password).verifier();
        if let Some(record) = self.records.get(&id) {
            let Some(registration) = record.stage().registration() else {
                return said("retired");
            };
            let same = registration.enroll_verifier().matches(&verifier);
            return said(if same { "already-registered" } else { "serial-taken" });
        }
        // Whether a key is sealed shows in the status; its nonce is the registry's to draw.
        let now = UnixMillis::new(self.now);
        let registration = Registration::new(KeyVersion::FIRST, verifier, None, now);
        let change = SerialRecord::register(&id, Registered::new(registration, None), by_ada());
        self.settle(id, Decision::Commit(Box::new(change), ()));
        said("done")
    }

    fn enroll(&mut self, template: usize, serial: usize, password: usize) -> Answer {
        let id = self.id(template, serial);
        let record = self.records.get(&id).cloned();
        let key = self.key(template, &id, password);
        let repeat = self.templates[template].design().repeat();
        let now = UnixMillis::new(self.now);
        match SerialRecord::enroll(record, &key, repeat, keys().auth(), now) {
            Ok(decision) => {
                let enrollment = self.settle(id, decision);
                (format!("{:?}", enrollment.outcome()), Some(told(enrollment.credentials())))
            }
            Err(EnrollRefusal::AlreadyEnrolled) => said("already-enrolled"),
            Err(EnrollRefusal::AlreadyActivated) => said("already-activated"),
            Err(EnrollRefusal::Stranger(_)) => said("refused"),
        }
    }

    fn authenticate(&mut self, template: usize, serial: usize, password: usize) -> Answer {
        let id = self.id(template, serial);
        let Some(record) = self.records.get(&id).cloned() else {
            return said("refused");
        };
        let credentials = self.key(template, &id, password).credentials(Epoch::FIRST);
        let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
        let presented = keys().auth().verifier(plug_id, password);
        match record.authenticate(&presented, UnixMillis::new(self.now)) {
            Ok(decision) => {
                self.settle(id, decision);
                said("done")
            }
            Err(_) => said("refused"),
        }
    }

    fn operate(
        &mut self,
        id: SerialId,
        verb: impl FnOnce(SerialRecord, Author) -> Option<Decision<Outcome>>,
    ) -> Answer {
        let Some(record) = self.records.get(&id).cloned() else {
            return said("unknown-serial");
        };
        match verb(record, by_ada()) {
            None => said("retired"),
            Some(decision) => said(&format!("{:?}", self.settle(id, decision))),
        }
    }

    fn settle<A>(&mut self, id: SerialId, decision: Decision<A>) -> A {
        match decision {
            Decision::Answer(answer) => answer,
            Decision::Commit(change, answer) => {
                self.events.entry(id).or_default().push(change.event().clone());
                self.records.insert(id, change.record().clone());
                answer
            }
        }
    }
}

pub(crate) fn ada() -> Actor {
    Actor::parse("ada").unwrap()
}

pub(crate) fn said(what: &str) -> Answer {
    (what.to_owned(), None)
}

pub(crate) fn told(credentials: &Credentials) -> (PlugId, String) {
    (*credentials.plug_id(), credentials.connection_password().expose_text().to_string())
}

fn by_ada() -> Author {
    Author::Operator(ada())
}

fn keys() -> PlatformKeys {
    PlatformKeys::of_root(&root_key())
}
