//! Secrets, and the records that hang on them.

use plugmint::SerialStatus;
use plugmint_core::derivation::{
    AuthVerifier, PlatformKeys, PlatformRoots, RootLabel, SealNonce, SealedKey, StretchMemory,
    Stretched, Stretching, Verifier,
};
use plugmint_core::lifecycle::{Decision, Registered, Registration, SerialRecord, Stage};
use plugmint_core::{
    Author, ControlPassword, CredentialView, EnrollPassword, Epoch, KeyVersion, PasswordClass,
    RepeatPolicy,
};
use plugmint_mac::MacKey;
use plugmint_tests::{control_secrets, platform_secrets, thing_secrets};

use crate::shown::Shown;
use crate::things::*;

pub(crate) fn secrets_and_records(shown: &mut Shown) {
    let enroll = EnrollPassword::parse(ENROLL).unwrap();
    let control = ControlPassword::parse(CONTROL).unwrap();
    let design = chosen();
    shown.secrets(platform_secrets(&ROOT));
    shown.secrets(thing_secrets(&ROOT, &id(), &design, ENROLL));
    shown.secrets(control_secrets(&ROOT, &id(), &design, CONTROL));
    shown.show(&enroll);
    shown.show(&control);
    shown.show(&enroll.expose_text());
    shown.show(&root());
    shown.show(&root().mac(RootLabel::Auth));
    let check = root().mac(RootLabel::KeyCheck).into_key_check();
    shown.secret("the key check", &check.encode()[1..]);
    shown.show(&check);

    let auth = root().mac(RootLabel::Auth);
    let mac_key = MacKey::new(auth.expose_bytes());
    shown.show(&mac_key);
    mac_key.mac_into(&mut [0; 32], |message| {
        message.put(enroll.expose_text().as_bytes());
        shown.show(message);
    });

    let keys = PlatformKeys::of_root(&root());
    shown.show(&PlatformRoots {
        enroll: root().mac(RootLabel::Enroll),
        auth: root().mac(RootLabel::Auth),
        seal: root().mac(RootLabel::Seal),
    });
    shown.show(&keys);
    shown.show(keys.auth());
    shown.show(keys.seal());
    let template_key = keys.template_key(id().template());
    shown.show(&template_key);
    let stretched = stretching(shown, &enroll);

    let enroll_key = template_key.enroll_key(id().serial(), &stretched);
    shown.show(&enroll_key);
    let control_key = template_key.control_key(id().serial(), &stretched);
    shown.show(&control_key);
    let credentials = enroll_key.credentials(Epoch::FIRST);
    let password = credentials.connection_password();
    shown.secret("the connection password", password.expose_text().as_bytes());
    shown.secret("the connection password", password.expose_bytes());
    shown.show(password);
    shown.show(&password.expose_text());
    shown.show(&credentials);
    let verifier: Verifier = enroll_key.verifier();
    shown.secret("the enroll verifier", verifier.expose_bytes());
    shown.show(&verifier);
    let auth: AuthVerifier = keys.auth().verifier(credentials.plug_id(), password);
    shown.secret("the auth verifier", auth.expose_bytes());
    shown.show(&auth);
    let nonce = SealNonce::from_random([4; SealNonce::LEN]);
    shown.show(&nonce);
    let sealed = SealedKey::seal(KeyVersion::FIRST, keys.seal(), nonce, &id(), &enroll_key);
    let sealed = sealed.unwrap();
    shown.show(&sealed);

    let registration =
        Registration::new(KeyVersion::FIRST, verifier, Some(control_key.verifier()), at(1));
    shown.show(&registration);
    shown.show(&registration.mark());
    let registered = Registered::new(registration, Some(sealed));
    shown.show(&registered);
    let change = SerialRecord::register(&id(), registered, Author::Device);
    lives(shown, change.record().clone(), &keys, &enroll_key, &auth);
    shown.show(&change);
}

fn stretching(shown: &mut Shown, password: &EnrollPassword) -> Stretched {
    let stretching = || PasswordClass::Chosen.stretching(cost(), &id(), password.expose_text());
    shown.show(&stretching());
    let Stretching::Slow(job) = stretching() else { panic!("chosen takes a job") };
    shown.show(&job);
    let mut memory = StretchMemory::new();
    let stretched = job.run(&mut memory).unwrap();
    shown.show(&memory);
    shown.secret("the stretched password", stretched.expose_bytes());
    shown.show(&Stretching::Done(stretching().run(&mut memory).unwrap()));
    shown.show(&stretched);
    stretched
}

fn lives(
    shown: &mut Shown,
    record: SerialRecord,
    keys: &PlatformKeys,
    key: &plugmint_core::derivation::EnrollKey,
    auth: &AuthVerifier,
) {
    shown.show(&record);
    shown.show(&SerialStatus::new(id(), &record, at(1)));
    let refused = record.clone().authenticate(auth, at(2)).unwrap_err();
    shown.show(&refused);
    let enroll = |record| {
        let never = RepeatPolicy::Never;
        SerialRecord::enroll(Some(record), key, never, keys.auth(), None, at(2))
    };
    let decision = enroll(record).unwrap();
    shown.show(&decision);
    let Decision::Commit(change, enrollment) = decision else { panic!("it enrolls") };
    shown.show(&enrollment);
    shown.show(&enrollment.outcome());
    shown.show(change.event());
    shown.show(&change.event().kind());
    shown.show(&change.event().number());
    shown.show(change.event().previous());
    shown.show(change.record().head());
    let enrolled = change.record().clone();
    shown.show(enrolled.stage());
    shown.show(&enroll(enrolled.clone()).unwrap_err());
    let Stage::Enrolled(stage) = enrolled.stage() else { panic!("it is enrolled") };
    shown.show(stage);
    shown.show(stage.identity());
    let credential = enrolled.credentials(&id()).pop().unwrap();
    shown.show(&credential);
    let record = credential.encode();
    shown.show(&CredentialView::decode(*credential.plug_id(), &record).unwrap());
    let admission = credential.admit(auth);
    shown.show(&admission);
    let plugmint_core::Admission::Activates(proven) = admission else { panic!("it connects") };
    shown.show(&proven);
    let principal = proven.principal();
    shown.show(&principal);
    shown.show(&principal.kind());
    let Decision::Commit(change, _) = enrolled.authenticate(auth, at(3)).unwrap() else {
        panic!("it activates")
    };
    let Stage::Activated(stage) = change.record().stage() else { panic!("it is activated") };
    shown.show(stage);
    shown.show(&change.record().stage().name());
    let Decision::Commit(change, outcome) = change.record().clone().retire(Author::Device, at(4))
    else {
        panic!("it retires")
    };
    shown.show(&outcome);
    let Stage::Retired(stage) = change.record().stage() else { panic!("it is retired") };
    shown.show(stage);
    let retired = change.record().clone().disable(Author::Device, at(5)).unwrap_err();
    shown.show(&retired);
}
