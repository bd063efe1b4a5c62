//! `plugmint serial explain`

use plugmint::Verb;
use plugmint_http::operators::{ComesTo, Explain, Explained};
use serde::Serialize;

use crate::args::ExplainArgs;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::{Output, table};

pub(crate) fn run(arguments: &ExplainArgs, desk: &Desk, output: &Output) -> Result<(), Failure> {
    let verbs = arguments.verb.map_or_else(|| Verb::ALL.to_vec(), |verb| vec![verb]);
    let explained = desk.ask(Explain { serial: arguments.serial.id(), verbs })?;
    let shown: Vec<_> = explained.iter().map(Shown::from).collect();
    output.show(&shown, |_| {
        let rows = explained.iter().map(|explained| {
            let verb = explained.verb.to_string();
            vec![verb, explained.comes_to.clone(), explained.because.clone()]
        });
        table(Some(&["VERB", "COMES TO", "BECAUSE"]), rows)
    })
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
