//! What devices have in their lives, computed apart.

use plugmint::testing::root_key;
use plugmint::{ControlPassword, Credentials, Epoch, ProductionTemplate, UnixMillis};
use plugmint_core::derivation::{PlatformKeys, StretchMemory};

use crate::{Scene, enroll_password, generated_password, watch};

use super::device_id;

/// Under whose passwords a device is: those of the factory, of its first owner or of its second.
pub(crate) type Owner = u32;

/// Whose connection passwords a device has in its life, and at which epochs; the first was never
/// given to anybody.
pub(crate) const PASSWORDS: [(Owner, u32); 6] = [(0, 0), (1, 1), (1, 2), (1, 3), (2, 4), (2, 5)];

/// What a device is told, computed apart.
pub(crate) fn credentials(
    template: &ProductionTemplate,
    number: u32,
    owner: Owner,
    epoch: u32,
) -> Credentials {
    let (id, design) = (device_id(template, number), template.design());
    let password = enroll_password(&password(number, owner));
    let class = design.password_class();
    let stretching = class.stretching(design.argon2(), &id, password.expose_text());
    let stretched = stretching.run(&mut StretchMemory::new()).unwrap();
    let template_key = PlatformKeys::of_root(&root_key()).template_key(id.template());
    template_key.enroll_key(id.serial(), &stretched).credentials(Epoch::new(epoch))
}

pub(crate) fn password(number: u32, owner: Owner) -> String {
    generated_password(number + owner * FURTHER)
}

pub(super) fn same(told: &Credentials, expected: &Credentials) -> bool {
    let text = |of: &Credentials| of.connection_password().expose_text().to_string();
    told.plug_id() == expected.plug_id() && text(told) == text(expected)
}

pub(super) fn control_password(number: u32) -> ControlPassword {
    let text = generated_password(number + 3 * FURTHER);
    watch("control password", text.as_bytes());
    ControlPassword::parse(&text).unwrap()
}

/// An hour after the clock of every scene begins.
pub(super) fn overlap_until(scene: &Scene) -> UnixMillis {
    UnixMillis::new(scene.clock.time().millis() + 3_600_000)
}

/// More than there are devices.
pub(super) const FURTHER: u32 = 1_000_000;
