//! A credential as it lies in its record, and what a presented password is worth.

use std::fmt;

use crate::codec::{Decoder, InvalidRecord};
use crate::derivation::AuthVerifier;
use crate::serial_number::SerialText;
use crate::{
    KeyVersion, PlugId, Principal, PrincipalKind, ProvenBy, SerialId, TemplateId, UnixMillis,
};

use super::{Standing, VERSION};

/// A [`Credential`](super::Credential) as it lies in its record, for the path that every connection
/// takes: nothing is allocated, and no verifier is copied.
pub struct CredentialView<'a> {
    pub(super) plug_id: PlugId,
    pub(super) template: TemplateId,
    pub(super) serial: SerialText<'a>,
    pub(super) kind: PrincipalKind,
    pub(super) key_version: KeyVersion,
    pub(super) standing: Standing<&'a [u8; 32]>,
}

impl<'a> CredentialView<'a> {
    /// The credential of a Plug-ID from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Credential::encode`](super::Credential::encode) does not
    /// write.
    pub fn decode(plug_id: PlugId, bytes: &'a [u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("credential", VERSION, bytes)?;
        let credential = Self {
            plug_id,
            key_version: decoder.key_version()?,
            template: decoder.template()?,
            serial: decoder.serial()?,
            kind: match decoder.u8("kind")? {
                0 => PrincipalKind::Thing,
                1 => PrincipalKind::Controller { ordinal: decoder.ordinal("ordinal")? },
                _ => return Err(decoder.invalid("kind")),
            },
            standing: match decoder.u8("standing")? {
                0 => Standing::Closed,
                1 => Standing::Enrolled(decoder.fixed_ref("auth verifier")?, None),
                2 => Standing::Activated(decoder.fixed_ref("auth verifier")?),
                3 => Standing::Enrolled(
                    decoder.fixed_ref("auth verifier")?,
                    Some((decoder.fixed_ref("overlap")?, decoder.time("overlap")?)),
                ),
                4 => Standing::Overlap(decoder.fixed_ref("overlap")?, decoder.time("overlap")?),
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

    pub(super) fn id(&self) -> SerialId {
        SerialId::new(self.template, self.serial.into())
    }

    /// What a connection with a password that comes to `presented` is worth; constant time.
    pub fn admit(&self, presented: &AuthVerifier) -> Admission<'a> {
        // There are always two comparisons.
        let (current, former) = self.standing.passwords();
        let is_current = presented.matches_stored(current.copied().unwrap_or(NOBODY));
        let is_former = presented.matches_stored(former.map_or(NOBODY, |(former, _)| former));
        let Self { plug_id, template, serial, kind, .. } = *self;
        let proven = Proven { plug_id, template, serial, kind };
        let overlap =
            former.filter(|_| is_former).map(|(_, until)| ProvenInOverlap { proven, until });
        match &self.standing {
            Standing::Enrolled(..) if is_current => Admission::Activates(proven),
            Standing::Activated(_) if is_current => Admission::Admitted(proven),
            Standing::Closed
            | Standing::Enrolled(..)
            | Standing::Activated(_)
            | Standing::Overlap(..) => overlap.map_or(Admission::Refused, Admission::Overlap),
        }
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

/// What a presented password is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a driver must know what to do with each")]
pub enum Admission<'a> {
    /// It is the right one and was used before.
    Admitted(Proven<'a>),
    /// It is the right one and is used for the first time: the device must be activated first.
    Activates(Proven<'a>),
    /// It is the one of before, which connects while its overlap runs.
    Overlap(ProvenInOverlap<'a>),
    /// It opens nothing.
    Refused,
}

/// Who has proven a connection password, as far as the record says: small, until it is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Proven<'a> {
    plug_id: PlugId,
    template: TemplateId,
    serial: SerialText<'a>,
    kind: PrincipalKind,
}

impl Proven<'_> {
    /// Who it is.
    #[must_use]
    pub fn principal(&self) -> Principal {
        self.by(ProvenBy::Current)
    }

    fn by(&self, proven_by: ProvenBy) -> Principal {
        let id = SerialId::new(self.template, self.serial.into());
        Principal::new(self.plug_id, self.kind, proven_by, id)
    }
}

/// Who has proven the connection password of before: somebody while its time is not up, and nobody
/// after.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ProvenInOverlap<'a> {
    proven: Proven<'a>,
    until: UnixMillis,
}

impl ProvenInOverlap<'_> {
    /// Who it is at that time.
    #[must_use]
    pub fn principal(&self, at: UnixMillis) -> Option<Principal> {
        let until = self.until;
        (at < until).then(|| self.proven.by(ProvenBy::Overlap { until }))
    }
}

/// What nobody's password comes to.
const NOBODY: &[u8; 32] = &[0; 32];
