//! The secrets of one device, computed as `docs/derivation.md` says and not by the core.

use std::thread;

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use plugmint_core::TemplateId;
use plugmint_freed::Watched;
use sha2::Sha256;
use sha2::block_api::compress256;

/// Computes what is looked for on a stack that ends with it: what is put into a block elsewhere
/// takes along what lies dead on its own. What is secret comes back in a block.
pub(crate) fn apart<T: Send>(compute: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(compute).join().unwrap())
}

/// What hangs on a root key alone.
pub(crate) struct Roots {
    root: [u8; 32],
    text: [u8; 64],
    enroll: [u8; 32],
    auth: [u8; 32],
    seal: [u8; 32],
    record: [u8; 32],
}

impl Roots {
    /// The secrets of this key, which are looked for.
    pub(crate) fn watched(root: [u8; 32]) -> (Box<Self>, Watched) {
        apart(|| {
            let roots = Box::new(Self::of(root));
            let watched = roots.watch();
            (roots, watched)
        })
    }

    fn of(root: [u8; 32]) -> Self {
        let mut text = [0; 64];
        base16ct::lower::encode(&root, &mut text).unwrap();
        let hangs = |label| mac(&root, label, &[]);
        Self {
            root,
            text,
            enroll: hangs("plugmint/v1/enroll"),
            auth: hangs("plugmint/v1/auth"),
            seal: hangs("plugmint/v1/seal"),
            record: hangs("plugmint/v1/record"),
        }
    }

    /// The 64 digits of the root key.
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.text).unwrap()
    }

    /// Looks for them; what a MAC was prepared with is as good as its key.
    fn watch(&self) -> Watched {
        let keys = [&self.root, &self.enroll, &self.auth, &self.record];
        let [root, enroll, auth, record] = keys.map(prepared);
        Watched::new(&[
            ("root key", &self.root),
            ("root key as text", &self.text),
            ("enroll root", &self.enroll),
            ("auth root", &self.auth),
            ("seal root", &self.seal),
            ("record root", &self.record),
            ("prepared root key, inside", &root[0]),
            ("prepared root key, outside", &root[1]),
            ("prepared enroll root, inside", &enroll[0]),
            ("prepared enroll root, outside", &enroll[1]),
            ("prepared auth root, inside", &auth[0]),
            ("prepared auth root, outside", &auth[1]),
            ("prepared record root, inside", &record[0]),
            ("prepared record root, outside", &record[1]),
        ])
    }
}

/// What a device's password comes to.
pub(crate) struct Device {
    password: &'static str,
    stretched: [u8; 32],
    template_key: [u8; 32],
    key: [u8; 32],
    connection_password: [u8; 24],
    connection_text: [u8; 32],
}

impl Device {
    /// The secrets of a Thing at its first epoch.
    pub(crate) fn thing(
        roots: &Roots,
        place: (&TemplateId, &str),
        password: &'static str,
        stretched: [u8; 32],
    ) -> Self {
        Self::thing_at(0, roots, place, password, stretched)
    }

    /// The secrets of a Thing at that epoch.
    pub(crate) fn thing_at(
        epoch: u32,
        roots: &Roots,
        (template, serial): (&TemplateId, &str),
        password: &'static str,
        stretched: [u8; 32],
    ) -> Self {
        let template_key = template_key(roots, template);
        let key = mac(&template_key, "plugmint/v1/enroll-key", &[serial.as_bytes(), &stretched]);
        let connection = mac(&key, "plugmint/v1/connection-password", &[&epoch.to_be_bytes()]);
        Self::of(password, stretched, template_key, key, connection)
    }

    /// The secrets of a Thing's first Controller.
    pub(crate) fn controller(
        roots: &Roots,
        place: (&TemplateId, &str),
        password: &'static str,
        stretched: [u8; 32],
    ) -> Self {
        Self::controller_at((0, 0), roots, place, password, stretched)
    }

    /// The secrets of a Controller of that ordinal at that epoch.
    pub(crate) fn controller_at(
        (ordinal, epoch): (u32, u32),
        roots: &Roots,
        (template, serial): (&TemplateId, &str),
        password: &'static str,
        stretched: [u8; 32],
    ) -> Self {
        let template_key = template_key(roots, template);
        let key = mac(&template_key, "plugmint/v1/control-key", &[serial.as_bytes(), &stretched]);
        let (ordinal, epoch) = (ordinal.to_be_bytes(), epoch.to_be_bytes());
        let connection = mac(&key, "plugmint/v1/controller-password", &[&ordinal, &epoch]);
        Self::of(password, stretched, template_key, key, connection)
    }

    fn of(
        password: &'static str,
        stretched: [u8; 32],
        template_key: [u8; 32],
        key: [u8; 32],
        connection: [u8; 32],
    ) -> Self {
        let connection_password = *connection.first_chunk().unwrap();
        let mut connection_text = [0; 32];
        Base64UrlUnpadded::encode(&connection_password, &mut connection_text).unwrap();
        Self { password, stretched, template_key, key, connection_password, connection_text }
    }

    /// The 32 characters that it connects with.
    pub(crate) fn connection_text(&self) -> &str {
        str::from_utf8(&self.connection_text).unwrap()
    }

    /// Looks for them.
    pub(crate) fn watch(&self) -> Watched {
        let [template_key, key] = [&self.template_key, &self.key].map(prepared);
        Watched::new(&[
            ("password", self.password.as_bytes()),
            ("stretched password", &self.stretched),
            ("template key", &self.template_key),
            ("prepared template key, inside", &template_key[0]),
            ("prepared template key, outside", &template_key[1]),
            ("key", &self.key),
            ("prepared key, inside", &key[0]),
            ("prepared key, outside", &key[1]),
            ("connection password", &self.connection_password),
            ("connection password as text", &self.connection_text),
        ])
    }

    /// Looks for what another epoch changes.
    pub(crate) fn watch_connection(&self) -> Watched {
        Watched::new(&[
            ("connection password", &self.connection_password),
            ("connection password as text", &self.connection_text),
        ])
    }

    /// Looks for what comes of a password that is looked at as the other one.
    pub(crate) fn watch_key(&self) -> Watched {
        let [inside, outside] = prepared(&self.key);
        Watched::new(&[
            ("stretched password", &self.stretched),
            ("key", &self.key),
            ("prepared key, inside", &inside),
            ("prepared key, outside", &outside),
        ])
    }
}

fn template_key(roots: &Roots, template: &TemplateId) -> [u8; 32] {
    mac(&roots.enroll, "plugmint/v1/template-key", &[template.body()])
}

/// `mac(key, msg(label, fields...))`.
fn mac(key: &[u8; 32], label: &str, fields: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for field in [label.as_bytes()].iter().chain(fields) {
        mac.update(&u32::try_from(field.len()).unwrap().to_be_bytes());
        mac.update(field);
    }
    mac.finalize().into_bytes().into()
}

/// The states of SHA-256, as they lie in memory, behind the inner and the outer block of a key.
fn prepared(key: &[u8; 32]) -> [[u8; 32]; 2] {
    [0x36, 0x5c].map(|pad| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        let mut state = SHA_256;
        compress256(&mut state, &[block]);
        let mut bytes = [0; 32];
        let words = state.iter().flat_map(|word| word.to_ne_bytes());
        bytes.iter_mut().zip(words).for_each(|(to, from)| *to = from);
        bytes
    })
}

/// Where SHA-256 begins.
const SHA_256: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];
