//! What a registry answers.

use std::fmt::Debug;
use std::num::NonZeroUsize;

use plugmint::{AuthenticateError, EnrollError, Enrollment, OperatorEnrollError};
use plugmint::{
    ChangeTemplateError, DeleteTemplateError, MarkError, NewSerial, RegisterError,
    ReplaceControlError, ReplaceError, RetireError, RevokeError, TemplateChange, TransferError,
    UnixMillis,
};
use plugmint_tests::{enroll_password, new_serial, watch_told};
use pollster::block_on;

use crate::operation::{Answer, Operation, PASSWORDS, REPEATS, SERIALS};
use crate::passwords::{control_password, new_passwords};
use crate::profiles::change;
use crate::reference::{Given, Model, ada, said, told};

use super::Side;

impl Side {
    pub(crate) async fn answer(&self, model: &Model, operation: Operation) -> Answer {
        match operation {
            Operation::Register { .. }
            | Operation::Disable { .. }
            | Operation::Enable { .. }
            | Operation::Retire { .. }
            | Operation::Reactivate { .. }
            | Operation::Unenroll { .. }
            | Operation::ReplacePasswords { .. }
            | Operation::Transfer { .. }
            | Operation::ReplaceControl { .. } => self.answer_operator(model, operation).await,
            Operation::SetProfile { .. } | Operation::SetOwnProfile { .. } => {
                self.answer_keeping(model, operation).await
            }
            Operation::Enroll { .. }
            | Operation::EnrollWith { .. }
            | Operation::EnrollByOperator { .. }
            | Operation::Authenticate { .. }
            | Operation::Guess { .. }
            | Operation::UnenrollByDevice { .. } => self.answer_device(model, operation).await,
            Operation::Close { template } => {
                let done = self.registry.close_template(&model.ids[template]).await;
                outcome(done, ChangeTemplateError::code)
            }
            Operation::Open { template } => {
                let done = self.registry.open_template(&model.ids[template]).await;
                outcome(done, ChangeTemplateError::code)
            }
            Operation::Change { template, repeat } => {
                let change = TemplateChange::new().repeat(REPEATS[repeat]);
                let done = self.registry.change_template(&model.ids[template], &change);
                outcome(done.await, ChangeTemplateError::code)
            }
            Operation::Delete { template, living } => {
                let (id, ada) = (&model.ids[template], ada());
                let done = self.registry.delete_template(id, living, &ada).await;
                outcome(done, DeleteTemplateError::code)
            }
            Operation::Forget { younger } => self.forget(model.time_ago(younger)),
            Operation::ReadFeed { limit } => self.read_feed(model, limit),
            Operation::Wait { .. } | Operation::Reopen => said("done"),
            operation => self.answer_controlling(model, operation).await,
        }
    }

    async fn answer_device(&self, model: &Model, operation: Operation) -> Answer {
        let registry = &self.registry;
        match operation {
            Operation::Enroll { on, password } => {
                let password = enroll_password(PASSWORDS[password]);
                let enrolled = registry.enroll(&model.id(on), &password).await;
                enrollment(enrolled, EnrollError::code)
            }
            Operation::EnrollWith { on, password, change: kept } => {
                let (password, kept) = (enroll_password(PASSWORDS[password]), change(kept));
                let (id, source) = (model.id(on), None);
                let enrolled = registry.enroll_with_profile(source, &id, &password, &kept).await;
                enrollment(enrolled, EnrollError::code)
            }
            Operation::EnrollByOperator { on } => {
                let enrolled = registry.enroll_by_operator(&model.id(on), &ada()).await;
                enrollment(enrolled, OperatorEnrollError::code)
            }
            Operation::Authenticate { pick } => match model.picked(pick) {
                Some(given) => self.authenticate(given).await,
                None => said("refused"),
            },
            Operation::Guess { on, password, epoch } => {
                self.authenticate(&model.guessed(on, password, epoch)).await
            }
            Operation::UnenrollByDevice { pick } => {
                let Some(given) = model.picked(pick) else { return said("refused") };
                let password = given.password();
                match registry.unenroll_by_device(&given.plug_id, &password).await {
                    Ok(()) => said("done"),
                    Err(error) => said(error.code()),
                }
            }
            operation => panic!("{operation:?} is no device's"),
        }
    }

    async fn answer_operator(&self, model: &Model, operation: Operation) -> Answer {
        let (registry, ada, seen) = (&self.registry, &ada(), model.seen);
        match operation {
            Operation::Register { on, pair } => {
                let new = new_serial(SERIALS[on.serial], PASSWORDS[pair.enroll]);
                let with = |control| NewSerial::with_control_password(new, control);
                let new = match pair.control {
                    None => new_serial(SERIALS[on.serial], PASSWORDS[pair.enroll]),
                    Some(control) => with(control_password(control)),
                };
                match registry.register(&model.ids[on.template], new, ada).await {
                    Ok(_) => said("done"),
                    Err(error) => said(RegisterError::code(&error)),
                }
            }
            Operation::Disable { on } => {
                outcome(registry.disable(&model.id(on), ada).await, MarkError::code)
            }
            Operation::Enable { on } => {
                outcome(registry.enable(&model.id(on), ada).await, MarkError::code)
            }
            Operation::Retire { on } => {
                outcome(registry.retire(&model.id(on), ada).await, RetireError::code)
            }
            Operation::Reactivate { on, overlap, .. } => {
                let id = model.id(on);
                let done = match overlap.map(|millis| model.time_in(millis)) {
                    None => registry.reactivate(&id, seen, ada).await,
                    Some(until) => registry.reactivate_with_overlap(&id, seen, until, ada).await,
                };
                outcome(done, RevokeError::code)
            }
            Operation::Unenroll { on, .. } => {
                outcome(registry.unenroll(&model.id(on), seen, ada).await, RevokeError::code)
            }
            Operation::ReplacePasswords { on, pair, .. } => {
                let (id, new) = (model.id(on), new_passwords(pair));
                let done = registry.replace_passwords(&id, &new, seen, ada).await;
                outcome(done, ReplaceError::code)
            }
            Operation::Transfer { on, pair, .. } => {
                let (id, new) = (model.id(on), new_passwords(pair));
                outcome(registry.transfer(&id, &new, seen, ada).await, TransferError::code)
            }
            Operation::ReplaceControl { on, password, grants } => {
                let (id, new) = (model.id(on), control_password(password));
                let done = registry.replace_control_password(&id, &new, grants, ada).await;
                outcome(done, ReplaceControlError::code)
            }
            operation => panic!("{operation:?} is no operator's"),
        }
    }

    pub(super) async fn authenticate(&self, given: &Given) -> Answer {
        match self.registry.authenticate(&given.plug_id, &given.password()).await {
            Ok(principal) => {
                assert_eq!((principal.id(), principal.plug_id()), (&given.id, &given.plug_id));
                assert_eq!(principal.kind(), given.kind);
                said(&format!("{:?}", principal.proven_by()))
            }
            Err(error) => said(AuthenticateError::code(&error)),
        }
    }

    /// To the end, page by page.
    fn forget(&self, before: UnixMillis) -> Answer {
        let (mut all, mut after) = (0, None);
        loop {
            let forgotten = block_on(self.registry.forget_events(before, after.as_ref())).unwrap();
            all += forgotten.events;
            after = forgotten.next;
            if after.is_none() {
                return said(&format!("{all}"));
            }
        }
    }

    /// To the end, page by page: what is new is what the model says, nothing comes twice from one
    /// feed, and times do not go back.
    fn read_feed(&self, model: &Model, limit: usize) -> Answer {
        let mut followed = self.feed.lock().unwrap();
        let mut new = std::collections::BTreeSet::new();
        loop {
            let limit = NonZeroUsize::new(limit).unwrap();
            let page = block_on(followed.feed.next_page(limit)).unwrap();
            if page.is_empty() {
                assert_eq!(new, model.fed);
                return said("done");
            }
            assert!(page.len() <= limit.get());
            for told in page {
                let number = told.event.number().number();
                let place = (told.id, number);
                assert_eq!(told.event, model.events[&told.id][usize::try_from(number).unwrap()]);
                assert!(followed.last <= told.event.at(), "{told:?} comes out of order");
                followed.last = told.event.at();
                assert!(followed.since.insert(place), "{told:?} comes twice");
                if followed.ever.insert(place) {
                    new.insert(place);
                }
            }
        }
    }
}

pub(super) fn outcome<T: Debug, E>(
    done: Result<T, E>,
    code: impl Fn(&E) -> &'static str,
) -> Answer {
    match done {
        Ok(outcome) => said(&format!("{outcome:?}")),
        Err(error) => said(code(&error)),
    }
}

fn enrollment<E>(enrolled: Result<Enrollment, E>, code: impl Fn(&E) -> &'static str) -> Answer {
    match enrolled {
        Ok(enrollment) => {
            watch_told(&enrollment);
            (format!("{:?}", enrollment.outcome()), Some(told(enrollment.credentials())))
        }
        Err(error) => said(code(&error)),
    }
}
