//! How an event is shown.

use plugmint::{Author, Event, EventKind};

use crate::output::{time, visible};

pub(crate) const COLUMNS: [&str; 5] = ["#", "WHEN", "WHO", "WHAT", "ABOUT"];

pub(crate) fn row(event: &Event) -> Vec<String> {
    vec![
        event.number().to_string(),
        time(event.at()),
        match event.author() {
            Author::Device if event.about().is_some() => "a device".to_owned(),
            Author::Device => "the device".to_owned(),
            Author::Operator(actor) => visible(actor.as_str()),
        },
        what(event.kind()).to_owned(),
        event.about().map(ToString::to_string).unwrap_or_default(),
    ]
}

fn what(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Registered => "registered",
        EventKind::Enrolled => "enrolled",
        EventKind::Reissued => "enrolled again, with a new password",
        EventKind::Activated => "activated: connected for the first time",
        EventKind::Disabled => "disabled",
        EventKind::Enabled => "enabled",
        EventKind::Retired => "retired",
        EventKind::Reactivated => "reactivated: its device must enroll again",
        EventKind::Unenrolled => "unenrolled: its device was taken off",
        EventKind::PasswordsReplaced => "given other passwords",
        EventKind::ControlPasswordReplaced => "given another control password",
        EventKind::Transferred => "transferred: new passwords, a new identity",
        EventKind::AccessSet => "told what Controllers may do with it",
        EventKind::ControllerEnrolled => "a Controller enrolled, and may act on it",
        EventKind::ControllerReissued => "a Controller enrolled again, with a new password",
        EventKind::ControllerActivated => "a Controller connected for the first time",
        EventKind::ControllerDisabled => "a Controller was disabled",
        EventKind::ControllerEnabled => "a Controller was enabled",
        EventKind::ControllerReactivated => "a Controller was reactivated: it must enroll again",
        EventKind::ControllerRetired => "a Controller was retired",
        EventKind::GrantAdded => "granted: somebody may act on it",
        EventKind::GrantReleased => "released: somebody may not act on it any more",
        EventKind::GrantsReleased => "released: somebody may act on nothing any more",
        _ => "something that this version has no word for",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_word_for_everything_that_happens() {
        assert!(EventKind::ALL.iter().all(|kind| !what(*kind).starts_with("something")));
    }
}
