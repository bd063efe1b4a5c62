//! Everything comes under the current version.

use plugmint_store::{Batch, Key};

use crate::prelude::*;

/// Thirty serials in every stage, under version 1.
fn populate(house: &House) -> Vec<SerialId> {
    let ids: Vec<_> = (0..30).map(|n| house.register(&format!("SN-{n}"), n).0).collect();
    for (n, id) in (0..).zip(&ids) {
        if n % 3 > 0 {
            let enrollment = house.enroll(id, n);
            if n % 3 == 2 {
                house.connect(&enrollment);
            }
        }
    }
    block_on(house.registry().retire(&ids[29], &house.scene.ada)).unwrap();
    ids
}

fn shown(house: &House, ids: &[SerialId]) -> Vec<String> {
    let show = |id: &SerialId| {
        let history = block_on(house.registry().verify_history(id, None)).unwrap();
        format!("{:?} {history:?}", block_on(house.scene.status(id)))
    };
    ids.iter().map(show).collect()
}

#[test]
fn a_sweep_brings_all_seals_and_tags_over_and_changes_nothing_else() {
    everywhere(|house| {
        let ids = populate(&house);
        let before = shown(&house, &ids);
        house.rotate(&[1, 2]);
        let uses = house.uses(1);
        assert_eq!((uses.sealed_keys, uses.serials), (20, 29));
        assert_eq!(uses.record_tags > 0, house.records == Records::Tagged);
        let rewritten = sweep(house.registry());
        match house.records {
            Records::Plain => assert_eq!(rewritten, 20),
            Records::Tagged => assert_eq!(rewritten, uses.record_tags),
        }
        let (old, new) = (house.uses(1), house.uses(2));
        assert_eq!((old.to_sweep(), old.serials), (0, 29));
        // The kept keys of version 1 are sealed too.
        assert_eq!((new.sealed_keys, new.record_tags, new.serials), (21, uses.record_tags, 0));
        assert_eq!(shown(&house, &ids), before);
        assert_eq!(sweep(house.registry()), 0);
    });
}

#[test]
fn without_a_rotation_there_is_nothing_to_sweep() {
    in_memory(|house| {
        populate(&house);
        assert_eq!(sweep(house.registry()), 0);
        assert_eq!(house.uses(1).serials, 29);
    });
}

#[test]
fn an_operator_enrolls_from_a_key_that_was_sealed_anew() {
    everywhere(|mut house| {
        let ((one, _), (other, _)) = (house.register("SN-1", 1), house.register("SN-2", 2));
        let before = house.enroll(&other, 2);
        house.rotate(&[1, 2]);
        sweep(house.registry());
        house.drop_key(1).unwrap();
        house.reopen(&[2]);
        let by_operator = block_on(house.registry().enroll_by_operator(&one, &house.scene.ada));
        assert_eq!(told(&by_operator.unwrap()), told(&house.enroll(&one, 1)));
        // That of a serial that had enrolled was sealed anew too.
        let (id, ada) = (&other, &house.scene.ada);
        let seen = block_on(house.scene.status(id)).epoch;
        block_on(house.registry().reactivate(id, seen, ada)).unwrap();
        let again = block_on(house.registry().enroll_by_operator(id, ada)).unwrap();
        assert_eq!(told(&again).0, told(&before).0);
        assert_ne!(told(&again).1, told(&before).1);
    });
}

#[test]
fn a_sweep_that_is_broken_off_goes_on_and_begins_anew() {
    in_memory(|house| {
        let registry = house.registry();
        let new = |n: u32| new_serial(&format!("SN-{n:05}"), &generated_password(n));
        let serials = (0..3_000).map(new).collect();
        let template = house.scene.template.id();
        block_on(registry.register_all(template, serials, &house.scene.ada)).unwrap();
        house.rotate(&[1, 2]);
        let before = house.uses(1).sealed_keys;
        assert_eq!(before, 3_000);
        let first = block_on(registry.sweep_keys(None)).unwrap();
        assert!(first.next.is_some());
        // Broken off here. Somebody else begins anew: what is done is passed over.
        let other = house.opened(&Keys::of(&[1, 2])).unwrap();
        let again = block_on(other.sweep_keys(None)).unwrap();
        assert_eq!((again.rewritten, &again.next), (0, &first.next));
        let second = block_on(other.sweep_keys(again.next.as_ref())).unwrap();
        assert!(second.rewritten > 0);
        let all = first.rewritten + second.rewritten + sweep(registry);
        let records = match house.records {
            Records::Plain => 3_000,
            // A serial, an event and its place in the feed; installation, template, company's.
            Records::Tagged => 9_003,
        };
        assert_eq!((all, house.uses(1).to_sweep()), (records, 0));
    });
}

#[test]
fn progress_is_counted_in_parts_that_add_up() {
    let house = House::new(Arc::new(MemoryStore::new()), Records::Tagged);
    let new = |n: u32| new_serial(&format!("SN-{n:05}"), &generated_password(n));
    let template = house.scene.template.id();
    for part in 0..8 {
        let serials = (0..3_000).map(|n| new(part * 3_000 + n)).collect();
        block_on(house.registry().register_all(template, serials, &house.scene.ada)).unwrap();
    }
    let (part, next) = block_on(house.registry().key_progress(None)).unwrap();
    // The check of the key is the one that has no tag.
    assert_eq!(part.of(version(1)).record_tags, 65_535);
    assert!(next.is_some());
    let all = house.uses(1);
    assert_eq!((all.record_tags, all.sealed_keys, all.serials), (72_003, 24_000, 24_000));
}

fn change(house: &House, letter: u8, change: impl Fn(&mut Vec<u8>)) -> Key {
    let all = block_on(house.store.scan(&[letter], None, NonZeroUsize::MAX)).unwrap();
    let (key, record) = all.into_iter().next().unwrap();
    let guard = plugmint_store::Guard::At(record.revision());
    let mut value = record.into_value();
    change(&mut value);
    block_on(house.store.commit(Batch::new().put(key.clone(), guard, value).unwrap())).unwrap();
    key
}

#[test]
fn a_record_that_was_tampered_with_is_named_and_gets_no_new_tag() {
    let house = House::new(Arc::new(MemoryStore::new()), Records::Tagged);
    house.register("SN-1", 1);
    house.rotate(&[1, 2]);
    for at in [1, 30] {
        let flip = |value: &mut Vec<u8>| {
            let at = value.len() - at;
            value[at] ^= 1;
        };
        change(&house, b'e', flip);
        let stopped = block_on(house.registry().sweep_keys(None)).unwrap_err();
        assert!(matches!(stopped, Fault::Store(_)), "{stopped}");
        assert!(matches!(house.drop_key(1).unwrap_err(), DropKeyError::InUse { .. }));
        change(&house, b'e', flip);
    }
    sweep(house.registry());
    house.drop_key(1).unwrap();
}

#[test]
fn a_sealed_key_that_was_moved_is_not_sealed_anew() {
    let house = House::new(Arc::new(MemoryStore::new()), Records::Plain);
    house.register("SN-1", 1);
    house.rotate(&[1, 2]);
    // Behind the registration, and before the head of the history.
    let flip = |value: &mut Vec<u8>| value[110] ^= 1;
    change(&house, b's', flip);
    let stopped = block_on(house.registry().sweep_keys(None)).unwrap_err();
    assert!(matches!(stopped, Fault::SealedKey(_)), "{stopped}");
}
