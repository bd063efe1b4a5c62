//! What may be done next with a serial, and how.

use std::num::NonZeroUsize;

use plugmint::{SerialStatus, Verb};
use plugmint_http::operators::{ComesTo, Explain, ListGrantsOn};
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output;
use crate::shell;

/// A verb that would do something.
#[derive(Serialize)]
pub(super) struct Next {
    verb: Verb,
    answer: ComesTo,
    because: String,
    command: String,
    #[serde(skip)]
    comes_to: String,
}

/// Every verb that would do something now.
pub(super) fn of(desk: &Desk, home: &Home, status: &SerialStatus) -> Result<Vec<Next>, Failure> {
    let explained = desk.ask(Explain { serial: status.id, verbs: Verb::ALL.to_vec() })?;
    let is_granted = is_granted(desk, status)?;
    let next = explained.into_iter().filter_map(|explained| {
        let does = match explained.answer {
            ComesTo::Becomes(_) if explained.verb == Verb::Release => is_granted,
            ComesTo::Becomes(_) | ComesTo::Enrolls(_) | ComesTo::Admitted => true,
            ComesTo::AlreadyDone | ComesTo::Refused(_) => false,
        };
        let command = command(explained.verb, home, status).filter(|_| does)?;
        Some(Next {
            verb: explained.verb,
            answer: explained.answer,
            because: explained.because,
            command,
            comes_to: explained.comes_to,
        })
    });
    Ok(next.collect())
}

/// Whether there is a grant that could be released.
fn is_granted(desk: &Desk, status: &SerialStatus) -> Result<bool, Failure> {
    let call = ListGrantsOn { thing: status.id, after: None, limit: NonZeroUsize::MIN };
    let page = desk.ask(call)?;
    Ok(!page.grants.is_empty() || page.next.is_some())
}

pub(super) fn table(next: &[Next]) -> String {
    let rows = next
        .iter()
        .map(|next| vec![next.verb.to_string(), next.comes_to.clone(), next.command.clone()]);
    output::table(Some(&["VERB", "COMES TO", "WITH"]), rows)
}

/// The command line of a verb, as it can be run now where this program was run, except that what
/// only the operator can know stands in capitals; `None` for a device that has no Plug-ID yet, and
/// for what this program does not do.
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
        Verb::EnrollController => &["controller", "enroll"],
        Verb::Grant => &["grant", "add"],
        Verb::Release => &["grant", "release"],
        Verb::SetAccess => &["serial", "set-access"],
        Verb::AddThing => return None,
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
        | Verb::EnrollController
        | Verb::AddThing
        | Verb::Grant
        | Verb::Release
        | Verb::SetAccess
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
    let mut operands = vec![template.as_str(), status.id.serial().as_str()];
    operands.extend(unknown_operand(verb));
    Some(shell::command(&options, &operands))
}

/// What only the operator can know, as the help of the verb calls it.
const fn unknown_operand(verb: Verb) -> Option<&'static str> {
    match verb {
        Verb::Grant | Verb::Release => Some("PLUG_ID"),
        Verb::SetAccess => Some("LEVEL"),
        Verb::Register
        | Verb::Enroll
        | Verb::EnrollByOperator
        | Verb::Authenticate
        | Verb::AuthenticateInOverlap
        | Verb::Disable
        | Verb::Enable
        | Verb::Reactivate
        | Verb::Unenroll
        | Verb::UnenrollByDevice
        | Verb::ReplacePasswords
        | Verb::ReplaceControlPassword
        | Verb::EnrollController
        | Verb::AddThing
        | Verb::Transfer
        | Verb::Retire => None,
    }
}
