//! How long a refusal takes, by what it is refused for.

use std::num::NonZeroUsize;
use std::time::Duration;

use plugmint::{
    Actor, Argon2Cost, EnrollError, EnrollPassword, PasswordClass, Registry, SerialId,
    StretchLimits,
};
use pollster::block_on;
use rustix::time::{ClockId, clock_gettime};

use crate::enroll::{CHOSEN, GENERATED, id, register, registry, template};
use crate::row::{Bound, Report, note};
use crate::timing::median;

const WHY: [&str; 4] = ["unknown serial", "wrong password", "disabled", "retired"];

pub(crate) fn rows(report: &mut Report) {
    // Ten thousand of the fast ones in a round, so that the clock's steps do not show.
    compare(report, PasswordClass::Chosen, 61, 1, Bound::AtMost(1.05));
    compare(report, PasswordClass::Generated, 61, 1_000, Bound::None);
}

/// Each refusal in turn, in the processor's time of all threads: the caller's and the pool's.
fn compare(report: &mut Report, class: PasswordClass, rounds: usize, each: usize, bound: Bound) {
    let registry = registry(StretchLimits::new(NonZeroUsize::MIN, 64));
    let template = template(&registry, class, Argon2Cost::DEFAULT);
    let (right, wrong) = match class {
        PasswordClass::Generated => (GENERATED, "00000000000000000000000000000000"),
        PasswordClass::Chosen | PasswordClass::Shared => (CHOSEN, "another horse battery"),
    };
    let by = Actor::parse("bench").unwrap();
    let known = register(&registry, &template, 1, right);
    let disabled = register(&registry, &template, 2, right);
    let retired = register(&registry, &template, 3, right);
    block_on(registry.disable(&disabled, &by)).unwrap();
    block_on(registry.retire(&retired, &by)).unwrap();
    let unknown = id(&template, 4);
    let asked = [(unknown, right), (known, wrong), (disabled, right), (retired, right)];
    let mut times: [Vec<f64>; 4] = Default::default();
    for round in 0..rounds {
        for at in 0..asked.len() {
            // Each is first, second, third and last as often.
            let at = (at + round) % asked.len();
            let (id, password) = &asked[at];
            times[at].push(refused(&registry, id, password, each).as_secs_f64());
        }
    }
    let medians = times.map(median);
    let least = medians.iter().copied().fold(f64::INFINITY, f64::min);
    let most = medians.iter().copied().fold(0.0, f64::max);
    report.row(&format!("strangers, {class}: slowest / fastest refusal"), most / least, bound);
    let each = medians.iter().zip(WHY).map(|(took, why)| {
        let took = took / f64::from(u32::try_from(each).unwrap());
        format!("{why} {:.1} us", took * 1e6)
    });
    note(&each.collect::<Vec<_>>().join(", "));
}

/// The processor's time of so many refusals.
fn refused(registry: &Registry, id: &SerialId, password: &str, times: usize) -> Duration {
    let password = EnrollPassword::parse(password).unwrap();
    let begun = spent();
    for _ in 0..times {
        let refused = block_on(registry.enroll(id, &password));
        assert!(matches!(refused, Err(EnrollError::Refused)));
    }
    spent().saturating_sub(begun)
}

/// What this process has had of the processors.
fn spent() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(spent.tv_sec.try_into().unwrap(), spent.tv_nsec.try_into().unwrap())
}
