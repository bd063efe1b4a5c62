//! What ends grants, and what leaves them.

use plugmint::{AccessLevel, Credentials, Enrollment, Epoch, GrantsThen, Living, NewPasswords};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{control_of, control_password, known_as};

use crate::controllers::{anybody, control, name_of};
use crate::prelude::*;

use super::{access, add};

/// A Thing that a Controller and another Thing hold, and that holds another Thing itself.
struct Household {
    scene: Scene,
    id: SerialId,
    told: Enrollment,
    held: SerialId,
    phone: PlugId,
    gateway: PlugId,
}

impl Household {
    fn new(store: Arc<dyn Store>) -> Self {
        let scene = block_on(Scene::new(store, design()));
        let (id, told) = block_on(scene.thing("SN-1", 1));
        let (held, _) = block_on(scene.thing("SN-2", 2));
        let phone = name_of(&control(&scene, &id, 1, &known_as("phone")));
        let (_, gateway) = block_on(scene.enrolled("GATEWAY", &password(9)));
        add(&scene, gateway.credentials(), &id, 1).unwrap();
        add(&scene, told.credentials(), &held, 2).unwrap();
        let gateway = *gateway.credentials().plug_id();
        let household = Self { scene, id, told, held, phone, gateway };
        household.holds(Held { on: true, by: true });
        household
    }

    /// Whether the grants on the Thing, and those that it holds, count: by access, and listed both
    /// ways.
    fn holds(&self, held: Held) {
        let registry = &self.scene.registry;
        let plug_id = *self.told.credentials().plug_id();
        let mut on = vec![self.phone, self.gateway];
        on.sort();
        let page = block_on(registry.grants_on(&self.id, None, PAGE)).unwrap();
        let listed: Vec<_> = page.grants.iter().map(|grant| grant.holder).collect();
        assert_eq!(listed, if held.on { on.clone() } else { Vec::new() });
        for holder in &on {
            let level = access(&self.scene, holder, &self.id);
            assert_eq!(level == AccessLevel::ReadWrite, held.on, "{level:?}");
            let of = block_on(registry.grants_of(holder, None, PAGE)).unwrap();
            assert_eq!(of.grants.iter().any(|grant| grant.thing == self.id), held.on);
        }
        let level = access(&self.scene, &plug_id, &self.held);
        assert_eq!(level == AccessLevel::ReadWrite, held.by, "{level:?}");
        let page = block_on(registry.grants_on(&self.held, None, PAGE)).unwrap();
        assert_eq!(page.grants.iter().any(|grant| grant.holder == plug_id), held.by);
        match block_on(registry.grants_of(&plug_id, None, PAGE)) {
            Ok(of) => assert_eq!(of.grants.len(), usize::from(held.by)),
            Err(error) => assert_eq!((error.code(), held.by), ("unknown-holder", false)),
        }
        for id in [self.id, self.held] {
            block_on(registry.verify_history(&id, None)).unwrap();
        }
    }
}

/// Which grants count: those on a Thing, and those that are held by it.
#[derive(Clone, Copy)]
struct Held {
    on: bool,
    by: bool,
}

const NEITHER: Held = Held { on: false, by: false };
const BOTH: Held = Held { on: true, by: true };

fn everywhere(test: impl Fn(Household)) {
    test(Household::new(memory()));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    test(Household::new(Arc::new(RedbStore::create(path, &RedbOptions::default()).unwrap())));
}

#[test]
fn an_unenrolled_thing_is_held_by_nobody_and_holds_nothing_also_when_it_has_enrolled_again() {
    everywhere(|house| {
        let (registry, ada) = (&house.scene.registry, &house.scene.ada);
        block_on(registry.unenroll(&house.id, Epoch::FIRST, ada)).unwrap();
        house.holds(NEITHER);
        block_on(house.scene.enroll(&house.id, &password(1)));
        house.holds(NEITHER);
    });
}

#[test]
fn a_thing_that_takes_itself_off_is_held_by_nobody_and_holds_nothing() {
    everywhere(|house| {
        let told = house.told.credentials();
        let (plug_id, password) = (told.plug_id(), told.connection_password());
        block_on(house.scene.registry.unenroll_by_device(plug_id, password)).unwrap();
        house.holds(NEITHER);
    });
}

#[test]
fn a_transferred_thing_is_held_by_nobody_and_holds_nothing() {
    everywhere(|house| {
        let new = NewPasswords::new(enroll_password(&password(3)));
        let new = new.with_control(control_password(&control_of(3)));
        let (registry, ada) = (&house.scene.registry, &house.scene.ada);
        block_on(registry.transfer(&house.id, &new, Epoch::FIRST, ada)).unwrap();
        house.holds(NEITHER);
        block_on(house.scene.enroll(&house.id, &password(3)));
        house.holds(NEITHER);
    });
}

#[test]
fn a_retired_thing_is_held_by_nobody_and_holds_nothing() {
    everywhere(|house| {
        block_on(house.scene.registry.retire(&house.id, &house.scene.ada)).unwrap();
        house.holds(NEITHER);
    });
}

#[test]
fn with_a_deleted_template_go_all_grants_in_it() {
    everywhere(|house| {
        let template = house.id.template();
        let deleted =
            house.scene.registry.delete_template(template, Living::Retire, &house.scene.ada);
        block_on(deleted).unwrap();
        let scene = &house.scene;
        for holder in [&house.phone, &house.gateway, house.told.credentials().plug_id()] {
            for thing in [&house.id, &house.held] {
                assert_eq!(access(scene, holder, thing), AccessLevel::None);
            }
        }
        for id in [&house.id, &house.held] {
            let page = block_on(scene.registry.grants_on(id, None, PAGE)).unwrap();
            assert_eq!(page.grants, []);
        }
        // The Controller lives on, and holds nothing.
        let of = block_on(scene.registry.grants_of(&house.phone, None, PAGE)).unwrap();
        assert_eq!(of.grants, []);
    });
}

#[test]
fn another_control_password_ends_the_grants_on_a_thing_and_leaves_those_that_it_holds() {
    everywhere(|house| {
        let new = control_password(&control_of(3));
        let (registry, ada) = (&house.scene.registry, &house.scene.ada);
        let replace = registry.replace_control_password(&house.id, &new, GrantsThen::End, ada);
        block_on(replace).unwrap();
        house.holds(Held { on: false, by: true });
    });
}

#[test]
fn another_control_password_leaves_grants_when_it_is_asked_to() {
    everywhere(|house| {
        let new = control_password(&control_of(3));
        let (registry, ada) = (&house.scene.registry, &house.scene.ada);
        let replace = registry.replace_control_password(&house.id, &new, GrantsThen::Stay, ada);
        block_on(replace).unwrap();
        house.holds(BOTH);
    });
}

#[test]
fn a_reactivated_thing_keeps_its_grants_and_those_on_it() {
    everywhere(|house| {
        let (registry, ada) = (&house.scene.registry, &house.scene.ada);
        block_on(registry.reactivate(&house.id, Epoch::FIRST, ada)).unwrap();
        house.holds(BOTH);
        block_on(house.scene.enroll(&house.id, &password(1)));
        house.holds(BOTH);
    });
}

#[test]
fn a_holder_that_is_over_holds_nothing() {
    everywhere(|house| {
        let (registry, ada) = (&house.scene.registry, &house.scene.ada);
        block_on(registry.retire_controller(&house.phone, ada)).unwrap();
        let gateway = house.scene.id("GATEWAY");
        block_on(registry.unenroll(&gateway, Epoch::FIRST, ada)).unwrap();
        for holder in [&house.phone, &house.gateway] {
            assert_eq!(access(&house.scene, holder, &house.id), AccessLevel::None);
        }
        let page = block_on(registry.grants_on(&house.id, None, PAGE)).unwrap();
        assert_eq!(page.grants, []);
        let retired = block_on(registry.grants_of(&house.phone, None, PAGE)).unwrap_err();
        assert_eq!(retired.code(), "unknown-holder");
        // Under its old name it holds nothing either when it has enrolled again.
        block_on(house.scene.enroll(&gateway, &password(9)));
        assert_eq!(access(&house.scene, &house.gateway, &house.id), AccessLevel::None);
    });
}

#[test]
fn a_reactivated_controller_keeps_its_grants() {
    everywhere(|house| {
        let registry = &house.scene.registry;
        let reactivate =
            registry.reactivate_controller(&house.phone, Epoch::FIRST, &house.scene.ada);
        block_on(reactivate).unwrap();
        house.holds(BOTH);
        control(&house.scene, &house.id, 1, &known_as("phone"));
        house.holds(BOTH);
    });
}

#[test]
fn who_takes_a_name_that_was_given_up_does_not_take_its_grants() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let (gateway, old) = block_on(scene.enrolled("GATEWAY", &password(9)));
    let told: &Credentials = old.credentials();
    add(&scene, told, &id, 1).unwrap();
    let transfer = |number, seen| {
        let new = NewPasswords::new(enroll_password(&password(number)));
        let seen = Epoch::new(seen);
        block_on(scene.registry.transfer(&gateway, &new, seen, &scene.ada)).unwrap();
        block_on(scene.enroll(&gateway, &password(number)))
    };
    let other = transfer(10, 0);
    assert_eq!(access(&scene, other.credentials().plug_id(), &id), AccessLevel::None);
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::None);
    let gone = block_on(scene.registry.grants_of(told.plug_id(), None, PAGE)).unwrap_err();
    assert_eq!(gone.code(), "unknown-holder");
    // It comes back under the password, and so the name, of before.
    let again = transfer(9, 1);
    assert_eq!(again.credentials().plug_id(), told.plug_id());
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::None);
    assert_eq!(add(&scene, again.credentials(), &id, 1).unwrap(), Outcome::Done);
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::ReadWrite);
}

#[test]
fn a_controller_made_room_for_another_and_holds_nothing_elsewhere_either() {
    let scene = block_on(Scene::new(memory(), crate::controllers::capped(1)));
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let (other, _) = block_on(scene.thing("SN-2", 2));
    let phone = control(&scene, &id, 1, &anybody());
    add(&scene, phone.credentials(), &other, 2).unwrap();
    control(&scene, &id, 1, &anybody());
    for thing in [&id, &other] {
        assert_eq!(access(&scene, &name_of(&phone), thing), AccessLevel::None);
    }
}
