//! Serials brought into every situation that a registry leads to.

use plugmint::{
    ControllerEnrollment, ControllerRequest, Enrollment, Epoch, Living, NewPasswords, UnixMillis,
};

use crate::prelude::*;

/// How far a serial has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Point {
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
    pub(super) fn is_in_use(self) -> bool {
        use Point::{Activated, Enrolled, EnrolledInOverlap, MustEnrollAgainInOverlap};
        [Activated, Enrolled, EnrolledInOverlap, MustEnrollAgainInOverlap].contains(&self)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    point: Point,
    mark: Mark,
    repeat: RepeatPolicy,
    operator: OperatorEnroll,
    control: Control,
    template: State,
}

/// Whether it has a control password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Control {
    Given,
    None,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Open,
    Closed,
    Deleted,
}

pub(super) fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for point in Point::ALL {
        for mark in [Mark::Enabled, Mark::Disabled] {
            for repeat in [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never]
            {
                for operator in [OperatorEnroll::Refused, OperatorEnroll::Allowed] {
                    for template in [State::Open, State::Closed, State::Deleted] {
                        let control = Control::Given;
                        cells.push(Cell { point, mark, repeat, operator, control, template });
                    }
                }
            }
        }
    }
    // Whether it has a control password and what its template says are asked by no verb together.
    let usual = |cell: &&Cell| {
        cell.repeat == RepeatPolicy::UntilActivated && cell.operator == OperatorEnroll::Refused
    };
    let uncontrolled =
        cells.iter().filter(usual).map(|cell| Cell { control: Control::None, ..*cell });
    cells.extend(uncontrolled.collect::<Vec<_>>());
    cells.retain(|cell| {
        let unmarked = [Point::Unknown, Point::Retired].contains(&cell.point);
        (cell.mark == Mark::Enabled || !unmarked)
            && (cell.template != State::Deleted || !cell.point.is_in_use())
    });
    cells
}

/// A serial brought into a situation, and what its device was told on the way.
pub(super) struct Subject {
    pub(super) id: SerialId,
    pub(super) password: String,
    pub(super) current: Option<Enrollment>,
    pub(super) former: Option<Enrollment>,
    /// Its control password, or one that it had if it had any, by number.
    pub(super) control: u32,
    pub(super) is_controllable: bool,
}

impl Subject {
    /// With the passwords that it has.
    pub(super) fn new_serial(&self) -> NewSerial {
        let new = new_serial("SN-1", &self.password);
        if self.is_controllable { new.with_control_password(control(self.control)) } else { new }
    }
}

/// Controllers of another Thing: one that was granted nothing else, and one that was granted each
/// subject, if its device has enrolled.
pub(super) struct Elsewhere {
    pub(super) ungranted: ControllerEnrollment,
    pub(super) granted: ControllerEnrollment,
}

pub(super) fn elsewhere(scene: &Scene) -> Elsewhere {
    let new = new_serial("SN-ELSEWHERE", &password(4)).with_control_password(control(5));
    let registry = &scene.registry;
    let thing = block_on(registry.register(scene.template.id(), new, &scene.ada)).unwrap().id;
    block_on(scene.enroll(&thing, &password(4)));
    let enroll = || {
        let request = ControllerRequest::new();
        block_on(registry.enroll_controller(None, &thing, &control(5), &request)).unwrap()
    };
    Elsewhere { ungranted: enroll(), granted: enroll() }
}

pub(super) fn control(number: u32) -> ControlPassword {
    ControlPassword::parse(&password(number)).unwrap()
}

pub(super) fn passwords(number: u32) -> NewPasswords {
    NewPasswords::new(enroll_password(&password(number)))
}

pub(super) fn brought_to(scene: &Scene, elsewhere: &Elsewhere, cell: Cell) -> Subject {
    let (registry, ada) = (&scene.registry, &scene.ada);
    let design = design().with_repeat(cell.repeat).with_operator_enroll(cell.operator);
    let template = block_on(registry.create_template(registry.company(), design)).unwrap();
    let id = SerialId::new(*template.id(), "SN-1".parse().unwrap());
    let mut subject = Subject {
        id,
        password: password(1),
        current: None,
        former: None,
        control: 11,
        is_controllable: cell.control == Control::Given,
    };
    let mut seen = Epoch::FIRST;
    if cell.point != Point::Unknown {
        block_on(registry.register(template.id(), subject.new_serial(), ada)).unwrap();
    }
    let enroll = || block_on(scene.enroll(&id, &password(1)));
    match cell.point {
        Point::Unknown | Point::NeverEnrolled => {}
        Point::Retired => drop(block_on(registry.retire(&id, ada)).unwrap()),
        Point::Replaced => {
            let new = match cell.control {
                Control::Given => passwords(2).with_control(control(12)),
                Control::None => passwords(2),
            };
            block_on(registry.replace_passwords(&id, &new, seen, ada)).unwrap();
            (subject.password, subject.control) = (password(2), 12);
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
    if subject.current.is_some() {
        let holder = elsewhere.granted.credentials().plug_id();
        block_on(registry.grant(&id, holder, ada)).unwrap();
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
