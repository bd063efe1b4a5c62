//! What is made of Controllers, rosters and grants that decode.

use std::sync::LazyLock;

use plugmint::testing::root_key;
use plugmint_core::controller::{
    Attached, ControlledThing, Controller, ControllerAttempt, ControllerChange, ControllerRequest,
    ControllerStage, ControllerStatus, DeviceName, KnownAs, Roll, Roster,
};
use plugmint_core::derivation::{
    AuthVerifier, ControlKey, EnrollKey, PasswordText, PlatformKeys, StretchMemory, Verifier,
};
use plugmint_core::grant::{Generation, Generations, Grant, GrantStep, Holder};
use plugmint_core::lifecycle::{Decision, Registered, Registration, SerialRecord};
use plugmint_core::{
    Argon2Cost, ControllerCap, Credential, Event, KeyVersion, Ordinal, PasswordClass, RepeatPolicy,
    SerialId, SerialNumber,
};

use super::{AT, ada, id};

/// Passwords and keys that any Thing may have.
struct Keys {
    platform: PlatformKeys,
    enroll: EnrollKey,
    control: ControlKey,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let (platform, id) = (PlatformKeys::of_root(&root_key()), id());
    let text = PasswordText::of_any(b"0123456789abcdef").unwrap();
    let stretching = PasswordClass::Generated.stretching(Argon2Cost::DEFAULT, &id, text);
    let stretched = stretching.run(&mut StretchMemory::new()).unwrap();
    let template = platform.template_key(id.template());
    let enroll = template.enroll_key(id.serial(), &stretched);
    let control = template.control_key(id.serial(), &stretched);
    Keys { platform, enroll, control }
});

/// Everything that happens to a Controller, and that is decided about it on its Thing.
pub(super) fn check_controller(controller: &Controller) {
    let (id, ordinal, thing) = (id(), Ordinal::FIRST, thing_of(controller));
    let status = ControllerStatus::new(id, ordinal, controller, &Roster::new(on(&thing)));
    assert_eq!(status.stage, controller.stage().name());
    assert!(serde_json::to_string(&status).is_ok());
    check_credential(&id, ordinal, controller);
    let attached = || Attached { thing: thing.clone(), ordinal, controller: controller.clone() };
    let roster = Roster::new(on(&thing));
    let presented = match controller.stage() {
        ControllerStage::Enrolled { auth_verifier }
        | ControllerStage::Activated { auth_verifier, .. } => auth_verifier.clone(),
        ControllerStage::MustEnrollAgain | ControllerStage::Retired { .. } => {
            AuthVerifier::from_parts([0; 32])
        }
    };
    let verbs = [
        attached().authenticate(&presented, AT).ok().and_then(change_of),
        attached().disable(&ada(), AT).ok().and_then(change_of),
        attached().enable(&ada(), AT).ok().and_then(change_of),
        attached()
            .reactivate(Some(ordinal), controller.epoch(), &ada(), AT)
            .ok()
            .and_then(change_of),
        change_of(attached().retire(&roster, &ada(), AT)),
        attached().retire_itself(&presented, &roster, AT).ok().and_then(change_of),
        Some(attached().release_all(&ada(), AT)),
    ];
    verbs.into_iter().flatten().for_each(|change| check_change(&id, &thing, &change));
    let held = Grant::new(on(&thing), controller.held(), AT);
    for grant in [None, Some(held)] {
        let known = Some((ordinal, controller.clone(), grant));
        enroll(&thing, Roll { roster: roster.clone(), known, idle: None });
    }
    check_holder(&thing, Holder::controller(controller));
}

/// Whoever comes with the control password of a Thing, one after the other.
pub(super) fn check_thing(record: &SerialRecord) {
    check_holder(record, Holder::thing(record));
    let roster = Roster::new(on(record));
    let Some(joined) = enroll(record, Roll { roster, known: None, idle: None }) else { return };
    let Some((ordinal, controller)) = joined.controllers.last().cloned() else { return };
    check_controller(&controller);
    let roster = joined.roster.unwrap_or_else(|| Roster::new(on(record)));
    assert_eq!(roster.ordinals(), [ordinal]);
    let idle = Some((ordinal, controller.clone()));
    enroll(&joined.thing, Roll { roster: roster.clone(), known: None, idle });
    // There is no place.
    assert!(enroll(&joined.thing, Roll { roster, known: None, idle: None }).is_none());
}

/// A roster of today is itself, and one of another day is empty.
pub(super) fn check_roster(roster: &Roster) {
    let other = roster.clone().of_generation(Generation::default());
    assert!(other.ordinals().is_empty() || other == *roster);
    assert!(roster.ordinals().is_sorted_by(|one, next| one < next));
}

/// What is decided about a grant that lies there, whether it counts or not.
pub(super) fn check_grant(grant: &Grant) {
    let thing = enrolled(Verifier::from_parts([3; 32]));
    if let Some(holder) = Holder::thing(&thing) {
        let first = Generation::default();
        assert_eq!(thing.is_granted(&holder, Some(grant)), grant.counts(first, first));
        check_grants(&thing, &holder, Some(grant));
    }
}

/// Everything that is decided about somebody who holds a Thing, or does not.
fn check_holder(thing: &SerialRecord, holder: Option<Holder>) {
    let Some(holder) = holder else { return };
    let counts = Grant::new(on(thing), holder.held(), AT);
    for grant in [None, Some(&counts)] {
        check_grants(thing, &holder, grant);
    }
}

fn check_grants(thing: &SerialRecord, holder: &Holder, grant: Option<&Grant>) {
    let (id, record) = (id(), || thing.clone());
    let control = thing.stage().registration().and_then(Registration::control_verifier);
    let proven = control.and_then(|it| ControlledThing::prove(Some(record()), it.clone()).ok());
    let changes = [
        proven.and_then(|proven| change_of(proven.add_holder(holder, grant, AT))),
        record().grant_by_operator(holder, grant, &ada(), AT).ok().and_then(change_of),
        change_of(record().release_holder(holder, grant, &ada(), AT)),
        Some(record().release_all(holder, &ada(), AT)),
    ];
    changes.into_iter().flatten().for_each(|change| check_change(&id, thing, &change));
}

/// Somebody with the right password of a Thing that has one place. What changes, if anything does.
fn enroll(thing: &SerialRecord, roll: Roll) -> Option<ControllerChange> {
    let control = thing.stage().registration()?.control_verifier()?.clone();
    let proven = ControlledThing::prove(Some(thing.clone()), control).ok()?;
    let own_serial: SerialNumber = "phone".parse().unwrap();
    let name = DeviceName::parse("M\u{fc}llers Telefon").unwrap();
    let attempt = ControllerAttempt {
        key: &KEYS.control,
        request: &ControllerRequest::new().with_name(name).with_own_serial(own_serial),
        cap: ControllerCap::new(1).unwrap(),
        auth: KEYS.platform.auth(),
        at: AT,
    };
    let change = change_of(proven.enroll(&attempt, roll).ok()?)?;
    check_change(&id(), thing, &change);
    Some(change)
}

/// All of it decodes, and the events lead from the Thing as it was to the Thing as it is.
fn check_change(id: &SerialId, before: &SerialRecord, change: &ControllerChange) {
    let bytes = change.thing.encode();
    assert_eq!(SerialRecord::decode(&bytes).unwrap().encode(), bytes);
    let mut head = *before.head();
    for event in &change.events {
        assert_eq!(&Event::decode(&event.encode()).unwrap(), event);
        assert!(event.about().is_some() && serde_json::to_string(event).is_ok());
        head = head.followed_by(event).unwrap();
    }
    assert!(!change.events.is_empty());
    assert_eq!(&head, change.thing.head());
    for (ordinal, controller) in &change.controllers {
        let bytes = controller.encode();
        assert_eq!(Controller::decode(&bytes).unwrap().encode(), bytes);
        check_credential(id, *ordinal, controller);
    }
    if let Some(roster) = &change.roster {
        assert_eq!(&Roster::decode(&roster.encode()).unwrap(), roster);
    }
    if let Some((_, ordinal)) = change.known {
        let known = KnownAs::new(ordinal);
        assert_eq!(KnownAs::decode(&known.encode()), Ok(known));
    }
    if let Some(GrantStep::Give(_, grant)) = &change.grant {
        assert_eq!(Grant::decode(&grant.encode()).as_ref(), Ok(grant));
    }
}

fn check_credential(id: &SerialId, ordinal: Ordinal, controller: &Controller) {
    let credential = controller.credential(id, ordinal);
    let bytes = credential.encode();
    let read = Credential::decode(*credential.plug_id(), &bytes).unwrap();
    assert_eq!((read.id(), read.kind(), read.encode()), (id, credential.kind(), bytes));
    super::check_credential(&credential);
}

/// An enrolled Thing with the control password that a Controller came with.
fn thing_of(controller: &Controller) -> SerialRecord {
    // Behind the version of the record and that of the root key.
    let bytes = controller.encode();
    let (control, _) = bytes[5..].split_first_chunk().unwrap();
    enrolled(Verifier::from_parts(*control))
}

fn enrolled(control: Verifier) -> SerialRecord {
    let (key, auth) = (&KEYS.enroll, KEYS.platform.auth());
    let registration = Registration::new(KeyVersion::FIRST, key.verifier(), Some(control), AT);
    let registered = SerialRecord::register(&id(), Registered::new(registration, None), ada());
    let record = Some(registered.record().clone());
    match SerialRecord::enroll(record, key, RepeatPolicy::Never, auth, None, AT) {
        Ok(Decision::Commit(change, _)) => change.record().clone(),
        enrolled => panic!("{enrolled:?}"),
    }
}

fn on(thing: &SerialRecord) -> Generation {
    let grants = thing.stage().registration().map(Registration::grants);
    grants.as_ref().map(Generations::on).unwrap_or_default()
}

fn change_of<A>(decision: Decision<A, ControllerChange>) -> Option<ControllerChange> {
    match decision {
        Decision::Answer(_) => None,
        Decision::Commit(change, _) => Some(*change),
    }
}
