//! `plugmint serial explain`

use plugmint::{Registry, Rule, Verb};
use pollster::block_on;
use serde::Serialize;

use crate::args::ExplainArgs;
use crate::failure::Failure;
use crate::output::{Output, table};

pub(crate) fn run(
    arguments: &ExplainArgs,
    registry: &Registry,
    output: &Output,
) -> Result<(), Failure> {
    let verbs = arguments.verb.as_ref().map_or(&Verb::ALL[..], std::slice::from_ref);
    let explained = block_on(registry.explain_all(&arguments.serial.id(), verbs))?;
    let explained: Vec<_> = explained
        .into_iter()
        .map(|explained| Explained { verb: explained.verb, rule: explained.rule })
        .collect();
    output.show(&explained, |explained| {
        let rows = explained.iter().map(|Explained { verb, rule }| {
            vec![verb.to_string(), rule.answer().to_string(), rule.because().to_owned()]
        });
        table(Some(&["VERB", "COMES TO", "BECAUSE"]), rows)
    })
}

#[derive(Serialize)]
struct Explained {
    verb: Verb,
    #[serde(flatten)]
    rule: Rule,
}
