//! `plugmint enroll`

use plugmint::{EnrollOutcome, EnrollPassword, Ordinal, PlugId, SerialId};
use plugmint_http::operators::{Enroll, Given};
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
    show(&home.desk()?.ask(Enroll { serial: *id, password })?, output)
}

/// Prints credentials: the one place where a secret is.
pub(crate) fn show(given: &Given, output: &Output) -> Result<(), Failure> {
    let shown = Shown {
        plug_id: given.plug_id,
        connection_password: &given.connection_password.expose_text(),
        outcome: given.outcome,
        ordinal: given.ordinal,
    };
    output.show(&shown, |shown| {
        facts([
            ("Plug-ID", Some(shown.plug_id.to_string())),
            ("Connection password", Some(shown.connection_password.to_owned())),
            ("Controller", shown.ordinal.map(|ordinal| ordinal.to_string())),
            ("Outcome", Some(in_words(shown.outcome).to_owned())),
        ])
    })
}

#[derive(Serialize)]
struct Shown<'a> {
    plug_id: PlugId,
    connection_password: &'a str,
    outcome: EnrollOutcome,
    /// Which Controller of its Thing it is; a device is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ordinal: Option<Ordinal>,
}

fn in_words(outcome: EnrollOutcome) -> &'static str {
    match outcome {
        EnrollOutcome::First => "first enrollment",
        EnrollOutcome::Reissued => {
            "new credentials: those of before, if there were any, have ended"
        }
        EnrollOutcome::Repeated => "the same credentials as before",
        _ => "enrolled",
    }
}
