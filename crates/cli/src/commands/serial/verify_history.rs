//! `plugmint serial verify-history`

use plugmint::{EventNumber, KeptHead, SerialId};
use plugmint_http::operators;
use serde::Serialize;

use crate::args::VerifyHistoryArgs;
use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::output::{Output, facts};

pub(crate) fn run(
    arguments: &VerifyHistoryArgs,
    desk: &Desk,
    output: &Output,
) -> Result<(), Failure> {
    let id = arguments.serial.id();
    let verified = desk.ask(operators::VerifyHistory { serial: id, head: arguments.head })?;
    if verified.kept == KeptHead::Forgotten {
        let message = format!(
            "the head that was given was forgotten, and proves nothing any more: the history is whole \
             from event {} on, and its head is {}",
            verified.first, verified.head
        );
        return Err(Failure::new(Kind::Refused, "forgotten-head", message));
    }
    let verified = Verified {
        id,
        head: verified.head.to_string(),
        events: verified.head.count(),
        first: verified.first,
        kept: verified.kept,
    };
    output.show(&verified, |verified| {
        let kept = match verified.kept {
            KeptHead::NotGiven | KeptHead::Forgotten => None,
            KeptHead::OnTheWay => Some("on the way: nothing before it was changed since"),
        };
        let first = verified.first.number();
        let facts = facts([
            ("Events", Some(verified.events.to_string())),
            ("Forgotten", Some(first.to_string()).filter(|_| first > 0)),
            ("Kept head", kept.map(str::to_owned)),
            ("Head", Some(verified.head.clone())),
        ]);
        format!(
            "The history is whole. Keep its head elsewhere, and give it the next time.\n\n{facts}"
        )
    })
}

#[derive(Serialize)]
struct Verified {
    #[serde(flatten)]
    id: SerialId,
    head: String,
    events: u64,
    first: EventNumber,
    kept: KeptHead,
}
