//! A registry with a template, over any store.

use std::sync::Arc;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    Actor, Argon2Cost, EnrollError, EnrollPassword, Enrollment, NewSerial, PasswordClass,
    Principal, ProductionTemplate, Registry, RegistryBuilder, SerialId, SerialStatus,
    TemplateDesign, TemplateName,
};
use plugmint_store::Store;

use crate::{platform_secrets, thing_secrets, watch, watch_all, watch_told};

/// A registry, its clock, and one template.
#[derive(Debug)]
pub struct Scene {
    /// The registry.
    pub registry: Registry,
    /// The clock that it reads.
    pub clock: Arc<FixedClock>,
    /// The template.
    pub template: ProductionTemplate,
    /// Who acts.
    pub ada: Actor,
}

impl Scene {
    /// A new registry over an empty store, with a template of that design.
    pub async fn new(store: Arc<dyn Store>, design: TemplateDesign) -> Self {
        let clock = Arc::new(FixedClock::default());
        let settings = builder(store, Arc::clone(&clock), 1);
        Self::with(settings, clock, design).await
    }

    /// A new registry with those settings and that clock, and a template of that design.
    pub async fn with(
        settings: RegistryBuilder,
        clock: Arc<FixedClock>,
        design: TemplateDesign,
    ) -> Self {
        watch_all(platform_secrets(&ROOT_KEY));
        let registry = settings.create(&root_key()).await.unwrap();
        let template = registry.create_template(registry.company(), design).await.unwrap();
        Self { registry, clock, template, ada: Actor::parse("ada").unwrap() }
    }

    /// The serial of that number.
    #[must_use]
    pub fn id(&self, serial: &str) -> SerialId {
        SerialId::new(*self.template.id(), serial.parse().unwrap())
    }

    /// Registers a serial.
    pub async fn register(&self, serial: &str, password: &str) -> SerialId {
        let (id, new) = (self.id(serial), new_serial(serial, password));
        watch_all(thing_secrets(&ROOT_KEY, &id, self.template.design(), password));
        self.registry.register(id.template(), new, &self.ada).await.unwrap();
        id
    }

    /// Registers a serial and enrolls its device.
    pub async fn enrolled(&self, serial: &str, password: &str) -> (SerialId, Enrollment) {
        let id = self.register(serial, password).await;
        (id, self.enroll(&id, password).await)
    }

    /// Registers a serial, enrolls its device and connects it.
    pub async fn activated(&self, serial: &str, password: &str) -> (SerialId, Enrollment) {
        let (id, enrollment) = self.enrolled(serial, password).await;
        self.connect(&enrollment).await;
        (id, enrollment)
    }

    /// Enrolls a device that may.
    pub async fn enroll(&self, id: &SerialId, password: &str) -> Enrollment {
        self.enroll_or_refuse(id, password).await.unwrap()
    }

    /// Asks whether a device may enroll.
    ///
    /// # Errors
    /// When it may not.
    pub async fn enroll_or_refuse(
        &self,
        id: &SerialId,
        password: &str,
    ) -> Result<Enrollment, EnrollError> {
        let enrolled = self.registry.enroll(id, &enroll_password(password)).await;
        enrolled.inspect(watch_told)
    }

    /// Connects a device that may.
    pub async fn connect(&self, enrollment: &Enrollment) -> Principal {
        let credentials = enrollment.credentials();
        let connection =
            self.registry.authenticate(credentials.plug_id(), credentials.connection_password());
        connection.await.unwrap()
    }

    /// What there is to know of a serial.
    pub async fn status(&self, id: &SerialId) -> SerialStatus {
        self.registry.serial(id).await.unwrap()
    }
}

/// A template with every default.
#[must_use]
pub fn design() -> TemplateDesign {
    TemplateDesign::new(TemplateName::parse("White refrigerators").unwrap())
}

/// A template of chosen passwords at the lowest cost.
#[must_use]
pub fn chosen_design() -> TemplateDesign {
    design()
        .with_password_class(PasswordClass::Chosen)
        .with_argon2(Argon2Cost::new(64, 1, 1).unwrap())
}

/// A generated password, another one for each number.
#[must_use]
pub fn generated_password(number: u32) -> String {
    format!("{number:032x}")
}

/// The bytes of [`root_key`].
pub(crate) const ROOT_KEY: [u8; 32] = [0x5a; 32];

/// An enroll password.
#[must_use]
pub fn enroll_password(text: &str) -> EnrollPassword {
    watch("password", text.as_bytes());
    EnrollPassword::parse(text).unwrap()
}

/// A serial without a control password.
#[must_use]
pub fn new_serial(serial: &str, password: &str) -> NewSerial {
    NewSerial::new(serial.parse().unwrap(), enroll_password(password))
}
