//! `plugmint demo`: the main job from beginning to end, in a temporary directory.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use plugmint::{
    Actor, EnrollError, EnrollOutcome, EnrollPassword, Enrollment, FileRootKeys,
    ProductionTemplate, Registry, SerialCounts, SerialFilter, SerialId, SerialScope,
    TemplateDesign, TemplateName,
};
use plugmint_http::operators::{OperatorError, Operators};
use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::home::registry_over;
use crate::output::{Output, table};
use crate::rows::Rows;

use super::import::{self, Source};

pub(crate) fn run(output: &Output) -> Result<(), Failure> {
    let directory = tempfile::tempdir().map_err(|error| Failure::of(Kind::Store, "io", &error))?;
    let store = directory.path().join("store.redb");
    let key = FileRootKeys::create(directory.path().join("root.key"))?;
    let mut steps = Steps::default();

    let (registry, template) = steps.step("create a template", || create(&store, &key))?;
    let devices = steps.step("import 1,000 serials", || import(&registry, &template))?;
    let enrollments = steps.step("enroll every device", || enroll(&registry, &devices))?;
    let connecting = enrollments.split_last().map_or(&[][..], |(_, all_but_last)| all_but_last);
    steps.step("connect all but the last", || connect(&registry, connecting))?;
    drop(registry);
    let registry = steps.step("open the store again", || open(&store, &key, &template))?;
    steps.step("connect them once more", || connect(&registry, connecting))?;
    if let (Some(device), Some(before)) = (devices.last(), enrollments.last()) {
        steps.step("enroll the last again", || repeat(&registry, device, before))?;
    }
    if let Some(device) = devices.first() {
        steps.step("enroll the first again", || refuse(&registry, device))?;
    }
    output.show(&steps.0, |steps| screen(steps))
}

/// What one step came to, and for whom goes on with it.
type Came<T> = Result<(String, T), Failure>;

/// A serial, and the password that its device knows.
struct Device {
    id: SerialId,
    password: EnrollPassword,
}

fn create(store: &Path, key: &FileRootKeys) -> Came<(Registry, ProductionTemplate)> {
    let store = RedbStore::create(store, &RedbOptions::default())?;
    let registry = block_on(registry_over(store).create(key))?;
    let design = TemplateDesign::new(sound(TemplateName::parse("White refrigerators"))?);
    let template = told(block_on(registry.create_template(registry.company(), design)))?;
    Ok((template.id().to_string(), (registry, template)))
}

fn import(registry: &Registry, template: &ProductionTemplate) -> Came<Vec<Device>> {
    let actor = sound(Actor::parse("demo"))?;
    let hidden = ProgressBar::hidden();
    let desk = Desk::Here(Operators::new(registry.clone()));
    let imported = import::register(&desk, template, &Source::BuiltIn(FILE), &actor, &hidden)?;
    let device = |row| {
        let row: crate::Row = sound(sound(row)?)?;
        let id = SerialId::new(*template.id(), *row.serial());
        Ok(Device { id, password: row.into_passwords().0 })
    };
    let devices = sound(Rows::new(FILE))?.map(device).collect::<Result<_, Failure>>()?;
    Ok((format!("{} registered", imported.registered), devices))
}

fn enroll(registry: &Registry, devices: &[Device]) -> Came<Vec<Enrollment>> {
    let mut enrollments = Vec::new();
    for device in devices {
        enrollments.push(told(block_on(registry.enroll(&device.id, &device.password)))?);
    }
    let first = enrollments.iter().filter(|one| one.outcome() == EnrollOutcome::First).count();
    Ok((format!("{first} first enrollments"), enrollments))
}

fn connect(registry: &Registry, enrollments: &[Enrollment]) -> Came<()> {
    for enrollment in enrollments {
        let (plug_id, password) =
            (enrollment.credentials().plug_id(), enrollment.credentials().connection_password());
        told(block_on(registry.authenticate(plug_id, password)))?;
    }
    Ok((format!("{} connected", enrollments.len()), ()))
}

fn open(store: &Path, key: &FileRootKeys, template: &ProductionTemplate) -> Came<Registry> {
    let store = RedbStore::open(store, &RedbOptions::default())?;
    let registry = block_on(registry_over(store).open(key))?;
    let filter = SerialFilter::of(SerialScope::Template(*template.id()));
    let desk = Desk::Here(Operators::new(registry.clone()));
    let counts = super::count(&desk, &filter, |_| ())?;
    let SerialCounts { activated, enrolled, .. } = counts;
    Ok((format!("{activated} activated, {enrolled} enrolled"), registry))
}

/// A device that lost its answer asks again.
fn repeat(registry: &Registry, device: &Device, before: &Enrollment) -> Came<()> {
    let again = told(block_on(registry.enroll(&device.id, &device.password)))?;
    let (now, then) = (again.credentials(), before.credentials());
    let same = now.plug_id() == then.plug_id()
        && now.connection_password().matches(then.connection_password())
        && again.outcome() == EnrollOutcome::Repeated;
    if same { Ok(("Repeated: the same credentials".to_owned(), ())) } else { Err(unexpected()) }
}

/// A device that is activated, or a clone of it, asks again.
fn refuse(registry: &Registry, device: &Device) -> Came<()> {
    match block_on(registry.enroll(&device.id, &device.password)) {
        Err(EnrollError::AlreadyActivated) => Ok(("AlreadyActivated: refused".to_owned(), ())),
        Ok(_) => Err(unexpected()),
        Err(error) => told(Err(error)),
    }
}

/// The steps that were taken.
#[derive(Default)]
struct Steps(Vec<Step>);

#[derive(Serialize)]
struct Step {
    step: &'static str,
    came_to: String,
    millis: u128,
    #[serde(skip)]
    took: Duration,
}

impl Steps {
    fn step<T>(
        &mut self,
        step: &'static str,
        take: impl FnOnce() -> Came<T>,
    ) -> Result<T, Failure> {
        #[expect(clippy::disallowed_methods, reason = "the demo shows how long each step took")]
        let begun = Instant::now();
        let (came_to, value) = take()?;
        let took = begun.elapsed();
        self.0.push(Step { step, came_to, millis: took.as_millis(), took });
        Ok(value)
    }
}

fn screen(steps: &[Step]) -> String {
    let rows = steps.iter().map(|step| {
        let took = format!("{:>9.1} ms", step.took.as_secs_f64() * 1000.0);
        vec![step.step.to_owned(), step.came_to.clone(), took]
    });
    table(Some(&["STEP", "CAME TO", "     TOOK"]), rows)
}

/// What is built into this program is sound.
fn sound<T, E: std::error::Error>(built_in: Result<T, E>) -> Result<T, Failure> {
    built_in.map_err(|error| Failure::of(Kind::Store, "demo", &error))
}

/// What the registry says, as this program tells it.
fn told<T, E: Into<OperatorError>>(result: Result<T, E>) -> Result<T, Failure> {
    result.map_err(|error| error.into().into())
}

fn unexpected() -> Failure {
    Failure::new(Kind::Store, "demo", "the demo came to something else than it should")
}

/// A thousand refrigerators, as a factory lists them.
const FILE: &[u8] = include_bytes!("../../data/white-refrigerators.csv");
