//! An old version goes.

use crate::prelude::*;

#[test]
fn a_version_is_dropped_only_when_nothing_lies_under_it() {
    everywhere(|house| {
        house.register("SN-1", 1);
        assert!(matches!(house.drop_key(1).unwrap_err(), DropKeyError::Current { .. }));
        house.rotate(&[1, 2]);
        match house.drop_key(1).unwrap_err() {
            DropKeyError::InUse { left, .. } => assert_eq!(left, house.uses(1)),
            other => panic!("{other}"),
        }
        let standing = || block_on(house.registry().key_versions()).unwrap()[0].1;
        assert_eq!(standing(), None);
        sweep(house.registry());
        assert_eq!(house.drop_key(1).unwrap(), Outcome::Done);
        assert_eq!(standing(), Some(KeyStanding::Dropped));
        assert_eq!(house.drop_key(1).unwrap(), Outcome::AlreadyDone);
        assert!(matches!(house.drop_key(2).unwrap_err(), DropKeyError::Current { .. }));
        assert!(matches!(house.drop_key(3).unwrap_err(), DropKeyError::Unknown { .. }));
    });
}

#[test]
fn without_the_old_root_its_serials_enroll_enroll_again_and_connect() {
    everywhere(|mut house| {
        let ((silent, _), (old, _)) = (house.register("SN-1", 1), house.register("SN-2", 2));
        let before = house.enroll(&old, 2);
        house.connect(&before);
        house.rotate(&[1, 2]);
        sweep(house.registry());
        house.drop_key(1).unwrap();
        house.reopen(&[2]);
        house.connect(&before);
        house.connect(&house.enroll(&silent, 1));
        let seen = block_on(house.scene.status(&old)).epoch;
        let reactivate = house.registry().reactivate(&old, seen, &house.scene.ada);
        block_on(reactivate).unwrap();
        let after = house.enroll(&old, 2);
        assert_eq!(told(&after).0, told(&before).0);
        assert_ne!(told(&after).1, told(&before).1);
        house.connect(&after);
        assert_eq!(house.version_of(&old), 1);
        let wrong = block_on(house.scene.enroll_or_refuse(&silent, &generated_password(9)));
        assert!(matches!(wrong.unwrap_err(), EnrollError::Refused));
    });
}

#[test]
fn a_second_rotation_seals_anew_what_was_kept_of_a_root_that_is_gone() {
    everywhere(|mut house| {
        let (one, _) = house.register("SN-1", 1);
        house.rotate(&[1, 2]);
        sweep(house.registry());
        house.drop_key(1).unwrap();
        house.reopen(&[2]);
        let (two, _) = house.register("SN-2", 2);
        house.rotate(&[2, 3]);
        assert_eq!(house.uses(3).sealed_keys, 2);
        sweep(house.registry());
        house.drop_key(2).unwrap();
        house.reopen(&[3]);
        let (three, _) = house.register("SN-3", 3);
        for (number, id) in [(1, one), (2, two), (3, three)] {
            assert_eq!(house.version_of(&id), number);
            house.connect(&house.enroll(&id, number));
        }
        let opened = |keys: Keys| house.opened(&keys).map(drop).map_err(|error| error.code());
        assert_eq!(opened(Keys::of(&[1])), Err("missing-root-key"));
        assert_eq!(opened(Keys::of(&[2])), Err("missing-root-key"));
        assert_eq!(opened(Keys::of(&[2]).and(3, 7)), Err("wrong-root-key"));
        // Roots that are still there are welcome, and what is none of them is not looked at.
        assert_eq!(opened(Keys::of(&[1, 2, 3])), Ok(()));
        assert_eq!(opened(Keys::of(&[1, 3])), Ok(()));
        assert_eq!(opened(Keys::of(&[3]).and(1, 7)), Ok(()));
    });
}

#[test]
fn a_version_between_two_others_can_go_first() {
    in_memory(|mut house| {
        let (one, _) = house.register("SN-1", 1);
        house.rotate(&[1, 2]);
        let (two, _) = house.register("SN-2", 2);
        house.rotate(&[1, 2, 3]);
        sweep(house.registry());
        house.drop_key(2).unwrap();
        house.reopen(&[1, 3]);
        house.connect(&house.enroll(&one, 1));
        house.connect(&house.enroll(&two, 2));
    });
}

#[test]
fn what_was_kept_and_changed_does_not_open_and_is_told() {
    in_memory(|house| {
        house.register("SN-1", 1);
        house.rotate(&[1, 2]);
        sweep(house.registry());
        house.drop_key(1).unwrap();
        let kept = block_on(house.store.scan(b"w", None, NonZeroUsize::MAX)).unwrap();
        let (key, record) = kept.into_iter().next().unwrap();
        let put = |value: Option<Vec<u8>>| {
            let record = block_on(house.store.get(&key)).unwrap().unwrap();
            let batch = plugmint_store::Batch::new();
            let batch = match value {
                Some(value) => {
                    let guard = plugmint_store::Guard::At(record.revision());
                    batch.put(key.clone(), guard, value)
                }
                None => batch.delete(key.clone(), record.revision()),
            };
            block_on(house.store.commit(batch.unwrap())).unwrap();
        };
        let mut value = record.into_value();
        value[40] ^= 1;
        put(Some(value));
        let refused = house.opened(&Keys::of(&[2])).unwrap_err();
        assert!(matches!(refused, OpenError::Fault(Fault::KeptKeys { .. })), "{refused}");
        let refused = block_on(house.registry().rotate_root_key(&Keys::of(&[2, 3]))).unwrap_err();
        assert!(matches!(refused, RotateError::Fault(Fault::KeptKeys { .. })), "{refused}");
        // With the root itself all is well, and the next rotation keeps it again.
        house.opened(&Keys::of(&[1, 2])).unwrap();
        house.rotate(&[1, 2, 3]);
        put(None);
        assert_eq!(house.opened(&Keys::of(&[2, 3])).unwrap_err().code(), "missing-root-key");
    });
}

#[test]
fn nobody_writes_under_a_version_that_is_closed() {
    in_memory(|house| {
        let late = house.opened(&Keys::of(&[1])).unwrap();
        house.rotate(&[1, 2]);
        sweep(house.registry());
        house.drop_key(1).unwrap();
        let new = new_serial("SN-1", &generated_password(1));
        let id = house.scene.template.id();
        let refused = block_on(late.register(id, new, &house.scene.ada)).unwrap_err();
        match house.records {
            Records::Plain => assert_eq!(refused.code(), "missing-root-key"),
            // It does not even read the template, whose tag is a newer one.
            Records::Tagged => assert_eq!(refused.code(), "store"),
        }
        assert_eq!(house.uses(1), KeyUses::default());
    });
}

#[test]
fn what_is_left_of_a_dropped_key_is_nobodys_business() {
    everywhere(|mut house| {
        let (id, _) = house.register("SN-1", 1);
        house.rotate(&[1, 2]);
        sweep(house.registry());
        assert_eq!(house.drop_key(1).unwrap(), Outcome::Done);
        // Another key lies where the old one lay.
        let left = Keys::of(&[2]).and(1, 9);
        house.scene.registry = house.opened(&left).unwrap();
        house.connect(&house.enroll(&id, 1));
        let next = Keys::of(&[2, 3]).and(1, 9);
        let rotated = block_on(house.registry().rotate_root_key(&next));
        assert_eq!(rotated.unwrap(), Outcome::Done);
        // While it is needed it is not any key.
        assert!(house.opened(&Keys::of(&[3]).and(2, 9)).is_err());
    });
}
