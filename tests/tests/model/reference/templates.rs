//! What happens to templates, and to old events.

use plugmint::{Living, ProductionTemplate, SerialId, TemplateChange, TemplateState, UnixMillis};
use plugmint_core::lifecycle::Stage;

use crate::operation::{Answer, REPEATS};

use super::{Model, said};

impl Model {
    pub(super) fn close(&mut self, template: usize) -> Answer {
        let since = self.time();
        self.alter(template, |template| match template.state() {
            TemplateState::Open | TemplateState::Deleting { .. } => {
                template.with_state(TemplateState::Closed { since })
            }
            TemplateState::Closed { .. } | TemplateState::Deleted { .. } => template,
        })
    }

    pub(super) fn open(&mut self, template: usize) -> Answer {
        self.alter(template, |template| template.with_state(TemplateState::Open))
    }

    pub(super) fn change(&mut self, template: usize, repeat: usize) -> Answer {
        let change = TemplateChange::new().repeat(REPEATS[repeat]);
        self.alter(template, |template| template.changed(&change))
    }

    fn alter(
        &mut self,
        template: usize,
        alter: impl FnOnce(ProductionTemplate) -> ProductionTemplate,
    ) -> Answer {
        let template = self.templates.get_mut(&self.ids[template]).unwrap();
        if template.is_deleted() {
            return said("unknown-template");
        }
        let altered = alter(template.clone());
        if altered == *template {
            return said("AlreadyDone");
        }
        *template = altered;
        said("Done")
    }

    pub(super) fn delete(&mut self, template: usize, living: Living) -> Answer {
        let (id, since) = (self.ids[template], self.time());
        if self.templates[&id].is_deleted() {
            return said("AlreadyDone");
        }
        let living_ones: Vec<SerialId> = self.living_of(template);
        match living {
            Living::Refuse if !living_ones.is_empty() => return said("in-use"),
            Living::Refuse => {}
            Living::Retire => {
                for living in living_ones {
                    self.operate(living, |record, by, at| Ok(record.retire(by, at)));
                }
            }
        }
        let template = self.templates.get_mut(&id).unwrap();
        *template = template.clone().with_state(TemplateState::Deleted { since });
        said("Done")
    }

    /// The serials that stand in the way of a deletion.
    fn living_of(&self, template: usize) -> Vec<SerialId> {
        let of = self.records.iter().filter(|(id, _)| *id.template() == self.ids[template]);
        let living = of.filter(|(_, record)| match record.stage() {
            Stage::Enrolled(_) | Stage::Activated(_) => true,
            Stage::Registered(_) => {
                record.stage().overlap().is_some_and(|overlap| overlap.is_running(self.time()))
            }
            Stage::Retired(_) => false,
        });
        living.map(|(id, _)| *id).collect()
    }

    /// Of each serial the old events go, up to the first that is young enough; the last stays.
    pub(super) fn forget(&mut self, before: UnixMillis) -> Answer {
        let mut all = 0;
        for (id, events) in &self.events {
            let old = events.iter().take_while(|event| event.at() < before).count();
            let end = old.min(events.len() - 1);
            let start = self.forgotten.entry(*id).or_default();
            for gone in &events[*start..end.max(*start)] {
                self.unread.remove(&(*id, gone.number().number()));
                all += 1;
            }
            *start = end.max(*start);
        }
        said(&format!("{all}"))
    }
}
