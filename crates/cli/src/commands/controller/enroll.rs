//! `plugmint controller enroll`

use plugmint::ControlPassword;
use plugmint_http::operators::EnrollController;

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
    // Nobody else waits for the store while somebody types.
    let password = secret_input::password("Control password: ")?;
    let password = ControlPassword::parse(&password)
        .map_err(|invalid| secret_input::invalid_password(&invalid))?;
    let call = EnrollController { thing: thing.id(), password, name, own_serial };
    enroll::show(&home.desk()?.ask(call).map_err(refused)?, output)
}

/// A refusal is one for all that proved nothing, and so is its hint.
fn refused(failure: Failure) -> Failure {
    let hint = match failure.code() {
        "refused" => Some(
            "the control password is not the one of that Thing, or `plugmint serial show` and \
             `plugmint controller list` say what is in the way",
        ),
        "too-many-controllers" => Some("`plugmint controller list` shows them"),
        _ => None,
    };
    hint.into_iter().fold(failure, Failure::hint)
}
