//! `plugmint serial list` and `plugmint serial count`

use plugmint::{Mark, SerialCounts, SerialStatus};
use plugmint_http::operators::ListSerials;
use serde::Serialize;

use crate::args::{FilterArgs, ListArgs};
use crate::commands;
use crate::commands::pages::Pages;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::{Output, facts, visible};
use crate::progress;

pub(crate) fn run(arguments: &ListArgs, desk: &Desk, output: &Output) -> Result<(), Failure> {
    let filter = arguments.filter.filter(&commands::company(desk)?);
    let pages = Pages::new(arguments.after, arguments.limit);
    let next_page = |_: Option<&SerialStatus>| {
        pages.next(|after, limit| {
            let page = desk.ask(ListSerials { filter, after: after.copied(), limit })?;
            Ok((page.serials, page.next))
        })
    };
    let goes_on = || pages.goes_on().map(|id| id.to_string());
    output.list_that_goes_on("serials", &COLUMNS, row, next_page, goes_on)
}

pub(crate) fn count(arguments: &FilterArgs, desk: &Desk, output: &Output) -> Result<(), Failure> {
    let filter = arguments.filter(&commands::company(desk)?);
    let counting = progress::spinner("{spinner} {pos} serials counted", output);
    let counts = commands::count(desk, &filter, |counts| counting.set_position(counts.total()))?;
    counting.finish_and_clear();
    output.show(&Counted { counts, total: counts.total() }, |Counted { counts, total }| {
        facts([
            ("Registered", Some(counts.registered.to_string())),
            ("Enrolled", Some(counts.enrolled.to_string())),
            ("Activated", Some(counts.activated.to_string())),
            ("Retired", Some(counts.retired.to_string())),
            ("Total", Some(total.to_string())),
            ("Disabled, of these", Some(counts.disabled.to_string())),
            ("In an overlap, of these", Some(counts.in_overlap.to_string())),
        ])
    })
}

#[derive(Serialize)]
struct Counted {
    #[serde(flatten)]
    counts: SerialCounts,
    total: u64,
}

fn row(status: &SerialStatus) -> Vec<String> {
    vec![
        status.id.template().to_string(),
        visible(status.id.serial().as_str()),
        status.stage.to_string(),
        match status.mark {
            Some(Mark::Disabled) => "disabled".to_owned(),
            Some(Mark::Enabled) | None => String::new(),
        },
        status.epoch.to_string(),
        status.plug_id.map(|plug_id| plug_id.to_string()).unwrap_or_default(),
    ]
}

const COLUMNS: [&str; 6] = ["TEMPLATE", "SERIAL", "STAGE", "MARK", "EPOCH", "PLUG-ID"];
