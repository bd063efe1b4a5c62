//! `plugmint events feed`

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plugmint::{EventNumber, FeedCursor, FeedEvent, SerialId, UnixMillis};
use plugmint_http::operators::{FeedPage, ReadFeed};
use serde::Serialize;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::args::FeedArgs;
use crate::commands::{PAGE, event};
use crate::desk::Desk;
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
        is_heard: true,
    };
    if arguments.follow {
        follow(&mut reading, home, output)?;
    } else {
        reading.read_to_end(&home.desk()?, output)?;
    }
    if reading.is_heard {
        output.note(&format!("cursor: {}", reading.cursor));
    }
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
        let looked = home.desk().and_then(|desk| reading.read_to_end(&desk, output));
        match looked {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // Somebody does something long, or a server ends: there is the more to see then.
            Err(failure) if is_passing(failure.code()) => {}
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

fn is_passing(code: &str) -> bool {
    matches!(code, "store-held" | "server-gone" | "no-answer" | "server-ends" | "closed")
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
    /// Whether somebody has read all that was given: who had enough is told no place behind it.
    is_heard: bool,
}

impl Reading {
    /// Prints what there is. Whether more is wanted.
    fn read_to_end(&mut self, desk: &Desk, output: &Output) -> Result<bool, Failure> {
        let mut given = Ok(true);
        // What was given comes again, and does not count.
        let limit = NonZeroUsize::new(self.left.saturating_add(self.given.len()));
        let call = ReadFeed { from: self.cursor, page: PAGE, limit };
        let read = desk.ask_while(call, |page| {
            given = self.take(page, output);
            if let Ok(true) = given { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        match (given, read) {
            (Ok(true), read) => {
                self.cursor = read?;
                Ok(true)
            }
            // Broken off: what came of that is known.
            (given, _) => given,
        }
    }

    /// Prints a page, as far as it is wanted. Whether more is.
    fn take(&mut self, page: FeedPage, output: &Output) -> Result<bool, Failure> {
        let FeedPage { mut events, cursor, .. } = page;
        events.retain(|FeedEvent { id, event, .. }| {
            !self.given.contains(&(event.at(), *id, event.number()))
        });
        // Of a page that is not wanted whole the rest comes again.
        let is_whole = events.len() <= self.left;
        events.truncate(self.left);
        let places =
            events.iter().map(|FeedEvent { id, event, .. }| (event.at(), *id, event.number()));
        self.given.extend(places);
        if is_whole {
            self.cursor = cursor;
        }
        self.given.retain(|(at, ..)| FeedCursor::from_time(*at) >= self.cursor);
        self.left -= events.len();
        self.is_heard = events.is_empty() || self.print(&events, output)?;
        Ok(self.is_heard && self.left > 0)
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
