//! Production Templates: what all devices of one product share.

mod record;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::derivation::{Argon2Cost, PasswordText};
use crate::text::name_type;
use crate::{CompanyId, ControlClass, Labels, PasswordClass, TemplateId, UnixMillis, WrongClass};

name_type!(
    /// What people call a Production Template: 1 to 128 bytes of UTF-8.
    TemplateName,
    128
);

/// A product: what its serials' passwords are like and how they are enrolled.
///
/// The classes of its passwords and the cost of stretching them never change, so that each refusal
/// within a template costs the same.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ProductionTemplate {
    id: TemplateId,
    company: CompanyId,
    #[serde(flatten)]
    design: TemplateDesign,
    created_at: UnixMillis,
}

impl ProductionTemplate {
    /// The template that a design becomes.
    #[must_use]
    pub const fn create(
        id: TemplateId,
        company: CompanyId,
        design: TemplateDesign,
        at: UnixMillis,
    ) -> Self {
        Self { id, company, design, created_at: at }
    }

    /// Its Plug-ID.
    #[must_use]
    pub const fn id(&self) -> &TemplateId {
        &self.id
    }

    /// The company that it belongs to.
    #[must_use]
    pub const fn company(&self) -> &CompanyId {
        &self.company
    }

    /// What was chosen when it was made.
    #[must_use]
    pub const fn design(&self) -> &TemplateDesign {
        &self.design
    }

    /// When it was made.
    #[must_use]
    pub const fn created_at(&self) -> UnixMillis {
        self.created_at
    }
}

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
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct TemplateDesign {
    name: TemplateName,
    password_class: PasswordClass,
    control_class: ControlClass,
    argon2: Argon2Cost,
    operator_enroll: OperatorEnroll,
    repeat: RepeatPolicy,
    labels: Labels,
}

impl TemplateDesign {
    /// A template of that name with every default: generated passwords, the default Argon2id cost,
    /// no operator enrollment, repeats until activated, no labels.
    #[must_use]
    pub const fn new(name: TemplateName) -> Self {
        Self {
            name,
            password_class: PasswordClass::Generated,
            control_class: ControlClass::Generated,
            argon2: Argon2Cost::DEFAULT,
            operator_enroll: OperatorEnroll::Refused,
            repeat: RepeatPolicy::UntilActivated,
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

/// Whether an operator may enroll a device without its enroll password.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "it may or it may not")]
pub enum OperatorEnroll {
    /// No: no enroll key is kept.
    #[default]
    Refused,
    /// Yes: each serial's enroll key is kept, sealed, until the device activates. Who has the store
    /// and the root key then has the passwords of all devices that are not activated.
    Allowed,
}

/// What a device that is enrolled already and enrolls again is told.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new policy must answer every stage")]
pub enum RepeatPolicy {
    /// The same credentials until it has connected once, and then a refusal: a lost answer costs
    /// nothing, and a clone of an activated device gets nothing.
    #[default]
    UntilActivated,
    /// The same credentials at any time.
    Always,
    /// A refusal: the answer of the first enrollment must not get lost.
    Never,
}
