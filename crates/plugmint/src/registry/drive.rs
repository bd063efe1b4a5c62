//! Load, decide, commit: the one way in which a serial changes.

use plugmint_core::lifecycle::{Change, Decision, SerialRecord};
use plugmint_core::{ProductionTemplate, SerialId, TemplateId};
use plugmint_store::{Batch, CommitError, Guard, Key, Revision};

use crate::{Fault, keys};

use super::Registry;

/// How often records may change between reading and writing before a call gives up.
pub(super) const TRIES: u32 = 16;

/// What a decision on a serial rests on. Everything in it is guarded by the commit.
pub(super) struct Loaded {
    pub(super) template: ProductionTemplate,
    template_revision: Revision,
    pub(super) serial: Option<SerialRecord>,
    serial_guard: Guard,
}

impl Registry {
    /// Loads a serial and its template, lets `decide` decide, and commits what it decided; again
    /// from the start when somebody was faster. `decide` is given `None` for an unknown template.
    ///
    /// Calls on one serial queue, so that they seldom collide. Slow hashing is done before.
    pub(super) async fn drive<A, E: From<Fault>>(
        &self,
        id: &SerialId,
        mut decide: impl FnMut(Option<&Loaded>) -> Result<Decision<A>, E> + Send,
    ) -> Result<A, E> {
        let _turn = self.0.queue.wait(id).await;
        for _ in 0..TRIES {
            let loaded = self.load(id).await?;
            let (change, answer) = match decide(loaded.as_ref())? {
                Decision::Answer(answer) => return Ok(answer),
                Decision::Commit(change, answer) => (change, answer),
            };
            let Some(loaded) = loaded else {
                return Err(defect("a change of a serial of an unknown template").into());
            };
            let batch = self.batch(id, &loaded, &change).await?;
            match self.0.store.commit(batch).await {
                Ok(_) => return Ok(answer),
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// A template and the revision that it was read at.
    pub(super) async fn load_template(
        &self,
        id: &TemplateId,
    ) -> Result<Option<(ProductionTemplate, Revision)>, Fault> {
        let Some(record) = self.0.store.get(&keys::template(id)?).await? else {
            return Ok(None);
        };
        Ok(Some((ProductionTemplate::decode(*id, record.value())?, record.revision())))
    }

    /// The record of a serial and the revision that it was read at.
    pub(super) async fn load_serial(
        &self,
        key: &Key,
    ) -> Result<Option<(SerialRecord, Revision)>, Fault> {
        let Some(record) = self.0.store.get(key).await? else {
            return Ok(None);
        };
        Ok(Some((SerialRecord::decode(record.value())?, record.revision())))
    }

    async fn load(&self, id: &SerialId) -> Result<Option<Loaded>, Fault> {
        let Some((template, template_revision)) = self.load_template(id.template()).await? else {
            return Ok(None);
        };
        let (serial, serial_guard) = match self.load_serial(&keys::serial(id)?).await? {
            Some((record, revision)) => (Some(record), Guard::At(revision)),
            None => (None, Guard::Absent),
        };
        Ok(Some(Loaded { template, template_revision, serial, serial_guard }))
    }

    /// Everything that a change writes, guarded by everything that was read for it.
    async fn batch(&self, id: &SerialId, loaded: &Loaded, change: &Change) -> Result<Batch, Fault> {
        let batch = Batch::new()
            .keep(keys::template(id.template())?, Guard::At(loaded.template_revision))?;
        let batch = put_change(batch, id, loaded.serial_guard, change)?;
        let old = loaded.serial.as_ref().and_then(|record| record.credential(id));
        let Some(new) = change.record().credential(id) else {
            return Ok(batch);
        };
        let key = keys::credential(new.plug_id())?;
        let guard = match old {
            // INVARIANT: a credential is written with its serial's record only, so while the guard
            // on that record holds, what is read here belongs to it.
            Some(_) => match self.0.store.get(&key).await? {
                Some(record) => Guard::At(record.revision()),
                None => return Err(defect("a credential is missing beside its serial")),
            },
            // Nobody else's Plug-ID: uniqueness is a key that must be absent.
            None => Guard::Absent,
        };
        Ok(batch.put(key, guard, new.encode())?)
    }
}

/// Adds a serial's record and the event that tells of its change.
pub(super) fn put_change(
    batch: Batch,
    id: &SerialId,
    guard: Guard,
    change: &Change,
) -> Result<Batch, Fault> {
    let event = keys::event(id, change.event().number())?;
    Ok(batch.put(keys::serial(id)?, guard, change.record().encode())?.put(
        event,
        Guard::Absent,
        change.event().encode(),
    )?)
}

pub(super) fn defect(what: &'static str) -> Fault {
    Fault::Defect(what.into())
}
