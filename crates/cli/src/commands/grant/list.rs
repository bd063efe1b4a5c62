//! `plugmint grant list`

use plugmint::{GrantOf, GrantOn, PlugId, SerialId};
use plugmint_http::operators::{ListGrantsOf, ListGrantsOn};

use crate::args::{BehindGrant, ListGrantsArgs};
use crate::commands::access;
use crate::commands::pages::Pages;
use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::output::{Output, time, visible};

pub(super) fn run(arguments: &ListGrantsArgs, desk: &Desk, output: &Output) -> Result<(), Failure> {
    if let Some(holder) = &arguments.of {
        return list_of(holder, arguments, desk, output);
    }
    let Some((template, serial)) = arguments.template.zip(arguments.serial) else {
        // The command line does not parse without either.
        return Err(usage("expected TEMPLATE and SERIAL"));
    };
    list_on(&SerialId::new(template, serial), arguments, desk, output)
}

/// Who may act on a Thing.
fn list_on(
    thing: &SerialId,
    arguments: &ListGrantsArgs,
    desk: &Desk,
    output: &Output,
) -> Result<(), Failure> {
    let after = match arguments.after {
        None => None,
        Some(BehindGrant::Of(holder)) => Some(holder),
        Some(BehindGrant::On(_)) => return Err(usage("expected a Plug-ID behind --after")),
    };
    let pages = Pages::new(after, arguments.limit);
    let next_page = |_: Option<&GrantOn>| {
        pages.next(|after, limit| {
            let page = desk.ask(ListGrantsOn { thing: *thing, after: after.copied(), limit })?;
            Ok((page.grants, page.next))
        })
    };
    let goes_on = || pages.goes_on().map(|holder| holder.to_string());
    output.list_that_goes_on("grants", &COLUMNS_ON, row_on, next_page, goes_on)
}

/// What somebody may act on.
fn list_of(
    holder: &PlugId,
    arguments: &ListGrantsArgs,
    desk: &Desk,
    output: &Output,
) -> Result<(), Failure> {
    let after = match arguments.after {
        None => None,
        Some(BehindGrant::On(thing)) => Some(thing),
        Some(BehindGrant::Of(_)) => return Err(usage("expected TEMPLATE/SERIAL behind --after")),
    };
    let pages = Pages::new(after, arguments.limit);
    let next_page = |_: Option<&GrantOf>| {
        pages.next(|after, limit| {
            let page = desk.ask(ListGrantsOf { holder: *holder, after: after.copied(), limit })?;
            Ok((page.grants, page.next))
        })
    };
    let goes_on = || pages.goes_on().map(|thing| thing.to_string());
    output.list_that_goes_on("grants", &COLUMNS_OF, row_of, next_page, goes_on)
}

fn usage(message: &str) -> Failure {
    Failure::new(Kind::Usage, "usage", message)
}

fn row_on(grant: &GrantOn) -> Vec<String> {
    vec![
        grant.holder.to_string(),
        grant.name.as_ref().map(|name| visible(name.as_str())).unwrap_or_default(),
        grant.serial.map(|id| visible(id.serial().as_str())).unwrap_or_default(),
        access(grant.access).to_owned(),
        time(grant.at),
    ]
}

pub(in crate::commands) fn row_of(grant: &GrantOf) -> Vec<String> {
    vec![
        grant.thing.template().to_string(),
        visible(grant.thing.serial().as_str()),
        grant.plug_id.to_string(),
        access(grant.access).to_owned(),
        time(grant.at),
    ]
}

const COLUMNS_ON: [&str; 5] = ["PLUG-ID", "NAME", "SERIAL", "ACCESS", "SINCE"];

pub(in crate::commands) const COLUMNS_OF: [&str; 5] =
    ["TEMPLATE", "SERIAL", "PLUG-ID", "ACCESS", "SINCE"];
