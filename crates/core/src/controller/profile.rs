//! What is kept with a Thing or a Controller.

use crate::lifecycle::{Decision, Outcome, RetiredSerial, SerialRecord};
use crate::{Author, EventKind, PlugId, Profile, ProfileChange, UnixMillis};

use super::{Attached, Controller, ControllerChange, ControllerRefusal};

impl SerialRecord {
    /// What is kept with this Thing, called `plug_id`, is what `change` says. Its history tells
    /// when its access level changes, and of nothing else that is only kept.
    ///
    /// # Errors
    /// [`RetiredSerial`], with which nothing is kept any more.
    pub fn set_profile(
        self,
        plug_id: PlugId,
        profile: &Profile,
        change: &ProfileChange,
        author: &Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome, ControllerChange>, RetiredSerial> {
        let access = self.stage().registration().ok_or(RetiredSerial)?.access();
        let new = profile.clone().changed(change);
        let new_access = change.new_access().clone().over(access);
        if new == *profile && new_access == access {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        }
        let mut changed = ControllerChange::of(self.with_access(new_access));
        if new_access != access {
            changed.tell_of_thing(EventKind::AccessSet, author, at);
        }
        changed.profile = Some((plug_id, new));
        Ok(Decision::Commit(Box::new(changed), Outcome::Done))
    }
}

impl Attached {
    /// What is kept with this Controller is what `change` says. Nobody holds a Controller, so it
    /// has no access level.
    ///
    /// # Errors
    /// [`ControllerRefusal`]
    pub fn set_profile(
        self,
        profile: &Profile,
        change: &ProfileChange,
    ) -> Result<Decision<Outcome, ControllerChange>, ControllerRefusal> {
        if self.controller.is_retired() {
            return Err(ControllerRefusal::Retired);
        }
        let name = change.new_name().clone().over(self.controller.name.clone());
        let nameless = change.clone().name(None);
        let new = profile.clone().changed(&nameless);
        let mut changed = ControllerChange::of(self.thing);
        if name != self.controller.name {
            let controller = Controller { name, ..self.controller.clone() };
            changed.controllers.push((self.ordinal, controller));
        }
        if new != *profile {
            changed.profile = Some((self.controller.plug_id, new));
        }
        if changed.controllers.is_empty() && changed.profile.is_none() {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        }
        Ok(Decision::Commit(Box::new(changed), Outcome::Done))
    }
}
