//! Many devices that have connected before, and the records that they come to.

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    Actor, ConnectionPassword, EnrollPassword, NewSerial, PlugId, SerialId, SerialNumber,
    TemplateDesign, TemplateName,
};
use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, Guard, Key, Store};
use pollster::block_on;

/// Activated devices and all records of their registry, whose root key is the one of tests.
#[derive(Debug)]
pub struct Fleet {
    /// Whether the records have tags.
    pub tagged: bool,
    /// What each connects with.
    pub devices: Vec<(PlugId, ConnectionPassword)>,
    /// Everything that their store holds.
    pub records: Vec<(Key, Vec<u8>)>,
}

impl Fleet {
    /// Registers, enrolls and activates so many devices.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub fn new(devices: usize, tagged: bool) -> Result<Self, Box<dyn Error>> {
        let store = Arc::new(MemoryStore::new());
        let builder = builder(Arc::clone(&store) as _, Arc::new(FixedClock::default()), 1);
        let builder = if tagged { builder.with_tagged_records() } else { builder };
        block_on(async {
            let registry = builder.create(&root_key()).await?;
            let design = TemplateDesign::new(TemplateName::parse("White refrigerators")?);
            let template = registry.create_template(registry.company(), design).await?;
            let by = Actor::parse("bench")?;
            let mut all = Vec::with_capacity(devices);
            for number in 0..devices {
                let serial = SerialNumber::parse(&format!("WR-202637-{number:06}"))?;
                let password = || EnrollPassword::parse(&format!("{number:032x}"));
                let new = NewSerial::new(serial, password()?);
                registry.register(template.id(), new, &by).await?;
                let id = SerialId::new(*template.id(), serial);
                let enrollment = registry.enroll(&id, &password()?).await?;
                let given = enrollment.credentials();
                let (plug_id, password) = (*given.plug_id(), given.connection_password());
                registry.authenticate(&plug_id, password).await?;
                all.push((plug_id, ConnectionPassword::parse(&password.expose_text())?));
            }
            let records = store.scan(&[], None, NonZeroUsize::MAX).await?;
            let records =
                records.into_iter().map(|(key, record)| (key, record.value().to_vec())).collect();
            Ok(Self { tagged, devices: all, records })
        })
    }

    /// What the device at a place connects with, newly parsed.
    #[must_use]
    pub fn connection(&self, at: usize) -> Option<(PlugId, ConnectionPassword)> {
        let (plug_id, password) = self.devices.get(at)?;
        Some((*plug_id, ConnectionPassword::parse(&password.expose_text()).ok()?))
    }

    /// The records, and as many more credentials of nobody as make so many in all, in the order of
    /// their keys. They are made on the way: millions take no memory.
    pub fn filled_to(&self, count: usize) -> impl Iterator<Item = (Key, Vec<u8>)> {
        let value = self.records.iter().find(|(key, _)| key.as_bytes().starts_with(b"p"));
        let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
        let missing = count.saturating_sub(self.records.len());
        let mut bodies: Vec<_> = bodies_of_nobody(missing).collect();
        bodies.sort_unstable();
        let nobody = bodies.into_iter().filter_map(move |body| {
            let key = Key::joined(&[b"p", &body]).ok()?;
            Some((key, value.clone()))
        });
        let (mut nobody, mut known) = (nobody.peekable(), self.records.iter().cloned().peekable());
        std::iter::from_fn(move || {
            let is_next =
                |(key, _): &(Key, Vec<u8>)| nobody.peek().is_none_or(|(other, _)| key < other);
            known.next_if(is_next).or_else(|| nobody.next())
        })
    }

    /// Puts all of them into a store.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub fn fill(&self, store: &dyn Store, count: usize) -> Result<(), Box<dyn Error>> {
        let mut records = self.filled_to(count).peekable();
        while records.peek().is_some() {
            let mut batch = Batch::new();
            for (key, value) in records.by_ref().take(20_000) {
                batch = batch.put(key, Guard::Absent, value)?;
            }
            block_on(store.commit(batch))?;
        }
        Ok(())
    }
}

/// Bodies of Plug-IDs that nobody has, in no order, as those of devices are.
fn bodies_of_nobody(count: usize) -> impl Iterator<Item = [u8; 12]> {
    (0_u64..).take(count).map(|number| {
        let mix = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = mix.rotate_left(31).wrapping_mul(0xd1b5_4a32_d192_ed03);
        let both = u128::from(mixed) << 32 | u128::from(mix >> 32);
        *both.to_be_bytes().last_chunk().unwrap_or(&[0; 12])
    })
}
