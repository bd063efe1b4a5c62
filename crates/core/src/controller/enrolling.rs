//! May this one control the Thing?

use crate::derivation::{AuthKey, ControlKey, Credentials, Verifier};
use crate::grant::{Generation, Grant};
use crate::lifecycle::{Decision, EnrollOutcome, Mark, Stranger};
use crate::{Author, ControllerCap, Epoch, EventKind, Ordinal, SerialNumber, UnixMillis};

use super::{
    ControlledThing, Controller, ControllerChange, ControllerStage, DeviceName,
    EnrollControllerRefusal, OwnSerialMark, Roster,
};

/// What a Controller says of itself when it enrolls: labels, none of which enters its credentials.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ControllerRequest {
    name: Option<DeviceName>,
    own_serial: Option<SerialNumber>,
}

impl ControllerRequest {
    /// Nothing. Without its own serial number it is not known again: whoever asks a second time is
    /// another Controller.
    #[must_use]
    pub const fn new() -> Self {
        Self { name: None, own_serial: None }
    }

    /// What people call it.
    #[must_use]
    pub fn with_name(self, name: DeviceName) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Its own serial number, by which it is known again.
    #[must_use]
    pub fn with_own_serial(self, own_serial: SerialNumber) -> Self {
        Self { own_serial: Some(own_serial), ..self }
    }

    /// Its own serial number.
    #[must_use]
    pub const fn own_serial(&self) -> Option<&SerialNumber> {
        self.own_serial.as_ref()
    }
}

/// The Controllers of a Thing, as far as the enrollment of one rests on them: read beforehand, and
/// guarded by the commit.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a driver must read all of it")]
pub struct Roll {
    /// Who takes a place, in the generation of today.
    pub roster: Roster,
    /// Who came with the own serial number of whoever asks last, and what grant it has.
    pub known: Option<(Ordinal, Controller, Option<Grant>)>,
    /// The oldest on the roster that [may make room](Controller::may_make_room); looked for only
    /// where the roster is full.
    pub idle: Option<(Ordinal, Controller)>,
}

/// One enrollment of a Controller: who asks, under which keys, and when.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "an attempt is made of these")]
pub struct ControllerAttempt<'a> {
    /// What the presented control password came to.
    pub key: &'a ControlKey,
    /// What the Controller says of itself.
    pub request: &'a ControllerRequest,
    /// How many may take a place.
    pub cap: ControllerCap,
    /// What its connection password is to be proved with.
    pub auth: &'a AuthKey,
    /// Now.
    pub at: UnixMillis,
}

/// What a Controller is told that may enroll.
#[derive(Debug)]
pub struct ControllerEnrollment {
    outcome: EnrollOutcome,
    ordinal: Ordinal,
    credentials: Credentials,
}

impl ControllerEnrollment {
    /// Whether these credentials are new.
    #[must_use]
    pub const fn outcome(&self) -> EnrollOutcome {
        self.outcome
    }

    /// Which of the Thing's Controllers it is.
    #[must_use]
    pub const fn ordinal(&self) -> Ordinal {
        self.ordinal
    }

    /// The Plug-ID and the connection password.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The credentials alone.
    #[must_use]
    pub fn into_credentials(self) -> Credentials {
        self.credentials
    }
}

type Enrolling = Result<Decision<ControllerEnrollment, ControllerChange>, EnrollControllerRefusal>;

impl ControlledThing {
    /// Somebody with the control password asks for credentials and for the Thing.
    ///
    /// Whoever is known by its own serial number is given the same credentials until it has
    /// connected, and new ones once it was reactivated, as long as they come from the control
    /// password of today. Anybody else is a new Controller, under an ordinal that nobody had.
    ///
    /// # Errors
    /// [`EnrollControllerRefusal`]; that of strangers for a Controller that is disabled: whom an
    /// operator keeps out does not come in as somebody else.
    pub fn enroll(
        self,
        attempt: &ControllerAttempt<'_>,
        roll: Roll,
    ) -> Result<Decision<ControllerEnrollment, ControllerChange>, EnrollControllerRefusal> {
        let Roll { roster, known, idle } = roll;
        let places = Places { roster, idle, cap: attempt.cap };
        let is_kept_out = |known: &Controller| !known.is_retired() && known.mark == Mark::Disabled;
        if known.as_ref().is_some_and(|(_, known, _)| is_kept_out(known)) {
            return Err(Stranger.into());
        }
        // One of another control password cannot be derived any more.
        let known = known.filter(|(_, known, _)| known.came_from(&self.presented));
        let Some((ordinal, known, grant)) = known else {
            return self.join(attempt, places);
        };
        match known.stage {
            ControllerStage::Activated { .. } | ControllerStage::Retired { .. } => {
                self.join(attempt, places)
            }
            ControllerStage::Enrolled { .. } => {
                self.repeat(attempt, (ordinal, known), grant.as_ref(), places)
            }
            ControllerStage::MustEnrollAgain => {
                self.reissue(attempt, (ordinal, known), grant.as_ref(), places)
            }
        }
    }

    /// A Controller that has not connected is told again what it was told; and is granted the Thing
    /// again, if that has ended since.
    fn repeat(
        self,
        attempt: &ControllerAttempt<'_>,
        (ordinal, known): (Ordinal, Controller),
        grant: Option<&Grant>,
        places: Places,
    ) -> Enrolling {
        let credentials = attempt.key.credentials(ordinal, known.epoch);
        let told = ControllerEnrollment { outcome: EnrollOutcome::Repeated, ordinal, credentials };
        let mut change = ControllerChange::of(self.thing);
        if !change.grant_to(&known, grant, attempt.at) {
            return Ok(Decision::Answer(told));
        }
        change.seat(ordinal, places, attempt.at)?;
        change.tell(known.plug_id, EventKind::GrantAdded, &Author::Device, attempt.at);
        Ok(Decision::Commit(Box::new(change), told))
    }

    /// A Controller of before gets the password of its present epoch.
    fn reissue(
        self,
        attempt: &ControllerAttempt<'_>,
        (ordinal, known): (Ordinal, Controller),
        grant: Option<&Grant>,
        places: Places,
    ) -> Enrolling {
        let credentials = attempt.key.credentials(ordinal, known.epoch);
        let auth_verifier = attempt.auth.verifier_of(&credentials);
        let controller = Controller { stage: ControllerStage::Enrolled { auth_verifier }, ..known };
        let mut change = ControllerChange::of(self.thing);
        let is_granted_anew = change.grant_to(&controller, grant, attempt.at);
        change.seat(ordinal, places, attempt.at)?;
        let kind = EventKind::ControllerReissued;
        change.tell(controller.plug_id, kind, &Author::Device, attempt.at);
        if is_granted_anew {
            change.tell(controller.plug_id, EventKind::GrantAdded, &Author::Device, attempt.at);
        }
        change.controllers.push((ordinal, controller));
        let told = ControllerEnrollment { outcome: EnrollOutcome::Reissued, ordinal, credentials };
        Ok(Decision::Commit(Box::new(change), told))
    }

    /// A new Controller.
    fn join(self, attempt: &ControllerAttempt<'_>, places: Places) -> Enrolling {
        let registration = self.thing.stage().registration().ok_or(Stranger)?;
        let (ordinal, key_version) = (registration.next_ordinal(), registration.key_version());
        let next = ordinal.next().ok_or(EnrollControllerRefusal::LastOrdinal)?;
        let mut change = ControllerChange::of(self.thing.with_next_ordinal(next));
        change.seat(ordinal, places, attempt.at)?;
        let credentials = attempt.key.credentials(ordinal, Epoch::FIRST);
        let controller = Controller {
            key_version,
            control_verifier: self.presented,
            plug_id: *credentials.plug_id(),
            epoch: Epoch::FIRST,
            mark: Mark::Enabled,
            name: attempt.request.name.clone(),
            own_serial: attempt.request.own_serial,
            stage: ControllerStage::Enrolled {
                auth_verifier: attempt.auth.verifier_of(&credentials),
            },
            held: Generation::default(),
            enrolled_at: attempt.at,
            connected_at: None,
        };
        let kind = EventKind::ControllerEnrolled;
        change.tell(controller.plug_id, kind, &Author::Device, attempt.at);
        change.grant_to(&controller, None, attempt.at);
        let own_serial = attempt.request.own_serial.as_ref();
        change.known = own_serial.map(|own| (OwnSerialMark::new(own), ordinal));
        change.controllers.push((ordinal, controller));
        let told = ControllerEnrollment { outcome: EnrollOutcome::First, ordinal, credentials };
        Ok(Decision::Commit(Box::new(change), told))
    }
}

/// Who takes a place, how many there are, and who would make room.
struct Places {
    roster: Roster,
    idle: Option<(Ordinal, Controller)>,
    cap: ControllerCap,
}

impl ControllerChange {
    /// Gives a Controller a place, if it has none. The oldest that never connected makes room where
    /// there is none left.
    fn seat(
        &mut self,
        ordinal: Ordinal,
        places: Places,
        at: UnixMillis,
    ) -> Result<(), EnrollControllerRefusal> {
        let Places { mut roster, idle, cap } = places;
        if roster.holds(ordinal) {
            return Ok(());
        }
        if roster.ordinals().len() >= usize::from(cap.number()) {
            let (idle, controller) = idle.ok_or(EnrollControllerRefusal::TooMany)?;
            roster = roster.left(idle);
            self.tell(controller.plug_id, EventKind::ControllerRetired, &Author::Device, at);
            self.controllers.push((idle, controller.retired(at)));
        }
        self.roster = Some(roster.joined(ordinal));
        Ok(())
    }
}

impl Controller {
    /// Whether it makes room for a new one: it never connected, and nobody keeps it out, which
    /// would end with it.
    #[must_use]
    pub fn may_make_room(&self) -> bool {
        self.connected_at.is_none() && self.is_in_force()
    }

    /// Whether it came from the control key with that verifier, so that it can be derived again.
    pub(super) fn came_from(&self, control: &Verifier) -> bool {
        self.control_verifier.matches(control)
    }

    pub(super) fn retired(self, at: UnixMillis) -> Self {
        Self { stage: ControllerStage::Retired { retired_at: at }, ..self }
    }
}
