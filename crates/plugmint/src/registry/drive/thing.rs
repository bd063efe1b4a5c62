//! Load, decide, commit, for what changes a Thing together with its Controllers and grants.

use plugmint_core::controller::{ControllerChange, KnownAs};
use plugmint_core::grant::GrantStep;
use plugmint_core::lifecycle::Decision;
use plugmint_core::{Event, PlugId, SerialId};

use crate::hooks::News;
use crate::registry::Registry;
use crate::registry::reading::{Conclusion, Reading, Writes};
use crate::{Fault, keys};

use super::{Prepared, Settled, TRIES};

impl Registry {
    /// As [`drive`](Self::drive), for a decision that reads as it goes: reads, lets `decide`
    /// decide, and commits what it decided, guarded by all that it read. It may be asked more than
    /// once.
    pub(in crate::registry) async fn drive_thing<'a, A, E, F>(
        &'a self,
        id: &SerialId,
        decide: impl Fn(Reading<'a>) -> F + Send,
    ) -> Result<A, E>
    where
        E: From<Fault>,
        F: Future<Output = Result<Conclusion<'a, A>, E>> + Send,
    {
        if let Some(Decision::Answer(answer)) = decide(Reading::new(self)).await?.decision {
            return Ok(answer);
        }
        let _turn = self.0.queue.turn(id).await;
        for _ in 0..TRIES {
            let Conclusion { reading, decision } = decide(Reading::new(self)).await?;
            let (change, answer) = match decision {
                None => continue,
                Some(Decision::Answer(answer)) => return Ok(answer),
                Some(Decision::Commit(change, answer)) => (change, answer),
            };
            let prepared = self.prepare_thing(id, reading, &change).await?;
            match self.settle(id, prepared).await? {
                Settled::Done => return Ok(answer),
                Settled::TooLate | Settled::Conflict(_) => {}
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// Everything that a change writes, guarded by everything that it rests on.
    async fn prepare_thing(
        &self,
        id: &SerialId,
        mut reading: Reading<'_>,
        change: &ControllerChange,
    ) -> Result<Prepared, Fault> {
        let at = change.events.first().map(Event::at);
        let mut writes = Writes::new();
        if at.is_some() {
            writes.insert(keys::serial(id)?, Some(change.thing.encode()));
        }
        for event in &change.events {
            writes.insert(keys::event(id, event.number())?, Some(event.encode()));
            writes.insert(keys::feed(event.at(), id, event.number())?, Some(Vec::new()));
        }
        if let Some(roster) = &change.roster {
            writes.insert(keys::roster(id)?, Some(roster.encode()));
        }
        if let Some((plug_id, profile)) = &change.profile {
            let value = (!profile.is_empty()).then(|| profile.encode());
            writes.insert(keys::profile(plug_id)?, value);
        }
        if let Some((own_serial, ordinal)) = change.known {
            let key = keys::known_as(id, &own_serial)?;
            writes.insert(key, Some(KnownAs::new(ordinal).encode()));
        }
        let news = write_controllers(&mut reading, &mut writes, id, change).await?;
        if let Some(step) = &change.grant {
            let (holder, grant) = match step {
                GrantStep::Give(holder, grant) => (holder, Some(grant.encode())),
                GrantStep::End(holder) => (holder, None),
            };
            for key in [keys::grant_on(id, holder)?, keys::grant_of(holder, id)?] {
                reading.claim(key.clone()).await?;
                writes.insert(key, grant.clone());
            }
        }
        let events = change.events.iter().map(Event::number).collect();
        Ok(Prepared { batch: reading.into_batch(writes)?, news, at, events })
    }
}

/// Writes the Controllers that a change is about, each with its credential. What it means for
/// whoever is connected.
async fn write_controllers(
    reading: &mut Reading<'_>,
    writes: &mut Writes,
    id: &SerialId,
    change: &ControllerChange,
) -> Result<Option<(PlugId, News)>, Fault> {
    let mut news = None;
    for (ordinal, controller) in &change.controllers {
        let successor = controller.credential(id, *ordinal);
        let plug_id = *controller.plug_id();
        if let Some(old) = reading.credential(&plug_id).await? {
            if !old.is_of(&successor) {
                return Err(Fault::PlugIdTaken { plug_id });
            }
            let told = change.events.iter().find(|event| event.about() == Some(&plug_id));
            if let Some(event) = told
                && old.is_revoked_by(&successor, event.at())
            {
                news = Some((plug_id, News::Revoked(event.kind())));
            }
        }
        writes.insert(keys::controller(id, *ordinal)?, Some(controller.encode()));
        writes.insert(keys::credential(&plug_id)?, Some(successor.encode()));
    }
    Ok(news)
}
