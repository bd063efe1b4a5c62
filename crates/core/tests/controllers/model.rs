//! Whatever happens to two Things and their Controllers, the core does what plain sets say.

mod plain;
mod walk;

use std::collections::BTreeSet;

use plugmint_core::AccessLevel;
use plugmint_core::lifecycle::GrantsThen;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use walk::Walk;

proptest! {
    #[test]
    fn the_core_does_what_plain_sets_say(cap in 1_u16..=4, steps in vec(arb_step(), 0..120)) {
        let mut walk = Walk::begin(cap);
        for step in &steps {
            walk.take(step);
        }
    }
}

/// So that what holds for every walk holds for whatever can be answered.
#[test]
fn walks_come_to_every_answer() {
    let mut runner = TestRunner::deterministic();
    let mut answers = BTreeSet::new();
    for _ in 0..300 {
        let steps = vec(arb_step(), 100).new_tree(&mut runner).unwrap().current();
        let mut walk = Walk::begin(2);
        for step in &steps {
            walk.take(step);
        }
        answers.append(&mut walk.answers);
    }
    assert_eq!(answers, BTreeSet::from(ANSWERS.map(str::to_owned)));
}

/// Passwords, of so few that old ones come up again, each as an enroll and as a control password.
const PASSWORDS: [&str; 5] = ["password-a", "password-b", "password-c", "password-d", "password-e"];

/// What Controllers call themselves.
const OWN_SERIALS: [&str; 3] = ["PHONE-1", "PHONE-2", "PHONE-3"];

/// One verb: of a Thing, or of somebody who holds what is on it.
#[derive(Clone, Debug)]
enum Step {
    /// With the right control password, or another one.
    Enroll {
        own_serial: Option<&'static str>,
        wrong: Option<&'static str>,
    },
    Connect(Index),
    /// With a password that has ended.
    ConnectWithEnded(Index),
    Disable(Index),
    Enable(Index),
    /// The epoch that was seen is that far from the present one.
    Reactivate(Index, i64),
    Retire(Index),
    RetireItself(Index),
    Add {
        who: Index,
        wrong: Option<&'static str>,
    },
    Grant(Index),
    Release(Index),
    ReleaseAll(Index),
    Thing(ThingStep),
}

/// A verb of the Thing alone.
#[derive(Clone, Debug)]
enum ThingStep {
    Enroll,
    Connect,
    Disable,
    Enable,
    Reactivate,
    Unenroll,
    UnenrollItself,
    ReplacePasswords(NewPasswords),
    ReplaceControl(&'static str, GrantsThen),
    Transfer(NewPasswords),
    SetAccess(Option<AccessLevel>),
    Retire,
}

#[derive(Clone, Copy, Debug)]
struct NewPasswords {
    version: u32,
    enroll: &'static str,
    control: Option<&'static str>,
}

/// A step, and whether it is about the lamp, which most are, or about the gate.
fn arb_step() -> impl Strategy<Value = (usize, Step)> {
    let of = prop_oneof![4 => Just(crate::scene::LAMP), 1 => Just(crate::scene::GATE)];
    let who = any::<Index>;
    let wrong = || prop::option::weighted(0.1, select(PASSWORDS.to_vec()));
    let own_serial = prop::option::weighted(0.7, select(OWN_SERIALS.to_vec()));
    let step = prop_oneof![
        24 => (own_serial, wrong())
            .prop_map(|(own_serial, wrong)| Step::Enroll { own_serial, wrong }),
        12 => who().prop_map(Step::Connect),
        3 => who().prop_map(Step::ConnectWithEnded),
        4 => who().prop_map(Step::Disable),
        6 => who().prop_map(Step::Enable),
        10 => (who(), select(vec![0, 0, 0, 0, -1, -2, 1]))
            .prop_map(|(who, off)| Step::Reactivate(who, off)),
        2 => who().prop_map(Step::Retire),
        2 => who().prop_map(Step::RetireItself),
        6 => (who(), wrong()).prop_map(|(who, wrong)| Step::Add { who, wrong }),
        6 => who().prop_map(Step::Grant),
        4 => who().prop_map(Step::Release),
        3 => who().prop_map(Step::ReleaseAll),
        30 => arb_thing_step().prop_map(Step::Thing),
    ];
    (of, step)
}

fn arb_thing_step() -> impl Strategy<Value = ThingStep> {
    let access = select(vec![AccessLevel::None, AccessLevel::Read, AccessLevel::ReadWrite]);
    let grants = select(vec![GrantsThen::End, GrantsThen::Stay]);
    prop_oneof![
        40 => Just(ThingStep::Enroll),
        10 => Just(ThingStep::Connect),
        4 => Just(ThingStep::Disable),
        16 => Just(ThingStep::Enable),
        4 => Just(ThingStep::Reactivate),
        3 => Just(ThingStep::Unenroll),
        3 => Just(ThingStep::UnenrollItself),
        2 => arb_passwords().prop_map(ThingStep::ReplacePasswords),
        6 => (select(PASSWORDS.to_vec()), grants)
            .prop_map(|(control, grants)| ThingStep::ReplaceControl(control, grants)),
        4 => arb_passwords().prop_map(ThingStep::Transfer),
        4 => prop::option::of(access).prop_map(ThingStep::SetAccess),
        1 => Just(ThingStep::Retire),
    ]
}

fn arb_passwords() -> impl Strategy<Value = NewPasswords> {
    let password = || select(PASSWORDS.to_vec());
    (1_u32..=2, password(), prop::option::weighted(0.9, password()))
        .prop_filter("two passwords", |(_, enroll, control)| Some(enroll) != control.as_ref())
        .prop_map(|(version, enroll, control)| NewPasswords { version, enroll, control })
}

/// Everything that is answered by some walk: what is left out takes four billion steps.
const ANSWERS: [&str; 46] = [
    "Connect",
    "Disable",
    "Enable",
    "Enroll",
    "Reactivate",
    "ReplaceControl",
    "ReplacePasswords",
    "Retire",
    "SetAccess",
    "Transfer",
    "Unenroll",
    "UnenrollItself",
    "add: Err(\"refused\")",
    "add: Ok(AlreadyDone)",
    "add: Ok(Done)",
    "connect: Err(Stranger)",
    "connect: Ok(false)",
    "connect: Ok(true)",
    "disable: Err(\"retired\")",
    "disable: Ok(AlreadyDone)",
    "disable: Ok(Done)",
    "enable: Err(\"retired\")",
    "enable: Ok(AlreadyDone)",
    "enable: Ok(Done)",
    "enroll: Err(\"refused\")",
    "enroll: Err(\"too-many-controllers\")",
    "enroll: Ok((First, true))",
    "enroll: Ok((Reissued, true))",
    "enroll: Ok((Repeated, false))",
    "enroll: Ok((Repeated, true))",
    "grant: Err(\"not-enrolled\")",
    "grant: Err(\"retired\")",
    "grant: Ok(AlreadyDone)",
    "grant: Ok(Done)",
    "reactivate: Err(\"epoch-moved\")",
    "reactivate: Err(\"not-enrolled\")",
    "reactivate: Err(\"not-reissuable\")",
    "reactivate: Err(\"retired\")",
    "reactivate: Ok(AlreadyDone)",
    "reactivate: Ok(Done)",
    "release: AlreadyDone",
    "release: Done",
    "retire-itself: Err(Stranger)",
    "retire-itself: Ok(())",
    "retire: AlreadyDone",
    "retire: Done",
];
