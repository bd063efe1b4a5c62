//! `plugmint enroll`

use plugmint::{
    ControllerEnrollment, Credentials, EnrollOutcome, EnrollPassword, Enrollment, Ordinal, PlugId,
    SerialId,
};
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

/// Prints the credentials of a device.
pub(crate) fn show(enrollment: &Enrollment, output: &Output) -> Result<(), Failure> {
    print(enrollment.credentials(), enrollment.outcome(), None, output)
}

/// Prints the credentials of a Controller.
pub(crate) fn show_controller(
    enrollment: &ControllerEnrollment,
    output: &Output,
) -> Result<(), Failure> {
    let ordinal = Some(enrollment.ordinal());
    print(enrollment.credentials(), enrollment.outcome(), ordinal, output)
}

/// Prints credentials: the one place where a secret is.
fn print(
    credentials: &Credentials,
    outcome: EnrollOutcome,
    ordinal: Option<Ordinal>,
    output: &Output,
) -> Result<(), Failure> {
    let given = Given {
        plug_id: *credentials.plug_id(),
        connection_password: &credentials.connection_password().expose_text(),
        outcome,
        ordinal,
    };
    output.show(&given, |given| {
        facts([
            ("Plug-ID", Some(given.plug_id.to_string())),
            ("Connection password", Some(given.connection_password.to_owned())),
            ("Controller", given.ordinal.map(|ordinal| ordinal.to_string())),
            ("Outcome", Some(in_words(given.outcome).to_owned())),
        ])
    })
}

#[derive(Serialize)]
struct Given<'a> {
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
