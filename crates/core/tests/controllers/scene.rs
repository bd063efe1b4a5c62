//! Two serials, the passwords that they may have, and what these come to.

use plugmint_core::controller::{ControllerRequest, DeviceName};
use plugmint_core::derivation::{
    AuthVerifier, ControlKey, EnrollKey, PasswordText, PlatformKeys, RootKey, StretchMemory,
    Stretched,
};
use plugmint_core::lifecycle::{Offered, Renewal};
use plugmint_core::{
    Actor, Argon2Cost, Author, Epoch, KeyVersion, Ordinal, PasswordClass, SerialId, UnixMillis,
};

/// The Thing that most is about, and another one.
pub(crate) const LAMP: usize = 0;
pub(crate) const GATE: usize = 1;

/// The enroll password and the control password that both are registered with, and others.
pub(crate) const ENROLL: &str = "password-a";
pub(crate) const CONTROL: &str = "password-b";
pub(crate) const NEW_ENROLL: &str = "password-c";
pub(crate) const NEW_CONTROL: &str = "password-d";
pub(crate) const WRONG: &str = "password-e";

pub(crate) fn id(of: usize) -> SerialId {
    let serial = ["LAMP-1", "GATE-1"][of];
    SerialId::new("mod-5c66bc451866d3c62ba0b904".parse().unwrap(), serial.parse().unwrap())
}

/// The keys of the root key with that version.
pub(crate) fn keys(version: KeyVersion) -> PlatformKeys {
    let digits = format!("{:02x}", version.number());
    PlatformKeys::of_root(&RootKey::parse(&digits.repeat(32)).unwrap())
}

fn stretched(of: usize, password: &str) -> Stretched {
    let text = PasswordText::of_any(password.as_bytes()).unwrap();
    PasswordClass::Generated
        .stretching(Argon2Cost::DEFAULT, &id(of), text)
        .run(&mut StretchMemory::new())
        .unwrap()
}

pub(crate) fn enroll_key(of: usize, version: KeyVersion, password: &str) -> EnrollKey {
    let template = keys(version).template_key(id(of).template());
    template.enroll_key(id(of).serial(), &stretched(of, password))
}

pub(crate) fn control_key(of: usize, version: KeyVersion, password: &str) -> ControlKey {
    let template = keys(version).template_key(id(of).template());
    template.control_key(id(of).serial(), &stretched(of, password))
}

/// What proves the connection password of the lamp's Controller with that ordinal, at that epoch,
/// under the control password that it was registered with.
pub(crate) fn password_of(ordinal: Ordinal, epoch: u32) -> AuthVerifier {
    let version = KeyVersion::FIRST;
    let credentials = control_key(LAMP, version, CONTROL).credentials(ordinal, Epoch::new(epoch));
    keys(version).auth().verifier_of(&credentials)
}

/// What new passwords come to as they are held against those of a key version.
pub(crate) fn offered(
    of: usize,
    version: KeyVersion,
    enroll: &str,
    control: Option<&str>,
) -> Offered {
    let both = |text: &str| {
        (enroll_key(of, version, text).verifier(), control_key(of, version, text).verifier())
    };
    let (as_enroll, as_control) = both(enroll);
    let offered = Offered::new(as_enroll, as_control);
    match control.map(both) {
        Some((as_enroll, as_control)) => offered.with_control(as_control, as_enroll),
        None => offered,
    }
}

/// What new passwords come to as they are kept under a key version.
pub(crate) fn renewal(
    of: usize,
    version: KeyVersion,
    enroll: &str,
    control: Option<&str>,
) -> Renewal {
    let control = control.map(|control| control_key(of, version, control).verifier());
    Renewal::new(version, enroll_key(of, version, enroll).verifier(), control, None)
}

/// A Controller with an own serial number and a name.
pub(crate) fn known_as(own_serial: &str) -> ControllerRequest {
    let name = DeviceName::parse(&format!("The phone {own_serial}")).unwrap();
    ControllerRequest::new().with_own_serial(own_serial.parse().unwrap()).with_name(name)
}

pub(crate) fn operator() -> Author {
    Author::Operator(Actor::parse("ada").unwrap())
}

pub(crate) fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis)
}

pub(crate) fn second_version() -> KeyVersion {
    KeyVersion::new(2).unwrap()
}
