//! `plugmint controller show`

mod next;

use std::num::NonZeroUsize;

use plugmint::{ControllerStageName, ControllerStatus, GrantOf, Mark, PlugId};
use plugmint_http::operators::{ListGrantsOf, ShowController};
use serde::Serialize;

use crate::commands::grant;
use crate::commands::pages::Pages;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, facts, table, time, visible};
use crate::shell;

use next::Next;

pub(super) fn run(plug_id: &PlugId, home: &Home, output: &Output) -> Result<(), Failure> {
    let (desk, plug_id) = (home.desk()?, *plug_id);
    let status = desk
        .ask(ShowController { plug_id })
        .map_err(|failure| super::not_done(&desk, plug_id, failure))?;
    let (grants, grants_next) = grants(&desk, &status)?;
    let next = next::of(&desk, home, &status, !grants.is_empty())?;
    let shown = Shown { status: &status, grants, grants_next, next };
    output.show(&shown, |shown| screen(shown, home))
}

/// Everything that an operator is shown of a Controller.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    status: &'a ControllerStatus,
    grants: Vec<GrantOf>,
    /// Where `grant list` goes on.
    grants_next: Option<String>,
    next: Vec<Next>,
}

/// What it may act on, as far as one screen shows it, and where that goes on.
fn grants(
    desk: &Desk,
    status: &ControllerStatus,
) -> Result<(Vec<GrantOf>, Option<String>), Failure> {
    if status.stage == ControllerStageName::Retired {
        // Whoever is retired holds nothing.
        return Ok((Vec::new(), None));
    }
    let pages = Pages::new(None, Some(GRANTS));
    let mut grants = Vec::new();
    loop {
        let page = pages.next(|after, limit| {
            let holder = status.plug_id;
            let page = desk.ask(ListGrantsOf { holder, after: after.copied(), limit })?;
            Ok((page.grants, page.next))
        })?;
        if page.is_empty() {
            return Ok((grants, pages.goes_on().map(|thing| thing.to_string())));
        }
        grants.extend(page);
    }
}

fn screen(shown: &Shown<'_>, home: &Home) -> String {
    let facts = facts_of(shown.status);
    let grants = if shown.grants.is_empty() {
        "It may act on nothing.".to_owned()
    } else {
        let rows = shown.grants.iter().map(grant::row_of);
        format!("It may act on:\n{}", table(Some(&grant::COLUMNS_OF), rows))
    };
    let more = shown.grants_next.iter().map(|_| {
        let place = home.options().iter().map(String::as_str);
        let words: Vec<_> = place.chain(["grant", "list", "--of"]).collect();
        let all = shell::command(&words, &[&shown.status.plug_id.to_string()]);
        format!("\nAnd on more: {all}")
    });
    let more: String = more.collect();
    let next = if shown.next.is_empty() {
        "Nothing may be done next.".to_owned()
    } else {
        format!("May be done next:\n{}", next::table(&shown.next))
    };
    format!("{facts}\n\n{grants}{more}\n\n{next}")
}

fn facts_of(status: &ControllerStatus) -> String {
    let mark = status.mark.map(|mark| match mark {
        Mark::Enabled => "enabled".to_owned(),
        Mark::Disabled => "disabled".to_owned(),
    });
    facts([
        ("Controller", Some(status.ordinal.to_string())),
        ("Template", Some(status.thing.template().to_string())),
        ("Thing", Some(visible(status.thing.serial().as_str()))),
        ("Stage", Some(stage(status.stage).to_owned())),
        ("Mark", mark),
        ("The Controller may", Some(may(status).to_owned())),
        ("Plug-ID", Some(status.plug_id.to_string())),
        ("Epoch", Some(status.epoch.to_string())),
        ("Name", status.name.as_ref().map(|name| visible(name.as_str()))),
        ("Own serial", status.own_serial.map(|own| visible(own.as_str()))),
        ("Key version", Some(status.key_version.to_string())),
        ("Enrolled", Some(time(status.enrolled_at))),
        ("First connected", status.connected_at.map(time)),
        ("Retired", status.retired_at.map(time)),
    ])
}

/// The stage of a Controller as people read it.
pub(super) const fn stage(stage: ControllerStageName) -> &'static str {
    match stage {
        ControllerStageName::Enrolled => "Enrolled",
        ControllerStageName::Activated => "Activated",
        ControllerStageName::MustEnrollAgain => "Must enroll again",
        ControllerStageName::Retired => "Retired",
    }
}

fn may(status: &ControllerStatus) -> &'static str {
    match (status.stage, status.mark) {
        (ControllerStageName::Retired, _) => "nothing: a retired Controller stays so",
        (_, Some(Mark::Disabled)) => "neither connect nor act until it is enabled",
        (ControllerStageName::MustEnrollAgain, _) => {
            "enroll again with its own serial and the control password of its Thing"
        }
        (ControllerStageName::Enrolled, _) => {
            "connect with its connection password, which activates it"
        }
        (ControllerStageName::Activated, _) => "connect with its connection password",
    }
}

/// How many Things are shown.
const GRANTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(19);
