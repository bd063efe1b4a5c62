//! `plugmint enroll`

use plugmint::{EnrollOutcome, EnrollPassword, Enrollment, PlugId, SerialId};
use pollster::block_on;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, facts};
use crate::secret_input;

pub(crate) fn run(id: &SerialId, home: &Home, output: &Output) -> Result<(), Failure> {
    // Nobody else waits for the store while somebody types.
    let password = secret_input::password("Enroll password: ")?;
    let password = EnrollPassword::parse(&password)
        .map_err(|invalid| secret_input::invalid_password(&invalid))?;
    let registry = home.open()?;
    show(&block_on(registry.enroll(id, &password))?, output)
}

/// Prints credentials: the one place where a secret is.
pub(crate) fn show(enrollment: &Enrollment, output: &Output) -> Result<(), Failure> {
    let credentials = enrollment.credentials();
    let given = Given {
        plug_id: *credentials.plug_id(),
        connection_password: &credentials.connection_password().expose_text(),
        outcome: enrollment.outcome(),
    };
    output.show(&given, |given| {
        facts([
            ("Plug-ID", Some(given.plug_id.to_string())),
            ("Connection password", Some(given.connection_password.to_owned())),
            ("Outcome", Some(outcome(given.outcome).to_owned())),
        ])
    })
}

#[derive(Serialize)]
struct Given<'a> {
    plug_id: PlugId,
    connection_password: &'a str,
    outcome: EnrollOutcome,
}

fn outcome(outcome: EnrollOutcome) -> &'static str {
    match outcome {
        EnrollOutcome::First => "first enrollment",
        EnrollOutcome::Reissued => {
            "new credentials: those of before, if there were any, have ended"
        }
        EnrollOutcome::Repeated => "the same credentials as before",
        _ => "enrolled",
    }
}
