//! Lives of devices: what they go through, and what must be there of it after a crash.

mod asking;
mod passwords;
mod profiles;
mod verb;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::sync::Arc;

use plugmint::derivation::Credentials;
use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    AuthenticateError, EnrollOutcome, Event, EventHash, FindError, LookUpError, Mark,
    OperatorEnroll, PlugId, ProductionTemplate, Profile, ProvenBy, RegistryBuilder, SerialId,
    StageName, Unknown,
};
use plugmint_memory::MemoryStore;
use plugmint_store::Store;
use pollster::block_on;

use crate::{AuditError, Scene, design, enroll_password, new_serial};

use passwords::{Owner, same};
use profiles::kept;

pub(crate) use passwords::{PASSWORDS, credentials, password};
pub(crate) use verb::GOLDEN_LIFE;
pub use verb::{LIFE, Verb};

/// Devices that are registered in one commit.
pub const TOGETHER: u32 = 8;

/// Registers devices in one commit.
///
/// # Errors
/// When one is refused, or the store fails.
pub async fn register_together(
    scene: &Scene,
    devices: impl Iterator<Item = u32>,
) -> Result<(), AuditError> {
    let new = devices.map(|device| {
        new_serial(device_id(&scene.template, device).serial().as_str(), &password(device, 0))
    });
    let template = scene.template.id();
    let verdicts = scene.registry.register_all(template, new.collect(), &scene.ada).await?;
    verdicts.into_iter().try_for_each(|verdict| verdict.map(drop))?;
    Ok(())
}

/// Makes the registry of these lives in an empty store: with tags, and the same each time.
pub async fn begin_lives(store: Arc<dyn Store>) -> Scene {
    begin_lives_with(store, |settings| settings).await
}

/// The same with settings of its own.
pub async fn begin_lives_with(
    store: Arc<dyn Store>,
    set: impl FnOnce(RegistryBuilder) -> RegistryBuilder,
) -> Scene {
    begin(store, |settings| set(settings.with_tagged_records())).await
}

/// The same without tags.
pub(crate) async fn begin_plain_lives(store: Arc<dyn Store>) -> Scene {
    begin(store, |settings| settings).await
}

async fn begin(
    store: Arc<dyn Store>,
    set: impl FnOnce(RegistryBuilder) -> RegistryBuilder,
) -> Scene {
    let clock = Arc::new(FixedClock::default());
    let settings = set(builder(store, Arc::clone(&clock), 1));
    Scene::with(settings, clock, design().with_operator_enroll(OperatorEnroll::Allowed)).await
}

/// What the devices of all lives are told when they enroll: computed apart, without a store.
#[derive(Debug)]
pub struct Lives {
    life: &'static [Verb],
    template: plugmint::TemplateId,
    credentials: BTreeMap<u32, Vec<(Owner, u32, Credentials)>>,
}

impl Lives {
    /// Those of the devices numbered 0 to `devices`.
    #[must_use]
    pub fn of(devices: u32) -> Self {
        Self::that_are(&LIFE, devices)
    }

    /// Those in golden stores: each device has taken one step more than the one before it.
    #[must_use]
    pub fn golden() -> Self {
        Self::that_are(&GOLDEN_LIFE, u32::try_from(GOLDEN_LIFE.len()).unwrap())
    }

    fn that_are(life: &'static [Verb], devices: u32) -> Self {
        let scene = block_on(begin_lives(Arc::new(MemoryStore::new())));
        let told = |number| {
            let told =
                |(owner, epoch)| (owner, epoch, credentials(&scene.template, number, owner, epoch));
            (number, PASSWORDS.map(told).into())
        };
        let credentials = (0..devices).map(told).collect();
        Self { life, template: *scene.template.id(), credentials }
    }

    /// The template that they have.
    #[must_use]
    pub const fn template(&self) -> plugmint::TemplateId {
        self.template
    }

    /// How many devices there are.
    #[must_use]
    pub fn devices(&self) -> u32 {
        u32::try_from(self.credentials.len()).unwrap()
    }

    /// Opens the registry of these lives.
    ///
    /// # Errors
    /// When it does not open, or its template is not there.
    pub async fn open(&self, store: Arc<dyn Store>) -> Result<Scene, AuditError> {
        let clock = Arc::new(FixedClock::default());
        let settings = builder(store, Arc::clone(&clock), 2).with_tagged_records();
        let registry = settings.open(&root_key()).await?;
        let template = registry.template(&self.template).await?;
        Ok(Scene { registry, clock, template, ada: "ada".parse().unwrap() })
    }

    /// Holds what a registry has of each device against how many steps of its life must be there at
    /// least and may be at most, and says how many there are. Each [`TOGETHER`] of them were
    /// registered in one commit. The last step of each is asked for once more: that changes
    /// nothing.
    ///
    /// # Errors
    /// What is lost, torn or wrong.
    pub fn audit(
        &self,
        scene: &Scene,
        steps: impl Fn(u32) -> RangeInclusive<usize>,
    ) -> Result<Vec<usize>, AuditError> {
        let mut all = Vec::new();
        for number in self.credentials.keys().copied() {
            let expected = steps(number);
            let found = block_on(self.audit_one(scene, number))?;
            if !expected.contains(&found) {
                let wrong = format!("device {number} took {found} steps, not {expected:?}");
                return Err(AuditError::Wrong(wrong));
            }
            all.push(found);
        }
        for together in all.chunks(TOGETHER as usize) {
            let registered = together.iter().filter(|steps| **steps > 0).count();
            ensure(registered == 0 || registered == together.len(), "a batch is there whole")?;
        }
        Ok(all)
    }

    /// Lets every device that has taken so many steps, and at least one, take those that are left.
    ///
    /// # Errors
    /// When one is refused, or what is there of it then is not a whole life.
    pub fn live_on(&self, scene: &Scene, steps: &[usize]) -> Result<(), AuditError> {
        for (number, taken) in (0..).zip(steps).filter(|(_, taken)| **taken > 0) {
            for verb in &self.life[*taken..] {
                block_on(verb.take(scene, number))?;
            }
            let found = block_on(self.audit_one(scene, number))?;
            ensure(found == self.life.len(), "a life goes on")?;
        }
        Ok(())
    }

    /// Holds all records of a device against each other, and says how far it got.
    async fn audit_one(&self, scene: &Scene, number: u32) -> Result<usize, AuditError> {
        let id = device_id(&scene.template, number);
        let Some(events) = history(scene, &id).await? else {
            return self.audit_unknown(scene, number).await;
        };
        let mut previous = EventHash::before_first(&id);
        for (at, event) in events.iter().enumerate() {
            ensure(event.number().number() == at as u64, "events are numbered")?;
            ensure(*event.previous() == previous, "events are chained")?;
            previous = *event.head().last();
        }
        let steps = self.steps_of(&events)?;
        let last = *steps.last().unwrap();
        let status = scene.registry.serial(&id).await?;
        ensure(status.events == events.len() as u64, "the record knows its history")?;
        let (stage, mark) = (last.stage(), last.mark());
        ensure((status.stage, status.mark) == (stage, mark), "the record follows its history")?;
        ensure(status.epoch.number() == last.epoch(), "the epoch follows")?;
        ensure(status.overlap_until == last.overlap_until(scene), "the overlap follows")?;
        ensure(status.controllable == last.is_controllable(), "the control password follows")?;
        ensure(status.sealed == last.is_sealed(), "the sealed key follows")?;
        let (_, access) = kept(steps, last.owner());
        let access = access.filter(|_| stage != StageName::Retired);
        ensure(status.access == access, "the access level follows")?;
        self.audit_profiles(scene, number, steps).await?;
        self.audit_credentials(scene, number, last).await?;
        last.ask_again(scene, number).await?;
        Ok(steps.len())
    }

    /// The steps that a history tells of, each of them whole.
    fn steps_of(&self, events: &[Event]) -> Result<&'static [Verb], AuditError> {
        let (mut told, mut steps) = (Vec::new(), 0);
        while told.len() < events.len() && steps < self.life.len() {
            told.extend(self.life[steps].events());
            steps += 1;
        }
        let is_told = events.iter().map(Event::kind).eq(told);
        ensure(is_told, "events are those that happened")?;
        Ok(&self.life[..steps])
    }

    async fn audit_unknown(&self, scene: &Scene, number: u32) -> Result<usize, AuditError> {
        for (_, _, told) in &self.credentials[&number] {
            ensure(serial_of(scene, told.plug_id()).await?.is_none(), "a credential has a serial")?;
            ensure(connect(scene, told).await?.is_none(), "an unknown one does not connect")?;
        }
        Ok(0)
    }

    /// Holds what is kept under every Plug-ID that a device has had against what was said.
    async fn audit_profiles(
        &self,
        scene: &Scene,
        number: u32,
        steps: &[Verb],
    ) -> Result<(), AuditError> {
        let told: BTreeMap<_, _> =
            self.credentials[&number].iter().map(|(owner, _, told)| (owner, told)).collect();
        for (owner, told) in told {
            let (expected, _) = kept(steps, *owner);
            let found = match scene.registry.profile(told.plug_id()).await {
                Ok(profile) => profile,
                Err(LookUpError::Unknown(_)) => Profile::default(),
                Err(error) => return Err(error.into()),
            };
            ensure(found == expected, "what is kept follows")?;
        }
        Ok(())
    }

    /// Holds what lies under every Plug-ID that a device has in its life against the last step that
    /// it took, and tries every password.
    async fn audit_credentials(
        &self,
        scene: &Scene,
        number: u32,
        last: Verb,
    ) -> Result<(), AuditError> {
        let id = device_id(&scene.template, number);
        for (owner, epoch, told) in &self.credentials[&number] {
            let enrolled = match owner {
                0 => false,
                1 => Verb::Enroll <= last,
                _ => Verb::EnrollByOperator <= last,
            };
            let known = serial_of(scene, told.plug_id()).await?;
            ensure(known == enrolled.then_some(id), "the credential follows")?;
            let is_current = (*owner, *epoch) == (last.owner(), last.epoch());
            if is_current && last.stage() == StageName::Enrolled {
                // To connect would be the next step.
                let again = enroll_password(&password(number, *owner));
                let enrollment = scene.registry.enroll(&id, &again).await?;
                ensure(enrollment.outcome() == EnrollOutcome::Repeated, "it enrolled already")?;
                ensure(same(enrollment.credentials(), told), "the same credentials")?;
                continue;
            }
            let is_open =
                last.stage() == StageName::Activated && last.mark() == Some(Mark::Enabled);
            let overlap = last.overlap_until(scene).filter(|_| (*owner, *epoch) == (1, 1));
            let expected = match overlap {
                Some(until) => Some(ProvenBy::Overlap { until }),
                None => (is_current && is_open).then_some(ProvenBy::Current),
            };
            let connected = connect(scene, told).await?;
            ensure(connected == expected.map(|by| (id, by)), "those connect that may")?;
        }
        Ok(())
    }
}

async fn history(scene: &Scene, id: &SerialId) -> Result<Option<Vec<Event>>, AuditError> {
    match scene.registry.history(id, None, NonZeroUsize::MAX).await {
        Ok(events) => Ok(Some(events)),
        Err(LookUpError::Unknown(Unknown::Serial { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn serial_of(scene: &Scene, plug_id: &PlugId) -> Result<Option<SerialId>, AuditError> {
    match scene.registry.serial_of(plug_id).await {
        Ok(id) => Ok(Some(id)),
        Err(FindError::UnknownPlugId { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn connect(
    scene: &Scene,
    told: &Credentials,
) -> Result<Option<(SerialId, ProvenBy)>, AuditError> {
    match scene.registry.authenticate(told.plug_id(), told.connection_password()).await {
        Ok(principal) => Ok(Some((*principal.id(), principal.proven_by()))),
        Err(AuthenticateError::Refused) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What the device of that number is called.
pub(crate) fn device_id(template: &ProductionTemplate, number: u32) -> SerialId {
    SerialId::new(*template.id(), format!("SN-{number:05}").parse().unwrap())
}

fn ensure(holds: bool, claim: &str) -> Result<(), AuditError> {
    if holds { Ok(()) } else { Err(AuditError::Wrong(format!("does not hold: {claim}"))) }
}
