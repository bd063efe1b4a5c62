//! Registering serials: one, or many in one commit.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use plugmint_core::derivation::{SealNonce, SealedKey, Stretched, Verifier};
use plugmint_core::lifecycle::{Registered, Registration, SerialRecord};
use plugmint_core::{
    Actor, Author, ControlPassword, EnrollPassword, KeyVersion, Labels, OperatorEnroll,
    ProductionTemplate, SerialId, SerialNumber, SerialStatus, TemplateId, UnixMillis, WrongClass,
};
use plugmint_store::{Batch, CommitError, Guard};
use thiserror::Error;

use crate::stretch_pool::NotStretched;
use crate::{Fault, Unknown, keys};

use super::Registry;
use super::drive::{TRIES, defect, put_change};

/// A serial to register: its number, its enroll password, and what may go with them.
pub struct NewSerial {
    serial: SerialNumber,
    enroll_password: EnrollPassword,
    control_password: Option<ControlPassword>,
    labels: Labels,
}

impl NewSerial {
    /// A serial without a control password, so that nobody can control the Thing, and without
    /// labels.
    #[must_use]
    pub const fn new(serial: SerialNumber, enroll_password: EnrollPassword) -> Self {
        Self { serial, enroll_password, control_password: None, labels: Labels::new() }
    }

    /// With what lets Controllers enroll.
    #[must_use]
    pub fn with_control_password(self, control_password: ControlPassword) -> Self {
        Self { control_password: Some(control_password), ..self }
    }

    /// With what the host wants to remember.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// The serial number.
    #[must_use]
    pub const fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

impl fmt::Debug for NewSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSerial").field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl Registry {
    /// Registers a serial of a template. One commit.
    ///
    /// Costs an Argon2id for each password of class chosen or shared.
    ///
    /// # Errors
    /// * [`RegisterError::Unknown`] template
    /// * [`RegisterError::EnrollPassword`], [`RegisterError::ControlPassword`]: not of the class
    ///   that the template asks for.
    /// * [`RegisterError::SamePasswords`]
    /// * [`RegisterError::AlreadyRegistered`]: with these very passwords, so that a lost answer is
    ///   told from [`RegisterError::SerialTaken`].
    /// * [`RegisterError::Overloaded`]: ask again after the time that it names.
    /// * [`RegisterError::Fault`]
    pub async fn register(
        &self,
        template: &TemplateId,
        new: NewSerial,
        by: &Actor,
    ) -> Result<SerialStatus, RegisterError> {
        let mut verdicts = self.register_all(template, vec![new], by).await?;
        verdicts.pop().unwrap_or_else(|| Err(defect("a serial got no verdict").into()))
    }

    /// Registers many serials of a template in one commit: all those that can be, and a verdict for
    /// each, in their order. A few hundred to a few thousand at a time go well.
    ///
    /// # Errors
    /// When none was registered: [`RegisterError::Unknown`] template or [`RegisterError::Fault`].
    /// What is wrong with single serials stands in their verdicts.
    pub async fn register_all(
        &self,
        template: &TemplateId,
        new: Vec<NewSerial>,
        by: &Actor,
    ) -> Result<Vec<Result<SerialStatus, RegisterError>>, RegisterError> {
        self.ensure_open()?;
        let unknown = || Unknown::template(template);
        let (design, _) = self.load_template(template).await?.ok_or_else(unknown)?;
        let prepared = self.prepare_all(&design, new).await;
        let author = Author::Operator(by.clone());
        for _ in 0..TRIES {
            let loaded = self.load_template(template).await?.ok_or_else(unknown)?;
            let (template, revision) = &loaded;
            let key = keys::template(template.id()).map_err(Fault::from)?;
            let batch = Batch::new().keep(key, Guard::At(*revision)).map_err(Fault::from)?;
            let (batch, verdicts) = self.decide_all(template, &prepared, &author, batch).await?;
            match self.0.store.commit(batch).await {
                Ok(_) => return Ok(given(prepared, verdicts)),
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// What [`register_all`](Self::register_all) would say of each serial now, without registering
    /// any. It costs the same stretching.
    ///
    /// # Errors
    /// Those of [`register_all`](Self::register_all).
    pub async fn check_all(
        &self,
        template: &TemplateId,
        new: Vec<NewSerial>,
    ) -> Result<Vec<Result<(), RegisterError>>, RegisterError> {
        self.ensure_open()?;
        let unknown = || Unknown::template(template);
        let (template, _) = self.load_template(template).await?.ok_or_else(unknown)?;
        let prepared = self.prepare_all(&template, new).await;
        let nobody = Author::Device;
        let (_, verdicts) = self.decide_all(&template, &prepared, &nobody, Batch::new()).await?;
        let verdicts = given(prepared, verdicts).into_iter();
        Ok(verdicts.map(|verdict| verdict.map(drop)).collect())
    }

    /// Stretches the passwords, as many at once as the pool has threads.
    async fn prepare_all(
        &self,
        template: &ProductionTemplate,
        new: Vec<NewSerial>,
    ) -> Vec<Result<Prepared, RegisterError>> {
        let at_once = self.0.pool.limits().workers().get();
        stream::iter(new).map(|new| self.prepare(template, new)).buffered(at_once).collect().await
    }

    async fn prepare(
        &self,
        template: &ProductionTemplate,
        new: NewSerial,
    ) -> Result<Prepared, RegisterError> {
        let id = SerialId::new(*template.id(), new.serial);
        let design = template.design();
        let (class, control_class) = (design.password_class(), design.control_class().class());
        let enroll = new.enroll_password.expose_text();
        class.check(enroll).map_err(RegisterError::EnrollPassword)?;
        let control = new.control_password.as_ref().map(ControlPassword::expose_text);
        if let Some(control) = control {
            control_class.check(control).map_err(RegisterError::ControlPassword)?;
            if control.matches(enroll) {
                return Err(RegisterError::SamePasswords);
            }
        }
        let stretching = class.stretching(design.argon2(), &id, enroll);
        let enroll = self.0.pool.finish(stretching).await?;
        let control = match control {
            None => None,
            Some(control) => {
                let stretching = control_class.stretching(design.argon2(), &id, control);
                Some(self.0.pool.finish(stretching).await?)
            }
        };
        Ok(Prepared { id, enroll, control, labels: new.labels })
    }

    /// Adds to the batch what can be registered, and says of the rest why not.
    async fn decide_all(
        &self,
        template: &ProductionTemplate,
        prepared: &[Result<Prepared, RegisterError>],
        author: &Author,
        mut batch: Batch,
    ) -> Result<(Batch, Vec<Result<SerialStatus, RegisterError>>), Fault> {
        let mut verdicts = Vec::new();
        let mut added = BTreeMap::new();
        for new in prepared.iter().flatten() {
            let stored = self.load_serial(&keys::serial(&new.id)?).await?;
            let earlier = stored.as_ref().map(|(record, _)| record).or(added.get(&new.id));
            if let Some(record) = earlier {
                verdicts.push(Err(self.taken(new, record)?));
                continue;
            }
            let registered = self.registered(template, new, self.0.clock.now())?;
            let change = SerialRecord::register(registered, author.clone());
            batch = put_change(batch, &new.id, Guard::Absent, &change)?;
            verdicts.push(Ok(SerialStatus::new(new.id, change.record())));
            added.insert(new.id, change.record().clone());
        }
        Ok((batch, verdicts))
    }

    fn registered(
        &self,
        template: &ProductionTemplate,
        new: &Prepared,
        at: UnixMillis,
    ) -> Result<Registered, Fault> {
        let version = self.0.keys.current();
        let keys = self.0.keys.version(version)?;
        let key = keys.template_key(new.id.template()).enroll_key(new.id.serial(), &new.enroll);
        let sealed = match template.design().operator_enroll() {
            OperatorEnroll::Refused => None,
            OperatorEnroll::Allowed => {
                let nonce = SealNonce::from_random(self.0.random.bytes()?);
                Some(SealedKey::seal(version, keys.seal(), nonce, &new.id, &key)?)
            }
        };
        let (enroll, control) = self.verifiers(version, new)?;
        let registration = Registration::new(version, enroll, control, at);
        Ok(Registered::new(registration.with_labels(new.labels.clone()), sealed))
    }

    /// Whether a serial that is there was registered with the same passwords.
    fn taken(&self, new: &Prepared, record: &SerialRecord) -> Result<RegisterError, Fault> {
        let other = RegisterError::SerialTaken { id: Box::new(new.id) };
        let Some(registration) = record.stage().registration() else {
            return Ok(other);
        };
        let (enroll, control) = self.verifiers(registration.key_version(), new)?;
        let same_control = match (&control, registration.control_verifier()) {
            (None, None) => true,
            (Some(control), Some(stored)) => control.matches(stored),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if enroll.matches(registration.enroll_verifier()) && same_control {
            Ok(RegisterError::AlreadyRegistered { id: Box::new(new.id) })
        } else {
            Ok(other)
        }
    }

    fn verifiers(
        &self,
        version: KeyVersion,
        new: &Prepared,
    ) -> Result<(Verifier, Option<Verifier>), Fault> {
        let template_key = self.0.keys.version(version)?.template_key(new.id.template());
        let serial = new.id.serial();
        let control = new.control.as_ref();
        let control = control.map(|control| template_key.control_key(serial, control).verifier());
        Ok((template_key.enroll_key(serial, &new.enroll).verifier(), control))
    }
}

/// A serial whose passwords are of their class, distinct and stretched.
struct Prepared {
    id: SerialId,
    enroll: Stretched,
    control: Option<Stretched>,
    labels: Labels,
}

/// The verdicts on what could be prepared, and those on the rest, in the order of the serials.
fn given(
    prepared: Vec<Result<Prepared, RegisterError>>,
    verdicts: Vec<Result<SerialStatus, RegisterError>>,
) -> Vec<Result<SerialStatus, RegisterError>> {
    let mut verdicts = verdicts.into_iter();
    let verdict = |prepared| match prepared {
        Ok(Prepared { .. }) => {
            verdicts.next().unwrap_or_else(|| Err(defect("a serial got no verdict").into()))
        }
        Err(refused) => Err(refused),
    };
    prepared.into_iter().map(verdict).collect()
}

/// Why a serial was not registered. Nothing of it was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// There is no such template.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The enroll password is not of the class that the template asks for.
    #[error("enroll password: {0}")]
    EnrollPassword(WrongClass),
    /// The control password is not of the class that the template asks for.
    #[error("control password: {0}")]
    ControlPassword(WrongClass),
    /// One password for both would let whoever controls the Thing be the Thing.
    #[error("the control password is the enroll password: expected another one")]
    SamePasswords,
    /// The serial was registered with these very passwords before.
    #[error("the serial `{}` is registered already, with these passwords", id.serial())]
    AlreadyRegistered {
        /// The serial.
        id: Box<SerialId>,
    },
    /// The serial was registered with other passwords, or is retired.
    #[error("the serial `{}` is taken: it has other passwords, or is retired", id.serial())]
    SerialTaken {
        /// The serial.
        id: Box<SerialId>,
    },
    /// Too many passwords wait for a slow hash.
    #[error("too many passwords wait: try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// When there may be room.
        retry_after: Duration,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl RegisterError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::EnrollPassword(_) => "wrong-enroll-password-class",
            Self::ControlPassword(_) => "wrong-control-password-class",
            Self::SamePasswords => "same-passwords",
            Self::AlreadyRegistered { .. } => "already-registered",
            Self::SerialTaken { .. } => "serial-taken",
            Self::Overloaded { .. } => "overloaded",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Overloaded { .. } => true,
            Self::Fault(fault) => fault.is_retryable(),
            Self::Unknown(_)
            | Self::EnrollPassword(_)
            | Self::ControlPassword(_)
            | Self::SamePasswords
            | Self::AlreadyRegistered { .. }
            | Self::SerialTaken { .. } => false,
        }
    }

    /// How long to wait before the call is made again.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { retry_after } => Some(*retry_after),
            Self::Unknown(_)
            | Self::EnrollPassword(_)
            | Self::ControlPassword(_)
            | Self::SamePasswords
            | Self::AlreadyRegistered { .. }
            | Self::SerialTaken { .. }
            | Self::Fault(_) => None,
        }
    }
}

impl From<NotStretched> for RegisterError {
    fn from(not: NotStretched) -> Self {
        match not {
            NotStretched::Overloaded { retry_after } => Self::Overloaded { retry_after },
            NotStretched::Fault(fault) => fault.into(),
        }
    }
}
