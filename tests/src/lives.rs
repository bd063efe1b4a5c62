//! Lives of devices: what they go through, and what must be there of it after a crash.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    AuthenticateError, ConnectionPassword, EnrollOutcome, Event, EventHash, EventKind, FindError,
    LookUpError, Mark, PlugId, Principal, SerialId, StageName, Unknown,
};
use plugmint_memory::MemoryStore;
use plugmint_store::Store;
use pollster::block_on;

use crate::{AuditError, Scene, design, enroll_password, generated_password, new_serial};

/// What every device goes through, one commit each; some get further than others.
pub const LIFE: [Verb; 6] =
    [Verb::Register, Verb::Enroll, Verb::Activate, Verb::Disable, Verb::Enable, Verb::Retire];

/// A step of a life.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "an audit must know what each does")]
pub enum Verb {
    /// Its serial is registered.
    Register,
    /// It enrolls.
    Enroll,
    /// It connects for the first time.
    Activate,
    /// It is disabled.
    Disable,
    /// It is enabled.
    Enable,
    /// It is retired.
    Retire,
}

impl Verb {
    const fn event(self) -> EventKind {
        match self {
            Self::Register => EventKind::Registered,
            Self::Enroll => EventKind::Enrolled,
            Self::Activate => EventKind::Activated,
            Self::Disable => EventKind::Disabled,
            Self::Enable => EventKind::Enabled,
            Self::Retire => EventKind::Retired,
        }
    }

    /// Lets the device of that number take this step.
    ///
    /// # Errors
    /// When it is refused, or the store fails.
    pub async fn take(self, scene: &Scene, number: u32) -> Result<(), AuditError> {
        let (registry, id, ada) = (&scene.registry, id(scene, number), &scene.ada);
        let password = generated_password(number);
        match self {
            Self::Register => {
                let new = new_serial(id.serial().as_str(), &password);
                registry.register(id.template(), new, ada).await.map(drop)?;
            }
            Self::Enroll => registry.enroll(&id, &enroll_password(&password)).await.map(drop)?,
            Self::Activate => {
                let enrollment = registry.enroll(&id, &enroll_password(&password)).await?;
                let credentials = enrollment.credentials();
                let (plug_id, password) =
                    (credentials.plug_id(), credentials.connection_password());
                registry.authenticate(plug_id, password).await.map(drop)?;
            }
            Self::Disable => registry.disable(&id, ada).await.map(drop)?,
            Self::Enable => registry.enable(&id, ada).await.map(drop)?,
            Self::Retire => registry.retire(&id, ada).await.map(drop)?,
        }
        Ok(())
    }
}

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
    let new = devices
        .map(|device| new_serial(id(scene, device).serial().as_str(), &generated_password(device)));
    let template = scene.template.id();
    let verdicts = scene.registry.register_all(template, new.collect(), &scene.ada).await?;
    verdicts.into_iter().try_for_each(|verdict| verdict.map(drop))?;
    Ok(())
}

/// Makes the registry of these lives in an empty store: with tags, and the same each time.
pub async fn begin_lives(store: Arc<dyn Store>) -> Scene {
    let clock = Arc::new(FixedClock::default());
    let settings = builder(store, Arc::clone(&clock), 1).with_tagged_records();
    Scene::with(settings, clock, design()).await
}

/// What the devices of all lives are told when they enroll: computed apart, in memory.
#[derive(Debug)]
pub struct Lives {
    template: plugmint::TemplateId,
    credentials: BTreeMap<u32, (PlugId, ConnectionPassword)>,
}

impl Lives {
    /// Those of the devices numbered 0 to `devices`.
    #[must_use]
    pub fn of(devices: u32) -> Self {
        let scene = block_on(begin_lives(Arc::new(MemoryStore::new())));
        let credentials = (0..devices).map(|number| {
            block_on(Verb::Register.take(&scene, number)).unwrap();
            let password = generated_password(number);
            let enrollment = block_on(scene.enroll(&id(&scene, number), &password));
            let credentials = enrollment.credentials();
            let text = credentials.connection_password().expose_text();
            (number, (*credentials.plug_id(), ConnectionPassword::parse(&text).unwrap()))
        });
        Self { template: *scene.template.id(), credentials: credentials.collect() }
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
    /// least and may be at most, and says how many there are. Each [`TOGETHER`] of them were registered
    /// in one commit.
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

    /// Holds all records of a device against each other, and says how far it got.
    async fn audit_one(&self, scene: &Scene, number: u32) -> Result<usize, AuditError> {
        let id = id(scene, number);
        let Some(events) = history(scene, &id).await? else {
            let (plug_id, password) = self.credentials(number);
            ensure(serial_of(scene, plug_id).await?.is_none(), "a credential has a serial")?;
            let connected = connect(scene, plug_id, password).await?;
            ensure(connected.is_none(), "an unknown one does not connect")?;
            return Ok(0);
        };
        let mut previous = EventHash::before_first(&id);
        for (at, (event, verb)) in events.iter().zip(LIFE).enumerate() {
            ensure(event.number().number() == at as u64, "events are numbered")?;
            ensure(*event.previous() == previous, "events are chained")?;
            ensure(event.kind() == verb.event(), "events are those that happened")?;
            previous = *event.head().last();
        }
        let status = scene.registry.serial(&id).await?;
        ensure(status.events == events.len() as u64, "the record knows its history")?;
        let (stage, mark) = match events.len() {
            1 => (StageName::Registered, Some(Mark::Enabled)),
            2 => (StageName::Enrolled, Some(Mark::Enabled)),
            3 | 5 => (StageName::Activated, Some(Mark::Enabled)),
            4 => (StageName::Activated, Some(Mark::Disabled)),
            _ => (StageName::Retired, None),
        };
        ensure((status.stage, status.mark) == (stage, mark), "the record follows its history")?;
        self.audit_credentials(scene, number, stage, mark).await?;
        Ok(events.len())
    }

    async fn audit_credentials(
        &self,
        scene: &Scene,
        number: u32,
        stage: StageName,
        mark: Option<Mark>,
    ) -> Result<(), AuditError> {
        let id = id(scene, number);
        let (plug_id, password) = self.credentials(number);
        let known = serial_of(scene, plug_id).await?;
        ensure(known == (stage != StageName::Registered).then_some(id), "the credential follows")?;
        if stage == StageName::Enrolled {
            let again = enroll_password(&generated_password(number));
            let enrollment = scene.registry.enroll(&id, &again).await?;
            let credentials = enrollment.credentials();
            ensure(enrollment.outcome() == EnrollOutcome::Repeated, "it enrolled already")?;
            ensure(credentials.plug_id() == plug_id, "the same Plug-ID")?;
            let same = *credentials.connection_password().expose_text() == *password.expose_text();
            ensure(same, "the same connection password")?;
        }
        if stage == StageName::Activated && mark == Some(Mark::Enabled) {
            let principal = scene.registry.authenticate(plug_id, password).await?;
            ensure(principal.id() == &id, "it connects as itself")?;
        } else if stage != StageName::Enrolled {
            ensure(connect(scene, plug_id, password).await?.is_none(), "it may not connect")?;
        }
        Ok(())
    }

    fn credentials(&self, number: u32) -> (&PlugId, &ConnectionPassword) {
        let (plug_id, password) = &self.credentials[&number];
        (plug_id, password)
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
    plug_id: &PlugId,
    password: &ConnectionPassword,
) -> Result<Option<Principal>, AuditError> {
    match scene.registry.authenticate(plug_id, password).await {
        Ok(principal) => Ok(Some(principal)),
        Err(AuthenticateError::Refused) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn id(scene: &Scene, number: u32) -> SerialId {
    scene.id(&format!("SN-{number:05}"))
}

fn ensure(holds: bool, claim: &str) -> Result<(), AuditError> {
    if holds { Ok(()) } else { Err(AuditError::Wrong(format!("does not hold: {claim}"))) }
}
