//! What may change of a template: nothing that a password or a cost hangs on.

use serde::{Deserialize, Serialize};

use crate::Labels;

use super::{AccessLevel, ControllerCap, RepeatPolicy, SourceWatch, TemplateDesign, TemplateName};

/// What shall change of a template. What is not named stays.
///
/// The classes of its passwords, the cost of stretching them and whether operators may enroll never
/// change: they were fixed when it was made.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[must_use = "a change does nothing until a registry is asked for it"]
pub struct TemplateChange {
    name: Option<TemplateName>,
    repeat: Option<RepeatPolicy>,
    controllers: Option<ControllerCap>,
    access: Option<AccessLevel>,
    sources: Option<SourceWatch>,
    labels: Option<Labels>,
}

impl TemplateChange {
    /// Nothing changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// People call it that from now on.
    pub fn rename(self, name: TemplateName) -> Self {
        Self { name: Some(name), ..self }
    }

    /// What a device that enrolls again is told from now on.
    pub fn repeat(self, repeat: RepeatPolicy) -> Self {
        Self { repeat: Some(repeat), ..self }
    }

    /// How many living Controllers a Thing has at most. Those that are there stay.
    pub fn controllers(self, controllers: ControllerCap) -> Self {
        Self { controllers: Some(controllers), ..self }
    }

    /// What Controllers may do with a Thing that does not say.
    pub fn access(self, access: AccessLevel) -> Self {
        Self { access: Some(access), ..self }
    }

    /// Whether it is watched from how many sources a device connects.
    pub fn sources(self, sources: SourceWatch) -> Self {
        Self { sources: Some(sources), ..self }
    }

    /// These labels in place of those that it has.
    pub fn labels(self, labels: Labels) -> Self {
        Self { labels: Some(labels), ..self }
    }

    pub(super) fn applied_to(&self, design: TemplateDesign) -> TemplateDesign {
        TemplateDesign {
            name: self.name.clone().unwrap_or(design.name),
            repeat: self.repeat.unwrap_or(design.repeat),
            controllers: self.controllers.unwrap_or(design.controllers),
            access: self.access.unwrap_or(design.access),
            sources: self.sources.unwrap_or(design.sources),
            labels: self.labels.clone().unwrap_or(design.labels),
            ..design
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceLimit;

    fn name(text: &str) -> TemplateName {
        TemplateName::parse(text).unwrap()
    }

    #[test]
    fn a_change_sets_what_it_names_and_nothing_else() {
        let design = || TemplateDesign::new(name("Lamps"));
        let (cap, watch) = (ControllerCap::new(7).unwrap(), SourceLimit::new(3).unwrap());
        let mut labels = Labels::new();
        labels.insert("line", "A").unwrap();
        let change = TemplateChange::new;
        let watch = SourceWatch::AtMost(watch);
        let pairs = [
            (change(), design()),
            (change().rename(name("Heaters")), TemplateDesign::new(name("Heaters"))),
            (change().repeat(RepeatPolicy::Never), design().with_repeat(RepeatPolicy::Never)),
            (change().controllers(cap), design().with_controllers(cap)),
            (change().access(AccessLevel::Read), design().with_access(AccessLevel::Read)),
            (change().sources(watch), design().with_sources(watch)),
            (change().labels(labels.clone()), design().with_labels(labels)),
        ];
        for (change, expected) in pairs {
            assert_eq!(change.applied_to(design()), expected);
        }
    }
}
