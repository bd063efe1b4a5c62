//! What enrolling costs, against the one Argon2id that a chosen password is worth.

use std::fs;
use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use futures_util::future::join_all;
use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    Actor, Argon2Cost, AttemptLimits, AttemptRate, EnrollError, EnrollPassword, NewSerial,
    PasswordClass, Registry, SerialId, StretchLimits, TemplateDesign, TemplateId, TemplateName,
};
use plugmint_memory::MemoryStore;
use pollster::block_on;
use zeroize::Zeroize;

use crate::row::{Bound, Report, note};
use crate::timing::{median, now, quantile, time};

const ROUNDS: usize = 15;
pub(crate) const CHOSEN: &str = "correct horse battery";
pub(crate) const GENERATED: &str = "mWz8yS3kQ0a1-Vt5xJrLpA";
/// What one costs that fills memory more than it computes.
const LARGE: (u32, u32, u32) = (46 * 1024, 1, 1);

pub(crate) fn rows(report: &mut Report) {
    chosen(report);
    large(report);
    crowd(report);
}

/// A first enrollment, against the hash alone over blocks that are kept and wiped.
fn chosen(report: &mut Report) {
    let registry = registry(StretchLimits::new(NonZeroUsize::MIN, 64));
    let template = template(&registry, PasswordClass::Chosen, Argon2Cost::DEFAULT);
    let generated = template_of_generated(&registry);
    let mut bare = Bare::new(Argon2Cost::DEFAULT);
    let (mut ratio, mut times) = (vec![], vec![]);
    for round in 0..ROUNDS {
        let id = register(&registry, &template, round, CHOSEN);
        let quick = register(&registry, &generated, round, GENERATED);
        let hash = time(|| bare.hash()).as_secs_f64();
        let enroll = time(|| enroll(&registry, &id, CHOSEN)).as_secs_f64();
        let hashed = registry.stretch_load().hashed();
        let quickly = time(|| enroll_generated(&registry, &quick)).as_secs_f64();
        assert_eq!(registry.stretch_load().hashed(), hashed, "a generated password was hashed");
        ratio.push(enroll / hash);
        times.push([hash, enroll, quickly]);
    }
    report.row("enroll, chosen / one argon2id, reused blocks", median(ratio), Bound::AtMost(1.05));
    let ms = |at: usize| median(times.iter().map(|times| times[at])) * 1e3;
    note(&format!(
        "argon2id {:.2} ms, enroll chosen {:.2} ms, enroll generated {:.4} ms",
        ms(0),
        ms(1),
        ms(2)
    ));
}

/// What reused blocks save where a hash takes much memory.
fn large(report: &mut Report) {
    let (memory_kib, passes, lanes) = LARGE;
    let cost = Argon2Cost::new(memory_kib, passes, lanes).unwrap();
    let registry = registry(StretchLimits::new(NonZeroUsize::MIN, 64));
    let template = template(&registry, PasswordClass::Chosen, cost);
    let (mut ratio, mut times) = (vec![], vec![]);
    for round in 0..ROUNDS {
        let id = register(&registry, &template, round, CHOSEN);
        let fresh = time(|| in_fresh_memory(cost)).as_secs_f64();
        let pool = time(|| enroll(&registry, &id, CHOSEN)).as_secs_f64();
        ratio.push(pool / fresh);
        times.push([fresh, pool]);
    }
    report.row("argon2id 46 MiB in the pool / fresh memory", median(ratio), Bound::AtMost(0.65));
    let ms = |at: usize| median(times.iter().map(|times| times[at])) * 1e3;
    note(&format!("fresh {:.1} ms, pool {:.1} ms", ms(0), ms(1)));
}

/// 10,000 devices at once, each with a chosen password: memory stays, and who is not served is told
/// so at once.
fn crowd(report: &mut Report) {
    const DEVICES: usize = 10_000;
    let workers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let registry = registry(StretchLimits::new(workers, workers.get() * 64));
    let template = template(&registry, PasswordClass::Chosen, Argon2Cost::DEFAULT);
    let ids: Vec<_> = (0..DEVICES).map(|number| id(&template, number)).collect();
    let mut bare = Bare::new(Argon2Cost::DEFAULT);
    let hash = median((0..ROUNDS).map(|_| time(|| bare.hash()).as_secs_f64()));
    drop(bare);
    let before = memory_kib("VmRSS:");
    // From here on the highest is what counts.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let (mut waits, mut served) = (vec![], 0);
    let password = EnrollPassword::parse(CHOSEN).unwrap();
    block_on(async {
        let all = ids.iter().map(|id| async {
            let begun = now();
            (registry.enroll(id, &password).await, begun.elapsed().as_secs_f64())
        });
        for (enrolled, took) in join_all(all).await {
            match enrolled {
                Err(EnrollError::Overloaded { .. }) => waits.push(took),
                Err(EnrollError::Refused) => served += 1,
                other => panic!("an unknown serial came to {other:?}"),
            }
        }
    });
    let peak = memory_kib("VmHWM:");
    let workers = u32::try_from(workers.get()).unwrap();
    let most = f64::from(workers * Argon2Cost::DEFAULT.memory_kib()) / 1024.0 + 64.0;
    report.row("10,000 enrolls, MiB above base", (peak - before) / 1024.0, Bound::AtMost(most));
    let p99 = quantile(waits.iter().copied(), 0.99);
    report.row("10,000 enrolls, overloaded p99 / one argon2id", p99 / hash, Bound::AtMost(0.5));
    note(&format!("{served} hashed, {} overloaded, p99 {:.2} ms", waits.len(), p99 * 1e3));
}

/// An Argon2id by itself, over blocks that it keeps and wipes as the pool's are.
struct Bare {
    argon2: Argon2<'static>,
    blocks: Vec<Block>,
}

impl Bare {
    fn new(cost: Argon2Cost) -> Self {
        let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(32)).unwrap();
        let blocks = vec![Block::new(); params.block_count()];
        Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), blocks }
    }

    fn hash(&mut self) {
        let mut out = [0; 32];
        self.argon2
            .hash_password_into_with_memory(
                black_box(CHOSEN.as_bytes()),
                &[7; 16],
                &mut out,
                &mut self.blocks,
            )
            .unwrap();
        for block in &mut self.blocks {
            AsMut::<[u64]>::as_mut(block).zeroize();
        }
        black_box(out);
    }
}

/// An Argon2id that asks for its memory and gives it back, as `argon2` does it by itself.
fn in_fresh_memory(cost: Argon2Cost) {
    let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(32)).unwrap();
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(black_box(CHOSEN.as_bytes()), &[7; 16], &mut out)
        .unwrap();
    black_box(out);
}

pub(crate) fn registry(limits: StretchLimits) -> Registry {
    // Nobody is held up who comes again and again.
    let plenty = AttemptRate::new(NonZeroU32::MAX, Duration::from_millis(1));
    let attempts = AttemptLimits::default().with_per_serial(plenty).with_per_source(plenty);
    let store = Arc::new(MemoryStore::new());
    let builder = builder(store, Arc::new(FixedClock::default()), 1)
        .with_stretch_limits(limits)
        .with_attempt_limits(attempts);
    block_on(builder.create(&root_key())).unwrap()
}

pub(crate) fn template(registry: &Registry, class: PasswordClass, cost: Argon2Cost) -> TemplateId {
    let name = TemplateName::parse("White refrigerators").unwrap();
    let design = TemplateDesign::new(name).with_password_class(class).with_argon2(cost);
    *block_on(registry.create_template(registry.company(), design)).unwrap().id()
}

fn template_of_generated(registry: &Registry) -> TemplateId {
    template(registry, PasswordClass::Generated, Argon2Cost::DEFAULT)
}

pub(crate) fn id(template: &TemplateId, number: usize) -> SerialId {
    SerialId::new(*template, format!("WR-{number:06}").parse().unwrap())
}

pub(crate) fn register(
    registry: &Registry,
    template: &TemplateId,
    number: usize,
    password: &str,
) -> SerialId {
    let id = id(template, number);
    let new = NewSerial::new(*id.serial(), EnrollPassword::parse(password).unwrap());
    block_on(registry.register(template, new, &Actor::parse("bench").unwrap())).unwrap();
    id
}

fn enroll(registry: &Registry, id: &SerialId, password: &str) {
    let password = EnrollPassword::parse(password).unwrap();
    black_box(block_on(registry.enroll(id, &password)).unwrap());
}

fn enroll_generated(registry: &Registry, id: &SerialId) {
    enroll(registry, id, GENERATED);
}

/// A line of what the system knows of this process's memory.
fn memory_kib(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
