//! From root keys, stretched passwords and connection passwords to credentials and verifiers.
//!
//! Where a case has a root key that is not secret, what it finds to be secret can be so only
//! through the password.

use plugmint_core::derivation::{
    PasswordText, PlatformKeys, PlatformRoots, RootKey, RootLabel, RootMac, Stretching,
};
use plugmint_core::{Argon2Cost, Credentials, Epoch, Ordinal, PasswordClass, PlugId};

use crate::memcheck::{is_public, is_secret, public, secret};
use crate::scene::{connection_password, id, root_key, stretched, template_key};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("root-key/macs", root_key_macs),
    Case::path("root-key/of-a-key-service", root_key_of_a_key_service),
    Case::path("stretched/generated", stretched_generated),
    Case::path("stretched/chosen-becomes-a-job", stretched_chosen_becomes_a_job),
    Case::path("enroll-key/verifier", enroll_key_verifier),
    Case::path("enroll-key/credentials", enroll_key_credentials),
    Case::path("control-key/verifier", control_key_verifier),
    Case::path("control-key/credentials", control_key_credentials),
    Case::path("connection-password/auth-verifier", auth_verifier),
];

fn root_key_macs() {
    for label in [
        RootLabel::Enroll,
        RootLabel::Auth,
        RootLabel::Seal,
        RootLabel::Record,
        RootLabel::Token,
        RootLabel::KeyCheck,
    ] {
        assert!(is_secret(root_key().mac(label).expose_bytes()));
    }
    let check = root_key().mac(RootLabel::KeyCheck).into_key_check().encode();
    assert!(is_secret(&check[1..33]) && is_public(&check[33..]));
}

fn root_key_of_a_key_service() {
    let answer = |byte| RootMac::from_service(&mut secret([byte; 32]));
    let roots = PlatformRoots { enroll: answer(1), auth: answer(2), seal: answer(3) };
    let template_key = PlatformKeys::new(&roots).template_key(id().template());
    let key = template_key.enroll_key(id().serial(), &public(stretched(PASSWORD)));
    assert!(is_secret(key.verifier().expose_bytes()));
}

fn stretched_generated() {
    let password = secret(*b"mWz8yS3kQ0a1-Vt5xJrLpA");
    let Stretching::Done(stretched) = stretching(PasswordClass::Generated, &password) else {
        panic!("a job")
    };
    assert!(is_secret(stretched.expose_bytes()));
}

fn stretched_chosen_becomes_a_job() {
    let password = secret(*b"correct horse");
    assert!(matches!(stretching(PasswordClass::Chosen, &password), Stretching::Slow(_)));
}

fn enroll_key_verifier() {
    let key = public_keys().template_key(id().template());
    let key = key.enroll_key(id().serial(), &stretched(PASSWORD));
    assert!(is_secret(key.verifier().expose_bytes()));
}

fn enroll_key_credentials() {
    let key = public_keys().template_key(id().template());
    let key = key.enroll_key(id().serial(), &stretched(PASSWORD));
    assert!(is_secret(key.plug_id().body()));
    are_given_out(&key.credentials(Epoch::new(7)));
}

fn control_key_verifier() {
    let key = public_keys().template_key(id().template());
    let key = key.control_key(id().serial(), &stretched(PASSWORD));
    assert!(is_secret(key.verifier().expose_bytes()));
}

fn control_key_credentials() {
    let key = template_key().control_key(id().serial(), &stretched(PASSWORD));
    are_given_out(&key.credentials(Ordinal::FIRST, Epoch::FIRST));
}

fn auth_verifier() {
    let plug_id: PlugId = "dev-5df33c34404ac04370e5c60e".parse().unwrap();
    let password = connection_password("wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn");
    assert!(is_secret(public_keys().auth().verifier(&plug_id, &password).expose_bytes()));
}

fn are_given_out(credentials: &Credentials) {
    // A Plug-ID is a name: it is printed and sent in clear from its first use on.
    let plug_id = public(*credentials.plug_id());
    assert!(plug_id.to_string().starts_with("dev-"));
    let verifier = public_keys().auth().verifier(&plug_id, credentials.connection_password());
    assert!(is_secret(verifier.expose_bytes()));
}

fn public_keys() -> PlatformKeys {
    PlatformKeys::of_root(&RootKey::from_random(&mut [0x5a; 32]))
}

fn stretching(class: PasswordClass, password: &[u8]) -> Stretching {
    class.stretching(Argon2Cost::DEFAULT, &id(), PasswordText::of_any(password).unwrap())
}

const PASSWORD: &str = "mWz8yS3kQ0a1-Vt5xJrLpA";
