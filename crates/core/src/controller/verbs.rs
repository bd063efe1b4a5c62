//! What happens to a Controller once it has enrolled.

use crate::derivation::AuthVerifier;
use crate::lifecycle::{Decision, EpochRefusal, Mark, Outcome, SerialRecord, Stranger};
use crate::{Author, Credential, Epoch, EventKind, Ordinal, SerialId, UnixMillis};

use super::{
    Controller, ControllerChange, ControllerRefusal, ControllerStage, ReactivateControllerRefusal,
    Roster,
};

/// A Controller with the Thing in whose history it stands: what every verb on it takes.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a driver must read all of it")]
pub struct Attached {
    /// The Thing.
    pub thing: SerialRecord,
    /// Which of its Controllers it is.
    pub ordinal: Ordinal,
    /// The Controller.
    pub controller: Controller,
}

impl Controller {
    /// What authentication needs of this record: a pure projection, written in the same commit.
    /// `id` is the Thing's.
    #[must_use]
    pub fn credential(&self, id: &SerialId, ordinal: Ordinal) -> Credential {
        Credential::of_controller(*id, ordinal, self)
    }
}

impl Attached {
    /// It connected with a password that comes to `presented`; the first time activates it.
    ///
    /// # Errors
    /// [`Stranger`] unless `presented` proves its password now and it is in force.
    pub fn authenticate(
        self,
        presented: &AuthVerifier,
        at: UnixMillis,
    ) -> Result<Decision<(), ControllerChange>, Stranger> {
        match self.proven(presented)? {
            ControllerStage::Enrolled { auth_verifier } => {
                let (auth_verifier, activated_at) = (auth_verifier.clone(), at);
                let stage = ControllerStage::Activated { auth_verifier, activated_at };
                let connected_at = self.controller.connected_at.or(Some(at));
                let controller = Controller { stage, connected_at, ..self.controller.clone() };
                let kind = EventKind::ControllerActivated;
                let change = self.becomes(controller, kind, &Author::Device, at);
                Ok(Decision::Commit(Box::new(change), ()))
            }
            ControllerStage::Activated { .. }
            | ControllerStage::MustEnrollAgain
            | ControllerStage::Retired { .. } => Ok(Decision::Answer(())),
        }
    }

    /// Where it is, if it is in force and `presented` proves its password.
    fn proven(&self, presented: &AuthVerifier) -> Result<&ControllerStage, Stranger> {
        let is_proven = match &self.controller.stage {
            ControllerStage::Enrolled { auth_verifier }
            | ControllerStage::Activated { auth_verifier, .. } => auth_verifier.matches(presented),
            ControllerStage::MustEnrollAgain | ControllerStage::Retired { .. } => false,
        };
        let is_in_force = self.controller.is_in_force();
        if is_proven && is_in_force { Ok(&self.controller.stage) } else { Err(Stranger) }
    }

    /// It shall neither connect nor act on anything until it is enabled again.
    ///
    /// # Errors
    /// [`ControllerRefusal`]
    pub fn disable(
        self,
        author: &Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome, ControllerChange>, ControllerRefusal> {
        self.set_mark(Mark::Disabled, EventKind::ControllerDisabled, author, at)
    }

    /// It may connect and act again.
    ///
    /// # Errors
    /// [`ControllerRefusal`]
    pub fn enable(
        self,
        author: &Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome, ControllerChange>, ControllerRefusal> {
        self.set_mark(Mark::Enabled, EventKind::ControllerEnabled, author, at)
    }

    /// Its password ends, and it must enroll again with its own serial number, under the same
    /// Plug-ID. Its grants stay. A repeat of the call with the epoch that it saw does nothing.
    ///
    /// `known` is who came with that own serial number last, and so who would be known by it.
    ///
    /// # Errors
    /// [`ReactivateControllerRefusal`]
    pub fn reactivate(
        self,
        known: Option<Ordinal>,
        seen: Epoch,
        author: &Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome, ControllerChange>, ReactivateControllerRefusal> {
        let now = self.controller.epoch;
        if self.controller.is_retired() {
            return Err(ReactivateControllerRefusal::Retired);
        }
        if seen != now {
            // Nothing else raises the epoch of a Controller.
            return if seen.next() == Some(now) {
                Ok(Decision::Answer(Outcome::AlreadyDone))
            } else {
                Err(EpochRefusal::Moved { seen, now }.into())
            };
        }
        if let ControllerStage::MustEnrollAgain = self.controller.stage {
            return Err(ReactivateControllerRefusal::NotEnrolled);
        }
        let control = self.thing.stage().registration().and_then(|of| of.control_verifier());
        let is_derivable = control.is_some_and(|control| self.controller.came_from(control));
        if known != Some(self.ordinal) || !is_derivable {
            return Err(ReactivateControllerRefusal::NotReissuable);
        }
        let epoch = seen.next().ok_or(EpochRefusal::Last)?;
        let stage = ControllerStage::MustEnrollAgain;
        let controller = Controller { epoch, stage, ..self.controller.clone() };
        let change = self.becomes(controller, EventKind::ControllerReactivated, author, at);
        Ok(Decision::Commit(Box::new(change), Outcome::Done))
    }

    /// It never connects again and acts on nothing. Its ordinal stays used.
    pub fn retire(
        self,
        roster: &Roster,
        author: &Author,
        at: UnixMillis,
    ) -> Decision<Outcome, ControllerChange> {
        if self.controller.is_retired() {
            return Decision::Answer(Outcome::AlreadyDone);
        }
        let (ordinal, controller) = (self.ordinal, self.controller.clone().retired(at));
        let mut change = self.becomes(controller, EventKind::ControllerRetired, author, at);
        change.roster = roster.holds(ordinal).then(|| roster.clone().left(ordinal));
        Decision::Commit(Box::new(change), Outcome::Done)
    }

    /// It takes itself off with its own password: that is the end of it.
    ///
    /// # Errors
    /// [`Stranger`] unless `presented` proves its password now and it is in force.
    pub fn retire_itself(
        self,
        presented: &AuthVerifier,
        roster: &Roster,
        at: UnixMillis,
    ) -> Result<Decision<(), ControllerChange>, Stranger> {
        self.proven(presented)?;
        Ok(self.retire(roster, &Author::Device, at).map(|_| ()))
    }

    /// All grants that it holds end. Nothing is told of each.
    pub fn release_all(self, author: &Author, at: UnixMillis) -> ControllerChange {
        let held = self.controller.held.next();
        let controller = Controller { held, ..self.controller.clone() };
        self.becomes(controller, EventKind::GrantsReleased, author, at)
    }

    fn set_mark(
        self,
        mark: Mark,
        kind: EventKind,
        author: &Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome, ControllerChange>, ControllerRefusal> {
        if self.controller.is_retired() {
            return Err(ControllerRefusal::Retired);
        }
        if self.controller.mark == mark {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        }
        let controller = Controller { mark, ..self.controller.clone() };
        Ok(Decision::Commit(Box::new(self.becomes(controller, kind, author, at)), Outcome::Done))
    }

    fn becomes(
        self,
        controller: Controller,
        kind: EventKind,
        author: &Author,
        at: UnixMillis,
    ) -> ControllerChange {
        let plug_id = controller.plug_id;
        let mut change = ControllerChange::of(self.thing);
        change.tell(plug_id, kind, author, at);
        change.controllers.push((self.ordinal, controller));
        change
    }
}
