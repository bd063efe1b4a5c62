//! The history of a serial: what happened to it, chained so that nothing can be taken out.

mod event_kind;
mod record;
mod start;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::derivation::digest;
use crate::text::name_type;
use crate::{PlugId, SerialId, UnixMillis};

pub use event_kind::EventKind;
pub use start::HistoryStart;

name_type!(
    /// Who did something, in the host's words: 1 to 128 bytes of UTF-8. It is kept in histories and
    /// shown to operators, so it holds no secret.
    Actor,
    128
);

/// Who an event is due to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a third party needs an answer everywhere")]
pub enum Author {
    /// The device itself, with a password that it proved.
    Device,
    /// Somebody at the platform.
    Operator(Actor),
}

/// One change of a serial, as its history keeps it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Event {
    number: EventNumber,
    at: UnixMillis,
    author: Author,
    kind: EventKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<PlugId>,
    previous: EventHash,
}

impl Event {
    /// Its place in the history, from 0 up.
    #[must_use]
    pub const fn number(&self) -> EventNumber {
        self.number
    }

    /// When it happened, by the registry's clock.
    #[must_use]
    pub const fn at(&self) -> UnixMillis {
        self.at
    }

    /// Who did it.
    #[must_use]
    pub const fn author(&self) -> &Author {
        &self.author
    }

    /// What happened.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        self.kind
    }

    /// The Controller, or the holder of a grant, that it happened to; `None` where it happened to
    /// the serial itself.
    #[must_use]
    pub const fn about(&self) -> Option<&PlugId> {
        self.about.as_ref()
    }

    /// The hash of the event before it; for the first, the hash that stands for its serial.
    #[must_use]
    pub const fn previous(&self) -> &EventHash {
        &self.previous
    }

    /// The head of the history once this event is its last.
    #[must_use]
    pub fn head(&self) -> HistoryHead {
        HistoryHead { count: self.number.0.saturating_add(1), last: self.hash() }
    }

    /// `SHA-256(msg("plugmint/v1/event", bytes))` over its canonical bytes.
    fn hash(&self) -> EventHash {
        EventHash(digest("plugmint/v1/event", &[&self.encode()]))
    }
}

/// The place of an event in its serial's history, from 0 up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct EventNumber(u64);

impl EventNumber {
    /// The place with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number itself.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for EventNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The SHA-256 of an event's canonical bytes.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct EventHash([u8; 32]);

impl EventHash {
    /// The hash with these bytes.
    #[must_use]
    pub const fn from_parts(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What the first event of a serial names as the one before it:
    /// `SHA-256(msg("plugmint/v1/history", template, serial))`. So a history is its serial's, and
    /// that of another one does not pass for it.
    #[must_use]
    pub fn before_first(id: &SerialId) -> Self {
        let fields = [id.template().body().as_slice(), id.serial().as_bytes()];
        Self(digest("plugmint/v1/history", &fields))
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventHash({self})")
    }
}

impl FromStr for EventHash {
    type Err = InvalidEventHash;

    fn from_str(text: &str) -> Result<Self, InvalidEventHash> {
        let mut hash = [0; 32];
        match base16ct::lower::decode(text, &mut hash) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(hash)),
            Ok(_) | Err(_) => Err(InvalidEventHash),
        }
    }
}

crate::text::serde_as_text!(EventHash);

/// A text is no [`EventHash`].
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("not the hash of an event: expected 64 hex digits, small ones")]
pub struct InvalidEventHash;

/// The end of a history, kept in the serial's record: how many events there are and the hash of the
/// last.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HistoryHead {
    count: u64,
    last: EventHash,
}

impl HistoryHead {
    /// The head of a serial's history before its first event.
    #[must_use]
    pub fn before_first(id: &SerialId) -> Self {
        Self { count: 0, last: EventHash::before_first(id) }
    }

    /// A head that was kept elsewhere.
    #[must_use]
    pub const fn from_parts(count: u64, last: EventHash) -> Self {
        Self { count, last }
    }

    /// The head once `event` has followed: how a history is walked.
    ///
    /// # Errors
    /// [`BrokenChain`] when it is not the event that comes next.
    pub fn followed_by(&self, event: &Event) -> Result<Self, BrokenChain> {
        if event.number.0 == self.count && event.previous == self.last {
            Ok(event.head())
        } else {
            Err(BrokenChain)
        }
    }

    /// How many events there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The hash of the last event.
    #[must_use]
    pub const fn last(&self) -> &EventHash {
        &self.last
    }

    /// The event that comes next, about a Controller or the holder of a grant.
    #[must_use]
    pub(crate) fn append_about(
        &self,
        about: PlugId,
        kind: EventKind,
        author: Author,
        at: UnixMillis,
    ) -> Event {
        Event { about: Some(about), ..self.append(kind, author, at) }
    }

    /// The event that comes next.
    #[must_use]
    pub(crate) const fn append(&self, kind: EventKind, author: Author, at: UnixMillis) -> Event {
        let (number, previous) = (EventNumber(self.count), self.last);
        Event { number, at, author, kind, about: None, previous }
    }
}

/// `count:hash`, as [`HistoryHead`]'s `FromStr` reads it.
impl fmt::Display for HistoryHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.count, self.last)
    }
}

impl FromStr for HistoryHead {
    type Err = InvalidHead;

    fn from_str(text: &str) -> Result<Self, InvalidHead> {
        let (count, hash) = text.split_once(':').ok_or(InvalidHead)?;
        let count = count.parse().map_err(|_| InvalidHead)?;
        let last = hash.parse().map_err(|_| InvalidHead)?;
        Ok(Self { count, last })
    }
}

/// A text is no [`HistoryHead`].
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("not the head of a history: expected a number, a colon and 64 hex digits")]
pub struct InvalidHead;

/// An event does not follow the one before it.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("an event does not follow the one before it")]
pub struct BrokenChain;

#[cfg(test)]
mod tests {
    use super::*;

    fn id(serial: &str) -> SerialId {
        SerialId::new(crate::TemplateId::from_parts([1; 12]), serial.parse().unwrap())
    }

    fn event(head: HistoryHead, kind: EventKind) -> Event {
        let author = Author::Operator(Actor::parse("ada").unwrap());
        head.append(kind, author, UnixMillis::new(5))
    }

    #[test]
    fn each_event_names_the_one_before_it() {
        let first = event(HistoryHead::before_first(&id("A")), EventKind::Registered);
        let second = event(first.head(), EventKind::Disabled);
        assert_eq!((first.number().number(), second.number().number()), (0, 1));
        assert_eq!(first.previous(), &EventHash::before_first(&id("A")));
        assert_eq!(second.previous(), first.head().last());
        assert_eq!(second.head().count(), 2);
    }

    #[test]
    fn the_same_life_of_another_serial_is_another_history() {
        let of = |serial| event(HistoryHead::before_first(&id(serial)), EventKind::Registered);
        assert_ne!(of("A").head().last(), of("B").head().last());
    }

    #[test]
    fn another_author_time_kind_or_past_is_another_hash() {
        let event = event(HistoryHead::before_first(&id("A")), EventKind::Registered);
        let others = [
            Event { author: Author::Device, ..event.clone() },
            Event { at: UnixMillis::new(6), ..event.clone() },
            Event { kind: EventKind::Retired, ..event.clone() },
            Event { number: EventNumber(1), ..event.clone() },
            Event { previous: EventHash([1; 32]), ..event.clone() },
        ];
        for other in others {
            assert_ne!(other.head().last(), event.head().last(), "{other:?}");
        }
    }

    #[test]
    fn a_head_is_read_back_from_its_text_and_nothing_else_is_one() {
        let head = event(HistoryHead::before_first(&id("A")), EventKind::Registered).head();
        assert_eq!(head.to_string().parse(), Ok(head));
        let hash = "ab".repeat(32);
        for text in ["", "1", "1:", ":", &format!("x:{hash}"), &format!("1:{hash}0"), "1:ab"] {
            assert_eq!(text.parse::<HistoryHead>(), Err(InvalidHead), "{text}");
        }
    }

    #[test]
    fn only_the_next_event_follows() {
        let start = HistoryHead::before_first(&id("A"));
        let first = event(start, EventKind::Registered);
        let second = event(first.head(), EventKind::Disabled);
        assert_eq!(start.followed_by(&first), Ok(first.head()));
        assert_eq!(first.head().followed_by(&second), Ok(second.head()));
        assert_eq!(start.followed_by(&second), Err(BrokenChain));
        assert_eq!(first.head().followed_by(&first), Err(BrokenChain));
        let other = HistoryHead::before_first(&id("B"));
        assert_eq!(other.followed_by(&first), Err(BrokenChain));
    }

    #[test]
    fn numbers_and_hashes_read_as_digits() {
        assert_eq!(EventNumber(17).to_string(), "17");
        let hash = EventHash([0xab; 32]);
        assert_eq!(hash.to_string(), "ab".repeat(32));
        assert_eq!(format!("{hash:?}"), format!("EventHash({hash})"));
    }

    #[test]
    fn an_event_of_each_kind_and_author_is_read_back_from_its_record() {
        for kind in EventKind::ALL {
            let event = event(HistoryHead::before_first(&id("A")), kind);
            for event in [Event { author: Author::Device, ..event.clone() }, event] {
                assert_eq!(Event::decode(&event.encode()), Ok(event));
            }
        }
    }
}
