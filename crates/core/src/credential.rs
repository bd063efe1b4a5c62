//! What authentication reads: one record for each Plug-ID.

use std::fmt;

use serde::Serialize;

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::derivation::AuthVerifier;
use crate::lifecycle::{Identity, Mark, Registration};
use crate::serial_number::SerialText;
use crate::{KeyVersion, PlugId, SerialId, TemplateId};

/// Who a Plug-ID belongs to and whether its password opens anything: a projection of the serial's
/// record, kept under the Plug-ID so that connecting takes one look-up.
///
/// It holds a verifier only while the device may connect. Decoding one allocates nothing.
#[derive(Clone, Debug)]
pub struct Credential {
    plug_id: PlugId,
    id: SerialId,
    key_version: KeyVersion,
    standing: Standing<AuthVerifier>,
}

/// What a connection comes to, with a verifier where it may come to something.
#[derive(Clone, Debug)]
enum Standing<V> {
    /// The first connection activates the device.
    Enrolled(V),
    /// A connection changes nothing.
    Activated(V),
    /// No connection until the device is enabled.
    Disabled,
    /// No connection ever.
    Retired,
}

impl Credential {
    pub(crate) fn of_enrolled(
        id: SerialId,
        registration: &Registration,
        identity: &Identity,
    ) -> Self {
        Self::of_living(id, registration, identity, Standing::Enrolled)
    }

    pub(crate) fn of_activated(
        id: SerialId,
        registration: &Registration,
        identity: &Identity,
    ) -> Self {
        Self::of_living(id, registration, identity, Standing::Activated)
    }

    pub(crate) const fn of_retired(id: SerialId, key_version: KeyVersion, plug_id: PlugId) -> Self {
        Self { plug_id, id, key_version, standing: Standing::Retired }
    }

    fn of_living(
        id: SerialId,
        registration: &Registration,
        identity: &Identity,
        standing: fn(AuthVerifier) -> Standing<AuthVerifier>,
    ) -> Self {
        Self {
            plug_id: *identity.plug_id(),
            id,
            key_version: registration.key_version(),
            standing: match registration.mark() {
                Mark::Enabled => standing(identity.auth_verifier().clone()),
                Mark::Disabled => Standing::Disabled,
            },
        }
    }

    /// The Plug-ID that it stands under.
    #[must_use]
    pub const fn plug_id(&self) -> &PlugId {
        &self.plug_id
    }

    /// Whose it is.
    #[must_use]
    pub const fn id(&self) -> &SerialId {
        &self.id
    }

    /// Which `auth_root` its verifier hangs on.
    #[must_use]
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }
}

/// Shows whose it is, and not what lies in it.
impl fmt::Debug for CredentialView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialView")
            .field("plug_id", &self.plug_id)
            .field("id", &self.id())
            .field("key_version", &self.key_version)
            .finish_non_exhaustive()
    }
}

impl Credential {
    /// What a connection with a password that comes to `presented` is worth; constant time.
    pub fn admit(&self, presented: &AuthVerifier) -> Admission<'_> {
        let standing = match &self.standing {
            Standing::Enrolled(verifier) => Standing::Enrolled(verifier.expose_bytes()),
            Standing::Activated(verifier) => Standing::Activated(verifier.expose_bytes()),
            Standing::Disabled => Standing::Disabled,
            Standing::Retired => Standing::Retired,
        };
        let Self { plug_id, key_version, .. } = *self;
        let (template, serial) = (*self.id.template(), self.id.serial().into());
        CredentialView { plug_id, template, serial, key_version, standing }.admit(presented)
    }

    /// Its canonical bytes, without the Plug-ID: that is the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.u32(self.key_version.number());
        encoder.fixed(self.id.template().body());
        encoder.text(self.id.serial().as_str());
        match &self.standing {
            Standing::Enrolled(verifier) => {
                encoder.u8(0);
                encoder.fixed(verifier.expose_bytes());
            }
            Standing::Activated(verifier) => {
                encoder.u8(1);
                encoder.fixed(verifier.expose_bytes());
            }
            Standing::Disabled => encoder.u8(2),
            Standing::Retired => encoder.u8(3),
        }
        encoder.finish()
    }

    /// The credential of a Plug-ID from its canonical bytes. Allocates nothing.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Credential::encode`] does not write.
    pub fn decode(plug_id: PlugId, bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let view = CredentialView::decode(plug_id, bytes)?;
        let (id, key_version, standing) = (view.id(), view.key_version, view.standing);
        let verifier = |bytes: &[u8; 32]| AuthVerifier::from_parts(*bytes);
        let standing = match standing {
            Standing::Enrolled(stored) => Standing::Enrolled(verifier(stored)),
            Standing::Activated(stored) => Standing::Activated(verifier(stored)),
            Standing::Disabled => Standing::Disabled,
            Standing::Retired => Standing::Retired,
        };
        Ok(Self { plug_id, id, key_version, standing })
    }
}

/// A [`Credential`] as it lies in its record, for the path that every connection takes: nothing is
/// allocated, and no verifier is copied.
pub struct CredentialView<'a> {
    plug_id: PlugId,
    template: TemplateId,
    serial: SerialText<'a>,
    key_version: KeyVersion,
    standing: Standing<&'a [u8; 32]>,
}

impl<'a> CredentialView<'a> {
    /// The credential of a Plug-ID from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Credential::encode`] does not write.
    pub fn decode(plug_id: PlugId, bytes: &'a [u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("credential", VERSION, bytes)?;
        let credential = Self {
            plug_id,
            key_version: decoder.key_version()?,
            template: decoder.template()?,
            serial: decoder.serial()?,
            standing: match decoder.u8("standing")? {
                0 => Standing::Enrolled(decoder.fixed_ref("auth verifier")?),
                1 => Standing::Activated(decoder.fixed_ref("auth verifier")?),
                2 => Standing::Disabled,
                3 => Standing::Retired,
                _ => return Err(decoder.invalid("standing")),
            },
        };
        decoder.finish()?;
        Ok(credential)
    }

    /// Which `auth_root` its verifier hangs on.
    #[must_use]
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }

    fn id(&self) -> SerialId {
        SerialId::new(self.template, self.serial.into())
    }

    /// What a connection with a password that comes to `presented` is worth; constant time.
    pub fn admit(&self, presented: &AuthVerifier) -> Admission<'a> {
        // There is always one comparison.
        let stored = match &self.standing {
            Standing::Enrolled(stored) | Standing::Activated(stored) => stored,
            Standing::Disabled | Standing::Retired => &NOBODY,
        };
        let is_proven = presented.matches_stored(stored);
        let Self { plug_id, template, serial, .. } = *self;
        let proven = Proven { plug_id, template, serial };
        match &self.standing {
            Standing::Enrolled(_) if is_proven => Admission::Activates(proven),
            Standing::Activated(_) if is_proven => Admission::Admitted(proven),
            Standing::Enrolled(_)
            | Standing::Activated(_)
            | Standing::Disabled
            | Standing::Retired => Admission::Refused,
        }
    }
}

/// What a presented password is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a driver must know what to do with each")]
pub enum Admission<'a> {
    /// It is the right one and was used before.
    Admitted(Proven<'a>),
    /// It is the right one and is used for the first time: the device must be activated first.
    Activates(Proven<'a>),
    /// It opens nothing.
    Refused,
}

/// Who has proven a connection password, as far as the record says: small, until it is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Proven<'a> {
    plug_id: PlugId,
    template: TemplateId,
    serial: SerialText<'a>,
}

impl Proven<'_> {
    /// Who it is.
    #[must_use]
    pub fn principal(&self) -> Principal {
        let id = SerialId::new(self.template, self.serial.into());
        Principal { plug_id: self.plug_id, kind: PrincipalKind::Thing, id }
    }
}

/// Who has connected.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Principal {
    plug_id: PlugId,
    kind: PrincipalKind,
    #[serde(flatten)]
    id: SerialId,
}

impl Principal {
    /// What it is called.
    #[must_use]
    pub const fn plug_id(&self) -> &PlugId {
        &self.plug_id
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// Its template and serial number.
    #[must_use]
    pub const fn id(&self) -> &SerialId {
        &self.id
    }
}

/// What a [`Principal`] is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PrincipalKind {
    /// A device that was made with a serial number.
    Thing,
}

/// What nobody's password comes to.
const NOBODY: &[u8; 32] = &[0; 32];

const VERSION: u8 = 1;
