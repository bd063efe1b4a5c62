//! Histories that are proved and forgotten.

use plugmint::{Event, HistoryBreak, HistoryHead, KeptHead, VerifyHistoryError};
use plugmint_store::{Batch, Guard, Key};

use crate::prelude::*;

const MINUTE: Duration = Duration::from_secs(60);

/// A serial with seven events.
pub(crate) fn lived(scene: &Scene, serial: &str, number: u32) -> SerialId {
    let (id, _) = block_on(scene.activated(serial, &password(number)));
    for _ in 0..2 {
        block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
        block_on(scene.registry.enable(&id, &scene.ada)).unwrap();
    }
    id
}

fn history(scene: &Scene, id: &SerialId) -> Vec<Event> {
    block_on(scene.registry.history(id, None, PAGE)).unwrap()
}

fn broken(scene: &Scene, id: &SerialId, kept: Option<&HistoryHead>) -> (u64, HistoryBreak) {
    match block_on(scene.registry.verify_history(id, kept)).unwrap_err() {
        VerifyHistoryError::Broken { at, how } => (at.number(), how),
        error => panic!("{error}"),
    }
}

fn event_key(id: &SerialId, number: u64) -> Key {
    let parts = [b"e", id.template().body().as_slice(), id.serial().as_bytes(), &[0]];
    Key::new(&[parts.concat(), number.to_be_bytes().to_vec()].concat()).unwrap()
}

fn put(store: &Arc<dyn Store>, key: &Key, value: Option<Vec<u8>>) {
    let revision = block_on(store.get(key)).unwrap().unwrap().revision();
    let batch = match value {
        Some(value) => Batch::new().put(key.clone(), Guard::At(revision), value),
        None => Batch::new().delete(key.clone(), revision),
    };
    block_on(store.commit(batch.unwrap())).unwrap();
}

#[test]
fn a_whole_history_is_verified_and_leads_over_every_head_that_was_kept() {
    let scene = scene();
    let id = lived(&scene, "SN-1", 1);
    let registry = &scene.registry;
    let verified = block_on(registry.verify_history(&id, None)).unwrap();
    let events = history(&scene, &id);
    assert_eq!((verified.head.count(), verified.first.number()), (7, 0));
    assert_eq!((verified.head, verified.kept), (events.last().unwrap().head(), KeptHead::NotGiven));
    let heads = events.iter().map(Event::head);
    for kept in heads.chain([HistoryHead::before_first(&id)]) {
        let verified = block_on(registry.verify_history(&id, Some(&kept))).unwrap();
        assert_eq!(verified.kept, KeptHead::OnTheWay, "{kept}");
    }
}

#[test]
fn a_history_that_was_changed_says_where() {
    let store = memory();
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let id = lived(&scene, "SN-1", 1);
    let other = lived(&scene, "SN-2", 2);
    let events = history(&scene, &id);
    let second = event_key(&id, 2);
    put(&store, &second, Some(events[3].encode()));
    assert_eq!(broken(&scene, &id, None), (2, HistoryBreak::NotChained));
    put(&store, &second, None);
    assert_eq!(broken(&scene, &id, None), (2, HistoryBreak::Missing));
    let last = event_key(&other, 6);
    put(&store, &last, Some(history(&scene, &other)[5].encode()));
    assert_eq!(broken(&scene, &other, None), (6, HistoryBreak::NotChained));
}

#[test]
fn another_last_event_is_not_the_one_that_the_record_names() {
    let store = memory();
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let id = block_on(scene.register("SN-1", &password(1)));
    let events = history(&scene, &id);
    // The same place, the same past, another time: its hash is another.
    let mut bytes = events[0].encode();
    let at = 1 + 8 + 7;
    bytes[at] ^= 1;
    let forged = Event::decode(&bytes).unwrap();
    assert_eq!(forged.number(), events[0].number());
    put(&store, &event_key(&id, 0), Some(bytes));
    assert_eq!(broken(&scene, &id, None), (1, HistoryBreak::HeadDiffers));
}

#[test]
fn a_head_that_is_not_on_the_way_is_told() {
    let scene = scene();
    let id = lived(&scene, "SN-1", 1);
    let other = lived(&scene, "SN-2", 2);
    let kept = history(&scene, &other)[3].head();
    assert_eq!(broken(&scene, &id, Some(&kept)), (4, HistoryBreak::KeptDiffers));
    let verified = block_on(scene.registry.verify_history(&id, None)).unwrap();
    let ahead = HistoryHead::from_parts(8, *verified.head.last());
    assert_eq!(broken(&scene, &id, Some(&ahead)), (7, HistoryBreak::KeptDiffers));
}

#[test]
fn what_is_forgotten_leaves_a_history_that_is_proved() {
    let scene = scene();
    let id = lived(&scene, "SN-1", 1);
    let kept = history(&scene, &id)[2].head();
    scene.clock.advance(MINUTE);
    let young = scene.clock.time();
    block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
    block_on(scene.registry.enable(&id, &scene.ada)).unwrap();
    let forgotten = block_on(scene.registry.forget_events(young, None)).unwrap();
    assert_eq!(forgotten.events, 7);
    let left = history(&scene, &id);
    assert_eq!(left.iter().map(|event| event.number().number()).collect::<Vec<_>>(), [7, 8]);
    let verified = block_on(scene.registry.verify_history(&id, Some(&kept))).unwrap();
    assert_eq!((verified.first.number(), verified.kept), (7, KeptHead::Forgotten));
    let kept = left[0].head();
    let verified = block_on(scene.registry.verify_history(&id, Some(&kept))).unwrap();
    assert_eq!(verified.kept, KeptHead::OnTheWay);
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    assert!(block_on(scene.registry.verify_history(&id, Some(&kept))).is_ok());
}

#[test]
fn the_last_event_of_a_serial_is_not_forgotten() {
    let scene = scene();
    let id = block_on(scene.register("SN-1", &password(1)));
    scene.clock.advance(MINUTE);
    let forgotten = block_on(scene.registry.forget_events(scene.clock.time(), None)).unwrap();
    assert_eq!(forgotten.events, 0);
    assert_eq!(history(&scene, &id).len(), 1);
}

#[test]
fn forgetting_goes_on_until_all_that_is_old_is_gone() {
    let store = memory();
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    for number in 0..400 {
        lived(&scene, &format!("SN-{number:03}"), number);
    }
    scene.clock.advance(MINUTE);
    let (mut events, mut after, mut calls) = (0, None, 0);
    loop {
        let done = scene.registry.forget_events(scene.clock.time(), after.as_ref());
        let done = block_on(done).unwrap();
        (events, after, calls) = (events + done.events, done.next, calls + 1);
        if after.is_none() {
            break;
        }
    }
    assert_eq!(events, 400 * 6);
    assert!(calls > 2, "{calls}");
    let places = block_on(store.scan(b"f", None, NonZeroUsize::MAX)).unwrap();
    assert_eq!(places.len(), 400);
    for number in 0..400 {
        let id = scene.id(&format!("SN-{number:03}"));
        assert_eq!(block_on(scene.registry.verify_history(&id, None)).unwrap().first.number(), 6);
    }
}
