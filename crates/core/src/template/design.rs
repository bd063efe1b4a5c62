//! What is chosen for a template when it is made.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::derivation::{Argon2Cost, PasswordText};
use crate::{ControlClass, Labels, PasswordClass, WrongClass};

use super::{AccessLevel, ControllerCap, OperatorEnroll, RepeatPolicy, SourceWatch, TemplateName};

/// What is chosen for a Production Template when it is made.
///
/// ```
/// use plugmint_core::{PasswordClass, TemplateDesign, TemplateName};
///
/// let design = TemplateDesign::new(TemplateName::parse("White refrigerators")?)
///     .with_password_class(PasswordClass::Chosen);
/// assert_eq!(design.password_class(), PasswordClass::Chosen);
/// # Ok::<(), plugmint_core::InvalidText>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateDesign {
    pub(super) name: TemplateName,
    #[serde(default)]
    pub(super) password_class: PasswordClass,
    #[serde(default)]
    pub(super) control_class: ControlClass,
    #[serde(default)]
    pub(super) argon2: Argon2Cost,
    #[serde(default)]
    pub(super) operator_enroll: OperatorEnroll,
    #[serde(default)]
    pub(super) repeat: RepeatPolicy,
    #[serde(default)]
    pub(super) controllers: ControllerCap,
    #[serde(default)]
    pub(super) access: AccessLevel,
    #[serde(default)]
    pub(super) sources: SourceWatch,
    #[serde(default)]
    pub(super) labels: Labels,
}

impl TemplateDesign {
    /// A template of that name with every default: generated passwords, the default Argon2id cost,
    /// no operator enrollment, repeats until activated, at most 64 Controllers of a Thing, which
    /// read and write, no watch over sources, no labels.
    #[must_use]
    pub const fn new(name: TemplateName) -> Self {
        Self {
            name,
            password_class: PasswordClass::Generated,
            control_class: ControlClass::Generated,
            argon2: Argon2Cost::DEFAULT,
            operator_enroll: OperatorEnroll::Refused,
            repeat: RepeatPolicy::UntilActivated,
            controllers: ControllerCap::DEFAULT,
            access: AccessLevel::ReadWrite,
            sources: SourceWatch::Off,
            labels: Labels::new(),
        }
    }

    /// The class of its enroll passwords.
    #[must_use]
    pub fn with_password_class(self, password_class: PasswordClass) -> Self {
        Self { password_class, ..self }
    }

    /// The class of its control passwords.
    #[must_use]
    pub fn with_control_class(self, control_class: ControlClass) -> Self {
        Self { control_class, ..self }
    }

    /// What stretching a chosen or shared password costs.
    #[must_use]
    pub fn with_argon2(self, argon2: Argon2Cost) -> Self {
        Self { argon2, ..self }
    }

    /// Whether operators may enroll its devices.
    #[must_use]
    pub fn with_operator_enroll(self, operator_enroll: OperatorEnroll) -> Self {
        Self { operator_enroll, ..self }
    }

    /// What a device that enrolls again is told.
    #[must_use]
    pub fn with_repeat(self, repeat: RepeatPolicy) -> Self {
        Self { repeat, ..self }
    }

    /// How many living Controllers a Thing has at most.
    #[must_use]
    pub fn with_controllers(self, controllers: ControllerCap) -> Self {
        Self { controllers, ..self }
    }

    /// What Controllers may do with a Thing that does not say.
    #[must_use]
    pub fn with_access(self, access: AccessLevel) -> Self {
        Self { access, ..self }
    }

    /// Whether it is watched from how many sources a device connects.
    #[must_use]
    pub fn with_sources(self, sources: SourceWatch) -> Self {
        Self { sources, ..self }
    }

    /// What the host wants to remember.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(&self) -> &TemplateName {
        &self.name
    }

    /// The class of its enroll passwords.
    #[must_use]
    pub const fn password_class(&self) -> PasswordClass {
        self.password_class
    }

    /// The class of its control passwords.
    #[must_use]
    pub const fn control_class(&self) -> ControlClass {
        self.control_class
    }

    /// What stretching a chosen or shared password costs.
    #[must_use]
    pub const fn argon2(&self) -> Argon2Cost {
        self.argon2
    }

    /// Whether operators may enroll its devices.
    #[must_use]
    pub const fn operator_enroll(&self) -> OperatorEnroll {
        self.operator_enroll
    }

    /// What a device that enrolls again is told.
    #[must_use]
    pub const fn repeat(&self) -> RepeatPolicy {
        self.repeat
    }

    /// How many living Controllers a Thing has at most.
    #[must_use]
    pub const fn controllers(&self) -> ControllerCap {
        self.controllers
    }

    /// What Controllers may do with a Thing that does not say.
    #[must_use]
    pub const fn access(&self) -> AccessLevel {
        self.access
    }

    /// Whether it is watched from how many sources a device connects.
    #[must_use]
    pub const fn sources(&self) -> SourceWatch {
        self.sources
    }

    /// What the host wants to remember.
    #[must_use]
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }
}

/// The rules for the passwords of a serial.
impl TemplateDesign {
    /// Whether these are passwords that a serial of this template may have.
    ///
    /// # Errors
    /// [`PasswordRefusal`] says which one is not, and why; it never repeats one.
    pub fn check_passwords(
        &self,
        enroll: PasswordText<'_>,
        control: Option<PasswordText<'_>>,
    ) -> Result<(), PasswordRefusal> {
        self.password_class.check(enroll).map_err(PasswordRefusal::EnrollPassword)?;
        let Some(control) = control else {
            return Ok(());
        };
        self.control_class.class().check(control).map_err(PasswordRefusal::ControlPassword)?;
        if control.matches(enroll) { Err(PasswordRefusal::SamePasswords) } else { Ok(()) }
    }
}

impl TemplateDesign {
    /// Whether this is a control password that a serial of this template may have.
    ///
    /// # Errors
    /// [`PasswordRefusal::ControlPassword`]
    pub fn check_control_password(&self, control: PasswordText<'_>) -> Result<(), PasswordRefusal> {
        self.control_class.class().check(control).map_err(PasswordRefusal::ControlPassword)
    }
}

/// Why a serial may not have these passwords. It never repeats one.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PasswordRefusal {
    /// The enroll password is not of the class that the template asks for.
    #[error("enroll password: {0}")]
    EnrollPassword(WrongClass),
    /// The control password is not of the class that the template asks for.
    #[error("control password: {0}")]
    ControlPassword(WrongClass),
    /// One password for both would let whoever controls the Thing be the Thing.
    #[error("the control password is the enroll password: expected another one")]
    SamePasswords,
}

impl PasswordRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EnrollPassword(_) => "wrong-enroll-password-class",
            Self::ControlPassword(_) => "wrong-control-password-class",
            Self::SamePasswords => "same-passwords",
        }
    }
}
