//! What may be done next with a Controller, and how.

use plugmint::{ControllerStageName, ControllerStatus, Mark, StageName};
use plugmint_http::operators::{ShowSerial, ShowTemplate};
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output;
use crate::shell;

/// A verb that would do something.
#[derive(Serialize)]
pub(super) struct Next {
    verb: &'static str,
    comes_to: &'static str,
    command: String,
}

/// Every verb that would do something now, as far as that can be seen: whether the control password
/// was replaced since the Controller enrolled, or another one took its own serial over, cannot.
pub(super) fn of(
    desk: &Desk,
    home: &Home,
    status: &ControllerStatus,
    holds_grants: bool,
) -> Result<Vec<Next>, Failure> {
    let Some(mark) = status.mark else {
        return Ok(Vec::new());
    };
    let thing = desk.ask(ShowSerial { serial: status.thing })?;
    let template = *status.thing.template();
    let is_open = desk.ask(ShowTemplate { template })?.is_open();
    let takes = thing.mark == Some(Mark::Enabled)
        && matches!(thing.stage, StageName::Enrolled | StageName::Activated)
        && thing.controllable
        && is_open;
    let with = |verb: &[&str]| words(home, verb, &[&status.plug_id.to_string()]);
    let next = |verb, comes_to, command| Some(Next { verb, comes_to, command });
    let epoch = status.epoch.to_string();
    let is_enabled = mark == Mark::Enabled;
    let enroll = enroll(home, status).filter(|_| is_enabled && takes);
    let [connects, reissuable] = match status.stage {
        ControllerStageName::Enrolled | ControllerStageName::Activated => {
            [is_enabled, status.own_serial.is_some() && thing.controllable]
        }
        ControllerStageName::MustEnrollAgain | ControllerStageName::Retired => [false, false],
    };
    let connected = match status.stage {
        ControllerStageName::Activated => "admitted",
        ControllerStageName::Enrolled
        | ControllerStageName::MustEnrollAgain
        | ControllerStageName::Retired => "Activated",
    };
    let all = [
        enroll,
        next("authenticate", connected, with(&["authenticate"])).filter(|_| connects),
        next("unenroll", "Retired", with(&["unenroll"])).filter(|_| connects),
        match mark {
            Mark::Enabled => next("disable", "disabled", with(&["controller", "disable"])),
            Mark::Disabled => next("enable", "enabled", with(&["controller", "enable"])),
        },
        next(
            "reactivate",
            "Must enroll again, if it still could",
            with(&["controller", "reactivate", "--epoch", &epoch]),
        )
        .filter(|_| reissuable),
        next("release-all", "acts on nothing", with(&["grant", "release", "--all"]))
            .filter(|_| holds_grants),
        next("retire", "Retired", with(&["controller", "retire"])),
    ];
    Ok(all.into_iter().flatten().collect())
}

/// How it enrolls again, if it is known again.
fn enroll(home: &Home, status: &ControllerStatus) -> Option<Next> {
    let comes_to = match status.stage {
        ControllerStageName::Enrolled => {
            "the same credentials; another Controller, if the control password was replaced"
        }
        ControllerStageName::MustEnrollAgain => {
            "new credentials; another Controller, if the control password was replaced"
        }
        ControllerStageName::Activated | ControllerStageName::Retired => return None,
    };
    let own_serial = format!("--own-serial={}", status.own_serial?);
    let (template, serial) = (status.thing.template().to_string(), status.thing.serial());
    let command =
        words(home, &["controller", "enroll", &own_serial], &[&template, serial.as_str()]);
    Some(Next { verb: "enroll", comes_to, command })
}

pub(super) fn table(next: &[Next]) -> String {
    let rows = next
        .iter()
        .map(|next| vec![next.verb.to_owned(), next.comes_to.to_owned(), next.command.clone()]);
    output::table(Some(&["VERB", "COMES TO", "WITH"]), rows)
}

/// A command line as it can be run now where this program was run.
fn words(home: &Home, options: &[&str], operands: &[&str]) -> String {
    let place = home.options().iter().map(String::as_str);
    let options: Vec<_> = place.chain(options.iter().copied()).collect();
    shell::command(&options, operands)
}
