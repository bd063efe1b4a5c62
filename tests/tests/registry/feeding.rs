//! Events of all serials, followed one after the other.

use std::collections::BTreeSet;
use std::sync::Mutex;

use plugmint::{FeedCursor, FeedEvent, UnixMillis};

use crate::events::lived;
use crate::prelude::*;
use crate::slow::Slow;

const MINUTE: Duration = Duration::from_secs(60);

fn all(feed: &mut plugmint::Feed, limit: usize) -> Vec<FeedEvent> {
    let mut all = Vec::new();
    loop {
        let page = block_on(feed.next_page(NonZeroUsize::new(limit).unwrap())).unwrap();
        if page.is_empty() {
            return all;
        }
        assert!(page.len() <= limit);
        all.extend(page);
    }
}

#[test]
fn the_feed_gives_every_event_of_every_serial_once_and_in_order() {
    for limit in [1, 2, 1000] {
        let scene = scene();
        let mut feed = scene.registry.feed(FeedCursor::START);
        let mut given = Vec::new();
        for number in 0..5 {
            lived(&scene, &format!("SN-{number}"), number);
            given.extend(all(&mut feed, limit));
            scene.clock.advance(Duration::from_secs(25));
        }
        assert_eq!(given.len(), 5 * 7);
        let named: BTreeSet<_> =
            given.iter().map(|given| (given.id, given.event.number())).collect();
        assert_eq!(named.len(), given.len());
        assert!(given.is_sorted_by_key(|given| given.event.at()));
        assert_eq!(all(&mut feed, limit), []);
    }
}

#[test]
fn a_feed_goes_on_where_its_cursor_stands() {
    let scene = scene();
    lived(&scene, "SN-1", 1);
    scene.clock.advance(2 * MINUTE);
    lived(&scene, "SN-2", 2);
    let mut feed = scene.registry.feed(FeedCursor::START);
    assert_eq!(all(&mut feed, 100).len(), 14);
    let cursor = feed.cursor();
    assert_eq!(cursor.to_string().parse(), Ok(cursor));
    lived(&scene, "SN-3", 3);
    let mut again = scene.registry.feed(cursor);
    // The last minute comes again: at least once.
    assert_eq!(all(&mut again, 100).len(), 14);
    assert_eq!(all(&mut feed, 100).len(), 7);
    scene.clock.advance(2 * MINUTE);
    assert_eq!(all(&mut feed, 100), []);
    assert_eq!(all(&mut scene.registry.feed(feed.cursor()), 100), []);
}

#[test]
fn a_cursor_goes_on_within_a_moment_in_which_much_happened() {
    let scene = scene();
    let new = (0..10).map(|number| new_serial(&format!("SN.{number}"), &password(number)));
    let all_new = scene.registry.register_all(scene.template.id(), new.collect(), &scene.ada);
    block_on(all_new).unwrap();
    scene.clock.advance(2 * MINUTE);
    let three = NonZeroUsize::new(3).unwrap();
    let (mut cursor, mut given) = (FeedCursor::START, Vec::new());
    loop {
        let mut feed = scene.registry.feed(cursor);
        let page = block_on(feed.next_page(three)).unwrap();
        if page.is_empty() {
            break;
        }
        given.extend(page.iter().map(|given| given.id));
        cursor = feed.cursor().to_string().parse().unwrap();
    }
    let named: BTreeSet<_> = given.iter().copied().collect();
    assert_eq!((given.len(), named.len()), (10, 10));
}

#[test]
fn a_text_that_is_no_place_in_the_feed_is_refused() {
    for text in ["", "x", "-1", "1 ms", "1.", "1.2", "1.x.mod-070707070707070707070707/S"] {
        assert!(text.parse::<FeedCursor>().is_err(), "{text}");
    }
    assert_eq!("5".parse(), Ok(FeedCursor::from_time(UnixMillis::new(5))));
}

#[test]
fn an_event_that_is_committed_after_its_time_was_passed_is_given_all_the_same() {
    let store = Slow::new();
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, _) = block_on(scene.activated("SN-1", &password(1)));
    let feed = Arc::new(Mutex::new(scene.registry.feed(FeedCursor::START)));
    assert_eq!(all(&mut feed.lock().unwrap(), 10).len(), 3);
    let (clock, passing) = (Arc::clone(&scene.clock), Arc::clone(&feed));
    store.before_commit(move || {
        clock.advance(2 * MINUTE);
        assert_eq!(all(&mut passing.lock().unwrap(), 10), []);
    });
    block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
    let late = all(&mut feed.lock().unwrap(), 10);
    let kinds: Vec<_> = late.iter().map(|given| given.event.kind()).collect();
    assert_eq!(kinds, [EventKind::Disabled]);
    let history = block_on(scene.registry.history(&id, None, PAGE)).unwrap();
    assert_eq!(history.len(), 4);
}

#[test]
fn serials_that_are_registered_together_and_late_are_given_all_the_same() {
    let store = Slow::new();
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let feed = Arc::new(Mutex::new(scene.registry.feed(FeedCursor::START)));
    let (clock, passing) = (Arc::clone(&scene.clock), Arc::clone(&feed));
    store.before_commit(move || {
        clock.advance(2 * MINUTE);
        assert_eq!(all(&mut passing.lock().unwrap(), 10), []);
    });
    let new = (0..3).map(|number| new_serial(&format!("SN-{number}"), &password(number)));
    let all_new = scene.registry.register_all(scene.template.id(), new.collect(), &scene.ada);
    block_on(all_new).unwrap();
    assert_eq!(all(&mut feed.lock().unwrap(), 10).len(), 3);
}

#[test]
fn an_event_that_got_old_before_its_commit_is_decided_anew() {
    let store = Slow::new();
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, _) = block_on(scene.activated("SN-1", &password(1)));
    let clock = Arc::clone(&scene.clock);
    store.before_get(b"p", move || clock.advance(2 * MINUTE));
    block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
    let history = block_on(scene.registry.history(&id, None, PAGE)).unwrap();
    assert_eq!(history.last().unwrap().at(), scene.clock.time());
}
