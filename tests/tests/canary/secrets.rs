//! Every secret of the device in the story.

use plugmint::{RootKey, SerialId, TemplateDesign};
use plugmint_tests::{Canaries, control_secrets, of_hex, platform_secrets, thing_secrets};

/// A root key, as digits.
pub(crate) const ROOT_KEY: &str =
    "0badc0de5eedca9a21f00dbeef5ca1ab1ecab005eaf00dfacade0ff1cefe11ed";
pub(crate) const ENROLL: &str = "canary-of-the-enroll-password";
pub(crate) const CONTROL: &str = "canary-of-the-control-password";
/// What a stranger tries.
pub(crate) const WRONG: &str = "canary-of-another-password";
pub(crate) const WRONG_CONNECTION: &str = "CanaryOfAStrangersPasswordABCDEF";

pub(crate) fn root_key() -> RootKey {
    RootKey::parse(ROOT_KEY).unwrap()
}

/// Everything that nobody may see of the device with [`ENROLL`] and [`CONTROL`], whatever becomes of
/// it, and of who tries [`WRONG`]. Verifiers are no secrets: they are what a store keeps.
pub(crate) fn of(id: &SerialId, design: &TemplateDesign) -> Canaries {
    let root = of_hex(ROOT_KEY);
    let mut secrets = Canaries::default();
    secrets.note("password of a stranger", WRONG_CONNECTION.as_bytes());
    let all = [
        platform_secrets(&root),
        thing_secrets(&root, id, design, ENROLL),
        thing_secrets(&root, id, design, WRONG),
        control_secrets(&root, id, design, CONTROL),
    ];
    for (name, secret) in all.into_iter().flatten() {
        secrets.note(name, &secret);
    }
    secrets
}
