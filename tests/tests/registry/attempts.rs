//! Strangers try passwords: how often, and whom they hold up.

use futures_util::future::join_all;
use plugmint::{AttemptLimits, Source, TemplateDesign};

use crate::prelude::*;

const RIGHT: &str = "correct horse battery";
const WRONG: &str = "another horse battery";

pub(crate) fn source(number: u32) -> Source {
    Source::new(number.to_be_bytes()).unwrap()
}

/// A scene with the limits that hold unless told otherwise.
pub(crate) fn limited(design: TemplateDesign) -> Scene {
    let clock = Arc::new(FixedClock::default());
    let settings = builder(memory(), Arc::clone(&clock), 1)
        .with_attempt_limits(AttemptLimits::default().with_buckets(1 << 12));
    block_on(Scene::with(settings, clock, design))
}

/// What an attempt came to, without a source or from one.
fn attempt(scene: &Scene, from: Option<u32>, id: &SerialId, password: &str) -> &'static str {
    let password = enroll_password(password);
    let answer = block_on(async {
        match from {
            Some(number) => scene.registry.enroll_from(&source(number), id, &password).await,
            None => scene.registry.enroll(id, &password).await,
        }
    });
    answer.map_or_else(|error| error.code(), |_| "enrolled")
}

/// How many of so many wrong attempts were looked at.
fn looked_at(
    scene: &Scene,
    times: usize,
    from: impl Fn(u32) -> Option<u32>,
    id: &SerialId,
) -> usize {
    (0..u32::try_from(times).unwrap())
        .filter(|number| match attempt(scene, from(*number), id, WRONG) {
            "refused" => true,
            "throttled" => false,
            other => panic!("a wrong password came to {other}"),
        })
        .count()
}

#[test]
fn a_serial_has_eight_attempts_and_no_ninth() {
    let scene = limited(chosen_design());
    let id = block_on(scene.register("SN-1", RIGHT));
    assert_eq!(looked_at(&scene, 9, |_| None, &id), 8);
    assert_eq!(attempt(&scene, None, &id, RIGHT), "throttled");
    scene.clock.advance(Duration::from_secs(20));
    assert_eq!(attempt(&scene, None, &id, RIGHT), "enrolled");
}

#[test]
fn a_throttled_caller_is_told_when_to_come_again_and_is_served_then() {
    let scene = limited(chosen_design());
    let id = block_on(scene.register("SN-1", RIGHT));
    looked_at(&scene, 8, |_| None, &id);
    scene.clock.advance(Duration::from_secs(10));
    let refused = refusal(&scene, &id, RIGHT);
    assert!(refused.is_retryable());
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(10)));
    scene.clock.advance(Duration::from_secs(10));
    assert_eq!(attempt(&scene, None, &id, RIGHT), "enrolled");
}

#[test]
fn a_serial_that_is_not_there_is_charged_as_one_that_is() {
    let scene = limited(chosen_design());
    let known = block_on(scene.register("SN-1", RIGHT));
    let disabled = block_on(scene.register("SN-2", RIGHT));
    let retired = block_on(scene.register("SN-3", RIGHT));
    block_on(scene.registry.disable(&disabled, &scene.ada)).unwrap();
    block_on(scene.registry.retire(&retired, &scene.ada)).unwrap();
    for id in [known, disabled, retired, scene.id("SN-9")] {
        assert_eq!(looked_at(&scene, 40, |_| None, &id), 8, "{id}");
        assert_eq!(looked_at(&scene, 40, |_| Some(1), &id), 0, "{id}");
    }
    // The right password opens neither, and is charged as a wrong one.
    let scene = limited(chosen_design());
    let id = block_on(scene.register("SN-2", RIGHT));
    block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
    let looked_at = (0..40).filter(|_| attempt(&scene, None, &id, RIGHT) == "refused");
    assert_eq!(looked_at.count(), 8);
}

#[test]
fn one_source_has_a_fourth_of_a_serials_attempts() {
    let scene = limited(chosen_design());
    let id = block_on(scene.register("SN-1", RIGHT));
    assert_eq!(looked_at(&scene, 40, |_| Some(1), &id), 2);
    assert_eq!(attempt(&scene, Some(2), &id, RIGHT), "enrolled");
    assert_eq!(attempt(&scene, None, &id, RIGHT), "enrolled");
}

#[test]
fn who_knows_the_password_is_not_limited() {
    let scene = limited(chosen_design());
    let id = block_on(scene.register("SN-1", RIGHT));
    for _ in 0..1_000 {
        assert_eq!(attempt(&scene, Some(1), &id, RIGHT), "enrolled");
    }
    let never = limited(chosen_design().with_repeat(RepeatPolicy::Never));
    let id = block_on(never.register("SN-1", RIGHT));
    assert_eq!(attempt(&never, Some(1), &id, RIGHT), "enrolled");
    for _ in 0..100 {
        assert_eq!(attempt(&never, Some(1), &id, RIGHT), "already-enrolled");
    }
}

#[test]
fn a_generated_password_may_be_tried_by_everybody() {
    let scene = limited(design());
    let id = block_on(scene.register("SN-1", &password(1)));
    for number in 0..1_000 {
        assert_eq!(attempt(&scene, None, &id, &password(number + 2)), "refused");
    }
    assert_eq!(looked_at(&scene, 300, |_| Some(1), &id), 256);
    assert_eq!(attempt(&scene, Some(2), &id, &password(1)), "enrolled");
}

#[test]
fn a_template_that_is_not_there_costs_its_source() {
    let scene = limited(chosen_design());
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), "SN-1".parse().unwrap());
    assert_eq!(looked_at(&scene, 300, |_| Some(1), &nowhere), 256);
    assert_eq!(looked_at(&scene, 300, |_| None, &nowhere), 300);
}

#[test]
fn what_is_not_looked_at_is_not_charged() {
    let clock = Arc::new(FixedClock::default());
    // One thread and no queue: most of those who come at once are sent away.
    let settings = builder(memory(), Arc::clone(&clock), 1)
        .with_stretch_limits(StretchLimits::new(NonZeroUsize::MIN, 0));
    // A hash that takes longer than four calls take to come.
    let slow = chosen_design().with_argon2(Argon2Cost::new(4096, 1, 1).unwrap());
    let scene = block_on(Scene::with(settings, clock, slow));
    let id = block_on(scene.register("SN-1", RIGHT));
    let password = enroll_password(WRONG);
    let (mut looked_at, mut overloaded) = (0, 0);
    for _ in 0..100 {
        let all = (0..4).map(|_| scene.registry.enroll(&id, &password));
        let answers = block_on(join_all(all));
        let refused =
            |answer: &&Result<_, EnrollError>| matches!(answer, Err(EnrollError::Refused));
        looked_at += answers.iter().filter(refused).count();
        let sent_away = |answer: &&Result<_, EnrollError>| {
            matches!(answer, Err(EnrollError::Overloaded { .. }))
        };
        overloaded += answers.iter().filter(sent_away).count();
    }
    assert_eq!(looked_at, 8);
    assert!(overloaded > 0);
}

#[test]
fn of_256_at_once_eight_are_looked_at() {
    let clock = Arc::new(FixedClock::default());
    let settings = builder(memory(), Arc::clone(&clock), 1)
        .with_stretch_limits(StretchLimits::new(NonZeroUsize::MIN, 1_000));
    let scene = block_on(Scene::with(settings, clock, chosen_design()));
    let id = block_on(scene.register("SN-1", RIGHT));
    let (scene, id) = (&scene, &id);
    let looked_at: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..256)
            .map(|number| scope.spawn(move || attempt(scene, Some(number), id, WRONG)))
            .collect();
        all.into_iter().map(|one| usize::from(one.join().unwrap() == "refused")).sum()
    });
    assert_eq!(looked_at, 8);
}

/// Strangers that try without a pause, and a device that wants in.
struct Siege {
    scene: Scene,
    id: SerialId,
    right: String,
}

impl Siege {
    fn of(design: TemplateDesign, right: String) -> Self {
        let scene = limited(design);
        let id = block_on(scene.register("SN-1", &right));
        Self { scene, id, right }
    }

    /// A second passes, and so many sources try as soon as it has, each twice.
    fn second(&self, sources: u32) {
        self.second_from(1_000, sources);
    }

    /// Those of other names.
    fn second_from(&self, first: u32, sources: u32) {
        self.scene.clock.advance(Duration::from_secs(1));
        for number in 0..sources * 2 {
            attempt(&self.scene, Some(first + number / 2), &self.id, &password(number));
        }
    }

    /// How long the device waits that comes after so many seconds and comes again when it is told,
    /// while they go on; at most so long.
    fn device_waits(
        &self,
        from: Option<u32>,
        sources: u32,
        seconds: u64,
        most: u64,
    ) -> Option<u64> {
        (0..seconds).for_each(|_| self.second(sources));
        let (mut waited, mut told) = (0, 0);
        while waited <= most {
            if waited >= told {
                let answer = block_on(async {
                    let password = enroll_password(&self.right);
                    match from {
                        Some(number) => {
                            let source = source(number);
                            self.scene.registry.enroll_from(&source, &self.id, &password).await
                        }
                        None => self.scene.registry.enroll(&self.id, &password).await,
                    }
                });
                match answer {
                    Ok(_) => return Some(waited),
                    Err(EnrollError::Throttled { retry_after }) => {
                        told = waited + retry_after.as_secs().max(1);
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            self.second(sources);
            waited += 1;
        }
        None
    }
}

#[test]
fn nobody_delays_a_generated_enrollment() {
    for (from, sources) in [(Some(1), 1), (None, 1), (Some(1), 500), (None, 500)] {
        let siege = Siege::of(design(), password(1_000_000));
        assert_eq!(siege.device_waits(from, sources, 100, 0), Some(0), "{from:?} {sources}");
    }
}

#[test]
fn one_source_delays_a_chosen_enrollment_by_sixty_seconds_at_most() {
    for from in [Some(1), None] {
        for seconds in [0, 1, 10, 100, 1_000] {
            let siege = Siege::of(chosen_design(), RIGHT.to_owned());
            assert!(siege.device_waits(from, 1, seconds, 60).is_some(), "{from:?} {seconds}");
        }
        // Also when it begins where many others have left nothing, which is the worst: it has a
        // fourth of the burst before it.
        let siege = Siege::of(chosen_design(), RIGHT.to_owned());
        siege.second_from(9_000, 100);
        let waited = siege.device_waits(from, 1, 0, 60);
        assert_eq!(waited, Some(60), "{from:?}");
    }
}

#[test]
fn many_sources_hold_a_chosen_enrollment_up_while_they_go_on_and_no_longer() {
    let siege = Siege::of(chosen_design(), RIGHT.to_owned());
    let held_up = siege.device_waits(Some(1), 300, 60, 300);
    assert_eq!(held_up, None, "the documentation says that they can");
    assert!(siege.device_waits(Some(1), 0, 0, 60).is_some());
}
