//! The record of an event.

use crate::codec::{Decoder, Encoder, InvalidRecord};

use super::{Actor, Author, Event, EventHash, EventKind, EventNumber, HistoryHead};

impl Event {
    /// Its canonical bytes: what a store keeps and the chain hashes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.u64(self.number.0);
        encoder.u64(self.at.millis());
        match &self.author {
            Author::Device => encoder.u8(0),
            Author::Operator(actor) => {
                encoder.u8(1);
                encoder.text(actor.as_str());
            }
        }
        encoder.u8(match self.kind {
            EventKind::Registered => 0,
            EventKind::Enrolled => 1,
            EventKind::Reissued => 2,
            EventKind::Activated => 3,
            EventKind::Disabled => 4,
            EventKind::Enabled => 5,
            EventKind::Retired => 6,
            EventKind::Reactivated => 7,
            EventKind::Unenrolled => 8,
            EventKind::PasswordsReplaced => 9,
            EventKind::ControlPasswordReplaced => 10,
            EventKind::Transferred => 11,
            EventKind::AccessSet => 12,
            EventKind::ControllerEnrolled => 13,
            EventKind::ControllerReissued => 14,
            EventKind::ControllerActivated => 15,
            EventKind::ControllerDisabled => 16,
            EventKind::ControllerEnabled => 17,
            EventKind::ControllerReactivated => 18,
            EventKind::ControllerRetired => 19,
            EventKind::GrantAdded => 20,
            EventKind::GrantReleased => 21,
            EventKind::GrantsReleased => 22,
        });
        encoder.option(self.about.as_ref(), |encoder, about| encoder.fixed(about.body()));
        encoder.fixed(&self.previous.0);
        encoder.finish()
    }

    /// An event from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Event::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("event", VERSION, bytes)?;
        let event = Self {
            number: EventNumber(decoder.u64("number")?),
            at: decoder.time("at")?,
            author: match decoder.u8("author")? {
                0 => Author::Device,
                1 => Author::Operator(
                    Actor::parse(decoder.text("author")?).map_err(|_| decoder.invalid("author"))?,
                ),
                _ => return Err(decoder.invalid("author")),
            },
            kind: match decoder.u8("kind")? {
                0 => EventKind::Registered,
                1 => EventKind::Enrolled,
                2 => EventKind::Reissued,
                3 => EventKind::Activated,
                4 => EventKind::Disabled,
                5 => EventKind::Enabled,
                6 => EventKind::Retired,
                7 => EventKind::Reactivated,
                8 => EventKind::Unenrolled,
                9 => EventKind::PasswordsReplaced,
                10 => EventKind::ControlPasswordReplaced,
                11 => EventKind::Transferred,
                12 => EventKind::AccessSet,
                13 => EventKind::ControllerEnrolled,
                14 => EventKind::ControllerReissued,
                15 => EventKind::ControllerActivated,
                16 => EventKind::ControllerDisabled,
                17 => EventKind::ControllerEnabled,
                18 => EventKind::ControllerReactivated,
                19 => EventKind::ControllerRetired,
                20 => EventKind::GrantAdded,
                21 => EventKind::GrantReleased,
                22 => EventKind::GrantsReleased,
                _ => return Err(decoder.invalid("kind")),
            },
            about: decoder.option("about", Decoder::plug_id)?,
            previous: EventHash(decoder.fixed("previous")?),
        };
        decoder.finish()?;
        Ok(event)
    }
}

impl HistoryHead {
    pub(crate) fn encode(&self, encoder: &mut Encoder) {
        encoder.u64(self.count);
        encoder.fixed(&self.last.0);
    }

    pub(crate) fn decode(decoder: &mut Decoder<'_>) -> Result<Self, InvalidRecord> {
        Ok(Self { count: decoder.u64("history")?, last: EventHash(decoder.fixed("history")?) })
    }
}

const VERSION: u8 = 1;
