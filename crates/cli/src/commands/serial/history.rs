//! `plugmint serial history`

use std::num::NonZeroUsize;

use plugmint::{Event, EventNumber};
use plugmint_http::operators::History;

use crate::args::HistoryArgs;
use crate::commands::{PAGE, event};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(arguments: &HistoryArgs, desk: &Desk, output: &Output) -> Result<(), Failure> {
    let serial = arguments.serial.id();
    let mut left = arguments.limit.map_or(usize::MAX, NonZeroUsize::get);
    output.list(&event::COLUMNS, event::row, |last: Option<&Event>| {
        let Some(limit) = NonZeroUsize::new(left.min(PAGE.get())) else {
            return Ok(Vec::new());
        };
        let after = last.map(Event::number).or(arguments.after.map(EventNumber::new));
        let page = desk.ask(History { serial, after, limit })?;
        left -= page.len();
        Ok(page)
    })
}
