//! `plugmint serial add`

use plugmint::{Actor, NewSerial};
use pollster::block_on;

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
    block_on(home.open()?.template(id.template()))?;
    let (enroll, control) = secret_input::enroll_and_control()?;
    let new = NewSerial::new(*id.serial(), enroll).with_labels(labels);
    let new = control.into_iter().fold(new, NewSerial::with_control_password);
    let status = block_on(home.open()?.register(id.template(), new, actor))?;
    output.show(&status, |_| format!("{} registered", visible(id.serial().as_str())))
}
