//! Asks the core what the table answers: each verb by whoever does everything right.

mod controlling;

use plugmint_core::derivation::AuthVerifier;
use plugmint_core::lifecycle::{
    Answer, Decision, Enrollment, GrantsThen, Outcome, Registered, Registration, Renewal,
    SerialRecord, Stage, Verb,
};
use plugmint_core::{Epoch, KeyVersion, ProvenBy, RepeatPolicy, UnixMillis};

use crate::scene::{
    WRONG, auth_verifier, control_key_of, id, key_of, keys, offered, operator, sealed,
};

/// What a verb is asked with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The enroll password that the serial has.
    pub(crate) enroll: &'a str,
    /// The control password that it has.
    pub(crate) control: Option<&'a str>,
    /// The passwords that it shall have, where the verb gives it some.
    pub(crate) new_enroll: &'a str,
    pub(crate) new_control: Option<&'a str>,
    /// Whether its enroll key shall be kept.
    pub(crate) seal: bool,
    pub(crate) repeat: RepeatPolicy,
    /// The end of an overlap.
    pub(crate) until: Option<UnixMillis>,
    pub(crate) at: UnixMillis,
}

/// What the core answers, and the record that it leads to when something is written.
pub(crate) type Asking = (Answer, Option<SerialRecord>);

/// Asks for one verb. A serial that nobody knows can be asked to be registered or to enroll.
pub(crate) fn ask(verb: Verb, record: Option<SerialRecord>, asked: &Asked<'_>) -> Asking {
    match record {
        Some(record) => ask_of_known(verb, record, asked),
        None => ask_of_unknown(verb, asked),
    }
}

fn ask_of_unknown(verb: Verb, asked: &Asked<'_>) -> Asking {
    match verb {
        Verb::Register => register(asked),
        Verb::Enroll => enroll(None, asked),
        Verb::EnrollController => controlling::enroll(None, asked),
        Verb::AddThing => controlling::add_thing(None, asked),
        Verb::EnrollByOperator
        | Verb::Authenticate
        | Verb::AuthenticateInOverlap
        | Verb::Disable
        | Verb::Enable
        | Verb::Reactivate
        | Verb::Unenroll
        | Verb::UnenrollByDevice
        | Verb::ReplacePasswords
        | Verb::ReplaceControlPassword
        | Verb::Grant
        | Verb::Release
        | Verb::SetAccess
        | Verb::Transfer
        | Verb::Retire => panic!("there is no record that could be asked"),
    }
}

fn ask_of_known(verb: Verb, record: SerialRecord, asked: &Asked<'_>) -> Asking {
    let Asked { until, at, .. } = *asked;
    let seen = record.stage().registration().map_or(Epoch::FIRST, Registration::epoch);
    match verb {
        Verb::Register => panic!("whether a serial is registered is asked before there is one"),
        Verb::Enroll => enroll(Some(record), asked),
        Verb::EnrollByOperator => enroll_by_operator(record, at),
        Verb::Authenticate => authenticate(record, &auth_verifier(asked.enroll, seen.number()), at),
        Verb::AuthenticateInOverlap => {
            let password = password_of_before(&record, asked.enroll);
            authenticate(record, &password, at)
        }
        Verb::Disable => done(record.disable(operator(), at).map_err(|refusal| refusal.code())),
        Verb::Enable => done(record.enable(operator(), at).map_err(|refusal| refusal.code())),
        Verb::Reactivate => {
            let decision = record.reactivate(seen, until, operator(), at);
            done(decision.map_err(|refusal| refusal.code()))
        }
        Verb::Unenroll => {
            done(record.unenroll(seen, operator(), at).map_err(|refusal| refusal.code()))
        }
        Verb::UnenrollByDevice => {
            unenroll_by_device(record, &auth_verifier(asked.enroll, seen.number()), at)
        }
        Verb::ReplacePasswords => {
            let offered = offered(asked.new_enroll, asked.new_control);
            let renewal = renewal(asked);
            let decision = record.replace_passwords(seen, &offered, renewal, operator(), at);
            done(decision.map_err(|refusal| refusal.code()))
        }
        Verb::ReplaceControlPassword => replace_control_password(record, asked),
        Verb::EnrollController => controlling::enroll(Some(record), asked),
        Verb::AddThing => controlling::add_thing(Some(record), asked),
        Verb::Grant => controlling::grant(record, at),
        Verb::Release => controlling::release(record, at),
        Verb::SetAccess => done(controlling::set_access(record, at)),
        Verb::Transfer => {
            let offered = offered(asked.new_enroll, asked.new_control);
            let decision = record.transfer(seen, &offered, renewal(asked), operator(), at);
            done(decision.map_err(|refusal| refusal.code()))
        }
        Verb::Retire => done(Ok(record.retire(operator(), at))),
    }
}

/// The password of before, as its device has it: that of the overlap, or else of the epoch before.
pub(crate) fn password_of_before(record: &SerialRecord, enroll: &str) -> AuthVerifier {
    let epoch = record.stage().registration().map_or(0, |of| of.epoch().number());
    match (record.stage().overlap(), epoch.checked_sub(1)) {
        (Some(overlap), _) => overlap.auth_verifier().clone(),
        (None, Some(before)) => auth_verifier(enroll, before),
        (None, None) => auth_verifier(WRONG, 0),
    }
}

fn register(asked: &Asked<'_>) -> Asking {
    let Asked { new_enroll, new_control, seal, at, .. } = *asked;
    let control = new_control.map(|control| control_key_of(control).verifier());
    let enroll = key_of(new_enroll).verifier();
    let registration = Registration::new(KeyVersion::FIRST, enroll, control, at);
    let registered = Registered::new(registration, seal.then(|| sealed(new_enroll)));
    let record = SerialRecord::register(&id(), registered, operator()).record().clone();
    (Answer::Becomes(record.stage().name()), Some(record))
}

fn enroll(record: Option<SerialRecord>, asked: &Asked<'_>) -> Asking {
    let Asked { enroll, repeat, at, .. } = *asked;
    let decision = SerialRecord::enroll(record, &key_of(enroll), repeat, keys().auth(), None, at);
    enrolled(decision.map_err(|refusal| refusal.code()))
}

fn enroll_by_operator(record: SerialRecord, at: UnixMillis) -> Asking {
    let (keys, sealed) = (
        keys(),
        match record.stage() {
            Stage::Registered(registered) => registered.sealed_key(),
            Stage::Enrolled(enrolled) => enrolled.sealed_key(),
            Stage::Activated(_) | Stage::Retired(_) => None,
        },
    );
    let key = sealed.map(|sealed| sealed.open(keys.seal(), &id()).unwrap());
    let decision = record.enroll_by_operator(key.as_ref(), keys.auth(), operator(), at);
    enrolled(decision.map_err(|refusal| refusal.code()))
}

fn authenticate(record: SerialRecord, password: &AuthVerifier, at: UnixMillis) -> Asking {
    connected(record.authenticate(password, at).map_err(|stranger| stranger.code()))
}

fn unenroll_by_device(record: SerialRecord, password: &AuthVerifier, at: UnixMillis) -> Asking {
    let decision = record.unenroll_by_device(password, at);
    let decision = decision.map(|decision| decision.map(|()| Outcome::Done));
    done(decision.map_err(|stranger| stranger.code()))
}

fn replace_control_password(record: SerialRecord, asked: &Asked<'_>) -> Asking {
    let new = asked.new_control.unwrap_or(asked.new_enroll);
    let (control, as_enroll) = (control_key_of(new).verifier(), key_of(new).verifier());
    let (grants, by) = (GrantsThen::End, operator());
    let decision = record.replace_control_password(control, &as_enroll, grants, by, asked.at);
    done(decision.map_err(|refusal| refusal.code()))
}

fn renewal(asked: &Asked<'_>) -> Renewal {
    let Asked { new_enroll, new_control, seal, .. } = *asked;
    let control = new_control.map(|control| control_key_of(control).verifier());
    let sealed = seal.then(|| sealed(new_enroll));
    Renewal::new(KeyVersion::FIRST, key_of(new_enroll).verifier(), control, sealed)
}

fn enrolled(decision: Result<Decision<Enrollment>, &'static str>) -> Asking {
    came(decision, |enrollment, _| Answer::Enrolls(enrollment.outcome()))
}

fn connected(decision: Result<Decision<ProvenBy>, &'static str>) -> Asking {
    came(decision, |_, after| match after {
        Some(record) => Answer::Becomes(record.stage().name()),
        None => Answer::Admitted,
    })
}

fn done(decision: Result<Decision<Outcome>, &'static str>) -> Asking {
    came(decision, |outcome, after| match (outcome, after) {
        (Outcome::Done, Some(record)) => Answer::Becomes(record.stage().name()),
        (Outcome::AlreadyDone, None) => Answer::AlreadyDone,
        (Outcome::Done, None) | (Outcome::AlreadyDone, Some(_)) => {
            panic!("what is done is written, and nothing else is")
        }
    })
}

fn came<A>(
    decision: Result<Decision<A>, &'static str>,
    answer: impl Fn(A, Option<&SerialRecord>) -> Answer,
) -> Asking {
    match decision {
        Err(code) => (Answer::Refused(code), None),
        Ok(Decision::Answer(a)) => (answer(a, None), None),
        Ok(Decision::Commit(change, a)) => {
            let record = change.record().clone();
            (answer(a, Some(&record)), Some(record))
        }
    }
}
