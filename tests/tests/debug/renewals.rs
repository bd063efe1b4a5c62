//! Passwords that end, go on for a while, and are replaced.

use plugmint::{NewPasswords, SerialStatus};
use plugmint_core::derivation::{
    AuthVerifier, EnrollKey, PlatformKeys, SealNonce, SealedKey, StretchMemory, Stretched, Verifier,
};
use plugmint_core::lifecycle::{
    ControlOrigin, Decision, GrantsThen, Offered, Registered, Registration, Renewal, RevokeRefusal,
    SerialRecord, Stage, Which,
};
use plugmint_core::{
    Admission, Author, ControlPassword, CredentialView, EnrollPassword, Epoch, KeyVersion,
    PasswordClass, RepeatPolicy, SourceMark, UnixMillis,
};
use plugmint_tests::{control_secrets, thing_secrets_at};

use crate::shown::Shown;
use crate::things::*;

/// Keys and passwords of one serial.
struct Thing {
    keys: PlatformKeys,
    key: EnrollKey,
    control: Verifier,
}

pub(crate) fn overlaps_and_renewals(shown: &mut Shown) {
    for epoch in [0, 1, 2] {
        let at = Epoch::new(epoch);
        shown.secrets(thing_secrets_at(&ROOT, &id(), &chosen(), ENROLL, at));
        shown.secrets(thing_secrets_at(&ROOT, &id(), &chosen(), NEW_ENROLL, at));
    }
    shown.secrets(control_secrets(&ROOT, &id(), &chosen(), CONTROL));
    shown.secrets(control_secrets(&ROOT, &id(), &chosen(), NEW_CONTROL));
    let passwords = NewPasswords::new(EnrollPassword::parse(NEW_ENROLL).unwrap());
    shown.show(&passwords.with_control(ControlPassword::parse(NEW_CONTROL).unwrap()));

    let thing = Thing::with(ENROLL, CONTROL);
    let activated = activated(shown, &thing);
    let again = reactivated(shown, &thing, &activated);
    enrolled_again(shown, &thing, again);
    transferred(shown, &activated);
    refusals(shown, activated);
}

impl Thing {
    fn with(enroll: &str, control: &str) -> Self {
        let keys = PlatformKeys::of_root(&root());
        let template_key = keys.template_key(id().template());
        let key = template_key.enroll_key(id().serial(), &stretched(enroll));
        let control = template_key.control_key(id().serial(), &stretched(control)).verifier();
        Self { keys, key, control }
    }

    /// What proves the connection password of an epoch, which nobody may see.
    fn auth(&self, shown: &mut Shown, epoch: u32) -> AuthVerifier {
        let credentials = self.key.credentials(Epoch::new(epoch));
        let password = credentials.connection_password();
        let verifier = self.keys.auth().verifier(credentials.plug_id(), password);
        shown.secret("an auth verifier", verifier.expose_bytes());
        verifier
    }

    fn verifier(&self, shown: &mut Shown) -> Verifier {
        let verifier = self.key.verifier();
        shown.secret("an enroll verifier", verifier.expose_bytes());
        shown.secret("a control verifier", self.control.expose_bytes());
        verifier
    }

    fn sealed(&self) -> SealedKey {
        let nonce = SealNonce::from_random([4; SealNonce::LEN]);
        SealedKey::seal(KeyVersion::FIRST, self.keys.seal(), nonce, &id(), &self.key).unwrap()
    }

    fn enroll(&self, record: SerialRecord) -> SerialRecord {
        let (auth, repeat) = (self.keys.auth(), RepeatPolicy::Always);
        let mark = Some(mark());
        committed(SerialRecord::enroll(Some(record), &self.key, repeat, auth, mark, at(2)))
    }
}

fn stretched(password: &str) -> Stretched {
    let password = EnrollPassword::parse(password).unwrap();
    let stretching = PasswordClass::Chosen.stretching(cost(), &id(), password.expose_text());
    stretching.run(&mut StretchMemory::new()).unwrap()
}

fn activated(shown: &mut Shown, thing: &Thing) -> SerialRecord {
    let (verifier, control) = (thing.verifier(shown), thing.control.clone());
    let registration = Registration::new(KeyVersion::FIRST, verifier, Some(control), at(1));
    let registered = Registered::new(registration, Some(thing.sealed()));
    let record = SerialRecord::register(&id(), registered, Author::Device).record().clone();
    let (auth, author) = (thing.keys.auth(), Author::Device);
    let by_operator = record.clone().enroll_by_operator(Some(&thing.key), auth, author, at(2));
    shown.show(&by_operator.unwrap());
    let enrolled = thing.enroll(record);
    let auth = thing.auth(shown, 0);
    let decision = enrolled.authenticate(&auth, at(3)).unwrap();
    shown.show(&decision);
    let Decision::Commit(change, by) = decision else { panic!("it activates") };
    shown.show(&by);
    change.record().clone()
}

/// Registered again, with an overlap.
fn reactivated(shown: &mut Shown, thing: &Thing, activated: &SerialRecord) -> SerialRecord {
    let reactivated =
        activated.clone().reactivate(Epoch::FIRST, Some(UNTIL), Author::Device, at(4));
    shown.show(reactivated.as_ref().unwrap());
    let record = committed(reactivated);
    shown.show(&record);
    shown.show(&SerialStatus::new(id(), &record, at(5)));
    let Stage::Registered(registered) = record.stage() else { panic!("it is Registered") };
    shown.show(registered);
    shown.show(registered.former().unwrap());
    shown.show(registered.former().unwrap().overlap().unwrap());
    shown.show(registered.registration());
    shown.show(&registered.registration().raised_by().unwrap());
    let credential = record.credentials(&id()).pop().unwrap();
    shown.show(&credential);
    let bytes = credential.encode();
    let view = CredentialView::decode(*credential.plug_id(), &bytes).unwrap();
    shown.show(&view);
    let admission = view.admit(&thing.auth(shown, 0));
    shown.show(&admission);
    let Admission::Overlap(proven) = admission else { panic!("it connects") };
    shown.show(&proven);
    let principal = proven.principal(at(5)).unwrap();
    shown.show(&principal);
    shown.show(&principal.proven_by());
    record
}

/// Enrolled again, with two passwords that connect.
fn enrolled_again(shown: &mut Shown, thing: &Thing, again: SerialRecord) {
    let former = thing.auth(shown, 0);
    thing.auth(shown, 1);
    let enrolled = thing.enroll(again);
    shown.show(&enrolled);
    let Stage::Enrolled(stage) = enrolled.stage() else { panic!("it is Enrolled") };
    shown.show(stage);
    let credential = enrolled.credentials(&id()).pop().unwrap();
    shown.show(&credential);
    shown.show(&credential.admit(&former));
    shown.show(&enrolled.authenticate(&former, at(5)).unwrap());
}

fn transferred(shown: &mut Shown, activated: &SerialRecord) {
    let new = Thing::with(NEW_ENROLL, NEW_CONTROL);
    let verifier = new.verifier(shown);
    let as_each = || (new.key.verifier(), new.control.clone());
    let offered = Offered::new(as_each().0, as_each().1).with_control(as_each().1, as_each().0);
    shown.show(&offered);
    let control = Some(new.control.clone());
    let renewal = Renewal::new(KeyVersion::FIRST, verifier, control, Some(new.sealed()));
    shown.show(&renewal);
    let (seen, next) = (Epoch::FIRST, Epoch::new(1));
    let transfer = |record: &SerialRecord, seen| {
        record.clone().transfer(seen, &offered, renewal.clone(), Author::Device, at(4))
    };
    shown.show(&transfer(activated, seen).unwrap());
    let record = committed(transfer(activated, seen));
    shown.show(&record);
    shown.show(&transfer(&record, next).unwrap_err());
    let old = Thing::with(ENROLL, CONTROL);
    let (control, as_enroll) = (old.control, old.key.verifier());
    let control = record.replace_control_password(
        control,
        &as_enroll,
        GrantsThen::End,
        Author::Device,
        at(5),
    );
    shown.show(&control.unwrap());
}

fn refusals(shown: &mut Shown, activated: SerialRecord) {
    let new = Thing::with(NEW_ENROLL, NEW_CONTROL);
    let offered = Offered::new(new.key.verifier(), new.control.clone());
    let renewal = Renewal::new(KeyVersion::FIRST, new.key.verifier(), None, None);
    let seen = Epoch::new(7);
    let revoke = activated.clone().unenroll(seen, Author::Device, at(5)).unwrap_err();
    shown.show(&revoke);
    let RevokeRefusal::Epoch(moved) = revoke else { panic!("it moved") };
    shown.show(&moved);
    let first = Epoch::FIRST;
    shown.show(
        &activated
            .clone()
            .replace_passwords(first, &offered, renewal, Author::Device, at(5))
            .unwrap_err(),
    );
    let old = Thing::with(ENROLL, CONTROL);
    let same = activated.clone().replace_control_password(
        old.control,
        &new.key.verifier(),
        GrantsThen::End,
        Author::Device,
        at(5),
    );
    shown.show(&same.unwrap_err());
    let by_operator =
        activated.enroll_by_operator(Some(&new.key), new.keys.auth(), Author::Device, at(5));
    shown.show(&by_operator.unwrap_err());
    shown.show(&Which::Enroll);
    shown.show(&ControlOrigin::Given);
    shown.show(&mark());
}

fn mark() -> SourceMark {
    PlatformKeys::of_root(&root())
        .template_key(id().template())
        .source_mark(id().serial(), b"192.0.2.1")
}

fn committed<A: std::fmt::Debug, E: std::fmt::Debug>(
    decision: Result<Decision<A>, E>,
) -> SerialRecord {
    let Decision::Commit(change, _) = decision.unwrap() else { panic!("nothing to commit") };
    change.record().clone()
}

const UNTIL: UnixMillis = UnixMillis::new(100);
