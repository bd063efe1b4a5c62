//! Commits that fail, and calls that are dropped, anywhere.

use crate::prelude::*;

/// A house whose store fails when it is told, with a device that has enrolled and one that has not.
fn troubled(records: Records) -> (House, Arc<TroubledStore>, SerialId, Enrollment) {
    let troubled = Arc::new(TroubledStore::new(Arc::new(MemoryStore::new())));
    let house = House::new(Arc::clone(&troubled) as _, records);
    let (silent, _) = house.register("SN-1", 1);
    let (id, _) = house.register("SN-2", 2);
    let enrollment = house.enroll(&id, 2);
    (house, troubled, silent, enrollment)
}

/// Rotates, sweeps and drops; each call again until it goes well.
fn go_over(registry: &Registry) -> usize {
    let mut failed = 0;
    let keys = Keys::of(&[1, 2]);
    while block_on(registry.rotate_root_key(&keys)).is_err() {
        failed += 1;
    }
    let mut next = None;
    loop {
        match block_on(registry.sweep_keys(next.as_ref())) {
            Ok(swept) if swept.next.is_none() => break,
            Ok(swept) => next = swept.next,
            Err(_) => failed += 1,
        }
    }
    while block_on(registry.drop_root_key(version(1))).is_err() {
        failed += 1;
    }
    failed
}

fn is_over(house: &House, silent: &SerialId, enrollment: &Enrollment) {
    let opened = house.opened(&Keys::of(&[2])).unwrap();
    let credentials = enrollment.credentials();
    let password = credentials.connection_password();
    block_on(opened.authenticate(credentials.plug_id(), password)).unwrap();
    let by_operator = block_on(opened.enroll_by_operator(silent, &house.scene.ada)).unwrap();
    let password = enroll_password(&generated_password(1));
    assert_eq!(told(&by_operator), told(&block_on(opened.enroll(silent, &password)).unwrap()));
    block_on(opened.verify_history(silent, None)).unwrap();
    assert_eq!(progress(&opened).of(version(1)).to_sweep(), 0);
}

#[test]
fn any_commit_that_fails_before_or_after_it_was_done_is_repeated() {
    for records in [Records::Plain, Records::Tagged] {
        for trouble in [Trouble::FailsBefore, Trouble::FailsAfter, Trouble::Conflict] {
            // Rotation, sweep, closing, dropping: four commits, and one after them.
            for before in 0..=4 {
                let (house, store, silent, enrollment) = troubled(records);
                fail_after(&store, before, trouble);
                let failed = go_over(house.registry());
                let expected = usize::from(before < 4 && trouble != Trouble::Conflict);
                assert_eq!(failed, expected, "{records:?}, {trouble:?} after {before}");
                store.calm();
                is_over(&house, &silent, &enrollment);
            }
        }
    }
}

/// The commit behind the next `good` ones goes wrong.
fn fail_after(store: &TroubledStore, good: usize, trouble: Trouble) {
    // Nothing lies under that prefix, so nothing is rewritten before the commit goes well.
    store.trouble(Trouble::Rewritten(b"nothing"), good);
    store.trouble(trouble, 1);
}

#[test]
fn a_process_that_ends_between_any_two_commits_leaves_a_store_that_opens_and_goes_on() {
    for records in [Records::Plain, Records::Tagged] {
        for before in 0..4 {
            let (house, store, silent, enrollment) = troubled(records);
            let (registry, keys) = (house.registry().clone(), Keys::of(&[1, 2]));
            fail_after(&store, before, Trouble::FailsBefore);
            let done = block_on(async {
                registry.rotate_root_key(&keys).await.is_ok()
                    && registry.sweep_keys(None).await.is_ok()
                    && registry.drop_root_key(version(1)).await.is_ok()
            });
            assert!(!done);
            drop(registry);
            let opened = house.opened(&keys).or_else(|_| house.opened(&Keys::of(&[1]))).unwrap();
            assert_eq!(opened.key_version().number(), if before == 0 { 1 } else { 2 });
            go_over(&opened);
            is_over(&house, &silent, &enrollment);
        }
    }
}

#[test]
fn calls_that_are_dropped_anywhere_did_their_work_whole_or_not_at_all() {
    for records in [Records::Plain, Records::Tagged] {
        for polls in 0.. {
            let yielding: Arc<dyn Store> =
                Arc::new(YieldingStore::new(Arc::new(MemoryStore::new())));
            let house = House::new(yielding, records);
            let (silent, _) = house.register("SN-1", 1);
            let (id, _) = house.register("SN-2", 2);
            let enrollment = house.enroll(&id, 2);
            let registry = house.registry().clone();
            let all = async move {
                registry.rotate_root_key(&Keys::of(&[1, 2])).await.unwrap();
                registry.sweep_keys(None).await.unwrap();
                registry.drop_root_key(version(1)).await.unwrap();
            };
            let done = polled(all, polls).is_some();
            house.connect(&enrollment);
            go_over(house.registry());
            is_over(&house, &silent, &enrollment);
            if done {
                assert!(polls > 10, "there were {polls} places to be dropped at");
                break;
            }
        }
    }
}

#[test]
fn key_service_that_fails_brings_nothing_in() {
    use plugmint::{RootKeyError, RootLabel, RootMac};

    struct Failing(RootLabel);

    #[async_trait::async_trait]
    impl RootKeys for Failing {
        fn versions(&self) -> Vec<KeyVersion> {
            vec![version(1), version(2)]
        }

        async fn mac(&self, of: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
            if of == version(2) && label == self.0 {
                return Err(RootKeyError::new(of, "not now"));
            }
            Keys::of(&[1, 2]).mac(of, label).await
        }
    }

    let (house, ..) = troubled(Records::Tagged);
    for label in [RootLabel::Enroll, RootLabel::Record, RootLabel::KeyCheck] {
        let refused = block_on(house.registry().rotate_root_key(&Failing(label))).unwrap_err();
        assert!(matches!(&refused, RotateError::RootKey(_)) && refused.is_retryable());
    }
    assert_eq!(block_on(house.registry().key_versions()).unwrap().len(), 1);
}
