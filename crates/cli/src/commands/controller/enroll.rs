//! `plugmint controller enroll`

use plugmint::{ControlPassword, ControllerRequest, EnrollControllerError};
use pollster::block_on;

use crate::args::EnrollControllerArgs;
use crate::commands::enroll;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::secret_input;

pub(super) fn run(
    arguments: EnrollControllerArgs,
    home: &Home,
    output: &Output,
) -> Result<(), Failure> {
    let EnrollControllerArgs { name, own_serial, thing } = arguments;
    let request = name.into_iter().fold(ControllerRequest::new(), ControllerRequest::with_name);
    let request = own_serial.into_iter().fold(request, ControllerRequest::with_own_serial);
    // Nobody else waits for the store while somebody types.
    let password = secret_input::password("Control password: ")?;
    let password = ControlPassword::parse(&password)
        .map_err(|invalid| secret_input::invalid_password(&invalid))?;
    let registry = home.open()?;
    let enrollment = block_on(registry.enroll_controller(None, &thing.id(), &password, &request))
        .map_err(refused)?;
    enroll::show_controller(&enrollment, output)
}

/// A refusal is one for all that proved nothing, and so is its hint.
fn refused(error: EnrollControllerError) -> Failure {
    let hint = match &error {
        EnrollControllerError::Refused => Some(
            "the control password is not the one of that Thing, or `plugmint serial show` and \
             `plugmint controller list` say what is in the way",
        ),
        EnrollControllerError::TooMany => Some("`plugmint controller list` shows them"),
        _ => None,
    };
    hint.into_iter().fold(Failure::from(error), Failure::hint)
}
