//! How a Thing is controlled: `plugmint serial replace-control-password` and `set-access`.

use plugmint::{AccessLevel, Actor, GrantsThen, Registry};
use pollster::block_on;

use crate::args::{OwnAccess, ReplaceControlArgs, SetAccessArgs};
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
    let id = arguments.serial.id();
    let grants = if arguments.keep_grants { GrantsThen::Stay } else { GrantsThen::End };
    // Who asks for a serial that is not there need not type a password first; and nobody else waits
    // for the store while somebody types.
    block_on(home.open()?.serial(&id))?;
    let control = secret_input::control()?;
    let done = block_on(home.open()?.replace_control_password(&id, &control, grants, actor))?;
    did::show(&id, done, "has another control password", output)
}

pub(crate) fn set_access(
    arguments: &SetAccessArgs,
    registry: &Registry,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let id = arguments.serial.id();
    let (level, what) = match arguments.access {
        OwnAccess::Template => (None, "lets Controllers do what its template says"),
        OwnAccess::Level(level) => (Some(level), lets(level)),
    };
    let outcome = block_on(registry.set_access(&id, level, actor))?;
    did::show(&id, outcome, what, output)
}

const fn lets(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::ReadWrite => "lets Controllers read and write",
        AccessLevel::Read => "lets Controllers read",
        AccessLevel::None => "lets Controllers do nothing",
    }
}
