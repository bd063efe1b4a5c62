//! Everything that a registry shows, held against the model.

use std::collections::BTreeMap;

use plugmint::{
    Event, EventNumber, HistoryHead, KeptHead, ProductionTemplate, SerialCounts, SerialFilter,
    SerialId, SerialScope, SerialStatus, StageName, TemplateId,
};
use plugmint_core::Credential;
use plugmint_core::lifecycle::Mark;
use plugmint_store::{Key, Record};
use plugmint_tests::of_template;
use pollster::block_on;

use crate::reference::Model;

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
    }

    /// Whether what is shown of serials and templates is what the model shows.
    pub(crate) fn is_at(&self, model: &Model) -> bool {
        let listed = |id: &TemplateId| {
            let filter = of_template(id);
            let listed = self.registry.serials(&filter, None, ALL);
            block_on(listed).unwrap().serials == statuses(model, |of| of == id)
        };
        let shown = |(id, template): (&TemplateId, &ProductionTemplate)| {
            block_on(self.registry.template(id)).unwrap() == *template
        };
        model.ids.iter().all(listed) && model.templates.iter().all(shown)
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
    credentials.chain(model.given_up.values().cloned()).map(keyed).collect()
}
