//! What may happen to a registry, and what it must answer.

mod arbitrary;

use plugmint::{
    AccessLevel, Argon2Cost, ControlClass, ControllerCap, GrantsThen, Living, OperatorEnroll,
    PlugId, RepeatPolicy, TemplateDesign,
};
use plugmint_tests::{chosen_design, design};

pub(crate) use arbitrary::arb_operation;

/// Where all random bytes of a run come from.
pub(crate) const SEED: u64 = 7;

pub(crate) const SERIALS: [&str; 4] = ["SN-1", "SN-10", "A", "00:1B:44:11:3A:B7"];

/// What Controllers call themselves, some of them.
pub(crate) const OWN_SERIALS: [&str; 2] = ["phone", "tablet"];

pub(crate) const PASSWORDS: [&str; 4] = [
    "0123456789abcdef0123456789abcdef",
    "fedcba9876543210fedcba9876543210",
    "00112233445566778899aabbccddeeff",
    "ffeeddccbbaa99887766554433221100",
];

pub(crate) const REPEATS: [RepeatPolicy; 3] =
    [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never];

/// The templates that every run begins with: each repeat policy, both kinds of stretching, one kind
/// for both passwords and two, with operator enrollment and without.
pub(crate) fn designs() -> Vec<TemplateDesign> {
    let shortest = Argon2Cost::new(64, 1, 1).unwrap();
    let by_operator = OperatorEnroll::Allowed;
    vec![
        design().with_controllers(ControllerCap::new(2).unwrap()),
        design()
            .with_repeat(RepeatPolicy::Always)
            .with_access(AccessLevel::Read)
            .with_controllers(ControllerCap::new(1).unwrap())
            .with_control_class(ControlClass::Chosen)
            .with_argon2(shortest),
        design().with_repeat(RepeatPolicy::Never).with_operator_enroll(by_operator),
        chosen_design().with_operator_enroll(by_operator),
    ]
}

/// A serial of a template, by their places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct On {
    pub(crate) template: usize,
    pub(crate) serial: usize,
}

/// An enroll password and perhaps a control password, by their places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) enroll: usize,
    pub(crate) control: Option<usize>,
}

/// Which epoch an operator saw.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen {
    Present,
    Before,
    NotYet,
}

/// One operation on one of four serials of one of four templates.
///
/// `pick` is one of all connection passwords that were ever given out, counted from the newest.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Register {
        on: On,
        pair: Pair,
    },
    Enroll {
        on: On,
        password: usize,
    },
    /// The same, and says what is to be kept.
    EnrollWith {
        on: On,
        password: usize,
        change: usize,
    },
    EnrollByOperator {
        on: On,
    },
    Authenticate {
        pick: usize,
    },
    /// With what a password comes to at an epoch, whether or not it was ever given out.
    Guess {
        on: On,
        password: usize,
        epoch: u32,
    },
    UnenrollByDevice {
        pick: usize,
    },
    Disable {
        on: On,
    },
    Enable {
        on: On,
    },
    Retire {
        on: On,
    },
    Reactivate {
        on: On,
        seen: Seen,
        overlap: Option<u32>,
    },
    Unenroll {
        on: On,
        seen: Seen,
    },
    ReplacePasswords {
        on: On,
        pair: Pair,
        seen: Seen,
    },
    Transfer {
        on: On,
        pair: Pair,
        seen: Seen,
    },
    ReplaceControl {
        on: On,
        password: usize,
        grants: GrantsThen,
    },
    /// Somebody enrolls as a Controller, with an own serial number or without.
    Control {
        on: On,
        password: usize,
        own: Option<usize>,
    },
    AddThing {
        pick: usize,
        on: On,
        password: usize,
    },
    ReleaseThing {
        pick: usize,
        on: On,
    },
    ReleaseAllThings {
        pick: usize,
    },
    DisableController {
        pick: usize,
    },
    EnableController {
        pick: usize,
    },
    RetireController {
        pick: usize,
    },
    ReactivateController {
        pick: usize,
        seen: Seen,
    },
    Grant {
        on: On,
        pick: usize,
    },
    Release {
        on: On,
        pick: usize,
    },
    ReleaseAll {
        pick: usize,
    },
    SetAccess {
        on: On,
        access: Option<AccessLevel>,
    },
    SetProfile {
        pick: usize,
        change: usize,
    },
    SetOwnProfile {
        pick: usize,
        change: usize,
    },
    /// A new version of the root key, while there are few.
    Rotate,
    Sweep,
    DropKey {
        version: u32,
    },
    Close {
        template: usize,
    },
    Open {
        template: usize,
    },
    Change {
        template: usize,
        repeat: usize,
    },
    Delete {
        template: usize,
        living: Living,
    },
    Forget {
        younger: u32,
    },
    ReadFeed {
        limit: usize,
    },
    Wait {
        millis: u32,
    },
    Reopen,
}

impl Operation {
    /// The same call once more, by who does not know what came of it.
    pub(crate) fn again(self) -> Self {
        match self {
            Self::Reactivate { on, seen: Seen::Present, overlap } => {
                Self::Reactivate { on, seen: Seen::Before, overlap }
            }
            Self::Unenroll { on, seen: Seen::Present } => Self::Unenroll { on, seen: Seen::Before },
            Self::ReactivateController { pick, seen: Seen::Present } => {
                Self::ReactivateController { pick, seen: Seen::Before }
            }
            Self::ReplacePasswords { on, pair, seen: Seen::Present } => {
                Self::ReplacePasswords { on, pair, seen: Seen::Before }
            }
            Self::Transfer { on, pair, seen: Seen::Present } => {
                Self::Transfer { on, pair, seen: Seen::Before }
            }
            operation => operation,
        }
    }
}

/// What an operation answers: the outcome or the code of the refusal, and credentials if it gives
/// some.
pub(crate) type Answer = (String, Option<(PlugId, String)>);
