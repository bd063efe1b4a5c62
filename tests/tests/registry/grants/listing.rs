//! Grants, listed both ways.

use std::collections::BTreeSet;

use plugmint::{AccessLevel, ControllerEnrollment, GrantOf, GrantOn};

use crate::controllers::{anybody, control, name_of};
use crate::prelude::*;

use super::add;

fn all_on(scene: &Scene, thing: &SerialId, limit: usize) -> Vec<GrantOn> {
    let (mut all, mut after) = (Vec::new(), None);
    let limit = NonZeroUsize::new(limit).unwrap();
    loop {
        let page = block_on(scene.registry.grants_on(thing, after.as_ref(), limit)).unwrap();
        assert!(page.grants.len() <= limit.get());
        all.extend(page.grants);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

fn all_of(scene: &Scene, holder: &PlugId, limit: usize) -> Vec<GrantOf> {
    let (mut all, mut after) = (Vec::new(), None);
    let limit = NonZeroUsize::new(limit).unwrap();
    loop {
        let page = block_on(scene.registry.grants_of(holder, after.as_ref(), limit)).unwrap();
        assert!(page.grants.len() <= limit.get());
        all.extend(page.grants);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// Six Things, of which each of five Controllers of the first holds all.
fn many(scene: &Scene) -> (Vec<SerialId>, Vec<ControllerEnrollment>) {
    let serials = ["SN-1", "SN-10", "SN-2", "A", "a", "\u{fc}"];
    let things: Vec<_> =
        (1..).zip(serials).map(|(n, serial)| block_on(scene.thing(serial, n)).0).collect();
    let holders: Vec<_> = (0..5).map(|_| control(scene, &things[0], 1, &anybody())).collect();
    for (thing, number) in things.iter().zip(1..).skip(1) {
        scene.clock.advance(Duration::from_secs(1));
        for holder in &holders {
            add(scene, holder.credentials(), thing, number).unwrap();
        }
    }
    (things, holders)
}

#[test]
fn grants_are_listed_once_in_order_whatever_the_page() {
    let scene = scene();
    let (things, holders) = many(&scene);
    let names: BTreeSet<_> = holders.iter().map(name_of).collect();
    let sorted: BTreeSet<_> = things.iter().copied().collect();
    for limit in [1, 2, 3, 5, 6, 100] {
        for (place, thing) in (0..).zip(&things) {
            let on = all_on(&scene, thing, limit);
            assert!(on.iter().map(|grant| grant.holder).eq(names.iter().copied()));
            let since = scene.clock.time().millis() - (5 - place) * 1_000;
            assert!(on.iter().all(|grant| grant.at.millis() == since));
            assert!(on.iter().all(|grant| grant.access == AccessLevel::ReadWrite));
        }
        for holder in &names {
            let of = all_of(&scene, holder, limit);
            assert!(of.iter().map(|grant| grant.thing).eq(sorted.iter().copied()));
            for grant in of {
                let status = block_on(scene.status(&grant.thing));
                assert_eq!(status.plug_id, Some(grant.plug_id));
            }
        }
    }
}

#[test]
fn grants_that_ended_are_passed_over_and_the_pages_go_on_behind_them() {
    let scene = scene();
    let (things, holders) = many(&scene);
    let (registry, ada) = (&scene.registry, &scene.ada);
    // All that one held, and one of another's.
    block_on(registry.release_all(&name_of(&holders[0]), ada)).unwrap();
    block_on(registry.release(&things[2], &name_of(&holders[1]), ada)).unwrap();
    block_on(registry.unenroll(&things[3], plugmint::Epoch::FIRST, ada)).unwrap();
    for limit in [1, 2, 5, 100] {
        let on = things.iter().map(|thing| all_on(&scene, thing, limit).len());
        assert_eq!(on.collect::<Vec<_>>(), [4, 4, 3, 0, 4, 4]);
        let of = holders.iter().map(|holder| all_of(&scene, &name_of(holder), limit).len());
        assert_eq!(of.collect::<Vec<_>>(), [0, 4, 5, 5, 5]);
    }
}

#[test]
fn a_grant_is_shown_with_no_access_while_either_is_disabled() {
    let scene = scene();
    let (things, holders) = many(&scene);
    let (registry, ada) = (&scene.registry, &scene.ada);
    let disabled = name_of(&holders[2]);
    block_on(registry.disable_controller(&disabled, ada)).unwrap();
    block_on(registry.disable(&things[1], ada)).unwrap();
    block_on(registry.set_access(&things[2], Some(AccessLevel::Read), ada)).unwrap();
    for (thing, level) in
        things.iter().zip([AccessLevel::ReadWrite, AccessLevel::None, AccessLevel::Read])
    {
        for grant in all_on(&scene, thing, 100) {
            let expected = if grant.holder == disabled { AccessLevel::None } else { level };
            assert_eq!(grant.access, expected);
            assert_eq!(grant.access, block_on(scene.access(&grant.holder, thing)));
        }
    }
    assert!(all_of(&scene, &disabled, 100).iter().all(|of| of.access == AccessLevel::None));
}

#[test]
fn who_lists_grants_is_told_what_is_unknown() {
    let scene = scene();
    let unknown = scene.id("SN-9");
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), *unknown.serial());
    let on = |id| block_on(scene.registry.grants_on(id, None, PAGE)).unwrap_err().code();
    assert_eq!((on(&unknown), on(&nowhere)), ("unknown-serial", "unknown-template"));
    let nobody = "dev-0123456789abcdef01234567".parse().unwrap();
    for holder in [nobody, scene.template.id().plug_id()] {
        let refused = block_on(scene.registry.grants_of(&holder, None, PAGE)).unwrap_err();
        assert_eq!(refused.code(), "unknown-holder");
    }
    let (id, told) = block_on(scene.thing("SN-1", 1));
    assert_eq!(all_on(&scene, &id, 1), []);
    assert_eq!(all_of(&scene, told.credentials().plug_id(), 1), []);
}
