//! `plugmint controller list`

use plugmint::{ControllerStatus, Mark};
use plugmint_http::operators::ListControllers;

use crate::args::ListControllersArgs;
use crate::commands::pages::Pages;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::{Output, visible};

use super::show::stage;

pub(super) fn run(
    arguments: &ListControllersArgs,
    desk: &Desk,
    output: &Output,
) -> Result<(), Failure> {
    let thing = arguments.thing.id();
    let pages = Pages::new(arguments.after, arguments.limit);
    let next_page = |_: Option<&ControllerStatus>| {
        pages.next(|after, limit| {
            let page = desk.ask(ListControllers { thing, after: after.copied(), limit })?;
            Ok((page.controllers, page.next))
        })
    };
    let goes_on = || pages.goes_on().map(|ordinal| ordinal.to_string());
    output.list_that_goes_on("controllers", &COLUMNS, row, next_page, goes_on)
}

fn row(status: &ControllerStatus) -> Vec<String> {
    vec![
        status.ordinal.to_string(),
        status.plug_id.to_string(),
        stage(status.stage).to_owned(),
        match status.mark {
            Some(Mark::Disabled) => "disabled".to_owned(),
            Some(Mark::Enabled) | None => String::new(),
        },
        if status.takes_place { "yes" } else { "no" }.to_owned(),
        status.epoch.to_string(),
        status.name.as_ref().map(|name| visible(name.as_str())).unwrap_or_default(),
        status.own_serial.map(|own| visible(own.as_str())).unwrap_or_default(),
    ]
}

const COLUMNS: [&str; 8] =
    ["ORDINAL", "PLUG-ID", "STAGE", "MARK", "PLACE", "EPOCH", "NAME", "OWN SERIAL"];
