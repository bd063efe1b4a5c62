//! What an operator is told would happen is what happens: every verb, in every situation that a
//! registry leads to.

use plugmint::{
    Answer, Enrollment, Epoch, Living, NewPasswords, SerialStatus, TemplateState, UnixMillis, Verb,
};

use crate::prelude::*;

/// How far a serial has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Point {
    Unknown,
    NeverEnrolled,
    Replaced,
    MustEnrollAgain,
    MustEnrollAgainInOverlap,
    Enrolled,
    EnrolledInOverlap,
    Activated,
    Retired,
}

impl Point {
    const ALL: [Self; 9] = [
        Self::Unknown,
        Self::NeverEnrolled,
        Self::Replaced,
        Self::MustEnrollAgain,
        Self::MustEnrollAgainInOverlap,
        Self::Enrolled,
        Self::EnrolledInOverlap,
        Self::Activated,
        Self::Retired,
    ];

    /// Whether a template with such a serial is deleted, when nobody asks to retire it.
    fn is_in_use(self) -> bool {
        use Point::{Activated, Enrolled, EnrolledInOverlap, MustEnrollAgainInOverlap};
        [Activated, Enrolled, EnrolledInOverlap, MustEnrollAgainInOverlap].contains(&self)
    }
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    point: Point,
    mark: Mark,
    repeat: RepeatPolicy,
    operator: OperatorEnroll,
    template: State,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Open,
    Closed,
    Deleted,
}

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for point in Point::ALL {
        for mark in [Mark::Enabled, Mark::Disabled] {
            for repeat in [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never]
            {
                for operator in [OperatorEnroll::Refused, OperatorEnroll::Allowed] {
                    for template in [State::Open, State::Closed, State::Deleted] {
                        cells.push(Cell { point, mark, repeat, operator, template });
                    }
                }
            }
        }
    }
    cells.retain(|cell| {
        let unmarked = [Point::Unknown, Point::Retired].contains(&cell.point);
        (cell.mark == Mark::Enabled || !unmarked)
            && (cell.template != State::Deleted || !cell.point.is_in_use())
    });
    cells
}

/// A serial brought into a situation, and what its device was told on the way.
struct Subject {
    id: SerialId,
    password: String,
    current: Option<Enrollment>,
    former: Option<Enrollment>,
}

fn passwords(number: u32) -> NewPasswords {
    NewPasswords::new(enroll_password(&password(number)))
}

fn brought_to(scene: &Scene, cell: Cell) -> Subject {
    let (registry, ada) = (&scene.registry, &scene.ada);
    let design = design().with_repeat(cell.repeat).with_operator_enroll(cell.operator);
    let template = block_on(registry.create_template(registry.company(), design)).unwrap();
    let id = SerialId::new(*template.id(), "SN-1".parse().unwrap());
    let mut subject = Subject { id, password: password(1), current: None, former: None };
    let mut seen = Epoch::FIRST;
    if cell.point != Point::Unknown {
        let new = new_serial("SN-1", &subject.password);
        block_on(registry.register(template.id(), new, ada)).unwrap();
    }
    let enroll = || block_on(scene.enroll(&id, &password(1)));
    match cell.point {
        Point::Unknown | Point::NeverEnrolled => {}
        Point::Retired => drop(block_on(registry.retire(&id, ada)).unwrap()),
        Point::Replaced => {
            block_on(registry.replace_passwords(&id, &passwords(2), seen, ada)).unwrap();
            subject.password = password(2);
        }
        Point::Enrolled => subject.current = Some(enroll()),
        Point::MustEnrollAgain
        | Point::MustEnrollAgainInOverlap
        | Point::EnrolledInOverlap
        | Point::Activated => {
            let told = enroll();
            block_on(scene.connect(&told));
            subject.current = Some(told);
        }
    }
    let until = UnixMillis::new(scene.clock.time().millis() + 1000);
    match cell.point {
        Point::MustEnrollAgain => {
            block_on(registry.reactivate(&id, seen, ada)).unwrap();
            subject.former = subject.current.take();
        }
        Point::MustEnrollAgainInOverlap | Point::EnrolledInOverlap => {
            block_on(registry.reactivate_with_overlap(&id, seen, until, ada)).unwrap();
            subject.former = subject.current.take();
            seen = Epoch::new(1);
        }
        _ => {}
    }
    if cell.point == Point::EnrolledInOverlap {
        subject.current = Some(enroll());
    }
    assert!(seen <= Epoch::new(1));
    if cell.mark == Mark::Disabled {
        block_on(registry.disable(&id, ada)).unwrap();
    }
    match cell.template {
        State::Open => {}
        State::Closed => drop(block_on(registry.close_template(template.id())).unwrap()),
        State::Deleted => {
            block_on(registry.delete_template(template.id(), Living::Refuse, ada)).unwrap();
        }
    }
    subject
}

/// What came of a verb: the stage after it, or what it said.
fn answer(
    scene: &Scene,
    subject: &Subject,
    verb: Verb,
    before: Option<&SerialStatus>,
) -> Result<String, &'static str> {
    let (registry, ada, id) = (&scene.registry, &scene.ada, &subject.id);
    let seen = before.map_or(Epoch::FIRST, |status| status.epoch);
    let connect = |told: &Option<Enrollment>| {
        let nobody = (
            PlugId::from_parts(plugmint::PlugIdKind::Device, [0; 12]),
            ConnectionPassword::parse(&"A".repeat(32)).unwrap(),
        );
        told.as_ref().map_or(nobody, |told| {
            let credentials = told.credentials();
            let text = credentials.connection_password().expose_text();
            (*credentials.plug_id(), ConnectionPassword::parse(&text).unwrap())
        })
    };
    let told = |told: Enrollment| {
        plugmint_tests::watch_told(&told);
        format!("{:?}", told.outcome())
    };
    let outcome = |outcome: Outcome| format!("{outcome:?}");
    let register = || {
        let new = new_serial("SN-1", &subject.password);
        block_on(registry.register(id.template(), new, ada))
    };
    let new = passwords(7);
    match verb {
        Verb::Register => register().map(|_| "Done".to_owned()).map_err(|e| e.code()),
        Verb::Enroll => {
            let right = enroll_password(&subject.password);
            block_on(registry.enroll(id, &right)).map(told).map_err(|e| e.code())
        }
        Verb::EnrollByOperator => {
            block_on(registry.enroll_by_operator(id, ada)).map(told).map_err(|e| e.code())
        }
        Verb::Authenticate | Verb::AuthenticateInOverlap => {
            let is_current = verb == Verb::Authenticate;
            let of = if is_current { &subject.current } else { &subject.former };
            let (plug_id, password) = connect(of);
            let connected = block_on(registry.authenticate(&plug_id, &password));
            connected.map(|_| "Connected".to_owned()).map_err(|e| e.code())
        }
        Verb::UnenrollByDevice => {
            let (plug_id, password) = connect(&subject.current);
            let done = block_on(registry.unenroll_by_device(&plug_id, &password));
            done.map(|()| "Done".to_owned()).map_err(|e| e.code())
        }
        Verb::Disable => block_on(registry.disable(id, ada)).map(outcome).map_err(|e| e.code()),
        Verb::Enable => block_on(registry.enable(id, ada)).map(outcome).map_err(|e| e.code()),
        Verb::Reactivate => {
            block_on(registry.reactivate(id, seen, ada)).map(outcome).map_err(|e| e.code())
        }
        Verb::Unenroll => {
            block_on(registry.unenroll(id, seen, ada)).map(outcome).map_err(|e| e.code())
        }
        Verb::ReplacePasswords => {
            let done = block_on(registry.replace_passwords(id, &new, seen, ada));
            done.map(outcome).map_err(|e| e.code())
        }
        Verb::ReplaceControlPassword => {
            let control = ControlPassword::parse(&password(8)).unwrap();
            let done = block_on(registry.replace_control_password(id, &control, ada));
            done.map(outcome).map_err(|e| e.code())
        }
        Verb::Transfer => {
            block_on(registry.transfer(id, &new, seen, ada)).map(outcome).map_err(|e| e.code())
        }
        Verb::Retire => block_on(registry.retire(id, ada)).map(outcome).map_err(|e| e.code()),
    }
}

#[test]
fn every_verb_does_in_every_situation_what_its_explanation_says() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let status = |id: &SerialId| block_on(scene.registry.serial(id)).ok();
    for cell in cells() {
        for verb in Verb::ALL {
            let subject = brought_to(&scene, cell);
            let before = status(&subject.id);
            let commits = store.commits();
            let explained = block_on(scene.registry.explain(&subject.id, verb)).unwrap();
            assert_eq!(store.commits(), commits, "explaining writes nothing");
            assert_eq!(explained.status, before);
            let given = answer(&scene, &subject, verb, before.as_ref());
            let after = status(&subject.id);
            let expected = match explained.rule.answer() {
                Answer::Becomes(stage) => {
                    assert_eq!(after.as_ref().map(|status| status.stage), Some(stage));
                    let connects = verb == Verb::Authenticate;
                    Ok(if connects { "Connected".to_owned() } else { "Done".to_owned() })
                }
                Answer::Enrolls(outcome) => Ok(format!("{outcome:?}")),
                Answer::Admitted => Ok("Connected".to_owned()),
                Answer::AlreadyDone => Ok("AlreadyDone".to_owned()),
                Answer::Refused(code) => Err(code),
            };
            assert_eq!(given, expected, "{verb} in {cell:?}: {}", explained.rule.because());
            let written = store.commits() - commits;
            let is_written = explained.rule.answer().is_written();
            assert_eq!(written, usize::from(is_written), "{verb} in {cell:?}");
            if !is_written {
                assert_eq!(after, before, "{verb} in {cell:?}");
            }
        }
    }
}

#[test]
fn all_verbs_are_explained_at_one_moment_and_an_unknown_serial_too() {
    let scene = scene();
    let id = block_on(scene.register("SN-1", &password(1)));
    let all = block_on(scene.registry.explain_all(&id, &Verb::ALL)).unwrap();
    assert_eq!(all.iter().map(|of| of.verb).collect::<Vec<_>>(), Verb::ALL);
    let nobody = block_on(scene.registry.explain(&scene.id("SN-9"), Verb::Disable)).unwrap();
    assert_eq!(nobody.rule.answer(), Answer::Refused("unknown-serial"));
    assert_eq!(nobody.status, None);
    let template = block_on(scene.registry.template(id.template())).unwrap();
    assert_eq!(template.state(), TemplateState::Open);
}
