//! What devices do.

use plugmint::{Epoch, SerialId};
use plugmint_core::lifecycle::{Decision, Enrollment, SerialRecord, Stage};

use crate::operation::{Answer, On};
use crate::passwords::keys;

use super::{Given, Model, by_ada, said, told};

impl Model {
    pub(super) fn enroll(&mut self, on: On, password: usize) -> Answer {
        let id = self.id(on);
        let template = &self.templates[id.template()];
        if !template.is_open() {
            return said("refused");
        }
        let (repeat, record) = (template.design().repeat(), self.records.get(&id).cloned());
        let key = self.passwords(&id).enroll_key(password);
        match SerialRecord::enroll(record, &key, repeat, keys().auth(), None, self.time()) {
            Ok(decision) => self.enrolled(id, decision),
            Err(refusal) => said(refusal.code()),
        }
    }

    pub(super) fn enroll_by_operator(&mut self, on: On) -> Answer {
        let id = self.id(on);
        if let Some(shut) = self.shut(&id) {
            return said(shut);
        }
        let Some(record) = self.records.get(&id).cloned() else {
            return said("unknown-serial");
        };
        let sealed = match record.stage() {
            Stage::Registered(registered) => registered.sealed_key(),
            Stage::Enrolled(_) | Stage::Activated(_) | Stage::Retired(_) => None,
        };
        let key = sealed.map(|sealed| sealed.open(keys().seal(), &id).unwrap());
        match record.enroll_by_operator(key.as_ref(), keys().auth(), by_ada(), self.time()) {
            Ok(decision) => self.enrolled(id, decision),
            Err(refusal) => said(refusal.code()),
        }
    }

    fn enrolled(&mut self, id: SerialId, decision: Decision<Enrollment>) -> Answer {
        let enrollment = self.settle(id, decision);
        let (plug_id, text) = told(enrollment.credentials());
        let given = Given { id, plug_id, text: text.clone() };
        if !self.given.contains(&given) {
            self.given.push(given);
        }
        (format!("{:?}", enrollment.outcome()), Some((plug_id, text)))
    }

    /// What a device would be told at that epoch.
    pub(crate) fn guessed(&self, on: On, password: usize, epoch: u32) -> Given {
        let id = self.id(on);
        let credentials = self.passwords(&id).enroll_key(password).credentials(Epoch::new(epoch));
        let (plug_id, text) = told(&credentials);
        Given { id, plug_id, text }
    }

    pub(crate) fn authenticate(&mut self, given: &Given) -> Answer {
        let Some(record) = self.addressed(given) else {
            return said("refused");
        };
        let presented = keys().auth().verifier(&given.plug_id, &given.password());
        match record.authenticate(&presented, self.time()) {
            Ok(decision) => said(&format!("{:?}", self.settle(given.id, decision))),
            Err(stranger) => said(stranger.code()),
        }
    }

    pub(super) fn unenroll_by_device(&mut self, pick: usize) -> Answer {
        let Some(given) = self.picked(pick).cloned() else {
            return said("refused");
        };
        let Some(record) = self.addressed(&given) else {
            return said("refused");
        };
        let presented = keys().auth().verifier(&given.plug_id, &given.password());
        match record.unenroll_by_device(&presented, self.time()) {
            Ok(decision) => {
                self.settle(given.id, decision);
                said("done")
            }
            Err(stranger) => said(stranger.code()),
        }
    }

    fn addressed(&self, given: &Given) -> Option<SerialRecord> {
        self.records.get(&given.id).cloned()
    }
}
