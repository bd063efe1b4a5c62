//! What is kept with devices.

use plugmint::{AccessLevel, DeviceName, Epoch, NewPasswords, OpaqueText, ProfileChange, SerialId};

use crate::{control_of, enroll_password, generated_password, known_as};

use super::Story;

impl Story {
    /// Things and a Controller with each part of a profile, with all and with none any more, said
    /// by themselves and by an operator; and two that went to somebody else, of which one came back
    /// to the identity that it had.
    pub(super) async fn keep_profiles(&mut self) {
        let name = |text| Some(DeviceName::parse(text).unwrap());
        let text = |text| Some(OpaqueText::parse(text).unwrap());
        let change = ProfileChange::new;
        let all = change()
            .name(name("K\u{fc}che"))
            .perm(text(r#"{"ctrl":"r"}"#), Some(AccessLevel::Read))
            .props(text(r#"{"color":"wei\u00df"}"#));
        let nothing = change().name(None).perm(None, None).props(None);
        let profiles = [
            ("named", vec![change().name(name("Hall"))]),
            ("permitting", vec![change().perm(text("{}"), Some(AccessLevel::None))]),
            ("speaking", vec![change().props(text(""))]),
            ("full", vec![all.clone()]),
            ("talkative", vec![change().props(text(&"x".repeat(OpaqueText::MAX_LEN)))]),
            ("cleared", vec![all.clone(), nothing]),
            ("passed on", vec![all.clone()]),
            ("come back", vec![all.clone()]),
        ];
        for ((serial, changes), number) in profiles.into_iter().zip(300..) {
            let (id, told) = self.scene.thing(serial, number).await;
            let (told, password) = (told.credentials(), generated_password(number));
            let plug_id = told.plug_id();
            for change in changes {
                let own =
                    self.registry().set_own_profile(plug_id, told.connection_password(), &change);
                own.await.unwrap();
            }
            if ["passed on", "come back"].contains(&serial) {
                self.transfer(&id, Epoch::FIRST, &generated_password(number + 100)).await;
            }
            if serial == "come back" {
                self.transfer(&id, Epoch::new(1), &password).await;
                let again = self.scene.enroll(&id, &password).await;
                assert_eq!(again.credentials().plug_id(), plug_id);
            }
            self.asks_as_device(&id, &password, Some(told));
        }
        self.keep_of_controller(&all).await;
        self.enroll_with(&all).await;
    }

    async fn transfer(&self, id: &SerialId, seen: Epoch, password: &str) {
        let new = NewPasswords::new(enroll_password(password));
        self.registry().transfer(id, &new, seen, self.ada()).await.unwrap();
    }

    async fn keep_of_controller(&mut self, all: &ProfileChange) {
        let (thing, _) = self.scene.thing("controlled", 320).await;
        let control = control_of(320);
        let told = self.scene.control(&thing, &control, &known_as("a phone")).await;
        let plug_id = told.credentials().plug_id();
        self.registry().set_profile(plug_id, all, self.ada()).await.unwrap();
        self.asks_as_controller(&thing, (&control, Some("a phone")), told.credentials());
    }

    async fn enroll_with(&mut self, all: &ProfileChange) {
        let password = generated_password(321);
        let id = self.scene.register("begun with one", &password).await;
        let enroll_password = enroll_password(&password);
        let enrolled = self.registry().enroll_with_profile(None, &id, &enroll_password, all);
        let told = enrolled.await.unwrap();
        self.asks_as_device(&id, &password, Some(told.credentials()));
    }
}
