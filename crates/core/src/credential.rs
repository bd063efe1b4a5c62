//! What authentication reads: one record for each Plug-ID.

mod view;

use crate::codec::{Encoder, InvalidRecord};
use crate::controller::{Controller, ControllerStage};
use crate::derivation::AuthVerifier;
use crate::lifecycle::{Activated, Enrolled, Former, Mark, Overlap, Registration};
use crate::{KeyVersion, Ordinal, PlugId, PrincipalKind, SerialId, UnixMillis};

pub use view::{Admission, CredentialView, Proven, ProvenInOverlap};

/// Who a Plug-ID belongs to and what its passwords open: a projection of the serial's record, kept
/// under the Plug-ID so that connecting takes one look-up.
///
/// It holds a verifier only while a password may connect. Decoding one allocates nothing.
#[derive(Clone, Debug)]
pub struct Credential {
    plug_id: PlugId,
    id: SerialId,
    kind: PrincipalKind,
    key_version: KeyVersion,
    standing: Standing<AuthVerifier>,
}

/// What a connection comes to, with a verifier for each password that may come to something.
#[derive(Clone, Debug)]
enum Standing<V> {
    /// No password opens it: it is disabled, must enroll again, or is over.
    Closed,
    /// The first connection activates the device; that of before may go on until then.
    Enrolled(V, Option<(V, UnixMillis)>),
    /// A connection changes nothing.
    Activated(V),
    /// The device must enroll again, and its password of before goes on.
    Overlap(V, UnixMillis),
}

impl<V> Standing<V> {
    /// The same standing with what `f` makes of its verifiers.
    fn map<W>(&self, f: impl Fn(&V) -> W) -> Standing<W> {
        match self {
            Self::Closed => Standing::Closed,
            Self::Enrolled(new, former) => Standing::Enrolled(
                f(new),
                former.as_ref().map(|(former, until)| (f(former), *until)),
            ),
            Self::Activated(verifier) => Standing::Activated(f(verifier)),
            Self::Overlap(former, until) => Standing::Overlap(f(former), *until),
        }
    }

    /// The password that the device was given last, and the one before it with the end of its time.
    const fn passwords(&self) -> (Option<&V>, Option<(&V, UnixMillis)>) {
        match self {
            Self::Closed => (None, None),
            Self::Enrolled(new, Some((former, until))) => (Some(new), Some((former, *until))),
            Self::Enrolled(verifier, None) | Self::Activated(verifier) => (Some(verifier), None),
            Self::Overlap(former, until) => (None, Some((former, *until))),
        }
    }
}

impl Credential {
    pub(crate) fn of_enrolled(id: SerialId, enrolled: &Enrolled) -> Self {
        let former = enrolled.overlap().map(of_overlap);
        let verifier = enrolled.identity().auth_verifier().clone();
        let standing = Standing::Enrolled(verifier, former);
        Self::of(id, enrolled.registration(), *enrolled.identity().plug_id(), standing)
    }

    pub(crate) fn of_activated(id: SerialId, activated: &Activated) -> Self {
        let standing = Standing::Activated(activated.identity().auth_verifier().clone());
        Self::of(id, activated.registration(), *activated.identity().plug_id(), standing)
    }

    pub(crate) fn of_former(id: SerialId, registration: &Registration, former: &Former) -> Self {
        let overlap = former.overlap().map(of_overlap);
        let standing =
            overlap.map_or(Standing::Closed, |(former, until)| Standing::Overlap(former, until));
        Self::of(id, registration, *former.plug_id(), standing)
    }

    /// What stays of a Plug-ID that nobody connects with any more.
    pub(crate) const fn closed(id: SerialId, key_version: KeyVersion, plug_id: PlugId) -> Self {
        Self { plug_id, id, kind: PrincipalKind::Thing, key_version, standing: Standing::Closed }
    }

    /// That of a Controller of the Thing `id`.
    pub(crate) fn of_controller(id: SerialId, ordinal: Ordinal, controller: &Controller) -> Self {
        let standing = match (controller.mark(), controller.stage()) {
            (Mark::Enabled, ControllerStage::Enrolled { auth_verifier, .. }) => {
                Standing::Enrolled(auth_verifier.clone(), None)
            }
            (Mark::Enabled, ControllerStage::Activated { auth_verifier, .. }) => {
                Standing::Activated(auth_verifier.clone())
            }
            (Mark::Disabled, _)
            | (_, ControllerStage::MustEnrollAgain | ControllerStage::Retired { .. }) => {
                Standing::Closed
            }
        };
        Self {
            plug_id: *controller.plug_id(),
            id,
            kind: PrincipalKind::Controller { ordinal },
            key_version: controller.key_version(),
            standing,
        }
    }

    fn of(
        id: SerialId,
        registration: &Registration,
        plug_id: PlugId,
        standing: Standing<AuthVerifier>,
    ) -> Self {
        let standing = match registration.mark() {
            Mark::Enabled => standing,
            Mark::Disabled => Standing::Closed,
        };
        let key_version = registration.key_version();
        Self { plug_id, id, kind: PrincipalKind::Thing, key_version, standing }
    }

    /// The same Plug-ID, which nobody connects with any more: what is left of an identity that its
    /// serial has given up.
    #[must_use]
    pub fn into_closed(self) -> Self {
        Self { standing: Standing::Closed, ..self }
    }

    /// Until when the password of before connects, if it does.
    #[must_use]
    pub fn overlap_until(&self) -> Option<UnixMillis> {
        self.standing.passwords().1.map(|(_, until)| until)
    }

    /// Whether a password that connects at `at` does not any more once `successor` stands in its
    /// place.
    #[must_use]
    pub fn is_revoked_by(&self, successor: &Self, at: UnixMillis) -> bool {
        let (current, former) = self.standing.passwords();
        let running = former.filter(|(_, until)| at < *until).map(|(former, _)| former);
        let (next, next_former) = successor.standing.passwords();
        let still = |verifier: &AuthVerifier| {
            let next_former = next_former.filter(|(_, until)| at < *until);
            next.is_some_and(|next| next.matches(verifier))
                || next_former.is_some_and(|(former, _)| former.matches(verifier))
        };
        [current, running].into_iter().flatten().any(|verifier| !still(verifier))
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

    /// Whether it is a Thing's or a Controller's.
    #[must_use]
    pub const fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// Whether it and `other` are of one Thing or Controller, as its passwords come and go.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        self.id == other.id && self.kind == other.kind
    }

    /// Which `auth_root` its verifier hangs on.
    #[must_use]
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }
}

impl Credential {
    /// What a connection with a password that comes to `presented` is worth; constant time.
    pub fn admit(&self, presented: &AuthVerifier) -> Admission<'_> {
        let standing = match &self.standing {
            Standing::Closed => Standing::Closed,
            Standing::Enrolled(new, former) => Standing::Enrolled(
                new.expose_bytes(),
                former.as_ref().map(|(former, until)| (former.expose_bytes(), *until)),
            ),
            Standing::Activated(verifier) => Standing::Activated(verifier.expose_bytes()),
            Standing::Overlap(former, until) => Standing::Overlap(former.expose_bytes(), *until),
        };
        let Self { plug_id, kind, key_version, .. } = *self;
        let (template, serial) = (*self.id.template(), self.id.serial().into());
        CredentialView { plug_id, template, serial, kind, key_version, standing }.admit(presented)
    }

    /// Its canonical bytes, without the Plug-ID: that is the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.u32(self.key_version.number());
        encoder.fixed(self.id.template().body());
        encoder.text(self.id.serial().as_str());
        match self.kind {
            PrincipalKind::Thing => encoder.u8(0),
            PrincipalKind::Controller { ordinal } => {
                encoder.u8(1);
                encoder.u32(ordinal.number());
            }
        }
        match &self.standing {
            Standing::Closed => encoder.u8(0),
            Standing::Enrolled(verifier, None) => {
                encoder.u8(1);
                encoder.fixed(verifier.expose_bytes());
            }
            Standing::Activated(verifier) => {
                encoder.u8(2);
                encoder.fixed(verifier.expose_bytes());
            }
            Standing::Enrolled(new, Some((former, until))) => {
                encoder.u8(3);
                encoder.fixed(new.expose_bytes());
                encoder.fixed(former.expose_bytes());
                encoder.u64(until.millis());
            }
            Standing::Overlap(former, until) => {
                encoder.u8(4);
                encoder.fixed(former.expose_bytes());
                encoder.u64(until.millis());
            }
        }
        encoder.finish()
    }

    /// The credential of a Plug-ID from its canonical bytes. Allocates nothing.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Credential::encode`] does not write.
    pub fn decode(plug_id: PlugId, bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let view = CredentialView::decode(plug_id, bytes)?;
        let standing = view.standing.map(|bytes| AuthVerifier::from_parts(**bytes));
        let (id, kind, key_version) = (view.id(), view.kind, view.key_version);
        Ok(Self { plug_id, id, kind, key_version, standing })
    }
}

fn of_overlap(overlap: &Overlap) -> (AuthVerifier, UnixMillis) {
    (overlap.auth_verifier().clone(), overlap.until())
}

const VERSION: u8 = 1;
