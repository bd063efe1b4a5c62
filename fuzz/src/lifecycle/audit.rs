//! Everything that a registry shows, held against the model.

mod controllers;
mod grants;
mod profiles;

use plugmint::{EventHash, EventNumber, HistoryHead, KeptHead, SerialStatus, TemplateState};
use plugmint_tests::of_template;
use pollster::block_on;

use super::command::{Device, SERIALS};
use super::model::State;
use super::{ALL, World, designs};

impl World {
    /// Everything that the registry shows is what the model holds, and of all that was ever told
    /// only that connects which the model says.
    pub(super) fn check(&mut self) {
        self.check_templates();
        self.check_root_keys();
        self.check_names();
        self.check_grants();
        self.check_profiles();
        for template in 0..designs().len() {
            for (status, device) in self.listed(template) {
                self.check_device(device, &status);
            }
        }
        self.nothing_comes_back();
        self.check_grants();
        for template in 0..designs().len() {
            for (status, device) in self.listed(template) {
                self.model.life(device).check(&status, self.clock.time());
                self.check_controllers(device);
                self.check_own_access(device);
            }
        }
    }

    fn listed(&self, template: usize) -> Vec<(SerialStatus, Device)> {
        let filter = of_template(&self.templates[template]);
        let listed = block_on(self.registry.serials(&filter, None, ALL)).unwrap().serials;
        let mut expected: Vec<_> = self.model.devices_of(template).collect();
        expected.sort_by_key(|device| SERIALS[device.serial]);
        let ids: Vec<_> = expected.iter().map(|device| self.id(*device)).collect();
        assert_eq!(listed.iter().map(|status| status.id).collect::<Vec<_>>(), ids);
        listed.into_iter().zip(expected).collect()
    }

    fn check_templates(&self) {
        let listed = self.registry.templates(self.registry.company(), None, ALL);
        let mut listed: Vec<_> = block_on(listed).unwrap();
        let there = self.templates.iter().zip(&self.model.templates);
        for (id, expected) in there {
            let template = block_on(self.registry.template(id)).unwrap();
            let state = match template.state() {
                TemplateState::Open => State::Open,
                TemplateState::Closed { .. } | TemplateState::Deleting { .. } => State::Closed,
                TemplateState::Deleted { .. } => State::Deleted,
            };
            let design = template.design();
            assert_eq!((state, design.repeat()), (expected.state, expected.repeat));
            let cap = usize::from(design.controllers().number());
            assert_eq!((cap, design.access()), (expected.cap, expected.access));
            let was = listed.len();
            listed.retain(|of| *of != template);
            assert_eq!(was - listed.len(), usize::from(state != State::Deleted));
        }
        assert!(listed.is_empty());
    }

    fn check_device(&self, device: Device, status: &SerialStatus) {
        let (id, life) = (self.id(device), self.model.life(device));
        assert_eq!(&block_on(self.registry.serial(&id)).unwrap(), status);
        life.check(status, self.clock.time());
        self.check_controllers(device);
        let events = block_on(self.registry.history(&id, None, ALL)).unwrap();
        let shown = events.iter().map(|event| (event.kind(), event.at(), event.about().copied()));
        assert_eq!(shown.collect::<Vec<_>>(), life.history());
        let start = HistoryHead::from_parts(0, EventHash::before_first(&id));
        let last = events[events.len() - 1].head();
        let whole = |kept| block_on(self.registry.verify_history(&id, Some(&kept))).unwrap();
        let verified = whole(start);
        assert_eq!(verified.first, EventNumber::new(life.forgotten as u64));
        let kept = if life.forgotten > 0 { KeptHead::Forgotten } else { KeptHead::OnTheWay };
        assert_eq!((verified.kept, verified.head), (kept, last));
        assert_eq!(whole(last).kept, KeptHead::OnTheWay);
    }

    fn nothing_comes_back(&mut self) {
        let now = self.clock.time();
        for told in self.model.all_told().to_vec() {
            let expected = self.model.connect(Some(&told), now);
            assert_eq!(self.connect(&told), expected, "{told:?}");
        }
    }
}
