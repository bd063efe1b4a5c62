//! Lives of serials: what some sequence of verbs leads to.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use crate::derivation::{
    Argon2Cost, ControlKey, EnrollKey, PasswordText, PlatformKeys, RootKey, SealNonce, SealedKey,
    StretchMemory, Verifier,
};
use crate::lifecycle::{
    Change, Decision, GrantsThen, Identity, Offered, Registered, Registration, Renewal,
    SerialRecord, Stage,
};
use crate::{
    AccessLevel, Author, Event, KeyVersion, PasswordClass, RepeatPolicy, SerialId, SourceMark,
    UnixMillis,
};

use super::{arb_access, arb_author, arb_labels, arb_serial_id, arb_time};

/// A serial and a record that some sequence of verbs leads to.
pub fn arb_serial_record() -> impl Strategy<Value = (SerialId, SerialRecord)> {
    arb_life().prop_filter_map("a record", |(id, changes)| {
        changes.last().map(|change| (id, change.record().clone()))
    })
}

/// Events that some sequence of verbs leads to.
pub fn arb_event() -> impl Strategy<Value = Event> {
    (arb_life(), any::<prop::sample::Index>()).prop_filter_map("an event", |((_, changes), at)| {
        (!changes.is_empty()).then(|| at.get(&changes).event().clone())
    })
}

/// A serial and all changes of some life of it, the registration first.
pub fn arb_life() -> impl Strategy<Value = (SerialId, Vec<Change>)> {
    let registered = (any::<Option<[u8; 32]>>(), of(arb_nonce()), arb_key_version(), arb_labels());
    let start = (arb_serial_id(), registered, arb_author(), arb_time());
    let steps = vec((arb_step(), arb_author(), arb_time()), 0..16);
    (start, steps).prop_filter_map("a life", |(start, steps)| {
        let (id, (control, nonce, version, labels), author, at) = start;
        let mut passwords = Passwords { id, enroll: 0, last: 0 };
        let key = passwords.key()?;
        let control = control.map(Verifier::from_parts);
        let registration =
            Registration::new(version, key.verifier(), control, at).with_labels(labels);
        let registered = Registered::new(registration, seal(&id, version, nonce, &key));
        let first = SerialRecord::register(&id, registered, author);
        let mut record = first.record().clone();
        let mut changes = vec![first];
        for (step, author, at) in steps {
            if let Some(change) = passwords.live(record.clone(), step, author, at) {
                record = change.record().clone();
                changes.push(change);
            }
        }
        Some((id, changes))
    })
}

/// One verb, with what it takes besides an author and a time.
#[derive(Clone, Copy, Debug)]
enum Step {
    Enroll(Option<SourceMark>),
    EnrollByOperator,
    Authenticate,
    Disable,
    Enable,
    Reactivate(Option<UnixMillis>),
    Unenroll,
    UnenrollByDevice,
    ReplacePasswords(NewPasswords),
    ReplaceControlPassword,
    Transfer(NewPasswords),
    SetAccess(Option<AccessLevel>),
    Retire,
}

/// How new passwords are kept.
#[derive(Clone, Copy, Debug)]
struct NewPasswords {
    version: KeyVersion,
    controllable: bool,
    nonce: Option<[u8; SealNonce::LEN]>,
}

fn arb_step() -> impl Strategy<Value = Step> {
    let mark = of(any::<[u8; SourceMark::LEN]>().prop_map(SourceMark::from_parts));
    let until = of(prop_oneof![arb_time(), Just(UnixMillis::new(u64::MAX))]);
    prop_oneof![
        6 => mark.prop_map(Step::Enroll),
        2 => Just(Step::EnrollByOperator),
        4 => Just(Step::Authenticate),
        1 => Just(Step::Disable),
        2 => Just(Step::Enable),
        4 => until.prop_map(Step::Reactivate),
        1 => Just(Step::Unenroll),
        1 => Just(Step::UnenrollByDevice),
        2 => arb_new_passwords().prop_map(Step::ReplacePasswords),
        2 => Just(Step::ReplaceControlPassword),
        1 => arb_new_passwords().prop_map(Step::Transfer),
        1 => of(arb_access()).prop_map(Step::SetAccess),
        1 => Just(Step::Retire),
    ]
}

fn arb_new_passwords() -> impl Strategy<Value = NewPasswords> {
    (arb_key_version(), any::<bool>(), of(arb_nonce()))
        .prop_map(|(version, controllable, nonce)| NewPasswords { version, controllable, nonce })
}

fn arb_nonce() -> impl Strategy<Value = [u8; SealNonce::LEN]> {
    any::<[u8; SealNonce::LEN]>()
}

pub(super) fn arb_key_version() -> impl Strategy<Value = KeyVersion> {
    any::<u32>().prop_map(|number| KeyVersion::new(number).unwrap_or(KeyVersion::FIRST))
}

/// The passwords of a serial, each one a number: none is given twice.
struct Passwords {
    id: SerialId,
    enroll: u32,
    last: u32,
}

impl Passwords {
    /// What the step changes, if it changes anything.
    fn live(
        &mut self,
        record: SerialRecord,
        step: Step,
        author: Author,
        at: UnixMillis,
    ) -> Option<Change> {
        let keys = platform_keys();
        let key = self.key()?;
        let seen = record.stage().registration()?.epoch();
        match step {
            Step::Enroll(from) => {
                let repeat = RepeatPolicy::UntilActivated;
                changed(SerialRecord::enroll(Some(record), &key, repeat, keys.auth(), from, at))
            }
            Step::EnrollByOperator => {
                let sealed = sealed_key(&record)?.open(keys.seal(), &self.id).ok()?;
                changed(record.enroll_by_operator(Some(&sealed), keys.auth(), author, at))
            }
            Step::Authenticate => {
                let identity = identity(&record)?.clone();
                changed(record.authenticate(identity.auth_verifier(), at))
            }
            Step::Disable => changed(record.disable(author, at)),
            Step::Enable => changed(record.enable(author, at)),
            Step::Reactivate(until) => changed(record.reactivate(seen, until, author, at)),
            Step::Unenroll => changed(record.unenroll(seen, author, at)),
            Step::UnenrollByDevice => {
                let identity = identity(&record)?.clone();
                changed(record.unenroll_by_device(identity.auth_verifier(), at))
            }
            Step::ReplacePasswords(new) => {
                let (offered, renewal) = self.renew(new)?;
                let change = changed(record.replace_passwords(seen, &offered, renewal, author, at));
                change.inspect(|_| self.enroll = self.last)
            }
            Step::ReplaceControlPassword => {
                self.last = self.last.checked_add(1)?;
                let (as_enroll, control) = self.keys_of(self.last)?;
                let control = control.verifier();
                let as_enroll = as_enroll.verifier();
                changed(record.replace_control_password(
                    control,
                    &as_enroll,
                    GrantsThen::End,
                    author,
                    at,
                ))
            }
            Step::Transfer(new) => {
                let (offered, renewal) = self.renew(new)?;
                let change = changed(record.transfer(seen, &offered, renewal, author, at));
                change.inspect(|_| self.enroll = self.last)
            }
            Step::SetAccess(access) => changed(record.set_access(access, author, at)),
            Step::Retire => changed(Ok::<_, ()>(record.retire(author, at))),
        }
    }

    /// The present enroll key.
    fn key(&self) -> Option<EnrollKey> {
        self.keys_of(self.enroll).map(|(enroll, _)| enroll)
    }

    /// New passwords, the enroll password as the last one.
    fn renew(&mut self, new: NewPasswords) -> Option<(Offered, Renewal)> {
        let NewPasswords { version, controllable, nonce } = new;
        self.last = self.last.checked_add(2)?;
        let (enroll, enroll_as_control) = self.keys_of(self.last)?;
        let (control_as_enroll, control) = self.keys_of(self.last.checked_sub(1)?)?;
        let sealed = seal(&self.id, version, nonce, &enroll);
        let offered = Offered::new(enroll.verifier(), enroll_as_control.verifier());
        Some(if controllable {
            let offered = offered.with_control(control.verifier(), control_as_enroll.verifier());
            let control = Some(control.verifier());
            (offered, Renewal::new(version, enroll.verifier(), control, sealed))
        } else {
            (offered, Renewal::new(version, enroll.verifier(), None, sealed))
        })
    }

    /// What the password of that number comes to as an enroll password and as a control password.
    fn keys_of(&self, number: u32) -> Option<(EnrollKey, ControlKey)> {
        keys_of(&self.id, number)
    }
}

/// What the password of that number comes to with a serial, as an enroll password and as a control
/// password.
pub(super) fn keys_of(id: &SerialId, number: u32) -> Option<(EnrollKey, ControlKey)> {
    let text = format!("{number:032x}");
    let text = PasswordText::of_checked(text.as_bytes());
    let stretching = PasswordClass::Generated.stretching(Argon2Cost::DEFAULT, id, text);
    let stretched = stretching.run(&mut StretchMemory::new()).ok()?;
    let template = platform_keys().template_key(id.template());
    let serial = id.serial();
    Some((template.enroll_key(serial, &stretched), template.control_key(serial, &stretched)))
}

/// The change of a decision that has one.
fn changed<A, E>(decision: Result<Decision<A>, E>) -> Option<Change> {
    match decision {
        Ok(Decision::Commit(change, _)) => Some(*change),
        Ok(Decision::Answer(_)) | Err(_) => None,
    }
}

fn identity(record: &SerialRecord) -> Option<&Identity> {
    match record.stage() {
        Stage::Enrolled(enrolled) => Some(enrolled.identity()),
        Stage::Activated(activated) => Some(activated.identity()),
        Stage::Registered(_) | Stage::Retired(_) => None,
    }
}

fn sealed_key(record: &SerialRecord) -> Option<&SealedKey> {
    match record.stage() {
        Stage::Registered(registered) => registered.sealed_key(),
        Stage::Enrolled(enrolled) => enrolled.sealed_key(),
        Stage::Activated(_) | Stage::Retired(_) => None,
    }
}

fn seal(
    id: &SerialId,
    version: KeyVersion,
    nonce: Option<[u8; SealNonce::LEN]>,
    key: &EnrollKey,
) -> Option<SealedKey> {
    let nonce = SealNonce::from_random(nonce?);
    SealedKey::seal(version, platform_keys().seal(), nonce, id, key).ok()
}

pub(super) fn platform_keys() -> PlatformKeys {
    PlatformKeys::of_root(&RootKey::from_random(&mut [0x5a; 32]))
}
