//! Who is told to come again, and when.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use plugmint::testing::{FixedClock, builder};
use plugmint::{Argon2Cost, AttemptLimits, AttemptRate, StretchLimits};
use plugmint_memory::MemoryStore;
use plugmint_tests::{Scene, Trouble, TroubledStore, chosen_design, design, generated_password};
use pollster::block_on;

use crate::client::{Answer, Call};
use crate::home::{EMAIL, Home, MASTER, NOBODY, UNAVAILABLE, owner, owner_with, path};

fn retry_after(answer: &Answer) -> Option<u64> {
    answer.header("retry-after").map(|seconds| seconds.parse().unwrap())
}

#[test]
fn who_tries_too_often_is_429_with_when_to_come_again_and_is_let_in_then() {
    let home = Home::with(chosen_design(), |api| api);
    let thing = home.registered("A");
    let mut wrong = thing.enrolling();
    wrong["pass"] = "a wrong guess".into();
    let guess = Call::new("POST", "/iot/device").json(&wrong);
    let mut told: Vec<_> = (0..3).map(|_| home.call(&guess)).collect();
    let last = told.pop().unwrap();
    assert!(told.iter().all(|answer| answer.status == 403 && retry_after(answer).is_none()));
    assert_eq!((last.status, retry_after(&last)), (429, Some(80)));
    let right = home.call(&thing.post());
    assert_eq!((right.status, &right.body), (429, &last.body), "the right one waits as well");
    assert_eq!(home.call(&thing.post().from("198.51.100.7")).status, 200, "elsewhere");
    home.scene.clock.advance(Duration::from_secs(80));
    assert_eq!(home.call(&thing.post()).status, 200);
}

#[test]
fn a_serial_that_is_not_there_is_429_in_the_same_bytes() {
    let home = Home::with(chosen_design(), |api| api);
    let thing = home.registered("A");
    let mut told = Vec::new();
    for hwid in ["A", "nobody's"] {
        let mut wrong = thing.enrolling();
        wrong["hwid"] = hwid.into();
        wrong["pass"] = "a wrong guess".into();
        let guess = Call::new("POST", "/iot/device").json(&wrong);
        told.push([(); 3].map(|()| home.call(&guess).timeless()));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0][2].0, 429);
}

#[test]
fn a_source_is_429_and_others_are_not() {
    let rate = AttemptRate::new(NonZeroU32::MIN.saturating_add(3), Duration::from_millis(1_500));
    let limits = AttemptLimits::default().with_buckets(4_096).with_per_source(rate);
    let clock = Arc::new(FixedClock::default());
    let settings = builder(Arc::new(MemoryStore::new()), Arc::clone(&clock), 1);
    let scene = Scene::with(settings.with_attempt_limits(limits), clock, design());
    let home = Home::of(block_on(scene), |api| api);
    let thing = home.registered("A");
    let mut wrong = thing.enrolling();
    wrong["pass"] = generated_password(9_999).into();
    let guess = Call::new("POST", "/iot/device").json(&wrong).from("198.51.100.7");
    for _ in 0..4 {
        assert_eq!(home.call(&guess).status, 403);
    }
    let late = home.call(&guess);
    assert_eq!((late.status, retry_after(&late)), (429, Some(2)), "rounded up");
    // What a stranger writes before the proxy is not believed.
    let forged = Call::new("POST", "/iot/device").json(&wrong).from("203.0.113.1, 198.51.100.7");
    assert_eq!(home.call(&forged).status, 429);
    assert_eq!(home.call(&thing.post()).status, 200);
}

#[test]
fn control_passwords_are_limited_apart_for_both_who_try_them() {
    let design = chosen_design().with_control_class(plugmint::ControlClass::Chosen);
    let home = Home::with(design, |api| api);
    let ((thing, _), (other, _)) = (home.thing("A"), home.thing("B"));
    let controller = home.controller(&other);
    let mut wrong = thing.controlling();
    wrong["pass"] = "a wrong guess".into();
    let guess = Call::new("PUT", "/iot/device").json(&wrong);
    assert_eq!(home.call(&guess).status, 403);
    assert_eq!(home.call(&controller.signs(guess.clone())).status, 403);
    for call in [guess.clone(), controller.signs(guess)] {
        let answer = home.call(&call);
        assert_eq!((answer.status, retry_after(&answer)), (429, Some(80)));
    }
    assert_eq!(home.call(&controller.signs(thing.put())).status, 429);
    assert_eq!(
        home.call(&thing.post()).status,
        403,
        "the enroll password is tried: it is activated"
    );
}

#[test]
fn an_owners_password_is_limited_however_the_owner_is_named() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let wrong = owner_with("GET", &path(&device.id), EMAIL, "a wrong guess");
    assert_eq!(home.call(&wrong).status, 401);
    let under = Call::new("GET", &path(&device.id)).header("X-Plug-Id", &device.id);
    let under = under.header("X-Plug-Master", "a wrong guess");
    assert_eq!(home.call(&under).status, 401);
    let right = device.under_owner("GET", &path(&device.id));
    for call in [wrong, under, right, owner("GET", &path(&device.id))] {
        let answer = home.call(&call);
        assert_eq!((answer.status, retry_after(&answer)), (429, Some(80)), "{call:?}");
    }
    let elsewhere = owner("GET", &path(&device.id)).from("198.51.100.7");
    assert_eq!(home.call(&elsewhere).status, 200);
    assert_eq!(home.call(&device.get()).status, 200, "a device has no limit");
}

#[test]
fn an_owner_who_is_right_pays_for_nothing() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for _ in 0..20 {
        assert_eq!(home.call(&owner("GET", &path(&device.id))).status, 200);
    }
}

#[test]
fn an_account_that_is_not_there_is_refused_as_one_with_a_wrong_password() {
    let home = Home::new();
    let told = [EMAIL, "nobody@example.com"].map(|email| {
        let call = owner_with("GET", &path(NOBODY), email, "a wrong guess");
        [(); 3].map(|()| home.call(&call).timeless())
    });
    assert_eq!(told[0], told[1]);
    assert_eq!((told[0][0].0, told[0][2].0), (401, 429));
}

#[test]
fn accounts_that_cannot_be_looked_up_are_503() {
    let home = Home::new();
    let answer = home.call(&owner_with("GET", &path(NOBODY), UNAVAILABLE, MASTER));
    assert_eq!((answer.status, retry_after(&answer)), (503, Some(1)));
}

#[test]
fn who_finds_no_room_to_be_hashed_is_503_with_when_to_come_again() {
    let clock = Arc::new(FixedClock::default());
    let settings = builder(Arc::new(MemoryStore::new()), Arc::clone(&clock), 1);
    let settings = settings.with_stretch_limits(StretchLimits::new(NonZeroUsize::MIN, 1));
    let slow = chosen_design().with_argon2(Argon2Cost::new(64 * 1024, 4, 1).unwrap());
    let scene = block_on(Scene::with(settings, clock, slow));
    let home = Home::of(scene, |api| api);
    let things: Vec<_> = (0..16).map(|number| home.registered(&format!("S{number}"))).collect();
    let mut clients: Vec<_> = things.iter().map(|_| home.server.client()).collect();
    for (client, thing) in clients.iter_mut().zip(&things) {
        client.send(thing.post().bytes());
    }
    let told: Vec<_> = clients.iter_mut().map(crate::client::Client::answer).collect();
    let overloaded: Vec<_> = told.iter().filter(|answer| answer.status == 503).collect();
    assert!(!overloaded.is_empty() && overloaded.len() < told.len());
    for answer in told.iter().filter(|answer| answer.status != 503) {
        assert_eq!(answer.status, 200);
    }
    for answer in overloaded {
        assert!(retry_after(answer).is_some_and(|seconds| seconds >= 1), "{answer:?}");
    }
}

#[test]
fn a_store_that_others_are_faster_at_is_503_and_the_call_may_be_made_again() {
    let store = Arc::new(TroubledStore::new(Arc::new(MemoryStore::new())));
    let home = Home::over(Arc::clone(&store) as _, design(), |api| api);
    let thing = home.registered("A");
    store.trouble(Trouble::Conflict, 64);
    let answer = home.call(&thing.post());
    assert_eq!((answer.status, retry_after(&answer)), (503, Some(1)));
    store.calm();
    assert_eq!(home.call(&thing.post()).status, 200);
}

#[test]
fn a_registry_that_is_closed_is_503() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    block_on(home.scene.registry.close());
    for call in [thing.post(), thing.put(), device.get(), owner("GET", &path(NOBODY))] {
        let answer = home.call(&call);
        assert_eq!((answer.status, retry_after(&answer)), (503, Some(1)), "{call:?}");
    }
}

#[test]
fn a_body_that_is_too_long_is_413_and_closes() {
    let home = Home::with(design(), |api| api.with_body_limit(1_000));
    let (thing, device) = home.thing("A");
    let most = format!("{:1000}", "{}");
    assert!(home.call(&device.on_itself("PATCH").text(&most)).is_empty_200());
    for length in [1_001, 100_000, 5_000_000] {
        for call in [
            device.on_itself("PATCH").text(vec![b' '; length]),
            thing.post().text(vec![b' '; length]),
            Call::new("POST", "/iot/device").text(vec![b' '; length]),
            device.on_itself("DELETE").text(vec![b' '; length]),
        ] {
            let mut client = home.server.client();
            client.try_send(&call.bytes());
            let answer = client.answer();
            assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
            assert!(client.is_closed());
        }
    }
}

#[test]
fn a_long_chunked_body_is_413() {
    let home = Home::with(design(), |api| api.with_body_limit(1_000));
    let (_, device) = home.thing("A");
    let mut client = home.server.client();
    let call = device.on_itself("PATCH").header("Transfer-Encoding", "chunked");
    client.send(call.lengthless().0);
    for _ in 0..11 {
        client.try_send(format!("64\r\n{}\r\n", " ".repeat(100)).as_bytes());
    }
    assert_eq!(client.answer().status, 413);
}
