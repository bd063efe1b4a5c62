//! What the benchmarks share: a device and the registry that it belongs to.

mod fleet;

use plugmint::testing::TestRegistry;
use plugmint::{
    Actor, EnrollPassword, Enrollment, NewSerial, PasswordClass, SerialId, TemplateDesign,
    TemplateName,
};
use pollster::block_on;

pub use fleet::Fleet;

/// A password of class generated.
pub const PASSWORD: &str = "mWz8yS3kQ0a1-Vt5xJrLpA";

/// A registry in memory with one device that has enrolled.
#[derive(Debug)]
pub struct Device {
    /// The registry.
    pub test: TestRegistry,
    /// The serial.
    pub id: SerialId,
    /// What the device was told.
    pub enrollment: Enrollment,
}

impl Device {
    /// Registers a serial of a template of that class and enrolls its device.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub fn new(class: PasswordClass) -> Result<Self, Box<dyn std::error::Error>> {
        let test = block_on(TestRegistry::new(1))?;
        let registry = test.registry();
        let design = TemplateDesign::new(TemplateName::parse("White refrigerators")?)
            .with_password_class(class);
        let template = block_on(registry.create_template(registry.company(), design))?;
        let new = NewSerial::new("SN-1".parse()?, EnrollPassword::parse(PASSWORD)?);
        block_on(registry.register(template.id(), new, &Actor::parse("bench")?))?;
        let id = SerialId::new(*template.id(), "SN-1".parse()?);
        let password = EnrollPassword::parse(PASSWORD)?;
        let enrollment = block_on(registry.enroll(&id, &password))?;
        Ok(Self { test, id, enrollment })
    }
}
