//! What a decision about a Thing, its Controllers and grants rests on: read piece by piece, each
//! with the guard that its commit needs.

use std::collections::BTreeMap;

use plugmint_core::controller::{Controller, ControllerChange, KnownAs, OwnSerialMark, Roster};
use plugmint_core::grant::{Grant, Holder, access};
use plugmint_core::lifecycle::{Decision, SerialRecord};
use plugmint_core::{
    AccessLevel, Credential, Ordinal, PlugId, PlugIdKind, PrincipalKind, ProductionTemplate,
    Profile, SerialId, TemplateId, UnixMillis,
};
use plugmint_store::{Batch, Guard, Key, Record};

use crate::{Fault, keys};

use super::Registry;

/// Reads records and keeps the guard of each.
pub(super) struct Reading<'a> {
    registry: &'a Registry,
    guards: BTreeMap<Key, Guard>,
}

impl<'a> Reading<'a> {
    pub(super) const fn new(registry: &'a Registry) -> Self {
        Self { registry, guards: BTreeMap::new() }
    }

    pub(super) const fn registry(&self) -> &'a Registry {
        self.registry
    }

    /// What was decided on what was read.
    pub(super) const fn concludes<A>(
        self,
        decision: Decision<A, ControllerChange>,
    ) -> Conclusion<'a, A> {
        Conclusion { reading: self, decision: Some(decision) }
    }

    /// What was read was never so at one moment: it is to be read again.
    pub(super) const fn torn<A>(self) -> Conclusion<'a, A> {
        Conclusion { reading: self, decision: None }
    }

    /// One step for each key: what is written, or deleted where there is no value, and what was
    /// only read. What is written without having been read must be new.
    pub(super) fn into_batch(self, writes: Writes) -> Result<Batch, Fault> {
        let mut batch = Batch::new();
        for (key, guard) in &self.guards {
            if !writes.contains_key(key) {
                batch = batch.keep(key.clone(), *guard)?;
            }
        }
        for (key, value) in writes {
            let guard = self.guards.get(&key).copied().unwrap_or(Guard::Absent);
            batch = match (value, guard) {
                (Some(value), guard) => batch.put(key, guard, value)?,
                (None, Guard::At(revision)) => batch.delete(key, revision)?,
                (None, Guard::Absent) => batch.keep(key, guard)?,
            };
        }
        Ok(batch)
    }

    /// Adds a profile that was read to a batch of somebody else's. One that is empty is no record.
    pub(super) fn put_profile(
        &self,
        batch: Batch,
        key: Key,
        profile: &Profile,
    ) -> Result<Batch, Fault> {
        let guard = self.guards.get(&key).copied().unwrap_or(Guard::Absent);
        Ok(match guard {
            Guard::At(revision) if profile.is_empty() => batch.delete(key, revision)?,
            Guard::Absent if profile.is_empty() => batch.keep(key, guard)?,
            Guard::At(_) | Guard::Absent => batch.put(key, guard, profile.encode())?,
        })
    }

    pub(super) async fn template(
        &mut self,
        id: &TemplateId,
    ) -> Result<Option<ProductionTemplate>, Fault> {
        let record = self.get(keys::template(id)?).await?;
        let decode = |record: Record| ProductionTemplate::decode(*id, record.value());
        Ok(record.map(decode).transpose()?)
    }

    pub(super) async fn serial(&mut self, id: &SerialId) -> Result<Option<SerialRecord>, Fault> {
        let record = self.get(keys::serial(id)?).await?;
        Ok(record.map(|record| SerialRecord::decode(record.value())).transpose()?)
    }

    pub(super) async fn controller(
        &mut self,
        id: &SerialId,
        ordinal: Ordinal,
    ) -> Result<Option<Controller>, Fault> {
        let record = self.get(keys::controller(id, ordinal)?).await?;
        Ok(record.map(|record| Controller::decode(record.value())).transpose()?)
    }

    /// Which Controllers of a Thing take a place as things stand.
    pub(super) async fn roster(
        &mut self,
        id: &SerialId,
        thing: &SerialRecord,
    ) -> Result<Roster, Fault> {
        let record = self.get(keys::roster(id)?).await?;
        let stored = record.map(|record| Roster::decode(record.value())).transpose()?;
        let registration = thing.stage().registration();
        let now = registration.map(|registration| registration.grants().on()).unwrap_or_default();
        Ok(stored.map_or_else(|| Roster::new(now), |roster| roster.of_generation(now)))
    }

    /// Who came with an own serial number last.
    pub(super) async fn known(
        &mut self,
        id: &SerialId,
        own_serial: &OwnSerialMark,
    ) -> Result<Option<Ordinal>, Fault> {
        let record = self.get(keys::known_as(id, own_serial)?).await?;
        let known = record.map(|record| KnownAs::decode(record.value())).transpose()?;
        Ok(known.map(KnownAs::ordinal))
    }

    /// The grant of a holder on a Thing, whether it counts or not.
    pub(super) async fn grant(
        &mut self,
        id: &SerialId,
        holder: &PlugId,
    ) -> Result<Option<Grant>, Fault> {
        let record = self.get(keys::grant_on(id, holder)?).await?;
        Ok(record.map(|record| Grant::decode(record.value())).transpose()?)
    }

    pub(super) async fn credential(
        &mut self,
        plug_id: &PlugId,
    ) -> Result<Option<Credential>, Fault> {
        let record = self.get(keys::credential(plug_id)?).await?;
        let record = record.filter(|_| plug_id.kind() == PlugIdKind::Device);
        let decode = |record: Record| Credential::decode(*plug_id, record.value());
        Ok(record.map(decode).transpose()?)
    }

    /// What is kept under a Plug-ID.
    pub(super) async fn profile(&mut self, plug_id: &PlugId) -> Result<Profile, Fault> {
        let record = self.get(keys::profile(plug_id)?).await?;
        let profile = record.map(|record| Profile::decode(record.value())).transpose()?;
        Ok(profile.unwrap_or_default())
    }

    /// Who holds grants under a Plug-ID. One that its serial has given up is nobody's.
    pub(super) async fn holder(&mut self, plug_id: &PlugId) -> Result<Option<Holder>, Fault> {
        Ok(self.holding(plug_id).await?.map(|(holder, _)| holder))
    }

    /// As [`holder`](Self::holder), with whose record says so.
    async fn holding(&mut self, plug_id: &PlugId) -> Result<Option<(Holder, HeldBy)>, Fault> {
        let Some(credential) = self.credential(plug_id).await? else {
            return Ok(None);
        };
        let id = credential.id();
        let holding = match credential.kind() {
            PrincipalKind::Controller { ordinal } => {
                let controller = self.controller(id, ordinal).await?;
                controller.and_then(|controller| {
                    Some((Holder::controller(&controller)?, HeldBy::Controller(controller)))
                })
            }
            PrincipalKind::Thing => {
                let record = self.serial(id).await?;
                record.and_then(|record| Some((Holder::thing(&record)?, HeldBy::Thing(*id))))
            }
        };
        Ok(holding.filter(|(holder, _)| holder.plug_id() == plug_id))
    }

    /// What a holder may do with a Thing, if a grant of its counts.
    pub(super) async fn granted(
        &mut self,
        holder: &PlugId,
        thing: &SerialId,
    ) -> Result<Option<Granted>, Fault> {
        // Most who ask for what they may not have no grant.
        let Some(grant) = self.grant(thing, holder).await? else {
            return Ok(None);
        };
        let Some((holder, by)) = self.holding(holder).await? else {
            return Ok(None);
        };
        let (record, template) =
            (self.serial(thing).await?, self.template(thing.template()).await?);
        let Some((record, template)) = record.zip(template) else {
            return Ok(None);
        };
        if !record.is_granted(&holder, Some(&grant)) {
            return Ok(None);
        }
        let access = access(&record, &template, &holder, Some(&grant));
        let plug_id = record.stage().plug_id().copied();
        Ok(plug_id.map(|plug_id| Granted { plug_id, by, access, at: grant.at() }))
    }

    /// Whether everything that was read is still so: then all of it was at one moment.
    pub(super) async fn still_holds(&self) -> Result<bool, Fault> {
        for (key, guard) in &self.guards {
            let record = self.registry.0.store.get(key).await?;
            let now = record.map_or(Guard::Absent, |record| Guard::At(record.revision()));
            if now != *guard {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads a record that shall be written, whatever is in it.
    pub(super) async fn claim(&mut self, key: Key) -> Result<(), Fault> {
        self.get(key).await.map(drop)
    }

    async fn get(&mut self, key: Key) -> Result<Option<Record>, Fault> {
        let record = self.registry.0.store.get(&key).await?;
        let guard = record.as_ref().map_or(Guard::Absent, |record| Guard::At(record.revision()));
        // What was read first is what the decision rests on.
        self.guards.entry(key).or_insert(guard);
        Ok(record)
    }
}

/// A grant that counts.
pub(super) struct Granted {
    /// What the Thing is called.
    pub(super) plug_id: PlugId,
    pub(super) by: HeldBy,
    pub(super) access: AccessLevel,
    pub(super) at: UnixMillis,
}

/// Who holds a grant, as it was read.
pub(super) enum HeldBy {
    Controller(Controller),
    Thing(SerialId),
}

/// A decision, and what it rests on.
pub(super) struct Conclusion<'a, A> {
    pub(super) reading: Reading<'a>,
    /// `None` where it was not decided on.
    pub(super) decision: Option<Decision<A, ControllerChange>>,
}

/// What is to stand under each key; `None` for nothing.
pub(super) type Writes = BTreeMap<Key, Option<Vec<u8>>>;
