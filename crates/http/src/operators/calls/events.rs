//! What happened.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use plugmint::{
    Event, EventNumber, FeedCursor, FeedEvent, HistoryHead, SerialId, UnixMillis, VerifiedHistory,
};
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};

call! {
    /// A page of a serial's history: [`Registry::history`](plugmint::Registry::history).
    History("serial/history") => Vec<Event>;
    {
        /// Which serial.
        serial: SerialId,
        /// Behind which event.
        #[serde(default)]
        after: Option<EventNumber>,
        /// How many at most.
        limit: NonZeroUsize,
    }
    |call, operators| operators.registry().history(&call.serial, call.after, call.limit).await?
}

call! {
    /// Whether a history is whole:
    /// [`Registry::verify_history`](plugmint::Registry::verify_history).
    VerifyHistory("serial/verify-history") => VerifiedHistory;
    {
        /// Which serial.
        serial: SerialId,
        /// The head that was kept elsewhere.
        #[serde(default)]
        head: Option<HistoryHead>,
    }
    |call, operators| operators.registry().verify_history(&call.serial, call.head.as_ref()).await?
}

call! {
    /// Events of all serials, up to the last: [`Registry::feed`](plugmint::Registry::feed). Tells
    /// each page; answers where to go on.
    ReadFeed("events/feed") while FeedPage => FeedCursor;
    {
        /// From where on.
        from: FeedCursor,
        /// How many a page has at most.
        page: NonZeroUsize,
        /// How many there are at most.
        #[serde(default)]
        limit: Option<NonZeroUsize>,
    }
    |call, operators, steps| {
        let mut feed = operators.registry().feed(call.from);
        let mut left = call.limit.map_or(usize::MAX, NonZeroUsize::get);
        while let Some(limit) = NonZeroUsize::new(left.min(call.page.get())) {
            let events = feed.next_page(limit).await?;
            if events.is_empty() {
                break;
            }
            left = left.saturating_sub(events.len());
            steps.tell(FeedPage { events, cursor: feed.cursor() }).await?;
        }
        feed.cursor()
    }
}

/// A page of the feed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeedPage {
    /// What is on it.
    pub events: Vec<FeedEvent>,
    /// Where to go on once they are dealt with.
    pub cursor: FeedCursor,
}

call! {
    /// Forgets old events: [`Registry::forget_events`](plugmint::Registry::forget_events) to the
    /// end. Tells and answers how many are forgotten by now.
    ForgetEvents("events/forget") while u64 => u64;
    {
        /// Those from before then.
        before: UnixMillis,
    }
    |call, operators, steps| {
        let registry = operators.registry();
        let (mut forgotten, mut next) = (0, None);
        loop {
            let step = registry.forget_events(call.before, next.as_ref()).await?;
            forgotten += step.events;
            next = step.next;
            if next.is_none() {
                break forgotten;
            }
            steps.tell(forgotten).await?;
        }
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<History>()
        .serves::<VerifyHistory>()
        .serves::<ReadFeed>()
        .serves::<ForgetEvents>()
}
