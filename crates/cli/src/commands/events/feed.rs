//! `plugmint events feed`

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plugmint::{EventNumber, FeedCursor, FeedEvent, Registry, SerialId, UnixMillis};
use pollster::block_on;
use serde::Serialize;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::args::FeedArgs;
use crate::commands::{PAGE, event};
use crate::failure::{Failure, Kind};
use crate::home::Home;
use crate::output::{Output, visible};

pub(crate) fn run(arguments: &FeedArgs, home: &Home, output: &Output) -> Result<(), Failure> {
    let begin = arguments.after.unwrap_or(FeedCursor::START);
    let mut reading = Reading {
        cursor: begin,
        given: BTreeSet::new(),
        left: arguments.limit.map_or(usize::MAX, NonZeroUsize::get),
        header: Some(&COLUMNS),
    };
    if arguments.follow {
        follow(&mut reading, home, output)?;
    } else {
        reading.read_to_end(&home.open()?, output)?;
    }
    output.note(&format!("cursor: {}", reading.cursor));
    if output.is_json() && reading.header.is_some() {
        // Nothing was given, and so no cursor yet.
        reading.tell_place(output)?;
    }
    Ok(())
}

/// Looks again and again, until interrupted. The store has one owner, so between two looks it is
/// let go: other verbs make what there is to see.
fn follow(reading: &mut Reading, home: &Home, output: &Output) -> Result<(), Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))
            .map_err(|error| Failure::of(Kind::Store, "io", &error))?;
    }
    while !interrupted.load(Ordering::Relaxed) {
        match home.open() {
            Ok(registry) => {
                if !reading.read_to_end(&registry, output)? {
                    return Ok(());
                }
            }
            // Somebody does something long: there is the more to see then.
            Err(failure) if failure.code() == "store-held" => {}
            Err(failure) => return Err(failure),
        }
        for _ in 0..PAUSES {
            if !interrupted.load(Ordering::Relaxed) {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "a store that others change tells nobody of it"
                )]
                std::thread::sleep(PAUSE);
            }
        }
    }
    Ok(())
}

/// How far the feed was read.
struct Reading {
    /// Where to go on.
    cursor: FeedCursor,
    /// What was printed and comes again from there.
    given: BTreeSet<(UnixMillis, SerialId, EventNumber)>,
    /// How many events are still wanted.
    left: usize,
    header: Option<&'static [&'static str]>,
}

impl Reading {
    /// Prints what there is. Whether more is wanted.
    fn read_to_end(&mut self, registry: &Registry, output: &Output) -> Result<bool, Failure> {
        let mut feed = registry.feed(self.cursor);
        let mut is_wanted = true;
        while is_wanted {
            let limit = NonZeroUsize::new(self.left).unwrap_or(NonZeroUsize::MIN);
            let mut page = block_on(feed.next_page(limit.min(PAGE)))?;
            if page.is_empty() {
                return Ok(true);
            }
            page.retain(|FeedEvent { id, event, .. }| {
                self.given.insert((event.at(), *id, event.number()))
            });
            self.cursor = feed.cursor();
            self.given.retain(|(at, ..)| FeedCursor::from_time(*at) >= self.cursor);
            self.left = self.left.saturating_sub(page.len());
            let is_read = page.is_empty() || self.print(&page, output)?;
            is_wanted = is_read && self.left > 0;
        }
        Ok(false)
    }

    fn print(&mut self, page: &[FeedEvent], output: &Output) -> Result<bool, Failure> {
        let is_read = output.page(self.header.take(), page, row)?;
        if !output.is_json() || !is_read {
            return Ok(is_read);
        }
        self.tell_place(output)
    }

    fn tell_place(&self, output: &Output) -> Result<bool, Failure> {
        let place = Place { cursor: self.cursor.to_string() };
        output.page(None, &[place], |_| Vec::new())
    }
}

/// Where to go on once the events before it are dealt with.
#[derive(Serialize)]
struct Place {
    cursor: String,
}

fn row(of: &FeedEvent) -> Vec<String> {
    let id = [of.id.template().to_string(), visible(of.id.serial().as_str())];
    id.into_iter().chain(event::row(&of.event)).collect()
}

const COLUMNS: [&str; 7] = ["TEMPLATE", "SERIAL", "#", "WHEN", "WHO", "WHAT", "ABOUT"];

/// Between two looks a second passes, in pieces, so that an interrupt need not wait for it.
const PAUSES: u32 = 10;

const PAUSE: Duration = Duration::from_millis(100);
