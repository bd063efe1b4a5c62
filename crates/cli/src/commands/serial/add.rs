//! `plugmint serial add`

use plugmint::Actor;
use plugmint_http::operators::{Offered, Register, ShowTemplate};

use crate::args::AddArgs;
use crate::commands::labels;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, visible};
use crate::secret_input;

pub(crate) fn run(
    arguments: &AddArgs,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let id = arguments.serial.id();
    let labels = labels(&arguments.labels)?;
    // Who asks for a template that is not there need not type a password first; and nobody else
    // waits for the store while somebody types.
    let template = *id.template();
    home.desk()?.ask(ShowTemplate { template })?;
    let (enroll, control) = secret_input::enroll_and_control()?;
    let new = Offered { serial: *id.serial(), enroll, control, labels };
    let status = home.desk()?.ask(Register { template, new, by: actor.clone() })?;
    output.show(&status, |_| format!("{} registered", visible(id.serial().as_str())))
}
