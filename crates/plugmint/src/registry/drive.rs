//! Load, decide, commit: the one way in which a serial that is there changes.

mod profiles;
mod thing;

use plugmint_core::lifecycle::{Change, Decision, SerialRecord};
use plugmint_core::{
    Credential, Event, EventKind, EventNumber, KeyVersion, PlugId, ProductionTemplate, SerialId,
    TemplateId, UnixMillis,
};
use plugmint_store::{Batch, CommitError, Guard, Key, Revision};

use crate::hooks::{News, Telling};
use crate::{Fault, keys};

use super::Registry;

/// What a decision on a serial rests on: the commit guards all of it.
pub(super) struct Loaded {
    /// `None` for an unknown serial.
    pub(super) serial: Option<SerialRecord>,
    /// `None` for an unknown template, and where a decision does not rest on it.
    pub(super) template: Option<ProductionTemplate>,
    guards: Vec<(Key, Guard)>,
}

/// What a verb's decision rests on besides the serial.
#[derive(Clone, Copy)]
pub(super) enum RestsOn {
    Serial,
    SerialAndTemplate,
}

impl Registry {
    /// Loads what a decision rests on, lets `decide` decide, and commits what it decided; again
    /// from the start when somebody was faster. Slow hashing is done before.
    ///
    /// Who has nothing to change is answered at once. Who has waits for the turn of the serial, so
    /// that changes of one serial seldom collide, and strangers stand in nobody's way.
    pub(super) async fn drive<A, E: From<Fault>>(
        &self,
        id: &SerialId,
        rests_on: RestsOn,
        mut decide: impl FnMut(&Loaded) -> Result<Decision<A>, E> + Send,
    ) -> Result<A, E> {
        if let Decision::Answer(answer) = decide(&self.load(id, rests_on).await?)? {
            return Ok(answer);
        }
        let _turn = self.0.queue.turn(id).await;
        let mut own_past = None;
        for _ in 0..TRIES {
            let loaded = self.load(id, rests_on).await?;
            let (change, answer) = match decide(&loaded)? {
                Decision::Answer(answer) => return Ok(answer),
                Decision::Commit(change, answer) => (change, answer),
            };
            let Some(prepared) =
                self.prepare_change(id, &loaded, &change, own_past.as_ref()).await?
            else {
                continue;
            };
            match self.settle(id, prepared).await? {
                Settled::Done => return Ok(answer),
                Settled::TooLate => {}
                Settled::Conflict(key) => {
                    self.ensure_key_in_use(&key).await?;
                    own_past = self.own_past(id, &change, *key).await?;
                }
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// Commits what was decided, and tells of it.
    pub(super) async fn settle(&self, id: &SerialId, prepared: Prepared) -> Result<Settled, Fault> {
        let Prepared { batch, news, at, events } = prepared;
        if at.is_some_and(|at| self.is_past_window(at)) {
            return Ok(Settled::TooLate);
        }
        // From here on the commit may happen without us, and is told all the same.
        let telling = self.telling(id, news);
        match self.0.store.commit(batch).await {
            Ok(_) => {
                drop(telling);
                let places: Vec<_> = events.into_iter().map(|number| (*id, number)).collect();
                if let Some(at) = at {
                    self.tell_late(at, &places).await;
                }
                Ok(Settled::Done)
            }
            Err(CommitError::Conflict(key)) => {
                telling.into_iter().for_each(Telling::call_off);
                Ok(Settled::Conflict(key))
            }
            Err(CommitError::Store(error)) => Err(Fault::from(error)),
        }
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

    /// Whose credential lies under a Plug-ID, and the revision that it was read at.
    pub(super) async fn load_credential(
        &self,
        plug_id: &PlugId,
    ) -> Result<Option<(Credential, Revision)>, Fault> {
        let Some(record) = self.0.store.get(&keys::credential(plug_id)?).await? else {
            return Ok(None);
        };
        Ok(Some((Credential::decode(*plug_id, record.value())?, record.revision())))
    }

    async fn load(&self, id: &SerialId, rests_on: RestsOn) -> Result<Loaded, Fault> {
        let mut loaded = Loaded { serial: None, template: None, guards: Vec::new() };
        if let RestsOn::SerialAndTemplate = rests_on
            && let Some((template, revision)) = self.load_template(id.template()).await?
        {
            loaded.guards.push((keys::template(id.template())?, Guard::At(revision)));
            loaded.template = Some(template);
        }
        let key = keys::serial(id)?;
        let guard = match self.load_serial(&key).await? {
            Some((record, revision)) => {
                loaded.serial = Some(record);
                Guard::At(revision)
            }
            None => Guard::Absent,
        };
        loaded.guards.push((key, guard));
        Ok(loaded)
    }

    /// Everything that a change writes, guarded by everything that it rests on. `None` when the
    /// records do not belong together, because somebody changed them while they were read.
    async fn prepare_change(
        &self,
        id: &SerialId,
        loaded: &Loaded,
        change: &Change,
        own_past: Option<&(Key, Revision)>,
    ) -> Result<Option<Prepared>, Fault> {
        let serial = keys::serial(id)?;
        let mut batch = Batch::new();
        for (key, guard) in &loaded.guards {
            batch = if *key == serial {
                put_change(batch, id, *guard, change)?
            } else {
                batch.keep(key.clone(), *guard)?
            };
        }
        if hangs_anew(change.event().kind())
            && let Some(registration) = change.record().stage().registration()
        {
            batch = keep_in_use(batch, registration.key_version())?;
        }
        let mut news = None;
        let new = change.record().credentials(id);
        let old = loaded.serial.as_ref().map(|record| record.credentials(id)).unwrap_or_default();
        for credential in &old {
            let plug_id = credential.plug_id();
            // INVARIANT: a credential is written with its serial's record only, so while the guard
            // on that record holds, what is read here belongs to it.
            let Some((_, revision)) = self.load_credential(plug_id).await? else {
                return Ok(None);
            };
            // A Plug-ID that its serial gives up stays on record: whose it was can be looked up.
            let successor = new.iter().find(|new| new.plug_id() == plug_id);
            let successor = successor.cloned().unwrap_or_else(|| credential.clone().into_closed());
            let event = change.event();
            let goes_on =
                successor.overlap_until().filter(|_| event.kind() == EventKind::Reactivated);
            if credential.is_revoked_by(&successor, event.at()) {
                news = Some((*plug_id, News::Revoked(event.kind())));
            } else if let Some(until) = goes_on {
                news = Some((*plug_id, News::Ending(until)));
            }
            let key = keys::credential(plug_id)?;
            batch = batch.put(key, Guard::At(revision), successor.encode())?;
        }
        // A Plug-ID that nobody has: uniqueness is a key that must be absent, unless it is one that
        // this serial has given up before.
        let is_new = |new: &&Credential| old.iter().all(|old| old.plug_id() != new.plug_id());
        for credential in new.iter().filter(is_new) {
            let key = keys::credential(credential.plug_id())?;
            let guard = match own_past {
                Some((own, revision)) if *own == key => Guard::At(*revision),
                Some(_) | None => Guard::Absent,
            };
            batch = batch.put(key, guard, credential.encode())?;
        }
        let batch = self.put_profiles(batch, loaded, change).await?;
        let events = change.events().map(Event::number).collect();
        Ok(Some(Prepared { batch, news, at: Some(change.event().at()), events }))
    }

    /// After a conflict about a Plug-ID: where it lies, when it is one that this serial had before.
    async fn own_past(
        &self,
        id: &SerialId,
        change: &Change,
        conflict: Key,
    ) -> Result<Option<(Key, Revision)>, Fault> {
        for credential in change.record().credentials(id) {
            let plug_id = *credential.plug_id();
            if keys::credential(&plug_id)? != conflict {
                continue;
            }
            return match self.load_credential(&plug_id).await? {
                Some((found, _)) if !found.is_of(&credential) => {
                    Err(Fault::PlugIdTaken { plug_id })
                }
                Some((_, revision)) => Ok(Some((conflict, revision))),
                None => Ok(None),
            };
        }
        Ok(None)
    }

    /// Who is told once the commit is done.
    fn telling<'a>(
        &'a self,
        id: &'a SerialId,
        news: Option<(PlugId, News)>,
    ) -> Option<Telling<'a>> {
        let observer = self.0.observer.as_deref()?;
        news.map(|(plug_id, news)| Telling::new(observer, id, plug_id, news))
    }
}

/// A change as it is committed.
pub(super) struct Prepared {
    pub(super) batch: Batch,
    /// What it means for whoever is connected.
    pub(super) news: Option<(PlugId, News)>,
    /// When it happened, and the events that tell of it; `None` where nothing is told.
    pub(super) at: Option<UnixMillis>,
    pub(super) events: Vec<EventNumber>,
}

/// What came of committing.
pub(super) enum Settled {
    /// It is done.
    Done,
    /// Deciding took so long that the feed would miss it: nothing was written.
    TooLate,
    /// Somebody was faster: nothing was written.
    Conflict(Box<Key>),
}

/// Adds a serial's record, the events that tell of its change, and their places in the feed.
pub(super) fn put_change(
    batch: Batch,
    id: &SerialId,
    guard: Guard,
    change: &Change,
) -> Result<Batch, Fault> {
    let mut batch = batch.put(keys::serial(id)?, guard, change.record().encode())?;
    for event in change.events() {
        batch = batch.put(keys::event(id, event.number())?, Guard::Absent, event.encode())?.put(
            keys::feed(event.at(), id, event.number())?,
            Guard::Absent,
            Vec::new(),
        )?;
    }
    Ok(batch)
}

/// Guards that a key version is in use: what a batch puts under one that is not current any more is
/// in the store before that version is closed, or never.
pub(super) fn keep_in_use(batch: Batch, version: KeyVersion) -> Result<Batch, Fault> {
    Ok(batch.keep(keys::key_standing(version)?, Guard::Absent)?)
}

/// Whether a change puts a serial under the current key version; any other leaves it under its own.
fn hangs_anew(kind: EventKind) -> bool {
    matches!(kind, EventKind::Registered | EventKind::PasswordsReplaced | EventKind::Transferred)
}

pub(super) fn defect(what: &'static str) -> Fault {
    Fault::Defect(what.into())
}

/// How often records may change between reading and writing before a call gives up.
pub(super) const TRIES: u32 = 16;
