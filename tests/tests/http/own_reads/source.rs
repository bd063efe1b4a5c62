//! Where a call came from, for who counts attempts.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use axum::Router;
use plugmint::testing::{FixedClock, builder};
use plugmint::{Observer, RefusedAttempt, Source};
use plugmint_memory::MemoryStore;
use plugmint_tests::{Scene, design};
use pollster::block_on;

use crate::home::{Device, Home};

use super::{Watched, direct};

/// Where each refused attempt came from.
#[derive(Debug, Default)]
struct Sources(Mutex<Vec<Option<Source>>>);

impl Observer for Sources {
    fn refused(&self, refused: &RefusedAttempt<'_>) {
        self.0.lock().unwrap().push(refused.source.cloned());
    }
}

#[test]
fn an_observer_hears_where_a_device_is_that_is_refused_here() {
    let (clock, sources) = (Arc::new(FixedClock::default()), Arc::<Sources>::default());
    let settings = builder(Arc::new(MemoryStore::new()), Arc::clone(&clock), 1);
    let settings = settings.with_observer(Arc::clone(&sources) as _);
    let home = Home::of(block_on(Scene::with(settings, clock, design())), |api| api);
    let ((_, device), (_, other)) = (home.thing("A"), home.thing("B"));
    let wrong = Device { id: device.id, auth: other.auth };
    let watched = Watched::with(direct(&home), Router::new());
    let mut client = watched.client();
    let seen = watched.sees(|| {
        client.send(wrong.get().bytes());
        assert_eq!(client.answer().status, 401);
    });
    assert_eq!(seen, 0);
    let here = Source::from(IpAddr::V4(Ipv4Addr::LOCALHOST));
    assert_eq!(*sources.0.lock().unwrap(), [Some(here)]);
}
