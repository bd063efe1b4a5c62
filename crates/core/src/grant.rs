//! Grants: who may act on a Thing.
//!
//! A grant says in which generation of the Thing's grants and of its holder's it was given. It
//! counts while both are so: all grants on a Thing, or all that somebody holds, end when one number
//! rises, in the commit of whatever ends them, however many they are.

use serde::Serialize;
use thiserror::Error;

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::controller::{ControlledThing, Controller, ControllerChange};
use crate::lifecycle::{Decision, Mark, Outcome, Raise, SerialRecord, Stage};
use crate::{AccessLevel, Author, EventKind, PlugId, ProductionTemplate, UnixMillis};

/// Which grants count: those on a Thing, and those that it holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Generations {
    on: Generation,
    held: Generation,
}

impl Generations {
    /// Those of whoever is new.
    pub(crate) const FIRST: Self = Self { on: Generation(0), held: Generation(0) };

    /// Which grants on it count.
    #[must_use]
    pub const fn on(&self) -> Generation {
        self.on
    }

    /// Which grants that it holds count.
    #[must_use]
    pub const fn held(&self) -> Generation {
        self.held
    }

    pub(crate) const fn all_ended(self) -> Self {
        Self { on: self.on.next(), held: self.held.next() }
    }

    pub(crate) const fn on_it_ended(self) -> Self {
        Self { on: self.on.next(), ..self }
    }

    pub(crate) const fn held_ended(self) -> Self {
        Self { held: self.held.next(), ..self }
    }

    pub(crate) fn encode(self, encoder: &mut Encoder) {
        encoder.u64(self.on.0);
        encoder.u64(self.held.0);
    }

    pub(crate) fn decode(decoder: &mut Decoder<'_>) -> Result<Self, InvalidRecord> {
        Ok(Self { on: Generation::decode(decoder)?, held: Generation::decode(decoder)? })
    }
}

/// A number that rises when grants end, and never falls.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Generation(u64);

impl Generation {
    /// The generation with this number.
    #[cfg(any(test, feature = "arbitrary"))]
    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The next one. At one each nanosecond the last is reached after 584 years.
    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    pub(crate) fn encode(self, encoder: &mut Encoder) {
        encoder.u64(self.0);
    }

    pub(crate) fn decode(decoder: &mut Decoder<'_>) -> Result<Self, InvalidRecord> {
        decoder.u64("generation").map(Self)
    }
}

/// That somebody may act on a Thing: a record that lies under both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Grant {
    on: Generation,
    held: Generation,
    at: UnixMillis,
}

impl Grant {
    /// A grant that is given now, in the generation of those on the Thing and of those of its
    /// holder.
    #[must_use]
    pub const fn new(on: Generation, held: Generation, at: UnixMillis) -> Self {
        Self { on, held, at }
    }

    /// Whether it counts, in the generations of today.
    #[must_use]
    pub fn counts(&self, on: Generation, held: Generation) -> bool {
        self.on == on && self.held == held
    }

    /// When it was given.
    #[must_use]
    pub const fn at(&self) -> UnixMillis {
        self.at
    }

    /// Its canonical bytes, without Thing and holder: those are the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        self.on.encode(&mut encoder);
        self.held.encode(&mut encoder);
        encoder.u64(self.at.millis());
        encoder.finish()
    }

    /// A grant from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Grant::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("grant", VERSION, bytes)?;
        let (on, held) = (Generation::decode(&mut decoder)?, Generation::decode(&mut decoder)?);
        let grant = Self { on, held, at: decoder.time("at")? };
        decoder.finish()?;
        Ok(grant)
    }
}

/// What becomes of somebody's grant on a Thing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a driver must know what to do with each")]
pub enum GrantStep {
    /// It is given, or given anew.
    Give(PlugId, Grant),
    /// It ends.
    End(PlugId),
}

/// Who holds grants, or shall: a Controller or a Thing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Holder {
    plug_id: PlugId,
    held: Generation,
    is_in_force: bool,
}

impl Holder {
    /// A Controller; `None` for one that is retired.
    #[must_use]
    pub fn controller(controller: &Controller) -> Option<Self> {
        let is_in_force = controller.is_in_force();
        let holder = Self { plug_id: *controller.plug_id(), held: controller.held(), is_in_force };
        (!controller.is_retired()).then_some(holder)
    }

    /// A Thing, under the Plug-ID that it has; `None` for one that has none, was taken off or is
    /// retired: whoever enrolls with it next is to find nothing granted. One that must enroll again
    /// because it was reactivated keeps what it holds.
    #[must_use]
    pub fn thing(record: &SerialRecord) -> Option<Self> {
        let (registration, plug_id) =
            record.stage().registration().zip(record.stage().plug_id())?;
        let was_taken_off = matches!(record.stage(), Stage::Registered(_))
            && registration.raised_by() == Some(Raise::Unenroll);
        let is_in_force = registration.mark() == Mark::Enabled;
        let holder = Self { plug_id: *plug_id, held: registration.grants().held(), is_in_force };
        (!was_taken_off).then_some(holder)
    }

    /// What it is called.
    #[must_use]
    pub const fn plug_id(&self) -> &PlugId {
        &self.plug_id
    }

    /// Which grants that it holds count.
    #[must_use]
    pub const fn held(&self) -> Generation {
        self.held
    }
}

/// What somebody may do with a Thing: nothing without a grant that counts, while either of the two
/// is disabled or retired, and once the template is deleted; else what the Thing says, and where it
/// says nothing, its template.
#[must_use]
pub fn access(
    thing: &SerialRecord,
    template: &ProductionTemplate,
    holder: &Holder,
    grant: Option<&Grant>,
) -> AccessLevel {
    let Some(registration) = thing.stage().registration() else {
        return AccessLevel::None;
    };
    let counts = grant.is_some_and(|grant| grant.counts(registration.grants().on(), holder.held));
    let is_enabled = registration.mark() == Mark::Enabled && !template.is_deleted();
    if counts && holder.is_in_force && is_enabled {
        registration.access().unwrap_or(template.design().access())
    } else {
        AccessLevel::None
    }
}

impl ControlledThing {
    /// Whoever proved the control password is granted the Thing.
    pub fn add_holder(
        self,
        holder: &Holder,
        grant: Option<&Grant>,
        at: UnixMillis,
    ) -> Decision<Outcome, ControllerChange> {
        self.into_thing().give(holder, grant, &Author::Device, at)
    }
}

impl SerialRecord {
    /// An operator grants this Thing to somebody.
    ///
    /// # Errors
    /// [`NotControllable`]
    pub fn grant_by_operator(
        self,
        holder: &Holder,
        grant: Option<&Grant>,
        author: &Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome, ControllerChange>, NotControllable> {
        match self.stage() {
            Stage::Registered(_) => Err(NotControllable::NotEnrolled),
            Stage::Retired(_) => Err(NotControllable::Retired),
            Stage::Enrolled(_) | Stage::Activated(_) => Ok(self.give(holder, grant, author, at)),
        }
    }

    /// The grant of somebody on this Thing ends.
    pub fn release_holder(
        self,
        holder: &Holder,
        grant: Option<&Grant>,
        author: &Author,
        at: UnixMillis,
    ) -> Decision<Outcome, ControllerChange> {
        if !self.is_granted(holder, grant) {
            return Decision::Answer(Outcome::AlreadyDone);
        }
        let mut change = ControllerChange::of(self);
        change.tell(holder.plug_id, EventKind::GrantReleased, author, at);
        change.grant = Some(GrantStep::End(holder.plug_id));
        Decision::Commit(Box::new(change), Outcome::Done)
    }

    /// All grants that this Thing holds as `holder` end. Whether it held any is not looked at, and
    /// nothing is told of each.
    pub fn release_all(self, holder: &Holder, author: &Author, at: UnixMillis) -> ControllerChange {
        let mut change = ControllerChange::of(self.holding_nothing());
        change.tell(holder.plug_id, EventKind::GrantsReleased, author, at);
        change
    }

    fn give(
        self,
        holder: &Holder,
        grant: Option<&Grant>,
        author: &Author,
        at: UnixMillis,
    ) -> Decision<Outcome, ControllerChange> {
        if self.is_granted(holder, grant) {
            return Decision::Answer(Outcome::AlreadyDone);
        }
        let on = self.stage().registration().map(|of| of.grants().on()).unwrap_or_default();
        let mut change = ControllerChange::of(self);
        change.tell(holder.plug_id, EventKind::GrantAdded, author, at);
        change.grant = Some(GrantStep::Give(holder.plug_id, Grant::new(on, holder.held, at)));
        Decision::Commit(Box::new(change), Outcome::Done)
    }

    /// Whether the grant that was found of somebody counts, disabled or not.
    #[must_use]
    pub fn is_granted(&self, holder: &Holder, grant: Option<&Grant>) -> bool {
        let on = self.stage().registration().map(|of| of.grants().on());
        grant.zip(on).is_some_and(|(grant, on)| grant.counts(on, holder.held))
    }
}

/// Why an operator cannot grant a Thing.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotControllable {
    /// It is retired.
    #[error("the thing is retired: expected one that is enrolled")]
    Retired,
    /// It is not enrolled.
    #[error("the thing is not enrolled: expected one that is")]
    NotEnrolled,
}

impl NotControllable {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::NotEnrolled => "not-enrolled",
        }
    }
}

const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_counts_until_either_generation_has_risen() {
        let (of_thing, of_holder) = (Generations::default(), Generations::default());
        let grant = Grant::new(of_thing.on(), of_holder.held(), UnixMillis::new(5));
        assert!(grant.counts(of_thing.on(), of_holder.held()));
        assert!(!grant.counts(of_thing.on_it_ended().on(), of_holder.held()));
        assert!(!grant.counts(of_thing.on(), of_holder.held_ended().held()));
        assert!(grant.counts(of_thing.held_ended().on(), of_holder.on_it_ended().held()));
        assert!(!grant.counts(of_thing.all_ended().on(), of_holder.held()));
    }

    #[test]
    fn a_grant_is_read_back_from_its_record() {
        let grant = Grant::new(Generation::new(3), Generation::new(4), UnixMillis::new(5));
        assert_eq!(Grant::decode(&grant.encode()), Ok(grant));
    }
}
