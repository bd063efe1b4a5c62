//! What may be done next with a serial, and how.

use plugmint::{Answer, Registry, Rule, SerialStatus, Verb};
use pollster::block_on;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output;
use crate::shell;

/// A verb that would do something.
#[derive(Serialize)]
pub(super) struct Next {
    verb: Verb,
    #[serde(flatten)]
    rule: Rule,
    command: String,
}

/// Every verb that would do something now.
pub(super) fn of(
    registry: &Registry,
    home: &Home,
    status: &SerialStatus,
) -> Result<Vec<Next>, Failure> {
    let explained = block_on(registry.explain_all(&status.id, &Verb::ALL))?;
    let next = explained.into_iter().filter_map(|explained| {
        let does = match explained.rule.answer() {
            Answer::Becomes(_) | Answer::Enrolls(_) | Answer::Admitted => true,
            Answer::AlreadyDone | Answer::Refused(_) => false,
        };
        let command = command(explained.verb, home, status).filter(|_| does)?;
        Some(Next { verb: explained.verb, rule: explained.rule, command })
    });
    Ok(next.collect())
}

pub(super) fn table(next: &[Next]) -> String {
    let rows = next.iter().map(|next| {
        vec![next.verb.to_string(), next.rule.answer().to_string(), next.command.clone()]
    });
    output::table(Some(&["VERB", "COMES TO", "WITH"]), rows)
}

/// The command line of a verb, as it can be run now where this program was run; `None` for a device
/// that has no Plug-ID yet.
fn command(verb: Verb, home: &Home, status: &SerialStatus) -> Option<String> {
    let words: &[&str] = match verb {
        Verb::Register => &["serial", "add"],
        Verb::Enroll => &["enroll"],
        Verb::EnrollByOperator => &["serial", "enroll"],
        Verb::Authenticate | Verb::AuthenticateInOverlap => &["authenticate"],
        Verb::Disable => &["serial", "disable"],
        Verb::Enable => &["serial", "enable"],
        Verb::Reactivate => &["serial", "reactivate"],
        Verb::Unenroll => &["serial", "unenroll"],
        Verb::UnenrollByDevice => &["unenroll"],
        Verb::ReplacePasswords => &["serial", "replace-passwords"],
        Verb::ReplaceControlPassword => &["serial", "replace-control-password"],
        Verb::Transfer => &["serial", "transfer"],
        Verb::Retire => &["serial", "retire"],
    };
    let raises = match verb {
        Verb::Reactivate | Verb::Unenroll | Verb::ReplacePasswords | Verb::Transfer => true,
        Verb::Register
        | Verb::Enroll
        | Verb::EnrollByOperator
        | Verb::Authenticate
        | Verb::AuthenticateInOverlap
        | Verb::Disable
        | Verb::Enable
        | Verb::UnenrollByDevice
        | Verb::ReplaceControlPassword
        | Verb::Retire => false,
    };
    let epoch = status.epoch.to_string();
    let place = home.options();
    let place = place.iter().map(String::as_str);
    let mut options: Vec<&str> = place.chain(words.iter().copied()).collect();
    if raises {
        options.extend(["--epoch", &epoch]);
    }
    if let Verb::Authenticate | Verb::AuthenticateInOverlap | Verb::UnenrollByDevice = verb {
        return Some(shell::command(&options, &[&status.plug_id?.to_string()]));
    }
    let template = status.id.template().to_string();
    Some(shell::command(&options, &[&template, status.id.serial().as_str()]))
}
