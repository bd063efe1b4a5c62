//! `plugmint unenroll`

use plugmint::{ConnectionPassword, LookUpError, PlugId, PrincipalKind, Registry};
use pollster::block_on;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::secret_input;

pub(crate) fn run(plug_id: &PlugId, home: &Home, output: &Output) -> Result<(), Failure> {
    // Nobody else waits for the store while somebody types.
    let password = secret_input::password("Connection password: ")?;
    let password = ConnectionPassword::parse(&password)
        .map_err(|invalid| secret_input::invalid_password(&invalid))?;
    let registry = home.open()?;
    block_on(registry.unenroll_by_device(plug_id, &password))?;
    let unenrolled = Unenrolled { plug_id: *plug_id, kind: kind(&registry, plug_id) };
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
fn kind(registry: &Registry, plug_id: &PlugId) -> Option<PrincipalKind> {
    match block_on(registry.controller(plug_id)) {
        Ok(status) => Some(PrincipalKind::Controller { ordinal: status.ordinal }),
        Err(LookUpError::Unknown(_)) => Some(PrincipalKind::Thing),
        Err(_) => None,
    }
}

#[derive(Serialize)]
struct Unenrolled {
    plug_id: PlugId,
    kind: Option<PrincipalKind>,
}
