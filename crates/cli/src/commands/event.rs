//! How an event is shown.

use plugmint::{Author, Event, EventKind};

use crate::output::{time, visible};

pub(crate) const COLUMNS: [&str; 4] = ["#", "WHEN", "WHO", "WHAT"];

pub(crate) fn row(event: &Event) -> Vec<String> {
    vec![
        event.number().to_string(),
        time(event.at()),
        match event.author() {
            Author::Device => "the device".to_owned(),
            Author::Operator(actor) => visible(actor.as_str()),
        },
        what(event.kind()).to_owned(),
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
