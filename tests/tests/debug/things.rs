//! The device that is shown everywhere.

use plugmint::{CompanyId, TemplateDesign, TemplateName};
use plugmint_core::derivation::RootKey;
use plugmint_core::{
    Argon2Cost, ControlClass, PasswordClass, ProductionTemplate, SerialId, SerialNumber,
    TemplateId, UnixMillis,
};

pub(crate) const ENROLL: &str = "canary-of-the-enroll-password";
pub(crate) const CONTROL: &str = "canary-of-the-control-password";
pub(crate) const NEW_ENROLL: &str = "canary-of-a-new-enroll-password";
pub(crate) const NEW_CONTROL: &str = "canary-of-a-new-control-password";

pub(crate) fn id() -> SerialId {
    SerialId::new(TemplateId::from_parts([1; 12]), SerialNumber::parse("SN-1").unwrap())
}

pub(crate) const ROOT: [u8; 32] = *b"canary of the root key, 32 bytes";

pub(crate) fn root() -> RootKey {
    RootKey::from_random(&mut { ROOT })
}

pub(crate) fn cost() -> Argon2Cost {
    Argon2Cost::new(64, 1, 1).unwrap()
}

/// A template of chosen passwords.
pub(crate) fn chosen() -> TemplateDesign {
    TemplateDesign::new(TemplateName::parse("T").unwrap())
        .with_password_class(PasswordClass::Chosen)
        .with_control_class(ControlClass::Chosen)
        .with_argon2(cost())
}

pub(crate) fn template() -> ProductionTemplate {
    let design = TemplateDesign::new(TemplateName::parse("T").unwrap());
    let company = CompanyId::from_parts([2; 12]);
    ProductionTemplate::create(*id().template(), company, design, UnixMillis::new(1))
}

pub(crate) fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis)
}
