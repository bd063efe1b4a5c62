//! Templates of each policy, and in each state.

use plugmint::{
    AccessLevel, ControlClass, ControllerCap, Labels, Living, OperatorEnroll, PasswordClass,
    RepeatPolicy, SerialId, SourceLimit, SourceWatch, TemplateChange, TemplateId, TemplateName,
};

use crate::{
    chosen_design, design, enroll_password, generated_password, new_controllable, new_serial,
};

use super::Story;

impl Story {
    /// Devices that enrolled, and that have connected, under each policy, class and level.
    pub(super) async fn follow_policies(&mut self) {
        let mut labels = Labels::new();
        labels.insert("plant", "M\u{fc}nchen").unwrap();
        labels.insert("empty", "").unwrap();
        let at_most = |number| SourceWatch::AtMost(SourceLimit::new(number).unwrap());
        let designs = [
            chosen_design()
                .with_password_class(PasswordClass::Shared)
                .with_repeat(RepeatPolicy::Always)
                .with_controllers(ControllerCap::new(1).unwrap())
                .with_access(AccessLevel::Read)
                .with_sources(at_most(1))
                .with_labels(labels),
            chosen_design()
                .with_control_class(ControlClass::Chosen)
                .with_operator_enroll(OperatorEnroll::Allowed)
                .with_repeat(RepeatPolicy::Never)
                .with_controllers(ControllerCap::new(1_024).unwrap())
                .with_access(AccessLevel::None)
                .with_sources(at_most(7)),
            design().with_repeat(RepeatPolicy::UntilActivated),
        ];
        for (design, number) in designs.into_iter().zip(400..) {
            let template = self.template(design).await;
            for serial in ["enrolled", "activated"] {
                let id = SerialId::new(template, serial.parse().unwrap());
                let (password, control) =
                    (generated_password(number), generated_password(number + 100));
                let new = new_controllable(serial, &password, &control);
                self.registry().register(&template, new, self.ada()).await.unwrap();
                let enrolled = self.scene.enroll(&id, &password).await;
                if serial == "activated" {
                    self.scene.connect(&enrolled).await;
                }
                self.asks_as_device(&id, &password, Some(enrolled.credentials()));
            }
        }
    }

    /// Templates with a serial in them: changed, closed, opened again, with a deletion that was
    /// given up, and deleted.
    pub(super) async fn end_templates(&mut self) {
        let changed = self.template_with("changed", 500).await;
        let closed = self.template_with("closed", 501).await;
        let opened = self.template_with("opened", 502).await;
        let deleting = self.template_with("deleting", 503).await;
        let deleted = self.template_with("deleted", 504).await;
        let registry = self.registry();
        let name = TemplateName::parse("K\u{fc}hlschr\u{e4}nke").unwrap();
        let change = TemplateChange::new().rename(name).repeat(RepeatPolicy::Always);
        registry.change_template(&changed, &change).await.unwrap();
        registry.close_template(&closed).await.unwrap();
        registry.close_template(&opened).await.unwrap();
        registry.open_template(&opened).await.unwrap();
        let mut deletion = registry.template_deletion(&deleting, Living::Refuse, self.ada());
        deletion.step().await.unwrap();
        let id = SerialId::new(deleted, "deleted".parse().unwrap());
        let password = enroll_password(&generated_password(504));
        registry.enroll(&id, &password).await.unwrap();
        registry.delete_template(&deleted, Living::Retire, self.ada()).await.unwrap();
    }

    async fn template_with(&mut self, serial: &str, number: u32) -> TemplateId {
        let template = self.template(design()).await;
        let password = generated_password(number);
        let new = new_serial(serial, &password);
        self.registry().register(&template, new, self.ada()).await.unwrap();
        self.asks_as_device(&SerialId::new(template, serial.parse().unwrap()), &password, None);
        template
    }
}
