//! Things with Controllers at each stage, with grants of each kind, and with some that have ended.

use plugmint::{ControllerRequest, DeviceName, Epoch, GrantsThen, SerialId};

use crate::{Scene, control_of, control_password, generated_password, known_as};

use super::Story;

impl Story {
    pub(super) async fn let_control(&mut self) {
        let (lamp, of_lamp) = self.scene.thing("LAMP", 1).await;
        let (door, of_door) = self.scene.thing("DOOR", 2).await;
        for (id, number, told) in [(&lamp, 1, &of_lamp), (&door, 2, &of_door)] {
            self.scene.connect(told).await;
            self.asks_as_device(id, &generated_password(number), Some(told.credentials()));
        }
        for own in ["never connected", "connected", "disabled", "enabled", "retired"] {
            self.come(&lamp, Some(own), &door).await;
        }
        for own in ["must enroll again", "enrolled again", "released", "released all"] {
            self.come(&lamp, Some(own), &door).await;
        }
        self.come(&lamp, None, &door).await;
        let by = of_door.credentials().plug_id();
        self.registry().grant(&lamp, by, self.ada()).await.unwrap();
        self.end_grants().await;
    }

    /// A Controller of a Thing, which gets where its own serial number says.
    async fn come(&mut self, thing: &SerialId, own: Option<&str>, other: &SerialId) {
        let Scene { registry, ada, .. } = &self.scene;
        let control = control_of(1);
        let request = own.map_or_else(ControllerRequest::new, |own| {
            known_as(own).with_name(DeviceName::parse(&format!("Ada's {own}")).unwrap())
        });
        let told = self.scene.control(thing, &control, &request).await;
        let (told, plug_id) = (told.credentials(), told.credentials().plug_id());
        if own != Some("never connected") {
            self.scene.connect_as(told).await.unwrap();
            let right = control_password(&control_of(2));
            let password = told.connection_password();
            registry.add_thing(None, plug_id, password, other, &right).await.unwrap();
        }
        match own.unwrap_or_default() {
            "disabled" => drop(registry.disable_controller(plug_id, ada).await.unwrap()),
            "enabled" => {
                registry.disable_controller(plug_id, ada).await.unwrap();
                registry.enable_controller(plug_id, ada).await.unwrap();
            }
            "retired" => drop(registry.retire_controller(plug_id, ada).await.unwrap()),
            again @ ("must enroll again" | "enrolled again") => {
                let seen = registry.controller(plug_id).await.unwrap().epoch;
                registry.reactivate_controller(plug_id, seen, ada).await.unwrap();
                if again == "enrolled again" {
                    self.scene.control(thing, &control, &request).await;
                }
            }
            "released" => drop(registry.release(other, plug_id, ada).await.unwrap()),
            "released all" => {
                let password = told.connection_password();
                registry.release_all_things(plug_id, password).await.unwrap();
            }
            _ => {}
        }
        self.asks_as_controller(thing, (&control, own), told);
    }

    /// Grants that ended with an unenrollment, with another control password, and that stayed.
    async fn end_grants(&mut self) {
        for (serial, number) in [("GONE", 3), ("CHANGED", 4), ("KEPT", 5)] {
            let (thing, told) = self.scene.thing(serial, number).await;
            let request = known_as("a phone");
            let control = self.scene.control(&thing, &control_of(number), &request).await;
            let new = control_of(number + 100);
            let Scene { registry, ada, .. } = &self.scene;
            if serial == "GONE" {
                registry.unenroll(&thing, Epoch::FIRST, ada).await.unwrap();
            } else {
                let grants = if serial == "KEPT" { GrantsThen::Stay } else { GrantsThen::End };
                let password = control_password(&new);
                registry.replace_control_password(&thing, &password, grants, ada).await.unwrap();
            }
            self.asks_as_device(&thing, &generated_password(number), Some(told.credentials()));
            self.asks_as_controller(&thing, (&new, Some("a phone")), control.credentials());
        }
    }
}
