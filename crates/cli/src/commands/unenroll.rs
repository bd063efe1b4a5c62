//! `plugmint unenroll`

use plugmint::{ConnectionPassword, PlugId, PrincipalKind};
use plugmint_http::operators::{ShowController, UnenrollDevice};
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::secret_input;

pub(crate) fn run(plug_id: &PlugId, home: &Home, output: &Output) -> Result<(), Failure> {
    // Nobody else waits for the store while somebody types.
    let password = secret_input::password("Connection password: ")?;
    let password = ConnectionPassword::parse(&password)
        .map_err(|invalid| secret_input::invalid_password(&invalid))?;
    let (desk, plug_id) = (home.desk()?, *plug_id);
    desk.ask(UnenrollDevice { plug_id, password })?;
    let unenrolled = Unenrolled { plug_id, kind: kind(&desk, plug_id) };
    output.show(&unenrolled, |unenrolled| {
        let then = match unenrolled.kind {
            Some(PrincipalKind::Thing) => ", and may enroll again",
            Some(PrincipalKind::Controller { .. }) => {
                ": a Controller is retired by that, and enrolls as another one"
            }
            None => "",
        };
        format!("{} is taken off{then}", unenrolled.plug_id)
    })
}

/// What was taken off. That is done; where it cannot be read any more, that is still so.
fn kind(desk: &Desk, plug_id: PlugId) -> Option<PrincipalKind> {
    match desk.ask(ShowController { plug_id }) {
        Ok(status) => Some(PrincipalKind::Controller { ordinal: status.ordinal }),
        Err(failure) if failure.code().starts_with("unknown-") => Some(PrincipalKind::Thing),
        Err(_) => None,
    }
}

#[derive(Serialize)]
struct Unenrolled {
    plug_id: PlugId,
    kind: Option<PrincipalKind>,
}
