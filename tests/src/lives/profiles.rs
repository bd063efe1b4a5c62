//! What is kept with devices in their lives.

use plugmint::{AccessLevel, DeviceName, OpaqueText, Profile, ProfileChange};

use super::Verb;
use super::passwords::Owner;

/// What somebody says, and the access level of that.
type Word = (ProfileChange, AccessLevel);

impl Verb {
    /// What is said with this step.
    fn word(self) -> Option<Word> {
        match self {
            Self::SetProfile => Some(by_operator()),
            Self::SetOwnProfile => Some(by_device()),
            Self::EnrollWithProfile => Some(first()),
            Self::Register
            | Self::ReplacePasswords
            | Self::Enroll
            | Self::Activate
            | Self::Reactivate
            | Self::EnrollAgain
            | Self::ActivateAgain
            | Self::Disable
            | Self::Enable
            | Self::ReplaceControlPassword
            | Self::Unenroll
            | Self::EnrollUnenrolled
            | Self::Transfer
            | Self::EnrollByOperator
            | Self::UnenrollByDevice
            | Self::EnrollTransferred
            | Self::Retire => None,
        }
    }
}

/// What an operator says of a device of its first owner.
pub(super) fn by_operator() -> Word {
    let change = ProfileChange::new().name(Some(DeviceName::parse("hall").unwrap()));
    (change.perm(Some(text(r#"{"ctrl":"r"}"#)), Some(AccessLevel::Read)), AccessLevel::Read)
}

/// What the device says then; its name stays.
pub(super) fn by_device() -> Word {
    let change = ProfileChange::new().props(Some(text(r#"{"color":"white"}"#)));
    (change.perm(Some(text("{}")), Some(AccessLevel::None)), AccessLevel::None)
}

/// What a device of its second owner says when it enrolls.
pub(super) fn first() -> Word {
    let change = ProfileChange::new().name(Some(DeviceName::parse("kitchen").unwrap()));
    (
        change.perm(Some(text(r#"{"ctrl":"rw"}"#)), Some(AccessLevel::ReadWrite)),
        AccessLevel::ReadWrite,
    )
}

/// What is kept under the Plug-ID of an owner behind these steps, and the access level of that.
/// What was kept with an identity goes with it.
pub(super) fn kept(steps: &[Verb], owner: Owner) -> (Profile, Option<AccessLevel>) {
    if owner == Verb::Enroll.owner() && steps.contains(&Verb::Transfer) {
        return (Profile::default(), None);
    }
    let words = steps.iter().filter(|verb| verb.owner() == owner).filter_map(|verb| verb.word());
    words.fold((Profile::default(), None), |(kept, _), (change, level)| {
        (kept.changed(&change), Some(level))
    })
}

fn text(text: &str) -> OpaqueText {
    OpaqueText::parse(text).unwrap()
}
