//! How a Thing is controlled: `plugmint serial replace-control-password` and `set-access`.

use plugmint::{AccessLevel, Actor, GrantsThen};
use plugmint_http::operators::{ReplaceControlPassword, SetAccess, ShowSerial};

use crate::args::{OwnAccess, ReplaceControlArgs, SetAccessArgs};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::secret_input;

use super::did;

pub(crate) fn replace_password(
    arguments: &ReplaceControlArgs,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let serial = arguments.serial.id();
    let grants = if arguments.keep_grants { GrantsThen::Stay } else { GrantsThen::End };
    // Who asks for a serial that is not there need not type a password first; and nobody else waits
    // for the store while somebody types.
    home.desk()?.ask(ShowSerial { serial })?;
    let control = secret_input::control()?;
    let call = ReplaceControlPassword { serial, control, grants, by: actor.clone() };
    let done = home.desk()?.ask(call)?;
    did::show(&serial, done, "has another control password", output)
}

pub(crate) fn set_access(
    arguments: &SetAccessArgs,
    desk: &Desk,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let serial = arguments.serial.id();
    let (access, what) = match arguments.access {
        OwnAccess::Template => (None, "lets Controllers do what its template says"),
        OwnAccess::Level(level) => (Some(level), lets(level)),
    };
    let outcome = desk.ask(SetAccess { serial, access, by: actor.clone() })?;
    did::show(&serial, outcome, what, output)
}

const fn lets(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::ReadWrite => "lets Controllers read and write",
        AccessLevel::Read => "lets Controllers read",
        AccessLevel::None => "lets Controllers do nothing",
    }
}
