//! From passwords and a root key to credentials, every value on the way in a block of its own.

use std::hint::black_box;

use plugmint_core::derivation::{
    PlatformKeys, PlatformRoots, RootKey, RootLabel, SealNonce, SealedKey, StretchMemory, Stretched,
};
use plugmint_core::{
    Argon2Cost, ConnectionPassword, ControlPassword, EnrollPassword, Epoch, KeyVersion, Ordinal,
    PasswordClass, SerialId, TemplateId,
};
use plugmint_freed::Watched;

use crate::secrets::{Device, Roots, apart};

const SERIAL: &str = "SN-1";

fn id() -> SerialId {
    SerialId::new(TemplateId::from_parts([7; 12]), SERIAL.parse().unwrap())
}

fn cost() -> Argon2Cost {
    Argon2Cost::new(1024, 2, 1).unwrap()
}

/// A value in a block of its own.
fn boxed<T>(value: T) -> Box<T> {
    black_box(Box::new(value))
}

fn stretch(class: PasswordClass, password: &EnrollPassword) -> Stretched {
    let stretching = class.stretching(cost(), &id(), password.expose_text());
    stretching.run(&mut StretchMemory::new()).unwrap()
}

fn keys(roots: &Roots) -> PlatformKeys {
    let root = boxed(RootKey::parse(roots.text()).unwrap());
    assert_eq!(&**boxed(root.expose_text()), roots.text());
    let mac = |label| root.mac(label);
    PlatformKeys::new(&boxed(PlatformRoots {
        enroll: mac(RootLabel::Enroll),
        auth: mac(RootLabel::Auth),
        seal: mac(RootLabel::Seal),
    }))
}

fn a_thing_leaves_nothing(class: PasswordClass, root: u8, password: &'static str) {
    let (roots, of_root) = Roots::watched([root; 32]);
    let parse = || boxed(EnrollPassword::parse(password).unwrap());
    let (device, of_device) = apart(|| {
        let stretched = *stretch(class, &parse()).expose_bytes();
        let device = Device::thing(&roots, (id().template(), SERIAL), password, stretched);
        let watched = device.watch();
        (Box::new(device), watched)
    });

    let keys = boxed(keys(&roots));
    let template_key = boxed(keys.template_key(id().template()));
    let stretched = boxed(stretch(class, &parse()));
    let key = boxed(template_key.enroll_key(id().serial(), &stretched));
    let credentials = boxed(key.credentials(Epoch::FIRST));
    let text = boxed(credentials.connection_password().expose_text());
    assert_eq!(&**text, device.connection_text());
    let presented = boxed(ConnectionPassword::parse(&text).unwrap());
    let verifier = boxed(keys.auth().verifier(credentials.plug_id(), &presented));
    assert!(presented.matches(credentials.connection_password()));

    let nonce = SealNonce::from_random([9; SealNonce::LEN]);
    let sealed = SealedKey::seal(KeyVersion::FIRST, keys.seal(), nonce, &id(), &key).unwrap();
    let opened = boxed(sealed.open(keys.seal(), &id()).unwrap());
    assert!(opened.verifier().matches(&key.verifier()));

    drop((keys, template_key, stretched, key, credentials, text, presented, verifier, opened));
    assert_eq!((of_root.found(), of_device.found()), (vec![], vec![]));
}

#[test]
fn a_generated_password_leaves_nothing() {
    a_thing_leaves_nothing(PasswordClass::Generated, 0xa1, "mWz8yS3kQ0a1-Vt5xJrLpA");
}

#[test]
fn a_chosen_password_leaves_nothing() {
    a_thing_leaves_nothing(PasswordClass::Chosen, 0xa2, "correct horse battery staple");
}

#[test]
fn a_shared_password_leaves_nothing() {
    a_thing_leaves_nothing(PasswordClass::Shared, 0xa3, "the same for all of them");
}

#[test]
fn a_control_password_leaves_nothing() {
    let (roots, of_root) = Roots::watched([0xa4; 32]);
    let password = "who controls the Thing";
    let stretch = || {
        let password = boxed(ControlPassword::parse(password).unwrap());
        let stretching = PasswordClass::Chosen.stretching(cost(), &id(), password.expose_text());
        boxed(stretching.run(&mut StretchMemory::new()).unwrap())
    };
    let (device, of_device) = apart(|| {
        let stretched = *stretch().expose_bytes();
        let device = Device::controller(&roots, (id().template(), SERIAL), password, stretched);
        let watched = device.watch();
        (Box::new(device), watched)
    });

    let template_key = boxed(keys(&roots).template_key(id().template()));
    let key = boxed(template_key.control_key(id().serial(), &stretch()));
    let credentials = boxed(key.credentials(Ordinal::FIRST, Epoch::FIRST));
    let text = credentials.connection_password().expose_text();
    assert_eq!(&*text, device.connection_text());
    drop((template_key, key, credentials, text));
    assert_eq!((of_root.found(), of_device.found()), (vec![], vec![]));
}

#[test]
fn texts_that_are_refused_leave_nothing() {
    let texts =
        ["refused for its bell \u{7}", "refused, as it is no root key, nor is it 64 digits"];
    let watched = Watched::new(&texts.map(|text| (text, text.as_bytes())));
    for text in texts {
        assert!(RootKey::parse(text).is_err() && ConnectionPassword::parse(text).is_err());
        assert_eq!(EnrollPassword::parse(text).is_err(), text.contains('\u{7}'));
    }
    assert_eq!(watched.found(), []);
}
