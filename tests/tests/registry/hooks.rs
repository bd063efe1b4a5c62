//! Where the host has its say, and what it is told.

mod clones;

use std::sync::Mutex;

use plugmint::{
    Attempt, CloneSuspicion, Decider, DenyReason, Ending, EnrollRequest, Epoch, Labels,
    NewPasswords, Observer, RefusedAttempt, RepeatedEnrollment, Revocation, Source, SourceLimit,
    SourceWatch, TemplateDesign, Verdict,
};

use crate::prelude::*;

/// Answers what it was told to, and counts how often it was asked.
struct Says {
    verdict: Verdict,
    asked: Mutex<Vec<(String, EnrollOutcome)>>,
}

impl Says {
    fn new(verdict: Verdict) -> Arc<Self> {
        Arc::new(Self { verdict, asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<(String, EnrollOutcome)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Decider for Says {
    fn decide(&self, request: &EnrollRequest<'_>) -> Verdict {
        let author = format!("{:?}", request.author);
        self.asked.lock().unwrap().push((author, request.outcome));
        self.verdict.clone()
    }
}

/// Writes down what it is told.
#[derive(Default)]
pub(crate) struct Listens(Mutex<Vec<String>>);

impl Listens {
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Observer for Listens {
    fn refused(&self, attempt: &RefusedAttempt<'_>) {
        let what = match attempt.attempt {
            Attempt::Enroll(id) => format!("enroll {}", id.serial()),
            Attempt::Authenticate(plug_id) => format!("connect {}", plug_id.is_some()),
            Attempt::Unenroll(_) => "unenroll".to_owned(),
            Attempt::Release(_) => "release".to_owned(),
            Attempt::Control(thing) => format!("control {}", thing.serial()),
            Attempt::AddThing { thing, .. } => format!("add {}", thing.serial()),
            other => format!("{other:?}"),
        };
        self.note(format!("{what}: {} {}", attempt.code, attempt.source.is_some()));
    }

    fn repeated(&self, repeat: &RepeatedEnrollment<'_>) {
        let of = if repeat.about.is_some() { " of a controller" } else { "" };
        self.note(format!("repeated {}{of}", repeat.id.serial()));
    }

    fn suspects_clone(&self, suspicion: &CloneSuspicion<'_>) {
        self.note(match suspicion {
            CloneSuspicion::EnrolledElsewhere { id, .. } => format!("elsewhere {}", id.serial()),
            CloneSuspicion::TooManySources { sources, .. } => format!("{sources} sources"),
            other => format!("{other:?}"),
        });
    }

    fn ending(&self, ending: &Ending<'_>) {
        self.note(format!("ending at {}", ending.until.millis() % 1_000_000));
    }

    fn revoked(&self, revocation: &Revocation<'_>) {
        self.note(format!("revoked by {:?}", revocation.by));
    }
}

fn with_decider(design: TemplateDesign, decider: &Arc<Says>) -> Scene {
    let clock = Arc::new(FixedClock::default());
    let settings = builder(memory(), Arc::clone(&clock), 1).with_decider(Arc::clone(decider) as _);
    block_on(Scene::with(settings, clock, design))
}

pub(crate) fn listened(design: TemplateDesign) -> (Scene, Arc<Listens>) {
    let (clock, listens) = (Arc::new(FixedClock::default()), Arc::new(Listens::default()));
    let settings = builder(memory(), Arc::clone(&clock), 1);
    let settings = settings.with_observer(Arc::clone(&listens) as _);
    (block_on(Scene::with(settings, clock, design)), listens)
}

fn source(number: u8) -> Source {
    Source::new([number]).unwrap()
}

fn labels(name: &str, value: &str) -> Labels {
    let mut labels = Labels::new();
    labels.insert(name, value).unwrap();
    labels
}

#[test]
fn the_host_is_asked_once_for_an_enrollment_that_nobody_disturbs() {
    let says = Says::new(Verdict::Allow);
    let scene = with_decider(design(), &says);
    let (id, _) = block_on(scene.enrolled("SN-1", &password(1)));
    assert_eq!(says.asked(), [("Device".to_owned(), EnrollOutcome::First)]);
    block_on(scene.enroll(&id, &password(1)));
    assert_eq!(says.asked(), [("Device".to_owned(), EnrollOutcome::Repeated)]);
}

#[test]
fn the_host_is_not_asked_for_whoever_is_refused_anyway() {
    let says = Says::new(Verdict::Allow);
    let scene = with_decider(design(), &says);
    let id = block_on(scene.register("SN-1", &password(1)));
    refusal(&scene, &id, &password(2));
    refusal(&scene, &scene.id("SN-9"), &password(1));
    block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
    refusal(&scene, &id, &password(1));
    assert_eq!(says.asked(), []);
}

#[test]
fn a_denied_device_is_told_why_and_nothing_changes() {
    let reason = DenyReason::parse("enroll at the factory").unwrap();
    let says = Says::new(Verdict::Deny(reason.clone()));
    let design = design().with_operator_enroll(OperatorEnroll::Allowed);
    let scene = with_decider(design, &says);
    let id = block_on(scene.register("SN-1", &password(1)));
    let denied = refusal(&scene, &id, &password(1));
    assert_eq!((denied.code(), denied.is_retryable()), ("denied", false));
    assert!(matches!(denied, EnrollError::Denied { reason: found } if found == reason));
    let denied = block_on(scene.registry.enroll_by_operator(&id, &scene.ada)).unwrap_err();
    assert_eq!(denied.code(), "denied");
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Registered);
    assert_eq!(block_on(scene.registry.history(&id, None, PAGE)).unwrap().len(), 1);
}

#[test]
fn labels_that_the_host_adds_land_with_the_enrollment() {
    let says = Says::new(Verdict::AllowWith(labels("owner", "ada")));
    let scene = with_decider(design(), &says);
    let new = new_serial("SN-1", &password(1)).with_labels(labels("batch", "7"));
    let template = scene.template.id();
    let id = block_on(scene.registry.register(template, new, &scene.ada)).unwrap().id;
    block_on(scene.enroll(&id, &password(1)));
    let kept = block_on(scene.status(&id)).labels;
    assert_eq!((kept.value("owner"), kept.value("batch")), (Some("ada"), Some("7")));
}

#[test]
fn more_labels_than_there_may_be_are_an_error_and_nothing_changes() {
    let mut full = Labels::new();
    for number in 0..Labels::MAX_COUNT {
        full.insert(&format!("label-{number}"), "").unwrap();
    }
    let says = Says::new(Verdict::AllowWith(labels("owner", "ada")));
    let scene = with_decider(design(), &says);
    let new = new_serial("SN-1", &password(1)).with_labels(full);
    let template = scene.template.id();
    let id = block_on(scene.registry.register(template, new, &scene.ada)).unwrap().id;
    assert_eq!(refusal(&scene, &id, &password(1)).code(), "too-many-labels");
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Registered);
}

#[test]
fn refused_attempts_and_repeats_are_told_and_stored_nowhere() {
    let (scene, listens) = listened(design());
    let (id, told) = block_on(scene.enrolled("SN-1", &password(1)));
    assert_eq!(listens.heard(), [""; 0]);
    refusal(&scene, &id, &password(2));
    let wrong = enroll_password(&password(2));
    assert!(block_on(scene.registry.enroll_from(&source(1), &id, &wrong)).is_err());
    block_on(scene.enroll(&id, &password(1)));
    block_on(scene.connect(&told));
    refusal(&scene, &id, &password(1));
    let registry = &scene.registry;
    let plug_id = *told.credentials().plug_id();
    let wrong = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    assert!(block_on(registry.authenticate(&plug_id, &wrong)).is_err());
    assert!(block_on(registry.authenticate_text("nonsense", "x")).is_err());
    let from = source(1);
    assert!(block_on(registry.authenticate_from(&from, &plug_id, &wrong)).is_err());
    let text = plug_id.to_string();
    assert!(block_on(registry.authenticate_text_from(&from, &text, "too short")).is_err());
    assert!(block_on(registry.unenroll_by_device(&plug_id, &wrong)).is_err());
    assert_eq!(
        listens.heard(),
        [
            "enroll SN-1: refused false",
            "enroll SN-1: refused true",
            "repeated SN-1",
            "enroll SN-1: already-activated false",
            "connect true: refused false",
            "connect false: refused false",
            "connect true: refused true",
            "connect true: refused true",
            "unenroll: refused false",
        ]
    );
    assert_eq!(block_on(registry.history(&id, None, PAGE)).unwrap().len(), 3);
}

#[test]
fn whoever_can_connect_no_more_is_told_once_after_the_commit() {
    let (scene, listens) = listened(design());
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, _) = block_on(scene.activated("SN-1", &password(1)));
    assert_eq!(listens.heard(), [""; 0]);
    block_on(registry.disable(&id, ada)).unwrap();
    block_on(registry.disable(&id, ada)).unwrap();
    block_on(registry.enable(&id, ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by Disabled"]);
    let until = plugmint::UnixMillis::new(scene.clock.time().millis() + 1000);
    block_on(registry.reactivate_with_overlap(&id, Epoch::FIRST, until, ada)).unwrap();
    assert_eq!(listens.heard(), ["ending at 1000"]);
    let told = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(listens.heard(), [""; 0]);
    block_on(scene.connect(&told));
    assert_eq!(listens.heard(), ["revoked by Activated"]);
    block_on(registry.reactivate(&id, Epoch::new(1), ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by Reactivated"]);
    block_on(scene.enroll(&id, &password(1)));
    block_on(registry.unenroll(&id, Epoch::new(2), ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by Unenrolled"]);
    block_on(scene.enroll(&id, &password(1)));
    let passwords = NewPasswords::new(enroll_password(&password(2)));
    block_on(registry.transfer(&id, &passwords, Epoch::new(3), ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by Transferred"]);
    block_on(scene.enroll(&id, &password(2)));
    block_on(registry.retire(&id, ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by Retired"]);
}

#[test]
fn nobody_is_revoked_who_could_not_connect() {
    let (scene, listens) = listened(design());
    let (registry, ada) = (&scene.registry, &scene.ada);
    let id = block_on(scene.register("SN-1", &password(1)));
    block_on(registry.disable(&id, ada)).unwrap();
    block_on(registry.enable(&id, ada)).unwrap();
    let (other, _) = block_on(scene.activated("SN-2", &password(2)));
    let until = plugmint::UnixMillis::new(scene.clock.time().millis() + 1000);
    block_on(registry.reactivate_with_overlap(&other, Epoch::FIRST, until, ada)).unwrap();
    assert_eq!(listens.heard(), ["ending at 1000"]);
    scene.clock.advance(Duration::from_secs(1));
    block_on(registry.retire(&other, ada)).unwrap();
    assert_eq!(listens.heard(), [""; 0]);
}
