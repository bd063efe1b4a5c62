//! What becomes of grants.

use plugmint::{AccessLevel, PlugId, PrincipalKind, SerialId};
use plugmint_core::controller::ControlledThing;
use plugmint_core::grant::{Holder, access};
use plugmint_core::lifecycle::Decision;
use plugmint_core::{Admission, Author};

use crate::operation::{Answer, On, Operation};

use super::{Given, Model, by_ada, said};

impl Model {
    pub(super) fn answer_about_grants(&mut self, operation: Operation) -> Answer {
        match operation {
            Operation::AddThing { pick, on, password } => self.add_thing(pick, on, password),
            Operation::ReleaseThing { pick, on } => self.release_thing(pick, on),
            Operation::ReleaseAllThings { pick } => {
                let proven = self.picked(pick).cloned().filter(|given| self.proves(given));
                let Some(given) = proven else { return said("refused") };
                self.release_all_of(&given, &Author::Device, "refused")
            }
            Operation::Grant { on, pick } => self.grant(on, pick),
            Operation::Release { on, pick } => self.release(on, pick),
            Operation::ReleaseAll { pick } => {
                let Some(given) = self.picked(pick).cloned() else { return said("refused") };
                self.release_all_of(&given, &by_ada(), "unknown-holder")
            }
            Operation::SetAccess { on, access } => self.operate(self.id(on), |record, by, at| {
                record.set_access(access, by, at).map_err(|refusal| refusal.code())
            }),
            operation => panic!("{operation:?} is about no grant"),
        }
    }

    /// Who holds grants under a Plug-ID today.
    pub(crate) fn holder(&self, plug_id: &PlugId) -> Option<Holder> {
        let called = |record: &&_| Holder::thing(record).is_some_and(|it| it.plug_id() == plug_id);
        let thing = self.records.values().find(called).and_then(Holder::thing);
        thing.or_else(|| self.controller_called(plug_id).and_then(Holder::controller))
    }

    /// What somebody may do with a Thing; `None` without a grant that counts.
    pub(crate) fn access(&self, holder: &PlugId, id: &SerialId) -> Option<AccessLevel> {
        let (record, holder) = (self.records.get(id)?, self.holder(holder)?);
        let grant = self.grants.get(&(*id, *holder.plug_id()));
        let template = &self.templates[id.template()];
        record.is_granted(&holder, grant).then(|| access(record, template, &holder, grant))
    }

    /// Whether a password is the one of today, and not that of an overlap.
    pub(super) fn proves(&self, given: &Given) -> bool {
        let credentials = match given.kind {
            PrincipalKind::Thing => self.records[&given.id].credentials(&given.id),
            PrincipalKind::Controller { ordinal } => {
                vec![self.controllers[&(given.id, ordinal)].credential(&given.id, ordinal)]
            }
        };
        let presented = self.presented(given);
        credentials.iter().any(|credential| match credential.admit(&presented) {
            Admission::Admitted(_) | Admission::Activates(_) => true,
            Admission::Overlap(_) | Admission::Refused => false,
        })
    }

    fn add_thing(&mut self, pick: usize, on: On, password: usize) -> Answer {
        let proven = self.picked(pick).filter(|given| self.proves(given));
        let Some(holder) = proven.and_then(|given| self.holder(&given.plug_id)) else {
            return said("refused");
        };
        let id = self.id(on);
        if !self.templates[id.template()].is_open() {
            return said("thing-refused");
        }
        let presented = self.passwords(&id).as_control(password);
        let Ok(thing) = ControlledThing::prove(self.records.get(&id).cloned(), presented) else {
            return said("thing-refused");
        };
        let grant = self.grants.get(&(id, *holder.plug_id()));
        let decision = thing.add_holder(&holder, grant, self.time());
        said(&format!("{:?}", self.settle_thing(id, decision)))
    }

    /// How many grants end.
    fn release_thing(&mut self, pick: usize, on: On) -> Answer {
        let proven = self.picked(pick).filter(|given| self.proves(given));
        let Some(holder) = proven.and_then(|given| self.holder(&given.plug_id)) else {
            return said("refused");
        };
        let id = self.id(on);
        let Some(record) = self.records.get(&id).cloned() else { return said("0") };
        let grant = self.grants.get(&(id, *holder.plug_id()));
        let decision = record.release_holder(&holder, grant, &Author::Device, self.time());
        let ends = matches!(decision, Decision::Commit(..));
        self.settle_thing(id, decision);
        said(if ends { "1" } else { "0" })
    }

    fn release_all_of(&mut self, given: &Given, author: &Author, nobody: &str) -> Answer {
        let Some(holder) = self.holder(&given.plug_id) else { return said(nobody) };
        let at = self.time();
        let change = match given.kind {
            PrincipalKind::Thing => {
                self.records[&given.id].clone().release_all(&holder, author, at)
            }
            PrincipalKind::Controller { ordinal } => {
                self.attached(&given.id, ordinal).0.release_all(author, at)
            }
        };
        self.settle_thing(given.id, Decision::Commit(Box::new(change), ()));
        said("done")
    }

    fn grant(&mut self, on: On, pick: usize) -> Answer {
        let Some(given) = self.picked(pick).cloned() else { return said("refused") };
        let id = self.id(on);
        let Some(record) = self.records.get(&id).cloned() else { return self.unknown(&id) };
        let Some(holder) = self.holder(&given.plug_id) else { return said("unknown-holder") };
        let grant = self.grants.get(&(id, given.plug_id));
        match record.grant_by_operator(&holder, grant, &by_ada(), self.time()) {
            Ok(decision) => said(&format!("{:?}", self.settle_thing(id, decision))),
            Err(refusal) => said(refusal.code()),
        }
    }

    fn release(&mut self, on: On, pick: usize) -> Answer {
        let Some(given) = self.picked(pick).cloned() else { return said("refused") };
        let id = self.id(on);
        let Some(record) = self.records.get(&id).cloned() else { return self.unknown(&id) };
        let Some(holder) = self.holder(&given.plug_id) else { return said("unknown-holder") };
        let grant = self.grants.get(&(id, given.plug_id));
        let decision = record.release_holder(&holder, grant, &by_ada(), self.time());
        said(&format!("{:?}", self.settle_thing(id, decision)))
    }
}
