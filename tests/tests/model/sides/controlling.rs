//! What a registry answers about Controllers, grants and root keys.

use plugmint::{
    AddThingError, AuthenticateError, ControllerRequest, DropKeyError, EnrollControllerError,
    GrantError, MarkControllerError, MarkError, ReactivateControllerError, ReleaseError,
    RetireError, RotateError,
};
use plugmint_tests::watch;

use crate::operation::{Answer, OWN_SERIALS, On, Operation};
use crate::passwords::control_password;
use crate::reference::{Given, Model, ada, said, told};
use crate::root_keys::version;

use super::Side;
use super::answers::outcome;

impl Side {
    pub(super) async fn answer_controlling(&self, model: &Model, operation: Operation) -> Answer {
        match operation {
            Operation::Control { on, password, own } => {
                self.control(model, on, password, own).await
            }
            Operation::SetAccess { on, access } => {
                let done = self.registry.set_access(&model.id(on), access, &ada()).await;
                outcome(done, MarkError::code)
            }
            Operation::Rotate | Operation::Sweep | Operation::DropKey { .. } => {
                self.answer_about_root_keys(model, operation).await
            }
            Operation::AddThing { pick, .. }
            | Operation::ReleaseThing { pick, .. }
            | Operation::ReleaseAllThings { pick }
            | Operation::DisableController { pick }
            | Operation::EnableController { pick }
            | Operation::RetireController { pick }
            | Operation::ReactivateController { pick, .. }
            | Operation::Grant { pick, .. }
            | Operation::Release { pick, .. }
            | Operation::ReleaseAll { pick } => match model.picked(pick) {
                Some(given) => self.answer_of(model, operation, given).await,
                None => said("refused"),
            },
            operation => panic!("{operation:?} is about no controller"),
        }
    }

    async fn control(&self, model: &Model, on: On, password: usize, own: Option<usize>) -> Answer {
        let mut request = ControllerRequest::new();
        if let Some(own) = own {
            request = request.with_own_serial(OWN_SERIALS[own].parse().unwrap());
        }
        let (id, control) = (model.id(on), control_password(password));
        match self.registry.enroll_controller(None, &id, &control, &request).await {
            Ok(enrollment) => {
                let password = enrollment.credentials().connection_password();
                watch("connection password", password.expose_bytes());
                let outcome = format!("{:?}", enrollment.outcome());
                (outcome, Some(told(enrollment.credentials())))
            }
            Err(error) => said(EnrollControllerError::code(&error)),
        }
    }

    /// What is answered about whoever was given those credentials.
    async fn answer_of(&self, model: &Model, operation: Operation, given: &Given) -> Answer {
        let (registry, ada, plug_id) = (&self.registry, &ada(), &given.plug_id);
        match operation {
            Operation::AddThing { on, password, .. } => {
                let (id, control) = (model.id(on), control_password(password));
                let own = given.password();
                let done = registry.add_thing(None, plug_id, &own, &id, &control).await;
                outcome(done, AddThingError::code)
            }
            Operation::ReleaseThing { on, .. } => {
                let things = [model.id(on)];
                let done = registry.release_things(plug_id, &given.password(), &things).await;
                outcome(done, AuthenticateError::code)
            }
            Operation::ReleaseAllThings { .. } => {
                match registry.release_all_things(plug_id, &given.password()).await {
                    Ok(()) => said("done"),
                    Err(error) => said(error.code()),
                }
            }
            Operation::DisableController { .. } => {
                outcome(registry.disable_controller(plug_id, ada).await, MarkControllerError::code)
            }
            Operation::EnableController { .. } => {
                outcome(registry.enable_controller(plug_id, ada).await, MarkControllerError::code)
            }
            Operation::RetireController { .. } => {
                outcome(registry.retire_controller(plug_id, ada).await, RetireError::code)
            }
            Operation::ReactivateController { .. } => {
                let done = registry.reactivate_controller(plug_id, model.seen, ada).await;
                outcome(done, ReactivateControllerError::code)
            }
            Operation::Grant { on, .. } => {
                let done = registry.grant(&model.id(on), plug_id, ada).await;
                outcome(done, GrantError::code)
            }
            Operation::Release { on, .. } => {
                let done = registry.release(&model.id(on), plug_id, ada).await;
                outcome(done, ReleaseError::code)
            }
            Operation::ReleaseAll { .. } => match registry.release_all(plug_id, ada).await {
                Ok(()) => said("done"),
                Err(error) => said(error.code()),
            },
            operation => panic!("{operation:?} is of nobody"),
        }
    }

    async fn answer_about_root_keys(&self, model: &Model, operation: Operation) -> Answer {
        match operation {
            Operation::Rotate => {
                let done = self.registry.rotate_root_key(&model.root_keys()).await;
                outcome(done, RotateError::code)
            }
            Operation::DropKey { version: number } => {
                let done = self.registry.drop_root_key(version(number)).await;
                outcome(done, DropKeyError::code)
            }
            // To the end, page by page.
            _ => {
                let (mut swept, mut after) = (0, None);
                loop {
                    let page = self.registry.sweep_keys(after.as_ref()).await.unwrap();
                    swept += page.rewritten;
                    after = page.next;
                    if after.is_none() {
                        return said(&format!("{swept}"));
                    }
                }
            }
        }
    }
}
