//! What devices want kept.

use plugmint::{AccessLevel, DeviceName, OpaqueText, ProfileChange};

/// How many changes there are.
pub(crate) const CHANGES: usize = 7;

/// One of a few changes: of nothing, of each part, of all, and back.
pub(crate) fn change(number: usize) -> ProfileChange {
    let name = |text| Some(DeviceName::parse(text).unwrap());
    let text = |text| Some(OpaqueText::parse(text).unwrap());
    let change = ProfileChange::new();
    match number {
        0 => change,
        1 => change.name(name("kitchen")),
        2 => change.perm(text(r#"{"ctrl":"r"}"#), Some(AccessLevel::Read)),
        3 => change.props(text("{}")),
        4 => {
            let perm = text(r#"{"ctrl":"rw"}"#);
            let all = change.name(name("hall")).perm(perm, Some(AccessLevel::ReadWrite));
            all.props(text(""))
        }
        5 => change.perm(None, None),
        _ => change.name(None).perm(None, None).props(None),
    }
}
