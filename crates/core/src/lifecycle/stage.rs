//! Where in its life a serial is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::derivation::Verifier;
use crate::{AccessLevel, PlugId};

use super::{
    Activated, ControlOrigin, Enrolled, GrantsThen, Mark, Overlap, Registered, Registration,
    Retired,
};

/// One of the four stages, with what a serial has in it.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a new stage must break every match on stages")]
pub enum Stage {
    /// The serial waits for its device.
    Registered(Registered),
    /// The device has its credentials.
    Enrolled(Enrolled),
    /// The device has connected.
    Activated(Activated),
    /// The end.
    Retired(Retired),
}

impl Stage {
    /// Which of the four it is.
    #[must_use]
    pub const fn name(&self) -> StageName {
        match self {
            Self::Registered(_) => StageName::Registered,
            Self::Enrolled(_) => StageName::Enrolled,
            Self::Activated(_) => StageName::Activated,
            Self::Retired(_) => StageName::Retired,
        }
    }

    /// What every stage but the last keeps.
    #[must_use]
    pub const fn registration(&self) -> Option<&Registration> {
        match self {
            Self::Registered(registered) => Some(&registered.registration),
            Self::Enrolled(enrolled) => Some(&enrolled.registration),
            Self::Activated(activated) => Some(&activated.registration),
            Self::Retired(_) => None,
        }
    }

    /// What the device is or was called, once it has enrolled.
    #[must_use]
    pub const fn plug_id(&self) -> Option<&PlugId> {
        match self {
            Self::Registered(Registered { former: Some(former), .. }) => Some(&former.plug_id),
            Self::Registered(Registered { former: None, .. }) => None,
            Self::Enrolled(enrolled) => Some(&enrolled.identity.plug_id),
            Self::Activated(activated) => Some(&activated.identity.plug_id),
            Self::Retired(retired) => retired.plug_id.as_ref(),
        }
    }

    /// The same stage with that mark, or itself when it is Retired.
    pub(super) fn marked(mut self, mark: Mark) -> Self {
        if let Some(registration) = self.registration_mut() {
            registration.mark = mark;
        }
        self
    }

    /// The same stage with what Controllers may do, or itself when it is Retired.
    pub(super) fn with_access(mut self, access: Option<AccessLevel>) -> Self {
        if let Some(registration) = self.registration_mut() {
            registration.access = access;
        }
        self
    }

    /// The same stage with a control password that an operator chose, or itself when it is Retired.
    pub(super) fn with_control(mut self, control: Verifier, grants: GrantsThen) -> Self {
        if let Some(registration) = self.registration_mut() {
            if let GrantsThen::End = grants {
                registration.grants = registration.grants.on_it_ended();
            }
            registration.control_verifier = Some(control);
            registration.control_origin = ControlOrigin::Replaced(grants);
        }
        self
    }

    pub(super) const fn registration_mut(&mut self) -> Option<&mut Registration> {
        match self {
            Self::Registered(registered) => Some(&mut registered.registration),
            Self::Enrolled(enrolled) => Some(&mut enrolled.registration),
            Self::Activated(activated) => Some(&mut activated.registration),
            Self::Retired(_) => None,
        }
    }

    /// The password of before, if it may still connect.
    #[must_use]
    pub fn overlap(&self) -> Option<&Overlap> {
        match self {
            Self::Registered(registered) => registered.former.as_ref()?.overlap.as_ref(),
            Self::Enrolled(enrolled) => enrolled.overlap.as_ref(),
            Self::Activated(_) | Self::Retired(_) => None,
        }
    }
}

/// The name of a [`Stage`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new stage must break every match on stages")]
pub enum StageName {
    /// The serial waits for its device.
    Registered,
    /// The device has its credentials.
    Enrolled,
    /// The device has connected.
    Activated,
    /// The end.
    Retired,
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registered => "Registered",
            Self::Enrolled => "Enrolled",
            Self::Activated => "Activated",
            Self::Retired => "Retired",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_reads_as_its_name() {
        use StageName::{Activated, Enrolled, Registered, Retired};
        for stage in [Registered, Enrolled, Activated, Retired] {
            assert_eq!(stage.to_string(), format!("{stage:?}"));
        }
    }
}
