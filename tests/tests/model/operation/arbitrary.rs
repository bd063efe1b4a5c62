//! Operations that mostly come to something: what there is in the model makes them likely.

use plugmint::{AccessLevel, GrantsThen, Living, PrincipalKind, SerialId};
use plugmint_core::lifecycle::Stage;
use proptest::prelude::*;
use proptest::sample::select;

use crate::profiles::CHANGES;
use crate::reference::Model;

use super::{OWN_SERIALS, On, Operation, Pair, REPEATS, SERIALS, Seen, designs};

pub(crate) fn arb_operation(model: &Model) -> impl Strategy<Value = Operation> + use<> {
    // While no Thing can be controlled, little comes of it.
    let controlling = if controlled(model).is_empty() { 1 } else { 9 };
    let again = model.last.map_or(Operation::Reopen, Operation::again);
    prop_oneof![
        7 => of_devices(model),
        7 => of_serials(model),
        controlling => of_controllers(model),
        1 => of_root_keys(model),
        1 => of_templates(),
        2 => of_the_rest(),
        2 => Just(again),
    ]
}

fn of_devices(model: &Model) -> impl Strategy<Value = Operation> + use<> {
    let right: Vec<_> =
        model.pairs.iter().map(|(id, pair)| (place_of(model, id), pair.enroll)).collect();
    let guessed = (any_on(), password()).boxed();
    let with_password = if right.is_empty() {
        guessed
    } else {
        prop_oneof![6 => select(right), 1 => guessed].boxed()
    };
    prop_oneof![
        7 => with_password.clone().prop_map(|(on, password)| Operation::Enroll { on, password }),
        2 => (with_password, change()).prop_map(|((on, password), change)| {
            Operation::EnrollWith { on, password, change }
        }),
        1 => there(model).prop_map(|on| Operation::EnrollByOperator { on }),
        11 => pick().prop_map(|pick| Operation::Authenticate { pick }),
        1 => (there(model), password(), 0_u32..4).prop_map(|(on, password, epoch)| {
            Operation::Guess { on, password, epoch }
        }),
        1 => pick().prop_map(|pick| Operation::UnenrollByDevice { pick }),
        1 => (pick(), change()).prop_map(|(pick, change)| Operation::SetProfile { pick, change }),
        2 => (pick(), change()).prop_map(|(pick, change)| {
            Operation::SetOwnProfile { pick, change }
        }),
    ]
}

fn of_serials(model: &Model) -> impl Strategy<Value = Operation> + use<> {
    let few = if model.records.len() < 4 { 20 } else { 2 };
    let living = model.records.iter().filter(|(_, record)| match record.stage() {
        Stage::Enrolled(_) | Stage::Activated(_) => true,
        Stage::Registered(_) => record.stage().overlap().is_some(),
        Stage::Retired(_) => false,
    });
    let living = one_of(living.map(|(id, _)| place_of(model, id)).collect());
    let (there, seen) = (there(model), seen());
    // Some are over when the clock moves next, and some last.
    let overlap = prop_oneof![
        1 => Just(None),
        2 => (0_u32..40_000).prop_map(Some),
        3 => (40_000_u32..400_000).prop_map(Some),
    ];
    prop_oneof![
        few => (any_on(), pair()).prop_map(|(on, pair)| Operation::Register { on, pair }),
        2 => there.clone().prop_map(|on| Operation::Disable { on }),
        3 => there.clone().prop_map(|on| Operation::Enable { on }),
        1 => there.clone().prop_map(|on| Operation::Retire { on }),
        9 => (living.clone(), seen.clone(), overlap).prop_map(|(on, seen, overlap)| {
            Operation::Reactivate { on, seen, overlap }
        }),
        2 => (living, seen.clone()).prop_map(|(on, seen)| Operation::Unenroll { on, seen }),
        3 => (there.clone(), pair(), seen.clone()).prop_map(|(on, pair, seen)| {
            Operation::ReplacePasswords { on, pair, seen }
        }),
        3 => (there.clone(), pair(), seen).prop_map(|(on, pair, seen)| {
            Operation::Transfer { on, pair, seen }
        }),
        2 => (there, password(), any::<bool>()).prop_map(|(on, password, keep)| {
            let grants = if keep { GrantsThen::Stay } else { GrantsThen::End };
            Operation::ReplaceControl { on, password, grants }
        }),
    ]
}

/// The Things that may be controlled, with their control passwords.
fn controlled(model: &Model) -> Vec<(On, usize)> {
    let may_be = |id: &SerialId| {
        matches!(model.records[id].stage(), Stage::Enrolled(_) | Stage::Activated(_))
    };
    let pairs = model.pairs.iter().filter(|(id, _)| may_be(id));
    pairs.filter_map(|(id, pair)| Some((place_of(model, id), pair.control?))).collect()
}

fn of_controllers(model: &Model) -> impl Strategy<Value = Operation> + use<> {
    let right = controlled(model);
    let guessed = (any_on(), password()).boxed();
    let right = if right.is_empty() {
        guessed
    } else {
        prop_oneof![9 => select(right), 1 => guessed].boxed()
    };
    let own = || prop_oneof![1 => Just(None), 2 => (0..OWN_SERIALS.len()).prop_map(Some)];
    let (there, access) = (there(model), select(ACCESS.to_vec()));
    let controller = controller(model);
    prop_oneof![
        9 => (right.clone(), own()).prop_map(|((on, password), own)| {
            Operation::Control { on, password, own }
        }),
        4 => (pick(), right).prop_map(|(pick, (on, password))| {
            Operation::AddThing { pick, on, password }
        }),
        2 => (pick(), there.clone()).prop_map(|(pick, on)| Operation::ReleaseThing { pick, on }),
        1 => pick().prop_map(|pick| Operation::ReleaseAllThings { pick }),
        1 => controller.clone().prop_map(|pick| Operation::DisableController { pick }),
        1 => controller.clone().prop_map(|pick| Operation::EnableController { pick }),
        1 => controller.clone().prop_map(|pick| Operation::RetireController { pick }),
        4 => (controller, seen()).prop_map(|(pick, seen)| {
            Operation::ReactivateController { pick, seen }
        }),
        3 => (there.clone(), pick()).prop_map(|(on, pick)| Operation::Grant { on, pick }),
        1 => (there.clone(), pick()).prop_map(|(on, pick)| Operation::Release { on, pick }),
        1 => pick().prop_map(|pick| Operation::ReleaseAll { pick }),
        1 => (there, access).prop_map(|(on, access)| Operation::SetAccess { on, access }),
    ]
}

fn of_root_keys(model: &Model) -> impl Strategy<Value = Operation> + use<> {
    let versions = 1..=model.version.number() + 1;
    prop_oneof![
        1 => Just(Operation::Rotate),
        1 => Just(Operation::Sweep),
        2 => versions.prop_map(|version| Operation::DropKey { version }),
    ]
}

const ACCESS: [Option<AccessLevel>; 4] =
    [None, Some(AccessLevel::None), Some(AccessLevel::Read), Some(AccessLevel::ReadWrite)];

fn of_templates() -> impl Strategy<Value = Operation> {
    let template = 0..designs().len();
    prop_oneof![
        3 => template.clone().prop_map(|template| Operation::Close { template }),
        8 => template.clone().prop_map(|template| Operation::Open { template }),
        3 => (template.clone(), 0..REPEATS.len())
            .prop_map(|(template, repeat)| Operation::Change { template, repeat }),
        1 => (template, select(vec![Living::Refuse, Living::Refuse, Living::Retire]))
            .prop_map(|(template, living)| Operation::Delete { template, living }),
    ]
}

fn of_the_rest() -> impl Strategy<Value = Operation> {
    prop_oneof![
        2 => (0_u32..90_000).prop_map(|younger| Operation::Forget { younger }),
        4 => (1_usize..8).prop_map(|limit| Operation::ReadFeed { limit }),
        6 => (0_u32..80_000).prop_map(|millis| Operation::Wait { millis }),
        2 => Just(Operation::Reopen),
    ]
}

fn any_on() -> BoxedStrategy<On> {
    let places = (0..designs().len(), 0..SERIALS.len());
    places.prop_map(|(template, serial)| On { template, serial }).boxed()
}

/// Mostly one of these.
fn one_of(these: Vec<On>) -> BoxedStrategy<On> {
    if these.is_empty() { any_on() } else { prop_oneof![9 => select(these), 1 => any_on()].boxed() }
}

/// Mostly a serial that is there, so that lives get long.
fn there(model: &Model) -> BoxedStrategy<On> {
    one_of(model.records.keys().map(|id| place_of(model, id)).collect())
}

fn place_of(model: &Model, id: &SerialId) -> On {
    let template = model.ids.iter().position(|of| of == id.template()).unwrap();
    let serial = SERIALS.iter().position(|serial| *serial == id.serial().as_str()).unwrap();
    On { template, serial }
}

fn password() -> impl Strategy<Value = usize> {
    0..super::PASSWORDS.len()
}

fn change() -> impl Strategy<Value = usize> {
    0..CHANGES
}

fn pair() -> impl Strategy<Value = Pair> {
    let control = prop_oneof![1 => Just(None), 2 => password().prop_map(Some)];
    (password(), control).prop_map(|(enroll, control)| Pair { enroll, control })
}

/// Mostly one that a Controller was given.
fn controller(model: &Model) -> BoxedStrategy<usize> {
    let given = model.given.iter().rev().enumerate();
    let theirs = given.filter(|(_, given)| given.kind != PrincipalKind::Thing);
    let theirs: Vec<_> = theirs.map(|(pick, _)| pick).collect();
    if theirs.is_empty() {
        pick().boxed()
    } else {
        prop_oneof![9 => select(theirs), 1 => pick()].boxed()
    }
}

/// Mostly one of the newest.
fn pick() -> impl Strategy<Value = usize> {
    prop_oneof![3 => select(vec![0_usize, 0, 0, 1, 1, 2, 3]), 1 => any::<usize>()]
}

fn seen() -> BoxedStrategy<Seen> {
    prop_oneof![8 => Just(Seen::Present), 1 => Just(Seen::Before), 1 => Just(Seen::NotYet)].boxed()
}
