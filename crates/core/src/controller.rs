//! Controllers: what enrolled with the control password of a Thing, such as a phone.
//!
//! A Controller hangs on the Thing that it enrolled with: its identity is derived from that Thing's
//! control key and an ordinal which is used once, and what happens to it is told in that Thing's
//! history. Which Things it may act on is told by grants, apart from it.

mod change;
mod controlled;
mod enrolling;
mod own_serial;
mod profile;
mod record;
mod refusal;
mod roster;
mod status;
mod verbs;

use crate::derivation::{AuthVerifier, Verifier};
use crate::grant::Generation;
use crate::lifecycle::Mark;
use crate::text::name_type;
use crate::{Epoch, KeyVersion, PlugId, SerialNumber, UnixMillis};

pub use change::ControllerChange;
pub use controlled::ControlledThing;
pub use enrolling::{ControllerAttempt, ControllerEnrollment, ControllerRequest, Roll};
pub use own_serial::{KnownAs, OwnSerialMark};
pub use refusal::{ControllerRefusal, EnrollControllerRefusal, ReactivateControllerRefusal};
pub use roster::Roster;
pub use status::{ControllerStageName, ControllerStatus};
pub use verbs::Attached;

name_type!(
    /// What people call a Controller or a Thing: 1 to 128 bytes of UTF-8.
    DeviceName,
    128
);

/// A Controller, as its record holds it.
#[derive(Clone, Debug)]
pub struct Controller {
    key_version: KeyVersion,
    control_verifier: Verifier,
    plug_id: PlugId,
    epoch: Epoch,
    mark: Mark,
    name: Option<DeviceName>,
    own_serial: Option<SerialNumber>,
    stage: ControllerStage,
    held: Generation,
    enrolled_at: UnixMillis,
    connected_at: Option<UnixMillis>,
}

/// Where in its life a Controller is.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a new stage must break every match on stages")]
pub enum ControllerStage {
    /// It has its credentials.
    Enrolled {
        /// What proves its connection password.
        auth_verifier: AuthVerifier,
    },
    /// It has connected.
    Activated {
        /// What proves its connection password.
        auth_verifier: AuthVerifier,
        /// When it connected with it for the first time.
        activated_at: UnixMillis,
    },
    /// Its password was revoked, and it must enroll again with its own serial number.
    MustEnrollAgain,
    /// The end.
    Retired {
        /// When.
        retired_at: UnixMillis,
    },
}

impl Controller {
    /// Which root key its Plug-ID and passwords hang on, for life.
    #[must_use]
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }

    /// What it is called on the platform.
    #[must_use]
    pub const fn plug_id(&self) -> &PlugId {
        &self.plug_id
    }

    /// The epoch of its connection password.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Whether it is disabled.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        self.mark
    }

    /// What people call it.
    #[must_use]
    pub const fn name(&self) -> Option<&DeviceName> {
        self.name.as_ref()
    }

    /// Its own serial number, by which it is known again.
    #[must_use]
    pub const fn own_serial(&self) -> Option<&SerialNumber> {
        self.own_serial.as_ref()
    }

    /// Where in its life it is.
    #[must_use]
    pub const fn stage(&self) -> &ControllerStage {
        &self.stage
    }

    /// Which grants that it holds count.
    #[must_use]
    pub const fn held(&self) -> Generation {
        self.held
    }

    /// When it enrolled for the first time.
    #[must_use]
    pub const fn enrolled_at(&self) -> UnixMillis {
        self.enrolled_at
    }

    /// Whether it may act on anything at all: it is neither disabled nor retired.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.mark == Mark::Enabled && !self.is_retired()
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        matches!(self.stage, ControllerStage::Retired { .. })
    }

    /// When it connected for the first time, with the password of any epoch.
    #[must_use]
    pub const fn connected_at(&self) -> Option<UnixMillis> {
        self.connected_at
    }
}
