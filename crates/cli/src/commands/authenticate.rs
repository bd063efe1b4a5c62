//! `plugmint authenticate`

use plugmint::{ConnectionPassword, PlugId, PrincipalKind, ProvenBy};
use plugmint_http::operators::{Authenticate, Authenticated};

use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, facts, time, visible};
use crate::secret_input;

pub(crate) fn run(plug_id: &PlugId, home: &Home, output: &Output) -> Result<(), Failure> {
    // Nobody else waits for the store while somebody types.
    let password = secret_input::password("Connection password: ")?;
    let password = ConnectionPassword::parse(&password)
        .map_err(|invalid| secret_input::invalid_password(&invalid))?;
    let principal = home.desk()?.ask(Authenticate { plug_id: *plug_id, password })?;
    output.show(&principal, |principal: &Authenticated| {
        facts([
            ("Plug-ID", Some(principal.plug_id.to_string())),
            ("Kind", Some(kind(principal.kind))),
            ("Template", Some(principal.id.template().to_string())),
            ("Serial", Some(visible(principal.id.serial().as_str()))),
            ("Password", overlap(principal.proven_by)),
        ])
    })
}

/// What it is, of the serial that stands below.
fn kind(kind: PrincipalKind) -> String {
    match kind {
        PrincipalKind::Thing => "the device of this serial".to_owned(),
        PrincipalKind::Controller { ordinal } => format!("Controller {ordinal} of this serial"),
    }
}

/// What is to be said of the password, when it is not the last one.
fn overlap(proven_by: ProvenBy) -> Option<String> {
    match proven_by {
        ProvenBy::Current => None,
        ProvenBy::Overlap { until } => {
            Some(format!("the one before, which connects until {}", time(until)))
        }
    }
}
