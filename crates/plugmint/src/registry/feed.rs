//! Events of all serials, one after the other.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use plugmint_core::{Event, EventNumber, SerialId, UnixMillis};
use plugmint_store::{Batch, Guard, Key};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tracing::instrument;

use crate::{Fault, keys};

use super::Registry;
use super::drive::defect;

impl Registry {
    /// Follows the events of all serials from a place in time on.
    #[must_use]
    pub fn feed(&self, from: FeedCursor) -> Feed {
        Feed { registry: self.clone(), settled: from, seen: BTreeSet::new() }
    }

    /// Whether something that happened then is so old that who follows the feed may have passed it.
    pub(super) fn is_past_window(&self, at: UnixMillis) -> bool {
        self.0.clock.now().millis().saturating_sub(at.millis()) > WINDOW_MILLIS
    }

    /// Gives events whose commit took longer than the window a second place in the feed, at a time
    /// that nobody has passed. Best effort: the events are kept whatever becomes of this.
    pub(super) async fn tell_late(&self, at: UnixMillis, events: &[(SerialId, EventNumber)]) {
        let mut at = at;
        for _ in 0..TRIES_TO_TELL {
            if !self.is_past_window(at) {
                return;
            }
            at = self.0.clock.now();
            let places = events.iter().try_fold(Batch::new(), |batch, (id, number)| {
                let place = keys::feed(at, id, *number)?;
                Ok::<_, Fault>(batch.put(place, Guard::Absent, Vec::new())?)
            });
            let Ok(places) = places else { return };
            if self.0.store.commit(places).await.is_err() {
                // As if it had been told long ago: it is told again.
                at = UnixMillis::new(0);
            }
        }
    }
}

/// The events of all serials: each at least once, and in the order of their times but for those of
/// the last 60 s, among which a commit that took longer than others may come late.
///
/// That rests on clocks that do not go back, and on commits that take less than 60 s, with the
/// difference between the clocks of servers on one store. A commit that took longer is given late,
/// at the time when it was done, if its caller waited for it and the store did not fail. Otherwise,
/// and for events of a clock that was set back, whoever has passed their time is not given them:
/// they are in the [history](Registry::history) of their serial. Events of a clock that was ahead
/// come again and again until that time has come.
///
/// Keep [`cursor`](Self::cursor) once what was given is dealt with, and begin there after a
/// restart: events of the last minute come again then. Each page looks at the last minute anew, and
/// remembers what it gave of that: about 200 bytes for each event of a minute.
///
/// An event that was [forgotten](Registry::forget_events) before it was read is not given.
pub struct Feed {
    registry: Registry,
    /// Everything up to here was given, and nothing comes there any more.
    settled: FeedCursor,
    /// What was given since.
    seen: BTreeSet<Key>,
}

impl Feed {
    /// The next events, at most `limit`. None means that there are none now: ask again later.
    ///
    /// # Errors
    /// [`Fault`]; nothing is lost, the next page begins where this one did.
    #[instrument(level = "debug", name = "feed", skip_all, err(level = "debug"))]
    pub async fn next_page(&mut self, limit: NonZeroUsize) -> Result<Vec<FeedEvent>, Fault> {
        let registry = self.registry.clone();
        registry.ensure_open()?;
        // Taken before anything is read: what lands later is not older than this by more than the
        // window.
        let now = registry.0.clock.now();
        let (mut events, mut given) = (Vec::new(), Vec::new());
        let mut after = Some(self.settled.key()?);
        while let Some(behind) = after {
            let page = registry.0.store.scan(keys::FEED, Some(&behind), CHUNK).await?;
            after = page.last().map(|(key, _)| key.clone());
            for (key, _) in page.into_iter().filter(|(key, _)| !self.seen.contains(key)) {
                let place = keys::event_of(&key);
                let (_, id, number) = place.ok_or_else(|| defect("a key names no event"))?;
                given.push(key);
                // A second place of an event that was forgotten leads nowhere.
                if let Some(event) = registry.event(&id, number).await? {
                    events.push(FeedEvent { id, event });
                }
                if events.len() == limit.get() {
                    after = None;
                    break;
                }
            }
        }
        let horizon = UnixMillis::new(now.millis().saturating_sub(WINDOW_MILLIS));
        let horizon = FeedCursor::from_time(horizon);
        let stopped = given.last().filter(|_| events.len() == limit.get());
        let stopped = stopped.and_then(keys::event_of).map(FeedCursor::behind);
        self.seen.extend(given);
        self.settle(stopped.map_or(horizon, |stopped| stopped.min(horizon)))?;
        Ok(events)
    }

    /// Where to begin after a restart.
    #[must_use]
    pub const fn cursor(&self) -> FeedCursor {
        self.settled
    }

    /// Forgets what was given where nothing comes any more.
    fn settle(&mut self, at: FeedCursor) -> Result<(), Fault> {
        self.settled = self.settled.max(at);
        let settled = self.settled.key()?;
        self.seen = self.seen.split_off(&settled);
        self.seen.remove(&settled);
        Ok(())
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("cursor", &self.cursor()).finish_non_exhaustive()
    }
}

/// An event and whose it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeedEvent {
    /// The serial.
    #[serde(flatten)]
    pub id: SerialId,
    /// What happened to it.
    #[serde(flatten)]
    pub event: Event,
}

/// A place in the [`Feed`]: everything up to it was given. Its text is a time in milliseconds since
/// 1970, and within that millisecond the last event that was given, as
/// `1790000000000.3.mod-.../SN-1`.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct FeedCursor {
    at: UnixMillis,
    /// The last one of that time which was given; none of them where it is `None`.
    within: Option<(SerialId, EventNumber)>,
}

impl FeedCursor {
    /// Before the first event.
    pub const START: Self = Self { at: UnixMillis::new(0), within: None };

    /// From that time on.
    #[must_use]
    pub const fn from_time(at: UnixMillis) -> Self {
        Self { at, within: None }
    }

    const fn behind((at, id, number): (UnixMillis, SerialId, EventNumber)) -> Self {
        Self { at, within: Some((id, number)) }
    }

    fn key(&self) -> Result<Key, Fault> {
        Ok(match &self.within {
            None => keys::feed_before(self.at)?,
            Some((id, number)) => keys::feed(self.at, id, *number)?,
        })
    }
}

impl fmt::Display for FeedCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.millis().fmt(f)?;
        match &self.within {
            None => Ok(()),
            Some((id, number)) => write!(f, ".{number}.{id}"),
        }
    }
}

impl FromStr for FeedCursor {
    type Err = InvalidFeedCursor;

    fn from_str(text: &str) -> Result<Self, InvalidFeedCursor> {
        let (at, within) = match text.split_once('.') {
            None => (text, None),
            Some((at, within)) => (at, Some(within)),
        };
        let at = at.parse().map(UnixMillis::new).map_err(|_| InvalidFeedCursor)?;
        let within = within.map(parse_within).transpose()?;
        Ok(Self { at, within })
    }
}

fn parse_within(text: &str) -> Result<(SerialId, EventNumber), InvalidFeedCursor> {
    let (number, id) = text.split_once('.').ok_or(InvalidFeedCursor)?;
    let number = number.parse().map(EventNumber::new).map_err(|_| InvalidFeedCursor)?;
    let id = id.parse().map_err(|_| InvalidFeedCursor)?;
    Ok((id, number))
}

impl Serialize for FeedCursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FeedCursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A text is no [`FeedCursor`].
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("not a place in the feed: expected milliseconds since 1970, or what the feed gave")]
pub struct InvalidFeedCursor;

/// How often it is tried to tell of an event that came late.
const TRIES_TO_TELL: u32 = 2;

/// How old an event may be when it is committed.
const WINDOW_MILLIS: u64 = 60_000;

/// How many places of the feed are read at once.
const CHUNK: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);
