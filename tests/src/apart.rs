//! Every secret of a device, computed apart from plugmint's own derivation.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use plugmint::{Epoch, PasswordClass, SerialId, TemplateDesign};
use sha2::{Digest, Sha256};

/// A secret and what it is.
pub type Named = (&'static str, Vec<u8>);

/// The root key and the keys under it that never leave the platform.
#[must_use]
pub fn platform_secrets(root: &[u8]) -> Vec<Named> {
    let under = ["enroll", "auth", "seal", "record", "token"];
    let keys = under.map(|label| {
        ("key under the root key", mac(root, &format!("plugmint/v1/{label}"), &[]).to_vec())
    });
    [("root key", root.to_vec())].into_iter().chain(keys).collect()
}

/// What follows from the enroll password of a device at its first epoch.
#[must_use]
pub fn thing_secrets(
    root: &[u8],
    id: &SerialId,
    design: &TemplateDesign,
    password: &str,
) -> Vec<Named> {
    thing_secrets_at(root, id, design, password, Epoch::FIRST)
}

/// What follows from the enroll password of a device at that epoch.
#[must_use]
pub fn thing_secrets_at(
    root: &[u8],
    id: &SerialId,
    design: &TemplateDesign,
    password: &str,
    epoch: Epoch,
) -> Vec<Named> {
    let class = design.password_class();
    let (stretched, key) = keyed(root, id, design, class, ("enroll-key", password));
    let epoch = epoch.number().to_be_bytes();
    let connection = mac(&key, "plugmint/v1/connection-password", &[&epoch]);
    vec![
        ("enroll password", password.into()),
        ("template key", template_key(root, id).to_vec()),
        ("stretched enroll password", stretched.to_vec()),
        ("enroll key", key.to_vec()),
        ("connection password", connection[..24].to_vec()),
    ]
}

/// What follows from the control password of a device.
#[must_use]
pub fn control_secrets(
    root: &[u8],
    id: &SerialId,
    design: &TemplateDesign,
    password: &str,
) -> Vec<Named> {
    let class = design.control_class().class();
    let (stretched, key) = keyed(root, id, design, class, ("control-key", password));
    vec![
        ("control password", password.into()),
        ("stretched control password", stretched.to_vec()),
        ("control key", key.to_vec()),
    ]
}

/// The connection password of a Controller at that epoch.
#[must_use]
pub fn controller_secret(
    root: &[u8],
    id: &SerialId,
    design: &TemplateDesign,
    password: &str,
    (ordinal, epoch): (u32, u32),
) -> Named {
    let class = design.control_class().class();
    let (_, key) = keyed(root, id, design, class, ("control-key", password));
    let place = [ordinal.to_be_bytes(), epoch.to_be_bytes()];
    let connection = mac(&key, "plugmint/v1/controller-password", &[&place[0], &place[1]]);
    ("connection password of a controller", connection[..24].to_vec())
}

fn template_key(root: &[u8], id: &SerialId) -> [u8; 32] {
    let enroll_root = mac(root, "plugmint/v1/enroll", &[]);
    mac(&enroll_root, "plugmint/v1/template-key", &[id.template().body()])
}

fn keyed(
    root: &[u8],
    id: &SerialId,
    design: &TemplateDesign,
    class: PasswordClass,
    (label, password): (&str, &str),
) -> ([u8; 32], [u8; 32]) {
    let (template, serial) = (id.template().body().as_slice(), id.serial().as_bytes());
    let salt = |fields: &[&[u8]]| Sha256::digest(msg("plugmint/v1/salt", fields));
    let stretched = match class {
        PasswordClass::Chosen => argon2id(password, &salt(&[template, serial])[..16], design),
        PasswordClass::Shared => argon2id(password, &salt(&[template])[..16], design),
        PasswordClass::Generated => {
            Sha256::digest(msg("plugmint/v1/generated", &[password.as_bytes()])).into()
        }
    };
    let label = format!("plugmint/v1/{label}");
    (stretched, mac(&template_key(root, id), &label, &[serial, &stretched]))
}

fn argon2id(password: &str, salt: &[u8], design: &TemplateDesign) -> [u8; 32] {
    let cost = design.argon2();
    let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(32)).unwrap();
    let (mut stretched, mut blocks) = ([0; 32], vec![Block::new(); params.block_count()]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut stretched, &mut blocks)
        .unwrap();
    stretched
}

fn mac(key: &[u8], label: &str, fields: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(&msg(label, fields));
    mac.finalize().into_bytes().into()
}

fn msg(label: &str, fields: &[&[u8]]) -> Vec<u8> {
    let all = std::iter::once(label.as_bytes()).chain(fields.iter().copied());
    all.flat_map(|field| [&u32::try_from(field.len()).unwrap().to_be_bytes(), field].concat())
        .collect()
}
