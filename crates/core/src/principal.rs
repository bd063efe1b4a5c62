//! Who has connected.

use serde::{Deserialize, Serialize};

use crate::{Ordinal, PlugId, SerialId, UnixMillis};

/// Who has connected.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
pub struct Principal {
    plug_id: PlugId,
    kind: PrincipalKind,
    proven_by: ProvenBy,
    #[serde(flatten)]
    id: SerialId,
}

impl Principal {
    pub(crate) const fn new(
        plug_id: PlugId,
        kind: PrincipalKind,
        proven_by: ProvenBy,
        id: SerialId,
    ) -> Self {
        Self { plug_id, kind, proven_by, id }
    }

    /// The same one, who has proven that password.
    #[must_use]
    pub const fn by(self, proven_by: ProvenBy) -> Self {
        Self { proven_by, ..self }
    }

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

    /// Which of its passwords it has proven.
    #[must_use]
    pub const fn proven_by(&self) -> ProvenBy {
        self.proven_by
    }

    /// Its template and serial number; of a Controller those of the Thing that it enrolled with.
    #[must_use]
    pub const fn id(&self) -> &SerialId {
        &self.id
    }
}

/// What a [`Principal`] is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "whoever connects is one of the two")]
pub enum PrincipalKind {
    /// A device that was made with a serial number.
    Thing,
    /// What enrolled with the control password of a Thing, such as a phone.
    Controller {
        /// Which of that Thing's Controllers it is.
        ordinal: Ordinal,
    },
}

/// Which of its passwords a [`Principal`] has proven.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a host must know what each may do")]
pub enum ProvenBy {
    /// The one that it was given last.
    Current,
    /// The one before, whose time is not up: it connects, and no verb accepts it. Who keeps a
    /// session drops it at that time.
    Overlap {
        /// The first instant at which it does not connect.
        until: UnixMillis,
    },
}
