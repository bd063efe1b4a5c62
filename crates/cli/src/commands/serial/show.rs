//! `plugmint serial show`

mod next;

use std::num::NonZeroUsize;

use plugmint::{
    Clock, Event, EventNumber, Mark, PlugId, ProductionTemplate, SerialId, SerialStatus, StageName,
    SystemClock, TemplateName, TemplateState, UnixMillis,
};
use plugmint_http::operators::{FindSerial, History, ShowController, ShowSerial, ShowTemplate};
use serde::Serialize;

use crate::args::ShowArgs;
use crate::commands::{access, event, state};
use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::home::Home;
use crate::output::{Output, facts, labels, span, table, time, visible};

use super::controllers::{self, Controllers};

use next::Next;

pub(crate) fn run(arguments: &ShowArgs, home: &Home, output: &Output) -> Result<(), Failure> {
    let desk = home.desk()?;
    let serial = meant(arguments, &desk)?;
    let status = desk.ask(ShowSerial { serial })?;
    let template = desk.ask(ShowTemplate { template: *serial.template() })?;
    let next = next::of(&desk, home, &status)?;
    let controllers = controllers::count(&desk, &serial)?;
    let left = |until: UnixMillis| until.millis().saturating_sub(SystemClock.now().millis());
    let shown = Shown {
        overlap_left_millis: status.overlap_until.map(left),
        last_events: last_events(&desk, &status)?,
        template_name: template.design().name(),
        template_state: template.state(),
        status: &status,
        controllers,
        next,
    };
    output.show(&shown, |shown| screen(shown, &template))
}

/// Everything that an operator is shown of a serial.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    status: &'a SerialStatus,
    template_name: &'a TemplateName,
    template_state: TemplateState,
    overlap_left_millis: Option<u64>,
    controllers: Controllers,
    last_events: Vec<Event>,
    next: Vec<Next>,
}

fn meant(arguments: &ShowArgs, desk: &Desk) -> Result<SerialId, Failure> {
    if let Some(plug_id) = arguments.plug_id {
        let found = desk.ask(FindSerial { plug_id });
        return found.map_err(|failure| not_found(desk, plug_id, failure));
    }
    let both = arguments.template.zip(arguments.serial);
    let both = both.map(|(template, serial)| SerialId::new(template, serial));
    // The command line does not parse without either.
    both.ok_or_else(|| Failure::new(Kind::Usage, "usage", "expected TEMPLATE and SERIAL"))
}

fn not_found(desk: &Desk, plug_id: PlugId, failure: Failure) -> Failure {
    match desk.ask(ShowController { plug_id }) {
        Ok(_) => failure
            .hint(&format!("that is a Controller: `plugmint controller show {plug_id}` shows it")),
        Err(_) => failure,
    }
}

fn last_events(desk: &Desk, status: &SerialStatus) -> Result<Vec<Event>, Failure> {
    let before = status.events.checked_sub(LAST_EVENTS.get() as u64 + 1);
    let after = before.map(EventNumber::new);
    desk.ask(History { serial: status.id, after, limit: LAST_EVENTS })
}

fn screen(shown: &Shown<'_>, template: &ProductionTemplate) -> String {
    let status = shown.status;
    let facts = facts_of(shown, template);
    let events = table(Some(&event::COLUMNS), shown.last_events.iter().map(event::row));
    let (count, told) = (status.events, shown.last_events.len());
    let next = if shown.next.is_empty() {
        "Nothing may be done next.".to_owned()
    } else {
        format!("May be done next:\n{}", next::table(&shown.next))
    };
    format!("{facts}\n\nThe last {told} of {count} events:\n{events}\n\n{next}")
}

fn facts_of(shown: &Shown<'_>, template: &ProductionTemplate) -> String {
    let status = shown.status;
    let yes = |yes| if yes { "yes" } else { "no" }.to_owned();
    let at = |at: Option<_>| at.map(time);
    let overlap = status.overlap_until.zip(shown.overlap_left_millis);
    let overlap =
        overlap.map(|(until, left)| format!("until {}, {} left", time(until), span(left)));
    let mark = status.mark.map(|mark| match mark {
        Mark::Enabled => "enabled".to_owned(),
        Mark::Disabled => "disabled".to_owned(),
    });
    facts([
        ("Serial", Some(visible(status.id.serial().as_str()))),
        ("Template", Some(status.id.template().to_string())),
        ("Template's name", Some(visible(shown.template_name.as_str()))),
        ("Template's state", Some(state(template.state()))),
        ("Stage", Some(status.stage.to_string())),
        ("Mark", mark),
        ("The device may", Some(may(status, template).to_owned())),
        ("Plug-ID", status.plug_id.map(|plug_id| plug_id.to_string())),
        ("Epoch", Some(status.epoch.to_string())),
        ("Overlap", Some(overlap.unwrap_or_else(|| "none".to_owned()))),
        ("Key version", Some(status.key_version.to_string())),
        ("Control password", Some(yes(status.controllable))),
        ("Sealed enroll key", Some(yes(status.sealed))),
        ("Access of Controllers", access_of(status, template)),
        ("Controllers", Some(shown.controllers.to_string())),
        ("Next Controller", Some(status.next_ordinal.to_string())),
        ("Labels", labels(&status.labels)),
        ("Registered", Some(time(status.registered_at))),
        ("First connected", at(status.connected_at)),
        ("Enrolled", at(status.enrolled_at)),
        ("Activated", at(status.activated_at)),
        ("Retired", at(status.retired_at)),
    ])
}

/// What Controllers may do with it; nobody may do anything with a retired one.
fn access_of(status: &SerialStatus, template: &ProductionTemplate) -> Option<String> {
    let of_template = || format!("{}, as its template says", access(template.design().access()));
    let own = |level| format!("{}, as was set for it", access(level));
    status.mark.map(|_| status.access.map_or_else(of_template, own))
}

fn may(status: &SerialStatus, template: &ProductionTemplate) -> &'static str {
    match (status.stage, status.mark) {
        (StageName::Retired, _) => "nothing: a retired serial stays so",
        (_, Some(Mark::Disabled)) => "neither enroll nor connect until it is enabled",
        (StageName::Registered, _) if !template.is_open() => {
            "not enroll: its template takes nobody in"
        }
        (StageName::Registered, _) => "enroll with its enroll password",
        (StageName::Enrolled, _) => "connect with its connection password, which activates it",
        (StageName::Activated, _) => "connect with its connection password",
    }
}

const LAST_EVENTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4);
