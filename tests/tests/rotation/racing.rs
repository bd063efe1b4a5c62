//! Rotation, sweep and drop while devices and operators come and go.

use std::thread;

use crate::prelude::*;

/// A registry on a store where every call lets others go first, for calls that are joined.
fn yielding(house: &House, keys: &[u32]) -> Registry {
    let yielding: Arc<dyn Store> = Arc::new(YieldingStore::new(Arc::clone(&house.store)));
    house.opened_on(&yielding, &Keys::of(keys)).unwrap()
}

#[test]
fn a_sweep_that_races_with_every_verb_loses_nothing() {
    in_memory(|house| {
        let numbers = 0..60;
        let ids: Vec<_> =
            numbers.clone().map(|n| house.register(&format!("SN-{n}"), n).0).collect();
        let before: Vec<_> = numbers
            .clone()
            .filter(|n| n % 3 > 0)
            .map(|n| house.enroll(&ids[n as usize], n))
            .collect();
        house.rotate(&[1, 2]);
        let registry = yielding(&house, &[1, 2]);
        let ada = &house.scene.ada;
        let devices = numbers.clone().map(|n| {
            let (registry, id) = (registry.clone(), ids[n as usize]);
            async move {
                let password = enroll_password(&generated_password(n));
                if n % 3 == 0 {
                    registry.enroll(&id, &password).await.unwrap();
                } else if n % 3 == 1 {
                    let enrollment = registry.enroll(&id, &password).await.unwrap();
                    let credentials = enrollment.credentials();
                    let (plug_id, password) =
                        (credentials.plug_id(), credentials.connection_password());
                    registry.authenticate(plug_id, password).await.unwrap();
                } else {
                    registry.retire(&id, ada).await.unwrap();
                }
            }
        });
        let sweeps = async {
            for _ in 0..4 {
                let mut next = registry.sweep_keys(None).await.unwrap().next;
                while let Some(after) = next {
                    next = registry.sweep_keys(Some(&after)).await.unwrap().next;
                }
            }
        };
        block_on(futures_util::future::join(futures_util::future::join_all(devices), sweeps));
        sweep(&registry);
        assert_eq!(progress(&registry).of(version(1)).to_sweep(), 0);
        for (n, id) in numbers.zip(&ids) {
            let status = block_on(house.scene.status(id));
            let expected =
                [StageName::Enrolled, StageName::Activated, StageName::Retired][(n % 3) as usize];
            assert_eq!((status.stage, status.key_version), (expected, version(1)), "SN-{n}");
            block_on(registry.verify_history(id, None)).unwrap();
        }
        assert_eq!(before.len(), 40);
        assert_eq!(block_on(registry.drop_root_key(version(1))).unwrap(), Outcome::Done);
    });
}

#[test]
fn a_record_that_is_always_faster_does_not_stop_a_sweep_for_good() {
    in_memory(|house| {
        let troubled = Arc::new(TroubledStore::new(Arc::clone(&house.store)));
        house.register("SN-1", 1);
        house.rotate(&[1, 2]);
        let keys = Keys::of(&[1, 2]);
        let registry = house.opened_on(&(Arc::clone(&troubled) as _), &keys).unwrap();
        troubled.trouble(Trouble::Rewritten(b"s"), 3);
        assert!(block_on(registry.sweep_keys(None)).unwrap().rewritten > 0);
        assert_eq!((troubled.left(), troubled.conflicts()), (0, 3));
        assert_eq!(house.uses(1).to_sweep(), 0);
        house.drop_key(1).unwrap();
    });
}

#[test]
fn a_registration_that_began_before_a_drop_is_under_a_version_that_is_in_use() {
    in_memory(|house| {
        // Every place at which the registration can be when the version goes.
        for polls in 0..40 {
            let house = House::new(Arc::new(MemoryStore::new()), house.records);
            let registry = yielding(&house, &[1]);
            let new = new_serial("SN-1", &generated_password(1));
            let template = *house.scene.template.id();
            let mut registering = Box::pin(registry.register(&template, new, &house.scene.ada));
            let early = poll(&mut registering, polls);
            let rotate = async || {
                registry.rotate_root_key(&Keys::of(&[1, 2])).await.unwrap();
                sweep_all(&registry).await;
                registry.drop_root_key(version(1)).await
            };
            let dropped = block_on(rotate());
            let status = early.unwrap_or_else(|| block_on(registering)).unwrap();
            match &dropped {
                Ok(Outcome::Done) => {}
                other => panic!("{other:?}"),
            }
            assert_eq!(progress(&registry).of(version(1)).to_sweep(), 0, "{polls} polls");
            let opened = house.opened(&Keys::of(&[2])).unwrap();
            let id = SerialId::new(template, "SN-1".parse().unwrap());
            let by_operator = block_on(opened.enroll_by_operator(&id, &house.scene.ada)).unwrap();
            let password = enroll_password(&generated_password(1));
            let by_device = block_on(opened.enroll(&id, &password)).unwrap();
            assert_eq!(told(&by_operator), told(&by_device), "version {}", status.key_version);
        }
    });
}

async fn sweep_all(registry: &Registry) {
    let mut next = registry.sweep_keys(None).await.unwrap().next;
    while let Some(after) = next {
        next = registry.sweep_keys(Some(&after)).await.unwrap().next;
    }
}

fn poll<F: Future + Unpin>(future: &mut F, polls: usize) -> Option<F::Output> {
    use std::task::{Context, Poll, Waker};
    (0..polls).find_map(|_| {
        match std::pin::Pin::new(&mut *future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    })
}

#[test]
fn devices_that_connect_and_enroll_on_other_threads_are_never_refused() {
    everywhere(|house| {
        let enrollments: Vec<_> = (0..50)
            .map(|n| {
                let enrollment = house.enroll(&house.register(&format!("SN-{n}"), n).0, n);
                house.connect(&enrollment);
                enrollment
            })
            .collect();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let connecting = scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    for enrollment in &enrollments {
                        house.connect(enrollment);
                    }
                }
            });
            let enrolling = scope.spawn(|| {
                let mut numbers = 1_000..;
                while !is_over.load(Ordering::SeqCst) {
                    let n = numbers.next().unwrap();
                    let (id, _) = house.register(&format!("NEW-{n}"), n);
                    house.connect(&house.enroll(&id, n));
                }
            });
            let over = Over(&is_over);
            for newest in 2..6 {
                let all: Vec<_> = (1..=newest).collect();
                house.rotate(&all);
                for older in 1..newest {
                    while let Err(error) = house.drop_key(older) {
                        assert!(matches!(error, DropKeyError::InUse { .. }), "{error}");
                        sweep(house.registry());
                    }
                }
            }
            drop(over);
            connecting.join().unwrap();
            enrolling.join().unwrap();
        });
        let opened = house.opened(&Keys::of(&[5])).unwrap();
        for enrollment in &enrollments {
            let credentials = enrollment.credentials();
            let password = credentials.connection_password();
            block_on(opened.authenticate(credentials.plug_id(), password)).unwrap();
        }
    });
}
