//! A new version comes.

use crate::prelude::*;

#[test]
fn after_a_rotation_old_serials_keep_their_version_and_new_ones_take_the_new() {
    everywhere(|house| {
        let (old, under) = house.register("SN-1", 1);
        assert_eq!(under, 1);
        let before = house.enroll(&old, 1);
        house.rotate(&[1, 2]);
        assert_eq!(house.registry().key_version(), version(2));
        assert_eq!(house.version_of(&old), 1);
        assert_eq!(told(&house.enroll(&old, 1)), told(&before));
        house.connect(&before);
        house.connect(&before);
        assert_eq!(house.version_of(&old), 1);
        let (new, under) = house.register("SN-2", 2);
        assert_eq!(under, 2);
        house.connect(&house.enroll(&new, 2));
    });
}

#[test]
fn a_transfer_and_replaced_passwords_take_the_new_version_and_another_identity() {
    everywhere(|mut house| {
        let ((transferred, _), (replaced, _)) = (house.register("A", 1), house.register("B", 2));
        let before = house.enroll(&transferred, 1);
        house.connect(&before);
        house.rotate(&[1, 2]);
        let new = NewPasswords::new(enroll_password(&generated_password(3)));
        let (registry, ada) = (house.registry(), &house.scene.ada);
        let seen = block_on(house.scene.status(&transferred)).epoch;
        assert_eq!(
            block_on(registry.transfer(&transferred, &new, seen, ada)).unwrap(),
            Outcome::Done
        );
        assert_eq!(
            block_on(registry.transfer(&transferred, &new, seen, ada)).unwrap(),
            Outcome::AlreadyDone
        );
        let other = NewPasswords::new(enroll_password(&generated_password(4)));
        let seen = block_on(house.scene.status(&replaced)).epoch;
        block_on(registry.replace_passwords(&replaced, &other, seen, ada)).unwrap();
        assert_eq!((house.version_of(&transferred), house.version_of(&replaced)), (2, 2));
        // What was sealed anew opens under the new version.
        let enrollment = block_on(registry.enroll_by_operator(&replaced, ada)).unwrap();
        assert_eq!(told(&enrollment), told(&house.enroll(&replaced, 4)));
        sweep(house.registry());
        house.drop_key(1).unwrap();
        house.reopen(&[2]);
        let after = house.enroll(&transferred, 3);
        assert_ne!(told(&after).0, told(&before).0);
        house.connect(&after);
    });
}

#[test]
fn a_repeat_of_a_rotation_says_so_and_writes_nothing() {
    in_memory(|house| {
        let counting = Arc::new(CountingStore::new(Arc::clone(&house.store)));
        let registry = house.opened_on(&(Arc::clone(&counting) as _), &Keys::of(&[1])).unwrap();
        for expected in [Outcome::Done, Outcome::AlreadyDone, Outcome::AlreadyDone] {
            let rotated = block_on(registry.rotate_root_key(&Keys::of(&[2, 1])));
            assert_eq!(rotated.unwrap(), expected);
        }
        assert_eq!(counting.attempts(), 1);
    });
}

#[test]
fn a_key_that_is_not_right_brings_nothing_in() {
    in_memory(|house| {
        let counting = Arc::new(CountingStore::new(Arc::clone(&house.store)));
        let registry = house.opened_on(&(Arc::clone(&counting) as _), &Keys::of(&[1])).unwrap();
        let code = |keys: Keys| block_on(registry.rotate_root_key(&keys)).unwrap_err().code();
        assert_eq!(code(Keys::of(&[])), "no-root-key");
        assert_eq!(code(Keys::of(&[2])), "missing-root-key");
        assert_eq!(code(Keys::of(&[1, 3])), "not-next-root-key");
        assert_eq!(code(Keys::of(&[1, 2, 3])), "unknown-root-key");
        assert_eq!(code(Keys::of(&[2]).and(1, 7)), "wrong-root-key");
        assert_eq!(code(Keys::of(&[1]).and(2, 1)), "same-root-key");
        assert_eq!((registry.key_version(), counting.attempts()), (version(1), 0));
        block_on(registry.rotate_root_key(&Keys::of(&[1, 2]))).unwrap();
        assert_eq!(code(Keys::of(&[1])), "missing-root-key");
        assert_eq!(code(Keys::of(&[1]).and(2, 7)), "wrong-root-key");
        assert_eq!(code(Keys::of(&[1, 2]).and(3, 1)), "same-root-key");
    });
}

#[test]
fn a_rotated_store_opens_with_every_version_and_with_no_less() {
    in_memory(|house| {
        house.rotate(&[1, 2]);
        let code = |keys: Keys| house.opened(&keys).unwrap_err().code();
        assert_eq!(code(Keys::of(&[1])), "missing-root-key");
        assert_eq!(code(Keys::of(&[2])), "missing-root-key");
        assert_eq!(code(Keys::of(&[1, 2, 3])), "unknown-root-key");
        assert_eq!(code(Keys::of(&[1]).and(2, 7)), "wrong-root-key");
        assert_eq!(house.opened(&Keys::of(&[1, 2])).unwrap().key_version(), version(2));
    });
}

#[test]
fn of_two_rotations_to_different_keys_one_wins_and_the_other_is_told() {
    in_memory(|house| {
        let yielding: Arc<dyn Store> = Arc::new(YieldingStore::new(Arc::clone(&house.store)));
        let open = || house.opened_on(&yielding, &Keys::of(&[1])).unwrap();
        let (one, other) = (open(), open());
        let (keys, others) = (Keys::of(&[1, 2]), Keys::of(&[1]).and(2, 7));
        let (a, b) = block_on(futures_util::future::join(
            one.rotate_root_key(&keys),
            other.rotate_root_key(&others),
        ));
        let lost = |lost: &RotateError| lost.code() == "wrong-root-key";
        match (&a, &b) {
            (Ok(Outcome::Done), Err(error)) | (Err(error), Ok(Outcome::Done)) => {
                assert!(lost(error), "{error}");
            }
            _ => panic!("{a:?} {b:?}"),
        }
        let versions = [one.key_version(), other.key_version()];
        assert!(versions.contains(&version(1)) && versions.contains(&version(2)));
    });
}

#[test]
fn a_process_that_was_not_told_reads_and_writes_on_until_it_is() {
    in_memory(|house| {
        let other = house.opened(&Keys::of(&[1])).unwrap();
        house.rotate(&[1, 2]);
        let (id, _) = house.register("SN-2", 2);
        let enrollment = house.enroll(&id, 2);
        let credentials = enrollment.credentials();
        let connect = || {
            block_on(other.authenticate(credentials.plug_id(), credentials.connection_password()))
        };
        assert!(matches!(connect().unwrap_err(), plugmint::AuthenticateError::Fault(_)));
        let new = new_serial("SN-3", &generated_password(3));
        let status = block_on(other.register(id.template(), new, &house.scene.ada)).unwrap();
        assert_eq!(status.key_version, version(1));
        let told = block_on(other.rotate_root_key(&Keys::of(&[1, 2])));
        assert_eq!(told.unwrap(), Outcome::AlreadyDone);
        connect().unwrap();
        assert_eq!(other.key_version(), version(2));
    });
}

#[test]
fn a_store_that_was_made_with_two_versions_can_drop_the_older_one() {
    for records in [Records::Plain, Records::Tagged] {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::default());
        let new = || with(records, builder(Arc::clone(&store), Arc::clone(&clock), 1));
        let registry = block_on(new().create(&Keys::of(&[1, 2]))).unwrap();
        assert_eq!(block_on(registry.drop_root_key(version(1))).unwrap(), Outcome::Done);
        let opened = block_on(new().open(&Keys::of(&[2]))).unwrap();
        let expected = [(version(1), Some(KeyStanding::Dropped)), (version(2), None)];
        assert_eq!(block_on(opened.key_versions()).unwrap(), expected);
    }
}
