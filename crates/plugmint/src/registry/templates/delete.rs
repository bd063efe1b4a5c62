//! The end of a template.

use std::num::NonZeroUsize;

use futures_util::{StreamExt, stream};
use plugmint_core::lifecycle::{Outcome, SerialRecord, Stage};
use plugmint_core::{
    Actor, ProductionTemplate, SerialId, SerialNumber, TemplateId, TemplateState, UnixMillis,
};
use plugmint_store::{Batch, CommitError, Guard, Revision};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tracing::instrument;

use crate::registry::drive::{TRIES, defect};
use crate::registry::{Registry, RetireError};
use crate::{Fault, Unknown, keys};

impl Registry {
    /// Deletes a template: it takes nobody in any more, is not listed, and its id is never made
    /// again. Its serials and their histories stay to be looked up. [`TemplateDeletion`] does the
    /// same step by step, for whoever wants to see it go on.
    ///
    /// Controllers of its Things live on, and may act on Things of other templates; on those of
    /// this one nobody may any more.
    ///
    /// The template is closed while its serials are looked at, also where one far behind turns out
    /// to be in use and it is opened again: until then its devices are told what an unknown
    /// template tells them.
    ///
    /// A call that is dropped leaves the template closed: delete it again, or
    /// [open](Self::open_template) it. A repeat says `AlreadyDone`.
    ///
    /// # Errors
    /// Those of [`TemplateDeletion::step`].
    #[instrument(level = "debug", skip_all, fields(template = %id), err(level = "debug"))]
    pub async fn delete_template(
        &self,
        id: &TemplateId,
        living: Living,
        by: &Actor,
    ) -> Result<Outcome, DeleteTemplateError> {
        let mut deletion = self.template_deletion(id, living, by);
        loop {
            if let DeletionProgress { outcome: Some(outcome), .. } = deletion.step().await? {
                return Ok(outcome);
            }
        }
    }

    /// The deletion of a template, step by step. Nothing happens before the first.
    #[must_use]
    pub fn template_deletion(
        &self,
        id: &TemplateId,
        living: Living,
        by: &Actor,
    ) -> TemplateDeletion {
        TemplateDeletion {
            registry: self.clone(),
            id: *id,
            living,
            by: by.clone(),
            closed: None,
            after: None,
            looked_at: 0,
            retired: 0,
        }
    }
}

/// What becomes of serials that are Enrolled, Activated or in an overlap when their template is
/// deleted.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "they are in the way or they go")]
pub enum Living {
    /// One is enough: the template is not deleted.
    Refuse,
    /// They are retired, every one.
    Retire,
}

/// The deletion of a template under way. It can be given up after any step and begun anew: what is
/// retired stays so, and the template stays closed.
#[derive(Debug)]
pub struct TemplateDeletion {
    registry: Registry,
    id: TemplateId,
    living: Living,
    by: Actor,
    closed: Option<(ProductionTemplate, Revision)>,
    after: Option<SerialNumber>,
    looked_at: u64,
    retired: u64,
}

/// How far a deletion is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeletionProgress {
    /// Serials that were looked at.
    pub looked_at: u64,
    /// Serials that were retired.
    pub retired: u64,
    /// Whether it is over, and whether it did something.
    pub outcome: Option<Outcome>,
}

impl TemplateDeletion {
    /// Does the next step: closes the template, or looks at its next 1,024 serials and retires
    /// those that are in the way, or marks it deleted once there are none. A step that failed or
    /// was dropped is done again by the next.
    ///
    /// # Errors
    /// * [`DeleteTemplateError::Unknown`] template.
    /// * [`DeleteTemplateError::InUse`]: a serial is Enrolled, Activated or in an overlap, and
    ///   nobody asked to retire it. The template is open again, unless it was closed on purpose.
    /// * [`DeleteTemplateError::Opened`]: somebody opened the template, and the deletion is given
    ///   up.
    /// * [`DeleteTemplateError::Fault`]: the template may be closed; go on, or begin again.
    #[instrument(
        level = "debug",
        name = "template_deletion",
        skip_all,
        fields(template = %self.id),
        err(level = "debug")
    )]
    pub async fn step(&mut self) -> Result<DeletionProgress, DeleteTemplateError> {
        self.registry.ensure_open()?;
        let Some((template, revision)) = self.closed.clone() else {
            if let Living::Refuse = self.living {
                // Seen before the template is closed, a serial in use costs its devices nothing.
                self.refuse_in_use(&self.next_serials().await?).await?;
            }
            return self.close().await;
        };
        let serials = self.next_serials().await?;
        let Some((last, _)) = serials.last() else {
            return self.finish(template, revision).await;
        };
        match self.living {
            Living::Refuse => self.refuse_in_use(&serials).await?,
            Living::Retire => self.retire(&serials).await?,
        }
        // Only now: what was not dealt with is looked at again.
        self.after = Some(*last.serial());
        self.looked_at += serials.len() as u64;
        Ok(self.progress(None))
    }

    /// Closes the template: from then on nobody can enroll, so that looking at its serials one
    /// after the other finds every one that is in the way.
    async fn close(&mut self) -> Result<DeletionProgress, DeleteTemplateError> {
        self.after = None;
        for _ in 0..TRIES {
            let loaded = self.registry.load_template(&self.id).await?;
            let (template, revision) = loaded.ok_or_else(|| Unknown::template(&self.id))?;
            match template.state() {
                TemplateState::Deleted { .. } => {
                    return Ok(self.progress(Some(Outcome::AlreadyDone)));
                }
                TemplateState::Closed { .. } | TemplateState::Deleting { .. } => {
                    self.closed = Some((template, revision));
                    return Ok(self.progress(None));
                }
                TemplateState::Open if self.closed.is_some() => {
                    return Err(DeleteTemplateError::Opened { id: self.id });
                }
                TemplateState::Open => {}
            }
            let since = self.registry.0.clock.now();
            let template = template.with_state(TemplateState::Deleting { since });
            let key = keys::template(&self.id).map_err(Fault::from)?;
            let batch = Batch::new()
                .put(key.clone(), Guard::At(revision), template.encode())
                .map_err(Fault::from)?;
            match self.registry.0.store.commit(batch).await {
                Ok(revision) => {
                    self.closed = Some((template, revision));
                    return Ok(self.progress(None));
                }
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// The first of these that is Enrolled, Activated or in an overlap is enough.
    async fn refuse_in_use(
        &self,
        serials: &[(SerialId, SerialRecord)],
    ) -> Result<(), DeleteTemplateError> {
        let now = self.registry.0.clock.now();
        let Some((id, _)) = serials.iter().find(|(_, record)| is_in_the_way(record, now)) else {
            return Ok(());
        };
        self.reopen().await?;
        Err(DeleteTemplateError::InUse { id: Box::new(*id) })
    }

    async fn next_serials(&self) -> Result<Vec<(SerialId, SerialRecord)>, Fault> {
        let after = self.after.map(|serial| keys::serial(&SerialId::new(self.id, serial)));
        let store = &self.registry.0.store;
        let page = store.scan(&keys::serials(&self.id), after.transpose()?.as_ref(), CHUNK).await?;
        let read = page.iter().map(|(key, record)| {
            let serial = keys::serial_of(key).and_then(|serial| SerialNumber::parse(serial).ok());
            let serial = serial.ok_or_else(|| defect("a key names no serial"))?;
            Ok((SerialId::new(self.id, serial), SerialRecord::decode(record.value())?))
        });
        read.collect()
    }

    /// Many at once, so that a store settles them together.
    async fn retire(
        &mut self,
        serials: &[(SerialId, SerialRecord)],
    ) -> Result<(), DeleteTemplateError> {
        let (registry, by) = (&self.registry, &self.by);
        let now = registry.0.clock.now();
        let in_the_way = serials.iter().filter(|(_, record)| is_in_the_way(record, now));
        // Ids of their own: a future that borrows from what it goes over is not known to be Send.
        let ids: Vec<_> = in_the_way.map(|(id, _)| *id).collect();
        let retiring = stream::iter(ids).map(|id| async move { registry.retire(&id, by).await });
        let mut retiring = retiring.buffer_unordered(AT_ONCE);
        while let Some(outcome) = retiring.next().await {
            self.retired += u64::from(outcome? == Outcome::Done);
        }
        Ok(())
    }

    /// Marks the template deleted, if it is as it was closed.
    async fn finish(
        &mut self,
        template: ProductionTemplate,
        revision: Revision,
    ) -> Result<DeletionProgress, DeleteTemplateError> {
        let since = self.registry.0.clock.now();
        let template = template.with_state(TemplateState::Deleted { since });
        let index = keys::company_template(template.company(), &self.id).map_err(Fault::from)?;
        let store = &self.registry.0.store;
        let indexed = store.get(&index).await.map_err(Fault::from)?;
        let key = keys::template(&self.id).map_err(Fault::from)?;
        let batch = Batch::new().put(key, Guard::At(revision), template.encode());
        let batch = batch.and_then(|batch| match &indexed {
            Some(indexed) => batch.delete(index, indexed.revision()),
            None => batch.keep(index, Guard::Absent),
        });
        match store.commit(batch.map_err(Fault::from)?).await {
            Ok(_) => Ok(self.progress(Some(Outcome::Done))),
            // Somebody changed or opened it meanwhile: what was seen of its serials may be wrong.
            Err(CommitError::Conflict(_)) => self.close().await,
            Err(CommitError::Store(error)) => Err(Fault::from(error).into()),
        }
    }

    /// Opens the template again, if it was a deletion that closed it.
    async fn reopen(&self) -> Result<(), DeleteTemplateError> {
        let key = keys::template(&self.id).map_err(Fault::from)?;
        for _ in 0..TRIES {
            let loaded = self.registry.load_template(&self.id).await?;
            let (template, revision) = loaded.ok_or_else(|| Unknown::template(&self.id))?;
            match template.state() {
                TemplateState::Deleting { .. } => {}
                TemplateState::Open
                | TemplateState::Closed { .. }
                | TemplateState::Deleted { .. } => return Ok(()),
            }
            let template = template.with_state(TemplateState::Open);
            let batch = Batch::new().put(key.clone(), Guard::At(revision), template.encode());
            match self.registry.0.store.commit(batch.map_err(Fault::from)?).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    const fn progress(&self, outcome: Option<Outcome>) -> DeletionProgress {
        DeletionProgress { looked_at: self.looked_at, retired: self.retired, outcome }
    }
}

/// Whether its device connects, or may at once.
fn is_in_the_way(record: &SerialRecord, now: UnixMillis) -> bool {
    match record.stage() {
        Stage::Enrolled(_) | Stage::Activated(_) => true,
        Stage::Registered(_) => {
            record.stage().overlap().is_some_and(|overlap| overlap.is_running(now))
        }
        Stage::Retired(_) => false,
    }
}

/// Why a template was not deleted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DeleteTemplateError {
    /// There is no such template.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// A serial is Enrolled, Activated or in an overlap.
    #[error("the serial `{}` is in use: retire it, or ask to retire all of them", id.serial())]
    InUse {
        /// The first that was found.
        id: Box<SerialId>,
    },
    /// Somebody opened the template while it was deleted: it is given up, and what was retired
    /// stays so.
    #[error(
        "the template `{id}` was opened meanwhile: delete it again if it shall go all the same"
    )]
    Opened {
        /// The template.
        id: TemplateId,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl DeleteTemplateError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::InUse { .. } => "in-use",
            Self::Opened { .. } => "opened",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::InUse { .. } | Self::Opened { .. } => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}

impl From<RetireError> for DeleteTemplateError {
    fn from(error: RetireError) -> Self {
        match error {
            RetireError::Unknown(unknown) => unknown.into(),
            RetireError::Fault(fault) => fault.into(),
        }
    }
}

/// How many serials are looked at in one step.
const CHUNK: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// How many serials are retired at once.
const AT_ONCE: usize = 64;
