//! Serials with everything that a serial can have.

use plugmint::{
    AccessLevel, ControlClass, ControlPassword, Epoch, Labels, NewPasswords, NewSerial,
    OperatorEnroll, SerialId, SerialNumber, Source, TemplateId, UnixMillis,
};

use crate::{chosen_design, enroll_password, generated_password};

use super::Story;

impl Story {
    /// Serials with chosen passwords, labels and access levels, three of them with a history whose
    /// beginning was forgotten.
    pub(super) async fn forget_and_label(&mut self) {
        let design = chosen_design()
            .with_control_class(ControlClass::Chosen)
            .with_operator_enroll(OperatorEnroll::Allowed);
        let template = self.template(design).await;
        let longest = "S".repeat(SerialNumber::MAX_LEN);
        let (odd, named) =
            ("\u{fc}ml\u{e4}ut 1/2", ["disabled", "registered", "enrolled", "retired"]);
        for serial in named.into_iter().chain([odd, &longest]) {
            let id = self.register_labelled(&template, serial).await;
            if serial == "enrolled" {
                let source = Source::new("198.51.100.7").unwrap();
                let password = enroll_password(CHOSEN);
                self.registry().enroll_from(&source, &id, &password).await.unwrap();
            }
            self.asks_as_device(&id, CHOSEN, None);
        }
        let id = |serial: &str| SerialId::new(template, serial.parse().unwrap());
        self.registry().disable(&id("disabled"), self.ada()).await.unwrap();
        self.registry().retire(&id("retired"), self.ada()).await.unwrap();
        let registry = self.registry();
        let before = UnixMillis::new(self.scene.clock.time().millis() + 1);
        let forgotten = registry.forget_events(before, None).await.unwrap();
        assert_eq!(forgotten.events, 3, "of all that have two events the first");
        let levels = [AccessLevel::None, AccessLevel::Read, AccessLevel::ReadWrite];
        for (serial, level) in ["disabled", "registered", "enrolled"].into_iter().zip(levels) {
            registry.set_access(&id(serial), Some(level), self.ada()).await.unwrap();
        }
    }

    async fn register_labelled(&self, template: &TemplateId, serial: &str) -> SerialId {
        let mut labels = Labels::new();
        for (name, value) in [("line", "A"), ("f\u{e4}rbe", ""), ("batch of", serial)] {
            labels.insert(name, value).unwrap();
        }
        let control = ControlPassword::parse(CONTROL).unwrap();
        let new = NewSerial::new(serial.parse().unwrap(), enroll_password(CHOSEN));
        let new = new.with_control_password(control).with_labels(labels);
        self.registry().register(template, new, self.ada()).await.unwrap();
        SerialId::new(*template, serial.parse().unwrap())
    }

    /// A serial for each verb that can have been the last, as it is under a later key version.
    pub(super) async fn mark_and_renew(&mut self) {
        let verbs =
            ["disabled", "reactivated", "overlapping", "replaced", "transferred", "retired"];
        for (serial, number) in verbs.into_iter().zip(200..) {
            let (password, new) = (generated_password(number), generated_password(number + 100));
            let id = self.scene.register(serial, &password).await;
            if serial == "replaced" {
                let new = NewPasswords::new(enroll_password(&new));
                let (registry, ada) = (self.registry(), self.ada());
                registry.replace_passwords(&id, &new, Epoch::FIRST, ada).await.unwrap();
                self.asks_as_device(&id, &password, None);
                continue;
            }
            let enrolled = self.scene.enroll(&id, &password).await;
            self.scene.connect(&enrolled).await;
            let (registry, ada) = (self.registry(), self.ada());
            match serial {
                "disabled" => drop(registry.disable(&id, ada).await.unwrap()),
                "reactivated" => drop(registry.reactivate(&id, Epoch::FIRST, ada).await.unwrap()),
                "overlapping" => {
                    let until = UnixMillis::new(self.scene.clock.time().millis() + 86_400_000);
                    let seen = Epoch::FIRST;
                    registry.reactivate_with_overlap(&id, seen, until, ada).await.unwrap();
                }
                "transferred" => {
                    let new = NewPasswords::new(enroll_password(&new));
                    registry.transfer(&id, &new, Epoch::FIRST, ada).await.unwrap();
                }
                _ => drop(registry.retire(&id, ada).await.unwrap()),
            }
            let password = if serial == "transferred" { new } else { password };
            self.asks_as_device(&id, &password, Some(enrolled.credentials()));
        }
    }
}

const CHOSEN: &str = "correct horse";
const CONTROL: &str = "another horse";
