//! The verbs that raise the epoch of a serial: `plugmint serial reactivate`, `unenroll`,
//! `replace-passwords` and `transfer`.

use plugmint::{
    Actor, Clock, ControlPassword, EnrollPassword, Epoch, Outcome, SerialId, SystemClock,
    UnixMillis,
};
use plugmint_http::operators::{Reactivate, ReplacePasswords, ShowSerial, Transfer, Unenroll};
use serde::Serialize;

use crate::args::{ReactivateArgs, SeenArgs, SeenEpoch};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, time};
use crate::secret_input;

use super::did;

pub(crate) fn reactivate(
    arguments: &ReactivateArgs,
    desk: &Desk,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let serial = arguments.serial.id();
    let epoch = seen(&arguments.seen, desk, &serial)?;
    let now = SystemClock.now().millis();
    let until = arguments.overlap.map(|millis| UnixMillis::new(now.saturating_add(millis)));
    let outcome = desk.ask(Reactivate { serial, epoch, until, by: actor.clone() })?;
    let asked = arguments.overlap.is_some();
    let raised = Raised::read(desk, &serial, outcome);
    output.show(&raised, |raised| {
        let overlap = match (raised.overlap_until, asked, outcome) {
            (Some(until), ..) => {
                format!("; the password that it used last connects until {}", time(until))
            }
            (None, true, Outcome::Done) => {
                "; no overlap: its last password was never used, or has ended".to_owned()
            }
            (None, ..) => String::new(),
        };
        format!("{}{overlap}", raised.sentence("reactivated"))
    })
}

pub(crate) fn unenroll(
    arguments: &SeenArgs,
    desk: &Desk,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let serial = arguments.serial.id();
    let epoch = seen(&arguments.seen, desk, &serial)?;
    let outcome = desk.ask(Unenroll { serial, epoch, by: actor.clone() })?;
    let raised = Raised::read(desk, &serial, outcome);
    output.show(&raised, |raised| raised.sentence("unenrolled"))
}

pub(crate) fn replace_passwords(
    arguments: &SeenArgs,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let Renewal { serial, epoch, enroll, control } = new_passwords(arguments, home)?;
    let desk = &home.desk()?;
    let by = actor.clone();
    let outcome = desk.ask(ReplacePasswords { serial, epoch, enroll, control, by })?;
    let raised = Raised::read(desk, &serial, outcome);
    output.show(&raised, |raised| {
        format!("{}{}", raised.sentence("has other passwords"), raised.nobody_controls())
    })
}

pub(crate) fn transfer(
    arguments: &SeenArgs,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let Renewal { serial, epoch, enroll, control } = new_passwords(arguments, home)?;
    let desk = &home.desk()?;
    let by = actor.clone();
    let outcome = desk.ask(Transfer { serial, epoch, enroll, control, by })?;
    let raised = Raised::read(desk, &serial, outcome);
    output.show(&raised, |raised| {
        format!("{}{}", raised.sentence("transferred"), raised.nobody_controls())
    })
}

/// Whose passwords, the epoch that was seen, and the passwords.
struct Renewal {
    serial: SerialId,
    epoch: Epoch,
    enroll: EnrollPassword,
    control: Option<ControlPassword>,
}

fn new_passwords(arguments: &SeenArgs, home: &Home) -> Result<Renewal, Failure> {
    let serial = arguments.serial.id();
    // Who asks for a serial that is not there need not type a password first; and nobody else waits
    // for the store while somebody types.
    let status = home.desk()?.ask(ShowSerial { serial })?;
    let epoch = arguments.seen.epoch.unwrap_or(status.epoch);
    let (enroll, control) = secret_input::enroll_and_control()?;
    Ok(Renewal { serial, epoch, enroll, control })
}

/// The epoch that was seen, or the one that is.
fn seen(seen: &SeenEpoch, desk: &Desk, serial: &SerialId) -> Result<Epoch, Failure> {
    match seen.epoch {
        Some(epoch) => Ok(epoch),
        None => Ok(desk.ask(ShowSerial { serial: *serial })?.epoch),
    }
}

/// A serial whose epoch was raised, as it is now.
#[derive(Serialize)]
struct Raised {
    #[serde(flatten)]
    id: SerialId,
    outcome: Outcome,
    epoch: Option<Epoch>,
    overlap_until: Option<UnixMillis>,
    controllable: Option<bool>,
}

impl Raised {
    /// What was asked for is done; where the serial cannot be read any more, that is still so.
    fn read(desk: &Desk, id: &SerialId, outcome: Outcome) -> Self {
        let status = desk.ask(ShowSerial { serial: *id }).ok();
        Self {
            id: *id,
            outcome,
            epoch: status.as_ref().map(|status| status.epoch),
            overlap_until: status.as_ref().and_then(|status| status.overlap_until),
            controllable: status.map(|status| status.controllable),
        }
    }

    /// Who gives one password takes the other away.
    fn nobody_controls(&self) -> &'static str {
        match self.controllable {
            Some(false) => "; it has no control password now, and nobody controls it",
            Some(true) | None => "",
        }
    }

    fn sentence(&self, what: &str) -> String {
        let done = did::sentence(&self.id, self.outcome, what);
        let at = self.epoch.map(|epoch| format!(", now at epoch {epoch}"));
        format!("{done}{}", at.unwrap_or_default())
    }
}
