//! `plugmint unenroll`

use plugmint::{ConnectionPassword, PlugId};
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
    block_on(home.open()?.unenroll_by_device(plug_id, &password))?;
    output.show(&Unenrolled { plug_id: *plug_id }, |unenrolled| {
        format!("{} is taken off, and may enroll again", unenrolled.plug_id)
    })
}

#[derive(Serialize)]
struct Unenrolled {
    plug_id: PlugId,
}
