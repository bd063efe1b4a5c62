//! What becomes of Controllers.

use plugmint::{ControllerRequest, Ordinal, PlugId, PrincipalKind, SerialId};
use plugmint_core::controller::{
    Attached, ControlledThing, Controller, ControllerAttempt, ControllerChange, OwnSerialMark,
    Roll, Roster,
};
use plugmint_core::grant::GrantStep;
use plugmint_core::lifecycle::{Decision, Outcome, SerialRecord};

use crate::operation::{Answer, OWN_SERIALS, On, Operation};
use crate::root_keys::keys;

use super::{Given, Model, by_ada, said};

/// What the core says to a verb, or the code of its refusal.
type Decided = Result<Decision<Outcome, ControllerChange>, &'static str>;

impl Model {
    pub(super) fn answer_about_controllers(&mut self, operation: Operation) -> Answer {
        match operation {
            Operation::Control { on, password, own } => self.control(on, password, own),
            Operation::DisableController { pick } => {
                self.operate_controller(pick, |model, it, _| {
                    it.disable(&by_ada(), model.time()).map_err(|refusal| refusal.code())
                })
            }
            Operation::EnableController { pick } => self
                .operate_controller(pick, |model, it, _| {
                    it.enable(&by_ada(), model.time()).map_err(|refusal| refusal.code())
                }),
            Operation::RetireController { pick } => self
                .operate_controller(pick, |model, it, roster| {
                    Ok(it.retire(roster, &by_ada(), model.time()))
                }),
            Operation::ReactivateController { pick, seen } => {
                let id = self.picked(pick).map(|given| given.id);
                self.operate_controller(pick, |model, it, _| {
                    let seen = model.saw_of(it.controller.epoch(), seen);
                    let own = it.controller.own_serial().map(OwnSerialMark::new);
                    let known = own.and_then(|own| model.known.get(&(id?, own)).copied());
                    let decided = it.reactivate(known, seen, &by_ada(), model.time());
                    decided.map_err(|refusal| refusal.code())
                })
            }
            operation => panic!("{operation:?} is about no controller"),
        }
    }

    fn control(&mut self, on: On, password: usize, own: Option<usize>) -> Answer {
        let id = self.id(on);
        let template = &self.templates[id.template()];
        if !template.is_open() {
            return said("refused");
        }
        let cap = template.design().controllers();
        let (key, version) =
            (self.passwords(&id).control_key(password), self.passwords(&id).version);
        let Ok(thing) = ControlledThing::prove(self.records.get(&id).cloned(), key.verifier())
        else {
            return said("refused");
        };
        let mut request = ControllerRequest::new();
        if let Some(own) = own {
            request = request.with_own_serial(OWN_SERIALS[own].parse().unwrap());
        }
        let roll = self.roll(&id, thing.thing(), &request);
        let keys = keys(version);
        let attempt = ControllerAttempt {
            key: &key,
            request: &request,
            cap,
            auth: keys.auth(),
            at: self.time(),
        };
        match thing.enroll(&attempt, roll) {
            Ok(decision) => {
                let told = self.settle_thing(id, decision);
                let kind = PrincipalKind::Controller { ordinal: told.ordinal() };
                self.give(id, kind, told.outcome(), told.credentials())
            }
            Err(refusal) => said(refusal.code()),
        }
    }

    fn roll(&self, id: &SerialId, thing: &SerialRecord, request: &ControllerRequest) -> Roll {
        let roster = self.roster(id, thing);
        let known = request.own_serial().and_then(|own| {
            let ordinal = *self.known.get(&(*id, OwnSerialMark::new(own)))?;
            let controller = self.controllers[&(*id, ordinal)].clone();
            let grant = self.grants.get(&(*id, *controller.plug_id())).copied();
            Some((ordinal, controller, grant))
        });
        let idle = roster.ordinals().iter().find_map(|ordinal| {
            let controller = &self.controllers[&(*id, *ordinal)];
            controller.may_make_room().then(|| (*ordinal, controller.clone()))
        });
        Roll { roster, known, idle }
    }

    pub(crate) fn roster(&self, id: &SerialId, thing: &SerialRecord) -> Roster {
        let now = thing.stage().registration().map(|of| of.grants().on()).unwrap_or_default();
        let stored = self.rosters.get(id).cloned();
        stored.map_or_else(|| Roster::new(now), |roster| roster.of_generation(now))
    }

    pub(super) fn authenticate_controller(&mut self, given: &Given, ordinal: Ordinal) -> Answer {
        let presented = self.presented(given);
        let (attached, _) = self.attached(&given.id, ordinal);
        match attached.authenticate(&presented, self.time()) {
            Ok(decision) => {
                self.settle_thing(given.id, decision);
                said("Current")
            }
            Err(stranger) => said(stranger.code()),
        }
    }

    pub(super) fn retire_itself(&mut self, given: &Given, ordinal: Ordinal) -> Answer {
        let presented = self.presented(given);
        let (attached, roster) = self.attached(&given.id, ordinal);
        match attached.retire_itself(&presented, &roster, self.time()) {
            Ok(decision) => {
                self.settle_thing(given.id, decision);
                said("done")
            }
            Err(stranger) => said(stranger.code()),
        }
    }

    /// Does a verb on the Controller that a password was given to, if it was given to one.
    fn operate_controller(
        &mut self,
        pick: usize,
        verb: impl FnOnce(&mut Self, Attached, &Roster) -> Decided,
    ) -> Answer {
        let Some(given) = self.picked(pick).cloned() else {
            return said("refused");
        };
        let PrincipalKind::Controller { ordinal } = given.kind else {
            return said("unknown-controller");
        };
        let (attached, roster) = self.attached(&given.id, ordinal);
        match verb(self, attached, &roster) {
            Ok(decision) => said(&format!("{:?}", self.settle_thing(given.id, decision))),
            Err(code) => said(code),
        }
    }

    pub(super) fn attached(&self, id: &SerialId, ordinal: Ordinal) -> (Attached, Roster) {
        let (thing, controller) =
            (self.records[id].clone(), self.controllers[&(*id, ordinal)].clone());
        let roster = self.roster(id, &thing);
        (Attached { thing, ordinal, controller }, roster)
    }

    pub(super) fn settle_thing<A>(
        &mut self,
        id: SerialId,
        decision: Decision<A, ControllerChange>,
    ) -> A {
        match decision {
            Decision::Answer(answer) => answer,
            Decision::Commit(change, answer) => {
                change.events.into_iter().for_each(|event| self.tell(id, event));
                self.records.insert(id, change.thing);
                let controllers = change.controllers.into_iter();
                self.controllers.extend(controllers.map(|(ordinal, one)| ((id, ordinal), one)));
                self.rosters.extend(change.roster.map(|roster| (id, roster)));
                self.known.extend(change.known.map(|(own, ordinal)| ((id, own), ordinal)));
                if let Some((plug_id, profile)) = change.profile {
                    self.kept(plug_id, profile);
                }
                match change.grant {
                    None => {}
                    Some(GrantStep::Give(holder, grant)) => {
                        self.grants.insert((id, holder), grant);
                    }
                    Some(GrantStep::End(holder)) => drop(self.grants.remove(&(id, holder))),
                }
                answer
            }
        }
    }

    /// The Controller of that name.
    pub(super) fn controller_called(&self, plug_id: &PlugId) -> Option<&Controller> {
        self.controllers.values().find(|controller| controller.plug_id() == plug_id)
    }
}
