//! The verbs of whoever controls a Thing, and of operators who say who does.

use plugmint_core::controller::{
    ControlledThing, Controller, ControllerAttempt, ControllerChange, ControllerRequest, Roll,
    Roster,
};
use plugmint_core::grant::{Generation, Grant, Holder};
use plugmint_core::lifecycle::{Answer, Decision, Outcome, Registration, SerialRecord};
use plugmint_core::{AccessLevel, ControllerCap, UnixMillis};

use crate::scene::{
    CONTROL, ENROLL, Live as _, WRONG, control_key_of, keys, operator, registered_with,
};

use super::{Asked, Asking};

/// The first Controller of a Thing enrolls.
pub(super) fn enroll(record: Option<SerialRecord>, asked: &Asked<'_>) -> Asking {
    let key = control_key_of(asked.control.unwrap_or(WRONG));
    let (keys, request) = (keys(), ControllerRequest::new());
    let attempt = ControllerAttempt {
        key: &key,
        request: &request,
        cap: ControllerCap::DEFAULT,
        auth: keys.auth(),
        at: asked.at,
    };
    match ControlledThing::prove(record, key.verifier()) {
        Ok(thing) => {
            let roster = Roster::new(generation(thing.thing()));
            let decision = thing.enroll(&attempt, Roll { roster, known: None, idle: None });
            came(decision.map(|of| of.map(|_| Outcome::Done)).map_err(|refusal| refusal.code()))
        }
        Err(stranger) => (Answer::Refused(stranger.code()), None),
    }
}

/// Somebody else adds the Thing. The registry calls a stranger here by another name: whoever asks
/// has proved who it is.
pub(super) fn add_thing(record: Option<SerialRecord>, asked: &Asked<'_>) -> Asking {
    let presented = control_key_of(asked.control.unwrap_or(WRONG)).verifier();
    let proven = ControlledThing::prove(record, presented).map_err(|_| "thing-refused");
    came(proven.map(|thing| thing.add_holder(&somebody(), None, asked.at)))
}

pub(super) fn grant(record: SerialRecord, at: UnixMillis) -> Asking {
    let decision = record.grant_by_operator(&somebody(), None, &operator(), at);
    came(decision.map_err(|refusal| refusal.code()))
}

/// Somebody was granted the Thing, if its device has ever enrolled with the passwords that it has.
pub(super) fn release(record: SerialRecord, at: UnixMillis) -> Asking {
    let holder = somebody();
    let granted = Grant::new(generation(&record), holder.held(), at);
    let granted = record.stage().plug_id().map(|_| granted);
    came(Ok(record.release_holder(&holder, granted.as_ref(), &operator(), at)))
}

/// A level that it has not.
pub(super) fn set_access(
    record: SerialRecord,
    at: UnixMillis,
) -> Result<Decision<Outcome>, &'static str> {
    let now = record.stage().registration().and_then(Registration::access);
    let new = if now.is_none() { Some(AccessLevel::None) } else { None };
    record.set_access(new, operator(), at).map_err(|refusal| refusal.code())
}

fn generation(record: &SerialRecord) -> Generation {
    record.stage().registration().map(|of| of.grants().on()).unwrap_or_default()
}

/// A Controller of another Thing.
fn somebody() -> Holder {
    let elsewhere = registered_with(None).enrolled(ENROLL, 2);
    let key = control_key_of(CONTROL);
    let (keys, request) = (keys(), ControllerRequest::new());
    let cap = ControllerCap::DEFAULT;
    let at = UnixMillis::new(3);
    let attempt = ControllerAttempt { key: &key, request: &request, cap, auth: keys.auth(), at };
    let roster = Roster::new(generation(&elsewhere));
    let thing = ControlledThing::prove(Some(elsewhere), key.verifier()).unwrap();
    let Ok(Decision::Commit(change, _)) =
        thing.enroll(&attempt, Roll { roster, known: None, idle: None })
    else {
        panic!("it enrolls")
    };
    let controllers: Vec<Controller> = change.controllers.into_iter().map(|(_, of)| of).collect();
    Holder::controller(&controllers[0]).unwrap()
}

fn came(decision: Result<Decision<Outcome, ControllerChange>, &'static str>) -> Asking {
    match decision {
        Err(code) => (Answer::Refused(code), None),
        Ok(Decision::Answer(Outcome::AlreadyDone)) => (Answer::AlreadyDone, None),
        Ok(Decision::Commit(change, Outcome::Done)) => {
            (Answer::Becomes(change.thing.stage().name()), Some(change.thing))
        }
        Ok(Decision::Answer(Outcome::Done) | Decision::Commit(_, Outcome::AlreadyDone)) => {
            panic!("what is done is written, and nothing else is")
        }
    }
}
