//! What an operator is shown of one Controller.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::lifecycle::Mark;
use crate::{Epoch, KeyVersion, Ordinal, PlugId, SerialId, SerialNumber, UnixMillis};

use super::{Controller, ControllerStage, DeviceName, Roster};

/// All that a host may show of a Controller: no verifier.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ControllerStatus {
    /// What it is called on the platform.
    pub plug_id: PlugId,
    /// The Thing that it enrolled with.
    pub thing: SerialId,
    /// Which of that Thing's Controllers it is.
    pub ordinal: Ordinal,
    /// Where in its life it is.
    pub stage: ControllerStageName,
    /// Whether it is disabled; `None` when it is Retired.
    pub mark: Option<Mark>,
    /// Whether it takes one of the places that its Thing has for Controllers: it is not retired,
    /// and came since the grants on the Thing ended last.
    pub takes_place: bool,
    /// The epoch of its connection password.
    pub epoch: Epoch,
    /// What people call it.
    pub name: Option<DeviceName>,
    /// Its own serial number.
    pub own_serial: Option<SerialNumber>,
    /// Which root key it hangs on.
    pub key_version: KeyVersion,
    /// When it enrolled for the first time.
    pub enrolled_at: UnixMillis,
    /// When it connected for the first time, with the password of any epoch.
    pub connected_at: Option<UnixMillis>,
    /// When it was retired.
    pub retired_at: Option<UnixMillis>,
}

impl ControllerStatus {
    /// What `controller` shows, as that Controller of the Thing, whose roster is that of today.
    #[must_use]
    pub fn new(
        thing: SerialId,
        ordinal: Ordinal,
        controller: &Controller,
        roster: &Roster,
    ) -> Self {
        let retired_at = match controller.stage {
            ControllerStage::Retired { retired_at } => Some(retired_at),
            ControllerStage::Enrolled { .. }
            | ControllerStage::Activated { .. }
            | ControllerStage::MustEnrollAgain => None,
        };
        Self {
            plug_id: controller.plug_id,
            thing,
            ordinal,
            stage: controller.stage.name(),
            mark: retired_at.is_none().then_some(controller.mark),
            takes_place: roster.holds(ordinal),
            epoch: controller.epoch,
            name: controller.name.clone(),
            own_serial: controller.own_serial,
            key_version: controller.key_version,
            enrolled_at: controller.enrolled_at,
            connected_at: controller.connected_at,
            retired_at,
        }
    }
}

/// The name of a [`ControllerStage`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new stage must break every match on stages")]
pub enum ControllerStageName {
    /// It has its credentials.
    Enrolled,
    /// It has connected.
    Activated,
    /// Its password was revoked, and it must enroll again.
    MustEnrollAgain,
    /// The end.
    Retired,
}

impl ControllerStageName {
    /// As it is written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::Activated => "activated",
            Self::MustEnrollAgain => "must-enroll-again",
            Self::Retired => "retired",
        }
    }
}

impl fmt::Display for ControllerStageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ControllerStage {
    /// Which of the four it is.
    #[must_use]
    pub const fn name(&self) -> ControllerStageName {
        match self {
            Self::Enrolled { .. } => ControllerStageName::Enrolled,
            Self::Activated { .. } => ControllerStageName::Activated,
            Self::MustEnrollAgain => ControllerStageName::MustEnrollAgain,
            Self::Retired { .. } => ControllerStageName::Retired,
        }
    }
}
