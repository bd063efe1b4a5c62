//! Every secret of the device in the story.

use plugmint::{Epoch, RootKey, SerialId, TemplateDesign};
use plugmint_tests::{
    Canaries, control_secrets, controller_secret, of_hex, platform_secrets, thing_secrets_at,
};

/// A root key, as digits.
pub(crate) const ROOT_KEY: &str =
    "0badc0de5eedca9a21f00dbeef5ca1ab1ecab005eaf00dfacade0ff1cefe11ed";
/// The one that it is replaced by.
pub(crate) const NEXT_ROOT_KEY: &str =
    "feedfacecab1e5ca1edb0a5c0ffee5ded1ca7edf1eece0facade5eaf00d5c0de";
pub(crate) const ENROLL: &str = "canary-of-the-enroll-password";
pub(crate) const CONTROL: &str = "canary-of-the-control-password";
/// What somebody else was given.
pub(crate) const NEW_ENROLL: &str = "canary-of-a-new-enroll-password";
pub(crate) const NEW_CONTROL: &str = "canary-of-a-new-control-password";
/// What it was replaced by.
pub(crate) const LAST_ENROLL: &str = "canary-of-the-last-enroll-password";
pub(crate) const LAST_CONTROL: &str = "canary-of-the-last-control-password";
pub(crate) const OTHER_CONTROL: &str = "canary-of-another-control-password";
/// What a stranger tries.
pub(crate) const WRONG: &str = "canary-of-another-password";
pub(crate) const WRONG_CONNECTION: &str = "CanaryOfAStrangersPasswordABCDEF";

pub(crate) fn root_key() -> RootKey {
    RootKey::parse(ROOT_KEY).unwrap()
}

/// Everything that nobody may see of a device whose passwords are those above one after the other,
/// whatever becomes of it, and of who tries [`WRONG`]. Verifiers are no secrets: they are what a
/// store keeps.
pub(crate) fn of(id: &SerialId, design: &TemplateDesign) -> Canaries {
    let mut secrets = Canaries::default();
    secrets.note("password of a stranger", WRONG_CONNECTION.as_bytes());
    for root in [ROOT_KEY, NEXT_ROOT_KEY] {
        note_under(&of_hex(root), id, design, &mut secrets);
    }
    secrets
}

fn note_under(root: &[u8], id: &SerialId, design: &TemplateDesign, secrets: &mut Canaries) {
    let enroll = [ENROLL, NEW_ENROLL, LAST_ENROLL, WRONG].into_iter().flat_map(|password| {
        let at = |epoch| thing_secrets_at(root, id, design, password, Epoch::new(epoch));
        (0..=LAST_EPOCH).flat_map(at)
    });
    let control = [CONTROL, NEW_CONTROL, LAST_CONTROL, OTHER_CONTROL, ENROLL, LAST_ENROLL];
    let control =
        control.into_iter().flat_map(|password| control_secrets(root, id, design, password));
    for (name, secret) in platform_secrets(root).into_iter().chain(enroll).chain(control) {
        secrets.note(name, &secret);
    }
    let controllers = [CONTROL, OTHER_CONTROL].into_iter().flat_map(|password| {
        let of = |place| controller_secret(root, id, design, password, place);
        (0..=LAST_ORDINAL).flat_map(|ordinal| [(ordinal, 0), (ordinal, 1)]).map(of)
    });
    for (name, secret) in controllers {
        secrets.note(name, &secret);
    }
}

/// As far as the story goes.
const LAST_EPOCH: u32 = 6;
const LAST_ORDINAL: u32 = 6;
