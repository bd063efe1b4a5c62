//! Things that may be controlled, and who controls them.

use plugmint::{
    AccessLevel, AuthenticateError, ControlPassword, ControllerEnrollment, ControllerRequest,
    Credentials, EnrollControllerError, Enrollment, NewSerial, PlugId, Principal, SerialId,
    SerialNumber,
};

use crate::scene::ROOT_KEY;
use crate::{
    Scene, control_secrets, generated_password, new_serial, thing_secrets, watch, watch_all,
    watch_credentials,
};

impl Scene {
    /// Registers a serial with a control password.
    pub async fn register_controllable(
        &self,
        serial: &str,
        password: &str,
        control: &str,
    ) -> SerialId {
        let (id, design) = (self.id(serial), self.template.design());
        watch_all(thing_secrets(&ROOT_KEY, &id, design, password));
        watch_all(control_secrets(&ROOT_KEY, &id, design, control));
        let new = new_controllable(serial, password, control);
        self.registry.register(id.template(), new, &self.ada).await.unwrap();
        id
    }

    /// Registers a serial with generated passwords of that number, and enrolls its device.
    pub async fn thing(&self, serial: &str, number: u32) -> (SerialId, Enrollment) {
        let (password, control) = (generated_password(number), control_of(number));
        let id = self.register_controllable(serial, &password, &control).await;
        (id, self.enroll(&id, &password).await)
    }

    /// Somebody enrolls as a Controller of a Thing that may.
    pub async fn control(
        &self,
        thing: &SerialId,
        control: &str,
        request: &ControllerRequest,
    ) -> ControllerEnrollment {
        self.control_or_refuse(thing, control, request).await.unwrap()
    }

    /// Somebody asks whether it may enroll as a Controller of a Thing.
    ///
    /// # Errors
    /// When it may not.
    pub async fn control_or_refuse(
        &self,
        thing: &SerialId,
        control: &str,
        request: &ControllerRequest,
    ) -> Result<ControllerEnrollment, EnrollControllerError> {
        let password = control_password(control);
        let enrolled = self.registry.enroll_controller(None, thing, &password, request).await;
        enrolled.inspect(|told| watch_credentials(told.credentials()))
    }

    /// Whoever has these credentials connects.
    ///
    /// # Errors
    /// When it may not.
    pub async fn connect_as(&self, told: &Credentials) -> Result<Principal, AuthenticateError> {
        self.registry.authenticate(told.plug_id(), told.connection_password()).await
    }

    /// What somebody may do with a Thing.
    pub async fn access(&self, holder: &PlugId, thing: &SerialId) -> AccessLevel {
        self.registry.access(holder, thing).await.unwrap()
    }
}

/// What a Controller says of itself that names its own serial number.
#[must_use]
pub fn known_as(own_serial: &str) -> ControllerRequest {
    ControllerRequest::new().with_own_serial(SerialNumber::parse(own_serial).unwrap())
}

/// A control password.
#[must_use]
pub fn control_password(text: &str) -> ControlPassword {
    watch("control password", text.as_bytes());
    ControlPassword::parse(text).unwrap()
}

/// The generated control password of a Thing of that number.
#[must_use]
pub fn control_of(number: u32) -> String {
    generated_password(number + CONTROL)
}

/// A serial with a control password.
#[must_use]
pub fn new_controllable(serial: &str, password: &str, control: &str) -> NewSerial {
    new_serial(serial, password).with_control_password(control_password(control))
}

/// More than there are numbers of Things.
const CONTROL: u32 = 500_000_000;
