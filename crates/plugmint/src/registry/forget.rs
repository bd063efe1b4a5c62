//! Old events are forgotten, and what is left is still provable.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use plugmint_core::{EventNumber, HistoryHead, HistoryStart, SerialId, UnixMillis};
use plugmint_store::{Batch, CommitError, Guard, Key, Record};
use tracing::instrument;

use crate::{Fault, keys};

use super::Registry;
use super::drive::{TRIES, defect};

impl Registry {
    /// Forgets the events of all serials that happened before a time, some at a time: begin with
    /// `None`, and go on with what [`Forgotten::next`] says until it says `None`.
    ///
    /// Of each serial the last event stays, and the head of what went is kept, so that
    /// [`verify_history`](Self::verify_history) proves the rest; a head that was kept elsewhere and
    /// is older proves nothing any more. One commit for each serial of a call, which takes events
    /// only up to the first that is young enough. Events are forgotten whether or not somebody has
    /// read them in the [feed](Self::feed). Backups keep what they have.
    ///
    /// A run looks at each place of the feed that is older, and so at the last event of each serial
    /// that has been quiet since: two look-ups for it.
    ///
    /// # Errors
    /// [`Fault`]; the events of each serial went whole or not at all. Call again.
    #[instrument(level = "debug", skip_all, fields(%before), err(level = "debug"))]
    pub async fn forget_events(
        &self,
        before: UnixMillis,
        after: Option<&ForgetCursor>,
    ) -> Result<Forgotten, Fault> {
        self.ensure_open()?;
        let end = keys::feed_before(before)?;
        let after = after.map(|after| &after.0);
        let page = self.0.store.scan(keys::FEED, after, CHUNK).await?;
        let mut places: BTreeMap<SerialId, Vec<Key>> = BTreeMap::new();
        let mut last = None;
        for (key, _) in page.into_iter().take_while(|(key, _)| *key < end) {
            let place = keys::event_of(&key);
            let (_, id, _) = place.ok_or_else(|| defect("a key names no event"))?;
            last = Some(key.clone());
            places.entry(id).or_default().push(key);
        }
        let mut events = 0;
        for (id, places) in &places {
            events += self.forget(id, before, places).await?;
        }
        Ok(Forgotten { events, next: last.map(ForgetCursor) })
    }

    /// Forgets what a serial's places in the feed lead to, as far as it is old enough.
    async fn forget(
        &self,
        id: &SerialId,
        before: UnixMillis,
        places: &[Key],
    ) -> Result<u64, Fault> {
        for _ in 0..TRIES {
            let Some((batch, events)) = self.forgetting(id, before, places).await? else {
                return Ok(0);
            };
            match self.0.store.commit(batch).await {
                Ok(_) => return Ok(events),
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Fault::Contended { tries: TRIES })
    }

    /// The commit that forgets a serial's events from where its history begins up to the last that
    /// these places lead to; `None` when there is nothing to forget.
    async fn forgetting(
        &self,
        id: &SerialId,
        before: UnixMillis,
        places: &[Key],
    ) -> Result<Option<(Batch, u64)>, Fault> {
        let Some((record, _)) = self.load_serial(&keys::serial(id)?).await? else {
            return Ok(None);
        };
        let start_key = keys::forgotten(id)?;
        let stored = self.0.store.get(&start_key).await?;
        let guard = stored.as_ref().map_or(Guard::Absent, |stored| Guard::At(stored.revision()));
        let start = stored.map(|stored| HistoryStart::decode(stored.value())).transpose()?;
        let mut head = start.map_or_else(|| HistoryHead::before_first(id), |start| *start.head());
        // The last event of a serial stays: its history is never empty.
        let end = places
            .iter()
            .filter_map(keys::event_of)
            .map(|(.., number)| number.number().saturating_add(1));
        let end = end.max().unwrap_or_default().min(record.head().count().saturating_sub(1));
        let (mut batch, mut events) = (Batch::new(), 0);
        let mut gone = Vec::new();
        while head.count() < end && events < MOST {
            let number = EventNumber::new(head.count());
            let key = keys::event(id, number)?;
            let Some(stored) = self.0.store.get(&key).await? else {
                break;
            };
            let event = plugmint_core::Event::decode(stored.value())?;
            // A history that is broken is left as it is, for whoever looks into it.
            let Ok(next) = head.followed_by(&event) else {
                break;
            };
            if event.at() >= before {
                break;
            }
            batch = batch.delete(key, stored.revision())?;
            gone.push(keys::feed(event.at(), id, number)?);
            (head, events) = (next, events + 1);
        }
        let dangling = |place: &&Key| {
            keys::event_of(place).is_some_and(|(.., number)| number.number() < head.count())
        };
        gone.extend(places.iter().filter(dangling).cloned());
        gone.sort_unstable();
        gone.dedup();
        for key in gone {
            if let Some(stored) = self.0.store.get(&key).await? {
                batch = batch.delete(key, Record::revision(&stored))?;
            }
        }
        if batch.steps().len() == 0 {
            return Ok(None);
        }
        if events > 0 {
            let start = HistoryStart::new(head, self.0.clock.now());
            batch = batch.put(start_key, guard, start.encode())?;
        }
        Ok(Some((batch, events)))
    }
}

/// What one call of [`Registry::forget_events`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Forgotten {
    /// How many events it forgot.
    pub events: u64,
    /// From where to go on; `None` when that were all.
    pub next: Option<ForgetCursor>,
}

/// How far [`Registry::forget_events`] has come. It lives as long as the run: begin anew after a
/// restart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ForgetCursor(Key);

/// How many events of one serial go in one commit.
const MOST: u64 = 1024;

/// How many places of the feed are looked at in one call.
const CHUNK: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);
