//! What becomes of profiles.

use plugmint::{Author, PlugId, PrincipalKind, Profile, ProfileChange};
use plugmint_core::controller::{ControllerChange, ControllerRefusal};
use plugmint_core::lifecycle::{Decision, Outcome, SerialRecord};

use crate::operation::Answer;
use crate::profiles::change;

use super::{Given, Model, by_ada, said};

/// What the core says to a change, or the code of its refusal; `None` where nobody has that
/// Plug-ID.
type Decided = Option<Result<Decision<Outcome, ControllerChange>, &'static str>>;

impl Model {
    pub(super) fn set_profile(&mut self, pick: usize, number: usize) -> Answer {
        let Some(given) = self.picked(pick).cloned() else { return said("refused") };
        match self.keep(&given, &change(number), &by_ada()) {
            None => said("unknown-holder"),
            Some(Err(code)) => said(code),
            Some(Ok(decision)) => said(&format!("{:?}", self.settle_thing(given.id, decision))),
        }
    }

    pub(super) fn set_own_profile(&mut self, pick: usize, number: usize) -> Answer {
        let proven = self.picked(pick).cloned().filter(|given| self.proves(given));
        let Some(given) = proven else { return said("refused") };
        match self.keep(&given, &change(number), &Author::Device) {
            None | Some(Err(_)) => said("refused"),
            Some(Ok(decision)) => said(&format!("{:?}", self.settle_thing(given.id, decision))),
        }
    }

    fn keep(&self, given: &Given, change: &ProfileChange, author: &Author) -> Decided {
        let profile = self.profile(&given.plug_id);
        match given.kind {
            PrincipalKind::Thing => {
                let record = self.records[&given.id].clone();
                let has_it = record.stage().plug_id() == Some(&given.plug_id);
                has_it.then(|| {
                    let plug_id = given.plug_id;
                    let set = record.set_profile(plug_id, &profile, change, author, self.time());
                    set.map_err(|_| ControllerRefusal::Retired.code())
                })
            }
            PrincipalKind::Controller { ordinal } => {
                let (attached, _) = self.attached(&given.id, ordinal);
                let set = attached.set_profile(&profile, change);
                Some(set.map_err(|refusal| refusal.code()))
            }
        }
    }

    /// Nothing is kept any more under a Plug-ID that its serial gave up.
    pub(super) fn ends_profile(&mut self, old: Option<&SerialRecord>, new: &SerialRecord) {
        let ended = old.and_then(|old| old.stage().plug_id());
        if let Some(ended) = ended.filter(|ended| new.stage().plug_id() != Some(*ended)) {
            self.profiles.remove(ended);
        }
    }

    /// What is kept under a Plug-ID.
    pub(crate) fn profile(&self, plug_id: &PlugId) -> Profile {
        self.profiles.get(plug_id).cloned().unwrap_or_default()
    }

    /// From now on that is kept; what is empty is nothing.
    pub(super) fn kept(&mut self, plug_id: PlugId, profile: Profile) {
        if profile.is_empty() {
            self.profiles.remove(&plug_id);
        } else {
            self.profiles.insert(plug_id, profile);
        }
    }
}
