//! What must hold after a race.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use plugmint::{
    AccessLevel, Event, EventKind, Mark, Ordinal, PlugId, Registry, SerialId, StageName,
};
use pollster::block_on;

use super::round::{Race, Told};
use super::{Course, End};

/// How often who came was first, and how often the end.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<End, (u32, u32)>);

impl Seen {
    /// Holds what everybody was told against what is in the store.
    pub(super) fn judge(&mut self, course: &Course, race: &Race) {
        let (registry, id) = (&course.registries[0], &race.thing.id);
        let events = block_on(registry.history(id, None, NonZeroUsize::MAX)).unwrap();
        block_on(registry.verify_history(id, None)).unwrap();
        let place = |about: Option<&PlugId>, kind: EventKind| -> Option<usize> {
            let is_it = |event: &Event| event.kind() == kind && event.about() == about;
            assert!(events.iter().filter(|event| is_it(event)).count() <= 1, "{kind:?} twice");
            events.iter().position(is_it)
        };
        let ended = place(None, race.end.event()).unwrap();
        let mut ordinals = Vec::new();
        let mut got_in = Vec::new();
        for (told, comer) in race.told.iter().flatten().zip(race.comers) {
            let (first, last) = self.0.entry(race.end).or_default();
            let (plug_id, kind) = match told {
                Told::Enrolled(told) => {
                    ordinals.push(told.ordinal());
                    (*told.credentials().plug_id(), EventKind::ControllerEnrolled)
                }
                Told::Added(holder) => (course.holders[*holder].0, EventKind::GrantAdded),
                Told::Refused => {
                    *last += 1;
                    continue;
                }
            };
            let came = place(Some(&plug_id), kind).unwrap();
            assert!(came < ended, "{comer:?} got in after {:?}", race.end);
            *first += 1;
            got_in.push(plug_id);
        }
        // Nothing is there of whom nobody was told.
        assert_eq!(events.len(), 3 + got_in.len(), "{events:?}");
        assert_eq!(events.len() as u64, block_on(registry.serial(id)).unwrap().events);
        ordinals.sort();
        assert_eq!(ordinals, numbers(ordinals.len()), "each has an ordinal of its own");
        assert_eq!(living(registry, id), ordinals);
        nobody_is_let_in(course, race, &got_in);
    }

    /// That the races were races.
    pub(super) fn holds(&self, races: u32) {
        println!("who came first, and the end first: {:?}", self.0);
        let is_enough = races >= 500;
        for end in End::ALL.iter().filter(|_| is_enough) {
            let (first, last) = self.0[end];
            assert!(first > 0 && last > 0, "{end:?}: {first} before it and {last} behind it");
        }
    }
}

/// The Thing is over, and no grant on it is worth anything.
fn nobody_is_let_in(course: &Course, race: &Race, got_in: &[PlugId]) {
    let id = &race.thing.id;
    for registry in &course.registries {
        let status = block_on(registry.serial(id)).unwrap();
        let (stage, mark) = match race.end {
            End::Unenroll | End::UnenrollByDevice | End::Transfer => {
                (StageName::Registered, Some(Mark::Enabled))
            }
            End::Retire => (StageName::Retired, None),
            End::Disable => (StageName::Enrolled, Some(Mark::Disabled)),
            End::ReplaceControl => (StageName::Enrolled, Some(Mark::Enabled)),
        };
        assert_eq!((status.stage, status.mark), (stage, mark));
        let on = block_on(registry.grants_on(id, None, NonZeroUsize::MAX)).unwrap().grants;
        let mut holders: Vec<_> = on.iter().map(|grant| grant.holder).collect();
        let mut expected = match race.end {
            // A grant on a Thing that is disabled is there, and is worth nothing.
            End::Disable => got_in.to_vec(),
            End::Unenroll
            | End::UnenrollByDevice
            | End::Retire
            | End::Transfer
            | End::ReplaceControl => Vec::new(),
        };
        holders.sort();
        expected.sort();
        assert_eq!(holders, expected, "{:?}", race.end);
        assert!(on.iter().all(|grant| grant.access == AccessLevel::None));
        for holder in got_in.iter().chain(course.holders.iter().map(|(holder, _)| holder)) {
            assert_eq!(block_on(registry.access(holder, id)).unwrap(), AccessLevel::None);
        }
        for holder in
            got_in.iter().filter(|holder| course.holders.iter().all(|of| of.0 != **holder))
        {
            let of = block_on(registry.grants_of(holder, None, NonZeroUsize::MAX)).unwrap().grants;
            assert_eq!(of.len(), expected.len().min(1));
            assert!(of.iter().all(|grant| grant.access == AccessLevel::None));
        }
    }
}

/// The ordinals of all Controllers that a Thing has on record.
fn living(registry: &Registry, id: &SerialId) -> Vec<Ordinal> {
    let page = block_on(registry.controllers(id, None, NonZeroUsize::MAX)).unwrap();
    page.controllers.iter().map(|controller| controller.ordinal).collect()
}

fn numbers(count: usize) -> Vec<Ordinal> {
    (0..u32::try_from(count).unwrap()).map(Ordinal::new).collect()
}
