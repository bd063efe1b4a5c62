//! What may happen to a registry, and what it must answer.

use plugmint::{OperatorEnroll, PlugId, RepeatPolicy, TemplateDesign};
use plugmint_tests::{chosen_design, design};
use proptest::prelude::*;
use proptest::sample::select;

/// Where all random bytes of a run come from.
pub(crate) const SEED: u64 = 7;

pub(crate) const SERIALS: [&str; 4] = ["SN-1", "SN-10", "A", "00:1B:44:11:3A:B7"];

pub(crate) const PASSWORDS: [&str; 2] =
    ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];

/// The template that keeps sealed keys.
pub(crate) const SEALING: usize = 2;

/// The templates that every run begins with: each repeat policy, both kinds of stretching.
pub(crate) fn designs() -> Vec<TemplateDesign> {
    vec![
        design(),
        design().with_repeat(RepeatPolicy::Always),
        design().with_repeat(RepeatPolicy::Never).with_operator_enroll(OperatorEnroll::Allowed),
        chosen_design(),
    ]
}

/// One operation on one of four serials of one of four templates; `password` is one of two, and
/// whichever a serial is registered with is the right one.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Register { template: usize, serial: usize, password: usize },
    Enroll { template: usize, serial: usize, password: usize },
    Authenticate { template: usize, serial: usize, password: usize },
    Disable { template: usize, serial: usize },
    Enable { template: usize, serial: usize },
    Retire { template: usize, serial: usize },
    Wait { millis: u16 },
    Reopen,
}

/// What an operation answers: the outcome or the code of the refusal, and credentials if it gives
/// some.
pub(crate) type Answer = (String, Option<(PlugId, String)>);

pub(crate) fn arb_operation() -> impl Strategy<Value = Operation> {
    let named = (0..designs().len(), 0..SERIALS.len());
    // Mostly the same password, so that it is mostly right.
    let with_password = (named.clone(), select(vec![0_usize, 0, 0, 1]));
    prop_oneof![
        4 => with_password.clone().prop_map(|((template, serial), password)| {
            Operation::Register { template, serial, password }
        }),
        6 => with_password.clone().prop_map(|((template, serial), password)| {
            Operation::Enroll { template, serial, password }
        }),
        6 => with_password.prop_map(|((template, serial), password)| {
            Operation::Authenticate { template, serial, password }
        }),
        2 => named.clone().prop_map(|(template, serial)| Operation::Disable { template, serial }),
        3 => named.clone().prop_map(|(template, serial)| Operation::Enable { template, serial }),
        1 => named.prop_map(|(template, serial)| Operation::Retire { template, serial }),
        1 => any::<u16>().prop_map(|millis| Operation::Wait { millis }),
        1 => Just(Operation::Reopen),
    ]
}
