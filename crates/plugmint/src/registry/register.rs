//! Registering serials: one, or many in one commit.

mod error;
mod new_serial;
mod prepared;

use std::collections::BTreeMap;

use plugmint_core::lifecycle::{Registration, SerialRecord};
use plugmint_core::{
    Actor, Author, ProductionTemplate, SerialId, SerialStatus, TemplateId, TemplateState,
};
use plugmint_store::{Batch, CommitError, Guard};
use tracing::instrument;

use crate::{Fault, Unknown, keys};

use super::drive::{TRIES, defect, keep_in_use, put_change};
use super::{Registry, TemplateClosed};
use prepared::Prepared;

pub use error::{RegisterAllError, RegisterError};
pub use new_serial::NewSerial;

impl Registry {
    /// Registers a serial of a template. One commit.
    ///
    /// Costs an Argon2id for each password of class chosen or shared.
    ///
    /// # Errors
    /// * [`RegisterError::Unknown`] template
    /// * [`RegisterError::TemplateClosed`]
    /// * [`RegisterError::Passwords`]: they are not of the class that the template asks for, or are
    ///   the same.
    /// * [`RegisterError::AlreadyRegistered`]: with these very passwords, so that a lost answer is
    ///   told from [`RegisterError::SerialTaken`].
    /// * [`RegisterError::Retired`]: a retired serial is not registered again.
    /// * [`RegisterError::Overloaded`]: ask again after the time that it names.
    /// * [`RegisterError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(%template, serial = %new.serial()),
        err(level = "debug")
    )]
    pub async fn register(
        &self,
        template: &TemplateId,
        new: NewSerial,
        by: &Actor,
    ) -> Result<SerialStatus, RegisterError> {
        let mut verdicts = self.register_all(template, vec![new], by).await?;
        verdicts.pop().unwrap_or_else(|| Err(defect("no verdict").into()))
    }

    /// Registers many serials of a template in one commit: all those that can be, and a verdict for
    /// each, in their order. A few hundred to a few thousand at a time go well.
    ///
    /// # Errors
    /// [`RegisterAllError`] when none was registered. What is wrong with single serials stands in
    /// their verdicts.
    #[instrument(
        level = "debug",
        skip_all,
        fields(%template, serials = new.len()),
        err(level = "debug")
    )]
    pub async fn register_all(
        &self,
        template: &TemplateId,
        new: Vec<NewSerial>,
        by: &Actor,
    ) -> Result<Vec<Result<SerialStatus, RegisterError>>, RegisterAllError> {
        self.ensure_open()?;
        let unknown = || Unknown::template(template);
        let (of, _) = self.load_template(template).await?.ok_or_else(unknown)?;
        ensure_open(&of)?;
        let prepared = self.prepare_all(&of, new).await;
        for _ in 0..TRIES {
            let (of, revision) = self.load_template(template).await?.ok_or_else(unknown)?;
            ensure_open(&of)?;
            let key = keys::template(template).map_err(Fault::from)?;
            let ring = self.0.keys.load_full();
            let mut batch = Batch::new().keep(key, Guard::At(revision)).map_err(Fault::from)?;
            batch = keep_in_use(batch, ring.current())?;
            let (mut verdicts, mut events) = (Vec::new(), Vec::new());
            // Taken before the serials are looked up: what is told of them is not older than this.
            let at = self.0.clock.now();
            for (new, free) in prepared.iter().flatten().zip(self.look_up_all(&prepared).await?) {
                if let Err(taken) = free {
                    verdicts.push(Err(taken));
                    continue;
                }
                let registered = self.registered(&of, new, &ring, at)?;
                let author = Author::Operator(by.clone());
                let change = SerialRecord::register(&new.id, registered, author);
                batch = put_change(batch, &new.id, Guard::Absent, &change)?;
                events.push((new.id, change.event().number()));
                verdicts.push(Ok(SerialStatus::new(new.id, change.record(), at)));
            }
            if verdicts.iter().all(Result::is_err) {
                return Ok(in_order(prepared, verdicts));
            }
            if self.is_past_window(at) {
                continue;
            }
            match self.0.store.commit(batch).await {
                Ok(_) => {
                    self.tell_late(at, &events).await;
                    return Ok(in_order(prepared, verdicts));
                }
                Err(CommitError::Conflict(key)) => self.ensure_key_in_use(&key).await?,
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
    #[instrument(
        level = "debug",
        skip_all,
        fields(%template, serials = new.len()),
        err(level = "debug")
    )]
    pub async fn check_all(
        &self,
        template: &TemplateId,
        new: Vec<NewSerial>,
    ) -> Result<Vec<Result<(), RegisterError>>, RegisterAllError> {
        self.ensure_open()?;
        let unknown = || Unknown::template(template);
        let (of, _) = self.load_template(template).await?.ok_or_else(unknown)?;
        ensure_open(&of)?;
        let prepared = self.prepare_all(&of, new).await;
        let verdicts = self.look_up_all(&prepared).await?;
        Ok(in_order(prepared, verdicts))
    }

    /// Whether each serial is free: in the store, and among those before it.
    async fn look_up_all(
        &self,
        prepared: &[Result<Prepared, RegisterError>],
    ) -> Result<Vec<Result<(), RegisterError>>, Fault> {
        let mut verdicts = Vec::new();
        let mut before: BTreeMap<SerialId, &Prepared> = BTreeMap::new();
        for new in prepared.iter().flatten() {
            let stored = self.load_serial(&keys::serial(&new.id)?).await?;
            verdicts.push(match (stored, before.get(&new.id)) {
                (Some((record, _)), _) => Err(self.taken(new, &record)?),
                (None, Some(earlier)) => Err(self.doubled(new, earlier)?),
                (None, None) => Ok(()),
            });
            before.entry(new.id).or_insert(new);
        }
        Ok(verdicts)
    }

    /// Whether a serial that is there was registered with the same passwords.
    fn taken(&self, new: &Prepared, record: &SerialRecord) -> Result<RegisterError, Fault> {
        let id = Box::new(new.id);
        let Some(registration) = record.stage().registration() else {
            return Ok(RegisterError::Retired { id });
        };
        let (enroll, control) = self.verifiers(registration.key_version(), new)?;
        Ok(if registration.has_passwords(&enroll, control.as_ref()) {
            RegisterError::AlreadyRegistered { id }
        } else {
            RegisterError::SerialTaken { id }
        })
    }

    /// Whether a serial that stands among the new ones twice has the same passwords each time.
    fn doubled(&self, new: &Prepared, earlier: &Prepared) -> Result<RegisterError, Fault> {
        let at = self.0.clock.now();
        let version = self.key_version();
        let (enroll, control) = self.verifiers(version, earlier)?;
        let earlier = Registration::new(version, enroll, control, at);
        let (enroll, control) = self.verifiers(version, new)?;
        let id = Box::new(new.id);
        Ok(if earlier.has_passwords(&enroll, control.as_ref()) {
            RegisterError::AlreadyRegistered { id }
        } else {
            RegisterError::SerialTaken { id }
        })
    }
}

/// Nothing is registered in a template that is closed, or gone.
fn ensure_open(template: &ProductionTemplate) -> Result<(), RegisterAllError> {
    match template.state() {
        TemplateState::Open => Ok(()),
        TemplateState::Closed { .. } | TemplateState::Deleting { .. } => {
            Err(TemplateClosed::new(template.id()).into())
        }
        TemplateState::Deleted { .. } => Err(Unknown::template(template.id()).into()),
    }
}

/// The verdicts on what could be prepared, and those on the rest, in the order of the serials.
fn in_order<T>(
    prepared: Vec<Result<Prepared, RegisterError>>,
    verdicts: Vec<Result<T, RegisterError>>,
) -> Vec<Result<T, RegisterError>> {
    let mut verdicts = verdicts.into_iter();
    let mut next = || verdicts.next().unwrap_or_else(|| Err(defect("no verdict").into()));
    prepared.into_iter().map(|prepared| prepared.and_then(|_| next())).collect()
}
