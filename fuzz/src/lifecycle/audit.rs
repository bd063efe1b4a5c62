//! Everything that a registry shows, held against the model.

use plugmint::{EventHash, EventNumber, HistoryHead, KeptHead, SerialStatus, TemplateState};
use plugmint_tests::of_template;
use pollster::block_on;

use super::command::{Device, SERIALS};
use super::model::State;
use super::{ALL, World, designs};

impl World {
    /// Everything that the registry shows is what the model holds, and of all that was ever told only
    /// that connects which the model says.
    pub(super) fn check(&mut self) {
        self.check_templates();
        for template in 0..designs().len() {
            for (status, device) in self.listed(template) {
                self.check_device(device, &status);
            }
        }
        self.nothing_comes_back();
        for template in 0..designs().len() {
            for (status, device) in self.listed(template) {
                self.model.life(device).check(&status, self.clock.time());
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
            let repeat = template.design().repeat();
            assert_eq!((state, repeat), (expected.state, expected.repeat));
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
        for told in &life.told {
            assert_eq!(block_on(self.registry.serial_of(&told.plug_id)).unwrap(), id);
        }
        let events = block_on(self.registry.history(&id, None, ALL)).unwrap();
        let expected = &life.happened[life.forgotten..];
        let happened: Vec<_> = events.iter().map(|event| (event.kind(), event.at())).collect();
        assert_eq!(happened, expected);
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
        let devices: Vec<_> =
            (0..designs().len()).flat_map(|of| self.model.devices_of(of)).collect();
        for device in devices {
            for told in self.model.life(device).told.clone() {
                let named = Some((told.with, told.epoch));
                let expected = self.model.authenticate(device, named, now);
                assert_eq!(self.connect(device, &told), expected, "{device:?} {told:?}");
            }
        }
    }
}
