//! What operators do to a serial.

use plugmint::{Author, Outcome, SerialId, TemplateState, UnixMillis};
use plugmint_core::lifecycle::{Decision, GrantsThen, SerialRecord};

use crate::operation::{Answer, On, Pair, Seen};

use super::{Model, by_ada, said};

/// What the core says to a verb, or the code of its refusal.
type Decided = Result<Decision<Outcome>, &'static str>;

impl Model {
    pub(super) fn register(&mut self, on: On, pair: Pair) -> Answer {
        let id = self.id(on);
        if let Some(shut) = self.shut(&id) {
            return said(shut);
        }
        let passwords = self.passwords(&id);
        if let Some(refusal) = passwords.refusal(pair) {
            return said(refusal);
        }
        if let Some(record) = self.records.get(&id) {
            let Some(registration) = record.stage().registration() else {
                return said("retired");
            };
            let control = pair.control.map(|control| passwords.as_control(control));
            let enroll = passwords.as_enroll(pair.enroll);
            let same = registration.has_passwords(&enroll, control.as_ref());
            return said(if same { "already-registered" } else { "serial-taken" });
        }
        let registered = passwords.registered(pair, self.time());
        let change = SerialRecord::register(&id, registered, by_ada());
        self.settle(id, Decision::Commit(Box::new(change), ()));
        self.pairs.insert(id, pair);
        said("done")
    }

    pub(super) fn disable(&mut self, on: On) -> Answer {
        self.operate(self.id(on), |record, by, at| {
            record.disable(by, at).map_err(|refusal| refusal.code())
        })
    }

    pub(super) fn enable(&mut self, on: On) -> Answer {
        self.operate(self.id(on), |record, by, at| {
            record.enable(by, at).map_err(|refusal| refusal.code())
        })
    }

    pub(super) fn retire(&mut self, on: On) -> Answer {
        self.operate(self.id(on), |record, by, at| Ok(record.retire(by, at)))
    }

    pub(super) fn reactivate(&mut self, on: On, seen: Seen, overlap: Option<u32>) -> Answer {
        let id = self.id(on);
        let (seen, until) = (self.saw(&id, seen), overlap.map(|millis| self.time_in(millis)));
        self.operate(id, |record, by, at| {
            record.reactivate(seen, until, by, at).map_err(|refusal| refusal.code())
        })
    }

    pub(super) fn unenroll(&mut self, on: On, seen: Seen) -> Answer {
        let id = self.id(on);
        let seen = self.saw(&id, seen);
        self.operate(id, |record, by, at| {
            record.unenroll(seen, by, at).map_err(|refusal| refusal.code())
        })
    }

    pub(super) fn replace(&mut self, on: On, pair: Pair, seen: Seen) -> Answer {
        let id = self.id(on);
        let seen = self.saw(&id, seen);
        if let Some(refused) = self.refuses_passwords(&id, pair) {
            return refused;
        }
        let (offered, renewal) =
            (self.passwords(&id).offered(pair), self.passwords(&id).renewal(pair));
        let answer = self.operate(id, |record, by, at| {
            let replaced = record.replace_passwords(seen, &offered, renewal.clone(), by, at);
            replaced.map_err(|refusal| refusal.code())
        });
        self.renewed(id, pair, answer)
    }

    pub(super) fn transfer(&mut self, on: On, pair: Pair, seen: Seen) -> Answer {
        let id = self.id(on);
        let seen = self.saw(&id, seen);
        if let Some(shut) = self.shut(&id) {
            return said(shut);
        }
        if let Some(refused) = self.refuses_passwords(&id, pair) {
            return refused;
        }
        let (offered, renewal) =
            (self.passwords(&id).offered(pair), self.passwords(&id).renewal(pair));
        let answer = self.operate(id, |record, by, at| {
            let transferred = record.transfer(seen, &offered, renewal.clone(), by, at);
            transferred.map_err(|refusal| refusal.code())
        });
        self.renewed(id, pair, answer)
    }

    fn renewed(&mut self, id: SerialId, pair: Pair, answer: Answer) -> Answer {
        if answer == said("Done") {
            self.pairs.insert(id, pair);
        }
        answer
    }

    pub(super) fn replace_control(
        &mut self,
        on: On,
        password: usize,
        grants: GrantsThen,
    ) -> Answer {
        let id = self.id(on);
        let passwords = self.passwords(&id);
        let (control, as_enroll) = (passwords.as_control(password), passwords.as_enroll(password));
        let answer = self.operate(id, |record, by, at| {
            let replaced =
                record.replace_control_password(control.clone(), &as_enroll, grants, by, at);
            replaced.map_err(|refusal| refusal.code())
        });
        if answer == said("Done") {
            self.pairs.entry(id).and_modify(|pair| pair.control = Some(password));
        }
        answer
    }

    /// What stands before the serial's own rules where new passwords are given.
    fn refuses_passwords(&self, id: &SerialId, pair: Pair) -> Option<Answer> {
        if !self.records.contains_key(id) {
            return Some(self.unknown(id));
        }
        self.passwords(id).refusal(pair).map(said)
    }

    /// What is said to whoever needs an open template.
    pub(super) fn shut(&self, id: &SerialId) -> Option<&'static str> {
        match self.templates[id.template()].state() {
            TemplateState::Open => None,
            TemplateState::Closed { .. } | TemplateState::Deleting { .. } => {
                Some("template-closed")
            }
            TemplateState::Deleted { .. } => Some("unknown-template"),
        }
    }

    /// Which of the two is unknown: a deleted template is gone, though what it held can be looked
    /// up.
    pub(super) fn unknown(&self, id: &SerialId) -> Answer {
        let deleted = self.templates[id.template()].is_deleted();
        said(if deleted { "unknown-template" } else { "unknown-serial" })
    }

    pub(super) fn operate(
        &mut self,
        id: SerialId,
        verb: impl FnOnce(SerialRecord, Author, UnixMillis) -> Decided,
    ) -> Answer {
        let Some(record) = self.records.get(&id).cloned() else {
            return self.unknown(&id);
        };
        match verb(record, by_ada(), self.time()) {
            Ok(decision) => said(&format!("{:?}", self.settle(id, decision))),
            Err(code) => said(code),
        }
    }
}
