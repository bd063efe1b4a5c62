//! Registering serials: one, or many in one commit.

mod error;
mod new_serial;
mod prepared;

use std::collections::BTreeMap;

use plugmint_core::lifecycle::SerialRecord;
use plugmint_core::{Actor, Author, ProductionTemplate, SerialStatus, TemplateId};
use plugmint_store::{Batch, CommitError, Guard};

use crate::{Fault, Unknown, keys};

use super::Registry;
use super::drive::{TRIES, defect, put_change};
use prepared::Prepared;

pub use error::RegisterError;
pub use new_serial::NewSerial;

impl Registry {
    /// Registers a serial of a template. One commit.
    ///
    /// Costs an Argon2id for each password of class chosen or shared.
    ///
    /// # Errors
    /// * [`RegisterError::Unknown`] template
    /// * [`RegisterError::Passwords`]: they are not of the class that the template asks for, or are
    ///   the same.
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
        let (stretching_for, _) = self.load_template(template).await?.ok_or_else(unknown)?;
        let prepared = self.prepare_all(&stretching_for, new).await;
        let author = Author::Operator(by.clone());
        for _ in 0..TRIES {
            let loaded = self.load_template(template).await?.ok_or_else(unknown)?;
            let (template, revision) = &loaded;
            let key = keys::template(template.id()).map_err(Fault::from)?;
            let batch = Batch::new().keep(key, Guard::At(*revision)).map_err(Fault::from)?;
            let (batch, verdicts) = self.decide_all(template, &prepared, &author, batch).await?;
            if verdicts.iter().all(Result::is_err) {
                return Ok(given(prepared, verdicts));
            }
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

    /// Whether a serial that is there was registered with the same passwords.
    fn taken(&self, new: &Prepared, record: &SerialRecord) -> Result<RegisterError, Fault> {
        let id = Box::new(new.id);
        let Some(registration) = record.stage().registration() else {
            return Ok(RegisterError::SerialTaken { id });
        };
        let (enroll, control) = self.verifiers(registration.key_version(), new)?;
        Ok(if registration.has_passwords(&enroll, control.as_ref()) {
            RegisterError::AlreadyRegistered { id }
        } else {
            RegisterError::SerialTaken { id }
        })
    }
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
