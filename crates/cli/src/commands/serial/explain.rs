//! `plugmint serial explain`

use plugmint::{SerialId, Verb};
use plugmint_http::operators::{ComesTo, Explain, Explained};
use serde::Serialize;

use crate::args::ExplainArgs;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::{Output, facts, table};

use super::controllers::{self, Controllers};

pub(crate) fn run(arguments: &ExplainArgs, desk: &Desk, output: &Output) -> Result<(), Failure> {
    let verbs = arguments.verb.map_or_else(|| Verb::ALL.to_vec(), |verb| vec![verb]);
    let serial = arguments.serial.id();
    let controllers = if output.is_json() || !verbs.iter().copied().any(is_of_controllers) {
        None
    } else {
        controllers_of(&serial, desk)?
    };
    let explained = desk.ask(Explain { serial, verbs })?;
    let shown: Vec<_> = explained.iter().map(Shown::from).collect();
    output.show(&shown, |_| {
        let rows = explained.iter().map(|explained| {
            let verb = explained.verb.to_string();
            vec![verb, explained.comes_to.clone(), explained.because.clone()]
        });
        let table = table(Some(&["VERB", "COMES TO", "BECAUSE"]), rows);
        let there = controllers
            .iter()
            .map(|of| format!("\n\n{}", facts([("Controllers", Some(of.to_string()))])));
        table + &there.collect::<String>()
    })
}

/// What is there to release, or takes a place: the rules do not say. `None` for a serial that
/// nobody knows.
fn controllers_of(serial: &SerialId, desk: &Desk) -> Result<Option<Controllers>, Failure> {
    match controllers::count(desk, serial) {
        Ok(controllers) => Ok(Some(controllers)),
        Err(failure) if failure.is_refusal() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Whether what a verb comes to has to do with the Controllers of a serial.
const fn is_of_controllers(verb: Verb) -> bool {
    match verb {
        Verb::EnrollController
        | Verb::AddThing
        | Verb::Grant
        | Verb::Release
        | Verb::SetAccess
        | Verb::ReplaceControlPassword
        | Verb::Unenroll
        | Verb::UnenrollByDevice
        | Verb::Transfer
        | Verb::Retire => true,
        Verb::Register
        | Verb::Enroll
        | Verb::EnrollByOperator
        | Verb::Authenticate
        | Verb::AuthenticateInOverlap
        | Verb::Disable
        | Verb::Enable
        | Verb::Reactivate
        | Verb::ReplacePasswords => false,
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    verb: Verb,
    answer: &'a ComesTo,
    because: &'a str,
}

impl<'a> From<&'a Explained> for Shown<'a> {
    fn from(explained: &'a Explained) -> Self {
        let Explained { verb, answer, because, .. } = explained;
        Self { verb: *verb, answer, because }
    }
}
