//! Everything that a registry shows, held against the model.

use std::collections::{BTreeMap, BTreeSet};

use plugmint::{
    AccessLevel, ControllerStatus, Event, EventNumber, HistoryHead, KeptHead, Ordinal, PlugId,
    ProductionTemplate, SerialCounts, SerialFilter, SerialId, SerialScope, SerialStatus, StageName,
    TemplateId,
};
use plugmint_core::Credential;
use plugmint_core::controller::{Controller, KnownAs};
use plugmint_core::lifecycle::Mark;
use plugmint_store::{Key, Record};
use plugmint_tests::of_template;
use pollster::block_on;

use crate::reference::Model;

use super::keeping::profiles_of;
use super::{ALL, Side};

impl Side {
    pub(crate) fn agrees(&self, model: &Model) {
        self.shows_templates(model);
        for id in &model.ids {
            let expected = statuses(model, |of| of == id);
            let listed = block_on(self.registry.serials(&of_template(id), None, ALL)).unwrap();
            assert_eq!(listed.serials, expected);
            assert_eq!(self.counts(&of_template(id)), counted(&expected));
        }
        let company = SerialFilter::of(SerialScope::Company(*self.registry.company()));
        let expected = statuses(model, |of| !model.templates[of].is_deleted());
        assert_eq!(block_on(self.registry.serials(&company, None, ALL)).unwrap().serials, expected);
        assert_eq!(self.counts(&company), counted(&expected));
        for id in model.events.keys() {
            assert_eq!(self.history(id), model.history(id));
            self.verifies(model, id);
        }
        assert_eq!(self.credentials(), credentials_of(model));
        assert_eq!(self.controlling(), controlling_of(model));
        self.shows_controllers(model);
        self.shows_grants(model);
        self.shows_profiles(model);
    }

    /// Whether what is shown of serials and templates, and what lies under Controllers and
    /// profiles, which may change without an event, is what the model has.
    pub(crate) fn is_at(&self, model: &Model) -> bool {
        let listed = |id: &TemplateId| {
            let filter = of_template(id);
            let listed = self.registry.serials(&filter, None, ALL);
            block_on(listed).unwrap().serials == statuses(model, |of| of == id)
        };
        let shown = |(id, template): (&TemplateId, &ProductionTemplate)| {
            block_on(self.registry.template(id)).unwrap() == *template
        };
        let is_kept = self.profiles() == profiles_of(model);
        let is_kept = is_kept && self.controlling() == controlling_of(model);
        is_kept && model.ids.iter().all(listed) && model.templates.iter().all(shown)
    }

    /// A deleted one is looked up and not listed.
    fn shows_templates(&self, model: &Model) {
        let listed = self.registry.templates(self.registry.company(), None, ALL);
        let expected = model.templates.values().filter(|template| !template.is_deleted());
        let expected: Vec<ProductionTemplate> = expected.cloned().collect();
        assert_eq!(block_on(listed).unwrap(), expected);
        for (id, template) in &model.templates {
            assert_eq!(&block_on(self.registry.template(id)).unwrap(), template);
        }
    }

    fn counts(&self, filter: &SerialFilter) -> SerialCounts {
        let (counts, next) = block_on(self.registry.count_serials(filter, None)).unwrap();
        assert_eq!(next, None);
        counts
    }

    /// With every head that was ever kept: it is on the way, or what it proves was forgotten.
    fn verifies(&self, model: &Model, id: &SerialId) {
        let events = &model.events[id];
        let first = model.forgotten.get(id).copied().unwrap_or(0) as u64;
        let heads = events.iter().map(Event::head).filter(|head| is_tried(head, events.len()));
        for kept in heads.map(Some).chain([None]) {
            let verified = block_on(self.registry.verify_history(id, kept.as_ref())).unwrap();
            let expected = match &kept {
                None => KeptHead::NotGiven,
                Some(kept) if kept.count() < first => KeptHead::Forgotten,
                Some(_) => KeptHead::OnTheWay,
            };
            assert_eq!(verified.kept, expected, "{kept:?} of {first}..{}", events.len());
            assert_eq!(verified.head, *model.records[id].head());
            assert_eq!(verified.first, EventNumber::new(first));
        }
    }

    /// The Controllers of each Thing.
    fn shows_controllers(&self, model: &Model) {
        for id in model.records.keys() {
            let of = model.controllers.iter().filter(|((thing, _), _)| thing == id);
            let roster = model.roster(id, &model.records[id]);
            let status = |(of, one): (&(SerialId, Ordinal), &Controller)| {
                ControllerStatus::new(*id, of.1, one, &roster)
            };
            let expected: Vec<_> = of.map(status).collect();
            let listed = block_on(self.registry.controllers(id, None, ALL)).unwrap();
            assert_eq!(listed.controllers, expected);
            for status in expected {
                assert_eq!(block_on(self.registry.controller(&status.plug_id)).unwrap(), status);
            }
        }
    }

    /// Who may act on what, asked one by one and listed both ways.
    fn shows_grants(&self, model: &Model) {
        let holders: BTreeSet<PlugId> = model.given.iter().map(|given| given.plug_id).collect();
        let mut of_holders: BTreeMap<PlugId, Vec<SerialId>> = BTreeMap::new();
        for id in model.records.keys() {
            let mut expected = Vec::new();
            for holder in &holders {
                let access = model.access(holder, id);
                let asked = block_on(self.registry.access(holder, id)).unwrap();
                assert_eq!(asked, access.unwrap_or(AccessLevel::None), "{holder} on {id}");
                if let Some(access) = access {
                    expected.push((*holder, access));
                    of_holders.entry(*holder).or_default().push(*id);
                }
            }
            let listed = block_on(self.registry.grants_on(id, None, ALL)).unwrap().grants;
            let listed: Vec<_> = listed.iter().map(|one| (one.holder, one.access)).collect();
            assert_eq!(listed, expected, "{id}");
        }
        for holder in holders.iter().filter(|holder| model.holder(holder).is_some()) {
            let listed = block_on(self.registry.grants_of(holder, None, ALL)).unwrap().grants;
            let listed: Vec<_> = listed.iter().map(|one| one.thing).collect();
            let expected = of_holders.get(holder).cloned().unwrap_or_default();
            assert_eq!(listed, expected, "{holder}");
        }
    }

    /// What lies under the letters of Controllers and grants.
    fn controlling(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let letters = [b"n", b"m", b"o", b"r", b"b"];
        let records = letters.iter().flat_map(|letter| {
            let records = block_on(self.store.scan(*letter, None, ALL)).unwrap();
            records.into_iter().map(|(key, record)| (key.as_bytes().to_vec(), record.into_value()))
        });
        records.collect()
    }

    /// What lies under the Plug-IDs.
    fn credentials(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let records = block_on(self.store.scan(b"p", None, ALL)).unwrap();
        let owned = |(key, record): (Key, Record)| (key.as_bytes().to_vec(), record.into_value());
        records.into_iter().map(owned).collect()
    }

    fn history(&self, id: &SerialId) -> Vec<Event> {
        block_on(self.registry.history(id, None, ALL)).unwrap()
    }

    /// Every record, without the revisions, which are each backend's own.
    pub(super) fn records(&self) -> Vec<(String, Vec<u8>)> {
        let records = block_on(self.store.scan(b"", None, ALL)).unwrap();
        records.into_iter().map(|(key, record)| (key.to_string(), record.into_value())).collect()
    }
}

/// The first, the last and one between.
const fn is_tried(head: &HistoryHead, events: usize) -> bool {
    let (at, events) = (head.count(), events as u64);
    at == 1 || at == events || at == events / 2
}

/// What is shown of the serials of some templates.
fn statuses(model: &Model, of: impl Fn(&TemplateId) -> bool) -> Vec<SerialStatus> {
    let records = model.records.iter().filter(|(id, _)| of(id.template()));
    records.map(|(id, record)| SerialStatus::new(*id, record, model.time())).collect()
}

/// What listing comes to, counted.
fn counted(listed: &[SerialStatus]) -> SerialCounts {
    let count = |is: &dyn Fn(&SerialStatus) -> bool| {
        listed.iter().filter(|status| is(status)).count() as u64
    };
    let mut counts = SerialCounts::default();
    counts.registered = count(&|status| status.stage == StageName::Registered);
    counts.enrolled = count(&|status| status.stage == StageName::Enrolled);
    counts.activated = count(&|status| status.stage == StageName::Activated);
    counts.retired = count(&|status| status.stage == StageName::Retired);
    counts.disabled = count(&|status| status.mark == Some(Mark::Disabled));
    counts.in_overlap = count(&|status| status.overlap_until.is_some());
    counts
}

/// The projection of each serial's record, and what is left of identities that were given up, under
/// their keys.
fn credentials_of(model: &Model) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let credentials = model.records.iter().flat_map(|(id, record)| record.credentials(id));
    let keyed = |credential: Credential| {
        ([b"p".as_slice(), credential.plug_id().body()].concat(), credential.encode())
    };
    let controllers = model.controllers.iter();
    let controllers = controllers.map(|((id, ordinal), one)| one.credential(id, *ordinal));
    let given_up = model.given_up.values().cloned();
    credentials.chain(controllers).chain(given_up).map(keyed).collect()
}

/// Controllers, rosters, own serial numbers, and each grant under both ends, under their keys.
fn controlling_of(model: &Model) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let under = |letter: &[u8], id: &SerialId, rest: &[&[u8]]| {
        let thing = [letter, id.template().body(), id.serial().as_bytes()].concat();
        [thing, rest.concat()].concat()
    };
    let mut all = BTreeMap::new();
    for ((id, ordinal), controller) in &model.controllers {
        let key = under(b"n", id, &[&[0], &ordinal.number().to_be_bytes()]);
        all.insert(key, controller.encode());
    }
    for (id, roster) in &model.rosters {
        all.insert(under(b"m", id, &[]), roster.encode());
    }
    for ((id, own), ordinal) in &model.known {
        let key = under(b"o", id, &[&[0], own.as_bytes()]);
        all.insert(key, KnownAs::new(*ordinal).encode());
    }
    for ((id, holder), grant) in &model.grants {
        all.insert(under(b"r", id, &[&[0], holder.body()]), grant.encode());
        let held = [b"b".as_slice(), holder.body()].concat();
        all.insert(under(&held, id, &[]), grant.encode());
    }
    all
}
