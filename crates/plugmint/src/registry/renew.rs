//! New passwords for a serial that has some: replace and transfer.

use std::fmt;

use plugmint_core::derivation::{PasswordText, Stretched, TemplateKey, Verifier};
use plugmint_core::lifecycle::{
    Decision, GrantsThen, Offered, Outcome, Renewal, ReplaceControlRefusal, ReplaceRefusal,
    SerialRecord, TransferRefusal,
};
use plugmint_core::{
    Actor, Author, ControlPassword, EnrollPassword, Epoch, PasswordClass, ProductionTemplate,
    SerialId, TemplateDesign, TemplateState,
};
use thiserror::Error;
use tracing::instrument;

use crate::stretch_pool::NotStretched;
use crate::{Fault, Unknown, keys};

use super::drive::{Loaded, RestsOn};
use super::{PasswordError, Refusal, Registry};

impl Registry {
    /// Other passwords, both of them, for a serial whose device has never enrolled with those that
    /// it has: they were typed wrongly, or became known. It hangs on the current root key from then
    /// on.
    ///
    /// `seen` is the epoch that the caller saw. So a call whose outcome is unknown is made again:
    /// it answers `AlreadyDone` when it was done with these passwords.
    ///
    /// One commit, and up to four Argon2id where passwords are chosen.
    ///
    /// # Errors
    /// * [`PasswordError::Unknown`] template or serial.
    /// * [`PasswordError::Passwords`]: they are not of the class that the template asks for, or are
    ///   the same.
    /// * [`PasswordError::Refused`]: the device has enrolled, the serial is retired, a password
    ///   would replace itself, or something else has happened to it since the caller looked.
    /// * [`PasswordError::Overloaded`]: ask again after the time that it names.
    /// * [`PasswordError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn replace_passwords(
        &self,
        id: &SerialId,
        new: &NewPasswords,
        seen: Epoch,
        by: &Actor,
    ) -> Result<Outcome, ReplaceError> {
        self.renew(id, new, RestsOn::Serial, |_, record, offered, renewal| {
            let author = Author::Operator(by.clone());
            record
                .replace_passwords(seen, offered, renewal, author, self.0.clock.now())
                .map_err(PasswordError::Refused)
        })
        .await
    }

    /// The serial goes to somebody else, under passwords that its owner of before does not know: a
    /// new identity, so another Plug-ID. All its passwords end, and all grants on it and those that
    /// it holds, and its profile is deleted. Mark and labels stay. It hangs on the current root key
    /// from then on.
    ///
    /// `seen` is the epoch that the caller saw, as for
    /// [`replace_passwords`](Self::replace_passwords), and so is the cost.
    ///
    /// # Errors
    /// * [`PasswordError::Unknown`] template or serial.
    /// * [`PasswordError::Passwords`]: they are not of the class that the template asks for, or are
    ///   the same.
    /// * [`PasswordError::Refused`]: the template is closed, the serial is retired, a password is
    ///   one of the two old ones, or something else has happened to it since the caller looked.
    /// * [`PasswordError::Overloaded`]: ask again after the time that it names.
    /// * [`PasswordError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn transfer(
        &self,
        id: &SerialId,
        new: &NewPasswords,
        seen: Epoch,
        by: &Actor,
    ) -> Result<Outcome, TransferError> {
        self.ensure_open()?;
        // Nothing is hashed for a template that takes nobody in.
        let template = self.load_template(id.template()).await?.map(|(template, _)| template);
        ensure_takes_in(template.as_ref(), id)?;
        self.renew(id, new, RestsOn::SerialAndTemplate, |loaded, record, offered, renewal| {
            ensure_takes_in(loaded.template.as_ref(), id)?;
            let author = Author::Operator(by.clone());
            record
                .transfer(seen, offered, renewal, author, self.0.clock.now())
                .map_err(|refusal| PasswordError::Refused(refusal.into()))
        })
        .await
    }

    /// Controllers enroll with another control password from now on, or can at all where the serial
    /// had none. From any stage but Retired; the stage, the epoch and the device's passwords stay.
    ///
    /// Grants on the Thing end with it, or stay, as is asked for; what it holds itself stays. Its
    /// Controllers live on: they connect, and cannot be reactivated any more.
    ///
    /// One commit, and up to two Argon2id where passwords are chosen. A repeat writes nothing and
    /// says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`PasswordError::Unknown`] template or serial.
    /// * [`PasswordError::Passwords`]: it is not of the class that the template asks for.
    /// * [`PasswordError::Refused`]: the serial is retired, or the password is the one that it was
    ///   registered with, or its enroll password.
    /// * [`PasswordError::Overloaded`]: ask again after the time that it names.
    /// * [`PasswordError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn replace_control_password(
        &self,
        id: &SerialId,
        new: &ControlPassword,
        grants: GrantsThen,
        by: &Actor,
    ) -> Result<Outcome, ReplaceControlError> {
        let template = self.template_of_serial::<ReplaceControlError>(id).await?;
        template.design().check_control_password(new.expose_text())?;
        let both = self.stretch_both(template.design(), id, new.expose_text()).await?;
        self.drive(id, RestsOn::Serial, |loaded| {
            let record = present(loaded.serial.as_ref(), id)?;
            let template_key = self.keys_of(id, record)?;
            let (as_enroll, control) = both.verifiers(&template_key, id);
            let (author, now) = (Author::Operator(by.clone()), self.0.clock.now());
            record
                .clone()
                .replace_control_password(control, &as_enroll, grants, author, now)
                .map_err(PasswordError::Refused)
        })
        .await
    }

    /// Stretches new passwords and does a verb with what they come to.
    async fn renew<R: Refusal>(
        &self,
        id: &SerialId,
        new: &NewPasswords,
        rests_on: RestsOn,
        verb: impl Fn(
            &Loaded,
            SerialRecord,
            &Offered,
            Renewal,
        ) -> Result<Decision<Outcome>, PasswordError<R>>
        + Send
        + Sync,
    ) -> Result<Outcome, PasswordError<R>> {
        let template = self.template_of_serial::<PasswordError<R>>(id).await?;
        let enroll = new.enroll.expose_text();
        let control = new.control.as_ref().map(ControlPassword::expose_text);
        template.design().check_passwords(enroll, control)?;
        let enroll = self.stretch_both(template.design(), id, enroll).await?;
        let control = match control {
            None => None,
            Some(control) => Some(self.stretch_both(template.design(), id, control).await?),
        };
        self.drive(id, rests_on, |loaded| {
            let record = present(loaded.serial.as_ref(), id)?;
            let template_key = self.keys_of(id, record)?;
            let (as_itself, as_other) = enroll.verifiers(&template_key, id);
            let mut offered = Offered::new(as_itself, as_other);
            if let Some(control) = &control {
                let (as_other, as_itself) = control.verifiers(&template_key, id);
                offered = offered.with_control(as_itself, as_other);
            }
            let ring = self.0.keys.load();
            let version = ring.current();
            let template_key = ring.version(version)?.template_key(id.template());
            let (enroll_verifier, _) = enroll.verifiers(&template_key, id);
            let control_verifier = control.as_ref().map(|both| both.verifiers(&template_key, id).1);
            // What it says of passwords and operators never changes.
            let sealed = self.seal(&ring, &template, id, enroll.as_enroll())?;
            let renewal = Renewal::new(version, enroll_verifier, control_verifier, sealed);
            verb(loaded, record.clone(), &offered, renewal)
        })
        .await
    }

    /// The template of a serial that is there, so that nothing is hashed for one that is not.
    async fn template_of_serial<E: From<Fault> + From<Unknown>>(
        &self,
        id: &SerialId,
    ) -> Result<ProductionTemplate, E> {
        self.ensure_open()?;
        let template = self.load_template(id.template()).await?.map(|(template, _)| template);
        let key = keys::serial(id).map_err(Fault::from)?;
        match (template, self.load_serial(&key).await?) {
            (Some(template), Some(_)) => Ok(template),
            (_, _) => Err(self.unknown(id).await?.into()),
        }
    }

    /// What a serial's passwords hang on.
    fn keys_of(&self, id: &SerialId, record: &SerialRecord) -> Result<TemplateKey, Fault> {
        let ring = self.0.keys.load();
        let version = match record.stage().registration() {
            Some(registration) => registration.key_version(),
            None => ring.current(),
        };
        Ok(ring.version(version)?.template_key(id.template()))
    }

    /// A password stretched as an enroll password and as a control password.
    async fn stretch_both(
        &self,
        design: &TemplateDesign,
        id: &SerialId,
        password: PasswordText<'_>,
    ) -> Result<Both, NotStretched> {
        let stretch = async |class: PasswordClass| {
            let stretching = class.stretching(design.argon2(), id, password);
            self.0.pool.finish(id.template(), stretching).await
        };
        let (enroll, control) = (design.password_class(), design.control_class().class());
        let as_enroll = stretch(enroll).await?;
        // Two classes that are the same stretch in the same way.
        let as_control = if enroll == control { None } else { Some(stretch(control).await?) };
        Ok(Both { as_enroll, as_control })
    }
}

/// One password, stretched as each of a serial's two.
struct Both {
    as_enroll: Stretched,
    /// `None` where it comes to the same.
    as_control: Option<Stretched>,
}

impl Both {
    const fn as_enroll(&self) -> &Stretched {
        &self.as_enroll
    }

    /// What proves it as an enroll password, and as a control password.
    fn verifiers(&self, key: &TemplateKey, id: &SerialId) -> (Verifier, Verifier) {
        let as_control = self.as_control.as_ref().unwrap_or(&self.as_enroll);
        (
            key.enroll_key(id.serial(), &self.as_enroll).verifier(),
            key.control_key(id.serial(), as_control).verifier(),
        )
    }
}

fn ensure_takes_in(
    template: Option<&ProductionTemplate>,
    id: &SerialId,
) -> Result<(), TransferError> {
    match template.map(ProductionTemplate::state) {
        Some(TemplateState::Open) => Ok(()),
        Some(TemplateState::Closed { .. } | TemplateState::Deleting { .. }) => {
            Err(PasswordError::Refused(NotTransferred::TemplateClosed))
        }
        Some(TemplateState::Deleted { .. }) | None => Err(Unknown::template(id.template()).into()),
    }
}

fn present<'a>(
    record: Option<&'a SerialRecord>,
    id: &SerialId,
) -> Result<&'a SerialRecord, Unknown> {
    record.ok_or_else(|| Unknown::serial(id))
}

/// The passwords that a serial shall have.
pub struct NewPasswords {
    enroll: EnrollPassword,
    control: Option<ControlPassword>,
}

impl NewPasswords {
    /// An enroll password, and no control password: nobody can control the Thing.
    #[must_use]
    pub const fn new(enroll: EnrollPassword) -> Self {
        Self { enroll, control: None }
    }

    /// With what lets Controllers enroll.
    #[must_use]
    pub fn with_control(self, control: ControlPassword) -> Self {
        Self { control: Some(control), ..self }
    }
}

impl fmt::Debug for NewPasswords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPasswords(..)")
    }
}

/// Why the passwords of a serial were not replaced.
pub type ReplaceError = PasswordError<ReplaceRefusal>;

/// Why the control password of a serial was not replaced.
pub type ReplaceControlError = PasswordError<ReplaceControlRefusal>;

/// Why a serial was not transferred.
pub type TransferError = PasswordError<NotTransferred>;

/// What a transfer is refused for.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotTransferred {
    /// The template is closed.
    #[error("the template is closed: open it first")]
    TemplateClosed,
    /// The serial is not where the verb leads on from, or has one of these passwords.
    #[error(transparent)]
    Refused(#[from] TransferRefusal),
}

impl NotTransferred {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TemplateClosed => "template-closed",
            Self::Refused(refusal) => refusal.code(),
        }
    }
}
