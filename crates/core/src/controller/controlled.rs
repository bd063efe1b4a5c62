//! A Thing in the hands of somebody who knows its control password.

use crate::derivation::Verifier;
use crate::lifecycle::{Mark, Registration, SerialRecord, Stage, Stranger};

/// A Thing that may be controlled, whose control password was proven: what enrolling with it, and
/// adding it to a holder, begin with.
#[derive(Debug)]
#[must_use]
pub struct ControlledThing {
    pub(super) thing: SerialRecord,
    /// What proved the password.
    pub(super) presented: Verifier,
}

impl ControlledThing {
    /// The Thing, if `presented` proves its control password, and it may be controlled. An unknown
    /// serial is `None`, and costs what a known one does.
    ///
    /// # Errors
    /// [`Stranger`] unless the password is right and the Thing is Enrolled or Activated and not
    /// disabled.
    pub fn prove(record: Option<SerialRecord>, presented: Verifier) -> Result<Self, Stranger> {
        let nobody = Verifier::from_parts([0; 32]);
        let registration = record.as_ref().and_then(|record| record.stage().registration());
        let stored = registration.and_then(Registration::control_verifier);
        // There is always one comparison.
        let is_proven = stored.unwrap_or(&nobody).matches(&presented);
        let is_enabled = registration.is_some_and(|of| of.mark() == Mark::Enabled);
        // The verdict is looked at only where whoever asks is told of it.
        let is_controllable = stored.is_some()
            && is_enabled
            && match record.as_ref().map(SerialRecord::stage) {
                Some(Stage::Enrolled(_) | Stage::Activated(_)) => true,
                Some(Stage::Registered(_) | Stage::Retired(_)) | None => false,
            };
        let thing = record.filter(|_| is_controllable && is_proven).ok_or(Stranger)?;
        Ok(Self { thing, presented })
    }

    /// The Thing.
    #[must_use]
    pub const fn thing(&self) -> &SerialRecord {
        &self.thing
    }

    /// The Thing alone.
    #[must_use]
    pub(crate) fn into_thing(self) -> SerialRecord {
        self.thing
    }
}
