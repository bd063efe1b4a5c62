//! What happens to Controllers.

use plugmint::{
    AuthenticateError, ConnectionPassword, ControllerRequest, EnrollControllerError, Epoch,
    MarkControllerError, ReactivateControllerError, RetireError, UnixMillis,
};
use pollster::block_on;

use crate::lifecycle::command::{Device, OWN_SERIALS, OfController, Seen};
use crate::lifecycle::model::{Told, Who};
use crate::lifecycle::{Answers, World, ada, said};

use super::{control_password, nobody};

impl World {
    pub(super) fn of_controller(&mut self, command: OfController, now: UnixMillis) -> Answers {
        let ada = &ada();
        let told = self.told_by(command);
        let known = told.as_ref();
        let name = known.map_or(nobody().plug_id, |told| told.plug_id);
        let (said, expected) = match command {
            OfController::Enroll { device, password, own } => {
                return self.enroll_controller(device, password, own, now);
            }
            OfController::Connect { .. } => {
                let expected = self.model.connect(known, now);
                (self.connect(&told.unwrap_or_else(nobody)), expected)
            }
            OfController::TakeOff { .. } => {
                let expected = self.model.take_off(known, now);
                (self.take_off(told), expected)
            }
            OfController::Disable { .. } => {
                let done = block_on(self.registry.disable_controller(&name, ada));
                let expected = self.model.mark_controller(known, true, now);
                (said(done, MarkControllerError::code), expected)
            }
            OfController::Enable { .. } => {
                let done = block_on(self.registry.enable_controller(&name, ada));
                let expected = self.model.mark_controller(known, false, now);
                (said(done, MarkControllerError::code), expected)
            }
            OfController::Retire { .. } => {
                let done = block_on(self.registry.retire_controller(&name, ada));
                (said(done, RetireError::code), self.model.retire_controller(known, now))
            }
            OfController::Reactivate { seen, .. } => {
                let seen = seen.of(self.model.epoch_of(known));
                let registry = &self.registry;
                let done = block_on(registry.reactivate_controller(&name, Epoch::new(seen), ada));
                let expected = self.model.reactivate_controller(known, seen, now);
                (said(done, ReactivateControllerError::code), expected)
            }
        };
        (said, expected.to_owned())
    }

    fn told_by(&self, command: OfController) -> Option<Told> {
        match command {
            OfController::Enroll { .. } => None,
            OfController::Connect { pick }
            | OfController::TakeOff { pick }
            | OfController::Disable { pick }
            | OfController::Enable { pick }
            | OfController::Retire { pick }
            | OfController::Reactivate { pick, .. } => self.model.picked(pick).cloned(),
        }
    }

    /// The outcome with the ordinal.
    fn enroll_controller(
        &mut self,
        device: Device,
        password: usize,
        own: usize,
        now: UnixMillis,
    ) -> Answers {
        let own = Some(own).filter(|own| *own < OWN_SERIALS.len());
        let mut request = ControllerRequest::new();
        if let Some(own) = own {
            request = request.with_own_serial(OWN_SERIALS[own].parse().unwrap());
        }
        let (id, control) = (self.id(device), control_password(password));
        let enrolled = block_on(self.registry.enroll_controller(None, &id, &control, &request));
        let expected = self.model.enroll_controller(device, password, own, now);
        if let (Ok(enrollment), Ok((_, ordinal))) = (&enrolled, expected)
            && enrollment.ordinal().number() as usize == ordinal
        {
            let credentials = enrollment.credentials();
            let password = credentials.connection_password().expose_text().to_string();
            self.model.tell(Who::Controller(device, ordinal), *credentials.plug_id(), password);
        }
        let said = match enrolled {
            Ok(enrollment) => format!("{:?} {}", enrollment.outcome(), enrollment.ordinal()),
            Err(error) => EnrollControllerError::code(&error).to_owned(),
        };
        let expected = match expected {
            Ok((outcome, ordinal)) => format!("{outcome} {ordinal}"),
            Err(code) => code.to_owned(),
        };
        (said, expected)
    }

    pub(super) fn take_off(&self, told: Option<Told>) -> String {
        let told = told.unwrap_or_else(nobody);
        let password = ConnectionPassword::parse(&told.password).unwrap();
        let done = block_on(self.registry.unenroll_by_device(&told.plug_id, &password));
        let said = done.map_or_else(|error| AuthenticateError::code(&error), |()| "Unenrolled");
        said.to_owned()
    }
}

impl Seen {
    /// The epoch that somebody saw, when it is that one now.
    pub(super) const fn of(self, now: u32) -> u32 {
        match self {
            Self::Present => now,
            Self::Before => now.saturating_sub(1),
            Self::NotYet => now + 1,
        }
    }
}
