//! `plugmint serial history`

use std::num::NonZeroUsize;

use plugmint::{Event, EventNumber, Registry};
use pollster::block_on;

use crate::args::HistoryArgs;
use crate::commands::{PAGE, event};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(
    arguments: &HistoryArgs,
    registry: &Registry,
    output: &Output,
) -> Result<(), Failure> {
    let id = arguments.serial.id();
    let mut left = arguments.limit.map_or(usize::MAX, NonZeroUsize::get);
    output.list(&event::COLUMNS, event::row, |last: Option<&Event>| {
        let Some(limit) = NonZeroUsize::new(left.min(PAGE.get())) else {
            return Ok(Vec::new());
        };
        let after = last.map(Event::number).or(arguments.after.map(EventNumber::new));
        let page = block_on(registry.history(&id, after, limit))?;
        left -= page.len();
        Ok(page)
    })
}
