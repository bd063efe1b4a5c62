//! What devices do.

use plugmint::{Credentials, EnrollOutcome, Epoch, PrincipalKind, SerialId};
use plugmint_core::derivation::{AuthVerifier, SealedKey};
use plugmint_core::lifecycle::{Decision, Enrollment, SerialRecord, Stage};

use crate::operation::{Answer, On};
use crate::profiles::change;
use crate::root_keys::keys;

use super::{Given, Model, by_ada, said, told};

impl Model {
    /// A device enrolls, and may say what is to be kept with it.
    pub(super) fn enroll(&mut self, on: On, password: usize, kept: Option<usize>) -> Answer {
        let id = self.id(on);
        let template = &self.templates[id.template()];
        if !template.is_open() {
            return said("refused");
        }
        let (repeat, record) = (template.design().repeat(), self.records.get(&id).cloned());
        let key = self.passwords(&id).enroll_key(password);
        let keys = keys(self.passwords(&id).version);
        match SerialRecord::enroll(record, &key, repeat, keys.auth(), None, self.time()) {
            Ok(decision) => self.enrolled(id, keeping(decision, kept)),
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
        let open = |sealed: &SealedKey| sealed.open(keys(sealed.key_version()).seal(), &id);
        let key = sealed.map(|sealed| open(sealed).unwrap());
        let keys = keys(self.passwords(&id).version);
        match record.enroll_by_operator(key.as_ref(), keys.auth(), by_ada(), self.time()) {
            Ok(decision) => self.enrolled(id, decision),
            Err(refusal) => said(refusal.code()),
        }
    }

    fn enrolled(&mut self, id: SerialId, decision: Decision<Enrollment>) -> Answer {
        let enrollment = self.settle(id, decision);
        self.give(id, PrincipalKind::Thing, enrollment.outcome(), enrollment.credentials())
    }

    /// Remembers what somebody was given.
    pub(super) fn give(
        &mut self,
        id: SerialId,
        kind: PrincipalKind,
        outcome: EnrollOutcome,
        credentials: &Credentials,
    ) -> Answer {
        let (plug_id, text) = told(credentials);
        let given = Given { id, kind, plug_id, text: text.clone() };
        if !self.given.contains(&given) {
            self.given.push(given);
        }
        (format!("{outcome:?}"), Some((plug_id, text)))
    }

    /// What a device would be told at that epoch.
    pub(crate) fn guessed(&self, on: On, password: usize, epoch: u32) -> Given {
        let id = self.id(on);
        let credentials = self.passwords(&id).enroll_key(password).credentials(Epoch::new(epoch));
        let (plug_id, text) = told(&credentials);
        Given { id, kind: PrincipalKind::Thing, plug_id, text }
    }

    pub(crate) fn authenticate(&mut self, given: &Given) -> Answer {
        if let PrincipalKind::Controller { ordinal } = given.kind {
            return self.authenticate_controller(given, ordinal);
        }
        let Some(record) = self.addressed(given) else {
            return said("refused");
        };
        let presented = self.presented(given);
        match record.authenticate(&presented, self.time()) {
            Ok(decision) => said(&format!("{:?}", self.settle(given.id, decision))),
            Err(stranger) => said(stranger.code()),
        }
    }

    pub(super) fn unenroll_by_device(&mut self, pick: usize) -> Answer {
        let Some(given) = self.picked(pick).cloned() else {
            return said("refused");
        };
        if let PrincipalKind::Controller { ordinal } = given.kind {
            return self.retire_itself(&given, ordinal);
        }
        let Some(record) = self.addressed(&given) else {
            return said("refused");
        };
        let presented = self.presented(&given);
        match record.unenroll_by_device(&presented, self.time()) {
            Ok(decision) => {
                self.settle(given.id, decision);
                said("done")
            }
            Err(stranger) => said(stranger.code()),
        }
    }

    /// What a connection password comes to under the key version of whose it is.
    pub(super) fn presented(&self, given: &Given) -> AuthVerifier {
        let version = match given.kind {
            PrincipalKind::Thing => self.passwords(&given.id).version,
            PrincipalKind::Controller { ordinal } => {
                self.controllers[&(given.id, ordinal)].key_version()
            }
        };
        keys(version).auth().verifier(&given.plug_id, &given.password())
    }

    fn addressed(&self, given: &Given) -> Option<SerialRecord> {
        self.records.get(&given.id).cloned()
    }
}

/// A repeat keeps nothing.
fn keeping(decision: Decision<Enrollment>, kept: Option<usize>) -> Decision<Enrollment> {
    match (decision, kept) {
        (Decision::Commit(enrolled, told), Some(kept)) => {
            Decision::Commit(Box::new(enrolled.with_profile(change(kept))), told)
        }
        (decision, _) => decision,
    }
}
