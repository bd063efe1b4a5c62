//! The verbs that raise the epoch of a serial: `plugmint serial reactivate`, `unenroll`,
//! `replace-passwords` and `transfer`.

use plugmint::{
    Actor, Clock, Epoch, NewPasswords, Outcome, Registry, SerialId, SystemClock, UnixMillis,
};
use pollster::block_on;
use serde::Serialize;

use crate::args::{ReactivateArgs, SeenArgs, SeenEpoch};
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, time};
use crate::secret_input;

use super::did;

pub(crate) fn reactivate(
    arguments: &ReactivateArgs,
    registry: &Registry,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let id = arguments.serial.id();
    let seen = seen(&arguments.seen, registry, &id)?;
    let outcome = match arguments.overlap {
        None => block_on(registry.reactivate(&id, seen, actor))?,
        Some(millis) => {
            let now = SystemClock.now().millis();
            let until = UnixMillis::new(now.saturating_add(millis));
            block_on(registry.reactivate_with_overlap(&id, seen, until, actor))?
        }
    };
    let asked = arguments.overlap.is_some();
    let raised = Raised::read(registry, &id, outcome);
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
    registry: &Registry,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let id = arguments.serial.id();
    let seen = seen(&arguments.seen, registry, &id)?;
    let outcome = block_on(registry.unenroll(&id, seen, actor))?;
    let raised = Raised::read(registry, &id, outcome);
    output.show(&raised, |raised| raised.sentence("unenrolled"))
}

pub(crate) fn replace_passwords(
    arguments: &SeenArgs,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let (id, seen, new) = new_passwords(arguments, home)?;
    let registry = home.open()?;
    let outcome = block_on(registry.replace_passwords(&id, &new, seen, actor))?;
    let raised = Raised::read(&registry, &id, outcome);
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
    let (id, seen, new) = new_passwords(arguments, home)?;
    let registry = home.open()?;
    let outcome = block_on(registry.transfer(&id, &new, seen, actor))?;
    let raised = Raised::read(&registry, &id, outcome);
    output.show(&raised, |raised| {
        format!("{}{}", raised.sentence("transferred"), raised.nobody_controls())
    })
}

/// Whose passwords, the epoch that was seen, and the passwords.
fn new_passwords(
    arguments: &SeenArgs,
    home: &Home,
) -> Result<(SerialId, Epoch, NewPasswords), Failure> {
    let id = arguments.serial.id();
    // Who asks for a serial that is not there need not type a password first; and nobody else waits
    // for the store while somebody types.
    let status = block_on(home.open()?.serial(&id))?;
    let seen = arguments.seen.epoch.unwrap_or(status.epoch);
    let (enroll, control) = secret_input::enroll_and_control()?;
    let new = NewPasswords::new(enroll);
    Ok((id, seen, control.into_iter().fold(new, NewPasswords::with_control)))
}

/// The epoch that was seen, or the one that is.
fn seen(seen: &SeenEpoch, registry: &Registry, id: &SerialId) -> Result<Epoch, Failure> {
    match seen.epoch {
        Some(epoch) => Ok(epoch),
        None => Ok(block_on(registry.serial(id))?.epoch),
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
    fn read(registry: &Registry, id: &SerialId, outcome: Outcome) -> Self {
        let status = block_on(registry.serial(id)).ok();
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
