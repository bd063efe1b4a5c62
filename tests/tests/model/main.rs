//! The pure domain is the model: memory and redb agree with it, and with each other to the byte,
//! after any sequence of operations, reopening included, and no password that has ended connects.

#![cfg(test)]

mod operation;
mod passwords;
mod profiles;
mod reference;
mod root_keys;
mod rough;
mod sides;

use proptest_state_machine::{StateMachineTest, prop_state_machine};

use operation::Operation;
use reference::Model;
use sides::Sides;

struct BothBackends;

impl StateMachineTest for BothBackends {
    type SystemUnderTest = Sides;
    type Reference = Model;

    fn init_test(_: &Model) -> Sides {
        Sides::new()
    }

    fn apply(sides: Sides, model: &Model, operation: Operation) -> Sides {
        let sides = match operation {
            Operation::Wait { millis } => sides.wait(millis),
            Operation::Reopen => sides.reopen(model),
            _ => sides,
        };
        sides.answer(model, operation);
        sides
    }

    fn check_invariants(sides: &Sides, model: &Model) {
        sides.agree(model);
    }

    fn teardown(sides: Sides, model: Model) {
        sides.nothing_comes_back(model);
    }
}

prop_state_machine! {
    #[test]
    fn memory_and_redb_do_what_the_domain_says(sequential 1..100 => BothBackends);
}
