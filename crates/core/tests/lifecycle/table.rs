//! The table of the life of a serial: the core answers every cell of it so.

use plugmint_core::lifecycle::{
    Answer, EpochRank, InTemplate, Living, Mark, Place, Point, SerialRecord, Situation, StageName,
    Verb, rule,
};
use plugmint_core::{
    CompanyId, ProductionTemplate, RepeatPolicy, TemplateDesign, TemplateName, TemplateState,
    UnixMillis,
};

use crate::ask::{Asked, ask};
use crate::scene::{
    CONTROL, ENROLL, Live as _, NEW_CONTROL, NEW_ENROLL, POLICIES, at, id, operator, record_of,
    registered, registered_under, registered_with, sealed,
};

#[test]
fn the_core_answers_every_cell_as_the_table_does() {
    for repeat in POLICIES {
        let template = template(repeat, TemplateState::Open);
        for situation in Situation::all().filter(|of| of.template() == InTemplate::Open(repeat)) {
            let record = record_in(situation.place());
            assert_eq!(Situation::of(record.as_ref(), Some(&template), NOW), situation);
            for verb in Verb::ALL.into_iter().filter(|verb| is_asked(*verb, record.as_ref())) {
                for until in [None, Some(at(2000))] {
                    let control = control_of(situation.place());
                    let asked = Asked { control, repeat, until, ..ASKED };
                    let (answer, after) = ask(verb, record.clone(), &asked);
                    let rule = rule(verb, &situation);
                    assert_eq!(answer, rule.answer(), "{verb}: {situation:?}, {rule:?}");
                    assert_eq!(answer.is_written(), after.is_some(), "{verb}: {situation:?}");
                }
            }
        }
    }
}

#[test]
fn an_overlap_whose_time_is_up_is_none() {
    let template = template(RepeatPolicy::UntilActivated, TemplateState::Open);
    let again = registered_with(None).enrolled(ENROLL, 10).used(11).reactivated(Some(50), 12);
    let enrolled = again.clone().enrolled(ENROLL, 13);
    for (record, point) in [(again, Point::MustEnrollAgain), (enrolled, Point::Enrolled)] {
        let situation = Situation::of(Some(&record), Some(&template), NOW);
        let Place::Living(living) = situation.place() else { panic!("it is not retired") };
        assert_eq!(living.point(), point);
        for verb in Verb::ALL.into_iter().filter(|verb| is_asked(*verb, Some(&record))) {
            let (answer, _) = ask(verb, Some(record.clone()), &ASKED);
            assert_eq!(answer, rule(verb, &situation).answer(), "{verb}: {situation:?}");
        }
    }
}

#[test]
fn a_serial_is_registered_once_and_never_after_it_was_retired() {
    for situation in Situation::all() {
        let answer = rule(Verb::Register, &situation).answer();
        match (situation.template(), situation.place()) {
            (InTemplate::Open(_), Place::Unknown) => {
                assert_eq!(answer, Answer::Becomes(StageName::Registered));
            }
            (InTemplate::Open(_), Place::Living(_)) => {
                assert_eq!(answer, Answer::Refused("already-registered"));
            }
            (InTemplate::Open(_), Place::Retired) => {
                assert_eq!(answer, Answer::Refused("retired"));
            }
            (InTemplate::Unknown | InTemplate::Deleted, _) => {
                assert_eq!(answer, Answer::Refused("unknown-template"));
            }
            (InTemplate::Closed, _) => assert_eq!(answer, Answer::Refused("template-closed")),
        }
    }
}

#[test]
fn what_needs_an_open_template_is_refused_in_every_other() {
    for situation in Situation::all() {
        let code = match situation.template() {
            InTemplate::Open(_) => continue,
            InTemplate::Unknown | InTemplate::Deleted => "unknown-template",
            InTemplate::Closed => "template-closed",
        };
        for verb in [Verb::Register, Verb::EnrollByOperator, Verb::Transfer] {
            assert_eq!(rule(verb, &situation).answer(), Answer::Refused(code), "{situation:?}");
        }
        for verb in [Verb::Enroll, Verb::EnrollController] {
            assert_eq!(rule(verb, &situation).answer(), Answer::Refused("refused"));
        }
        let answer = rule(Verb::AddThing, &situation).answer();
        assert_eq!(answer, Answer::Refused("thing-refused"));
    }
}

#[test]
fn every_other_verb_does_not_ask_the_template_about_a_serial_that_is_there() {
    for situation in Situation::all().filter(|of| of.place() != Place::Unknown) {
        let in_open = Situation::all().find(|of| {
            matches!(of.template(), InTemplate::Open(_)) && of.place() == situation.place()
        });
        for verb in Verb::ALL.into_iter().filter(|verb| !NEEDS_OPEN.contains(verb)) {
            assert_eq!(rule(verb, &situation), rule(verb, &in_open.unwrap()), "{situation:?}");
        }
    }
}

#[test]
fn an_operator_is_told_what_is_unknown_and_a_device_is_not() {
    for situation in Situation::all().filter(|of| of.place() == Place::Unknown) {
        let code = match situation.template() {
            InTemplate::Open(_) | InTemplate::Closed => "unknown-serial",
            InTemplate::Unknown | InTemplate::Deleted => "unknown-template",
        };
        for verb in Verb::ALL {
            let answer = rule(verb, &situation).answer();
            match verb {
                Verb::Enroll
                | Verb::Authenticate
                | Verb::AuthenticateInOverlap
                | Verb::EnrollController
                | Verb::UnenrollByDevice => assert_eq!(answer, Answer::Refused("refused")),
                Verb::Disable
                | Verb::Enable
                | Verb::Reactivate
                | Verb::Unenroll
                | Verb::ReplacePasswords
                | Verb::ReplaceControlPassword
                | Verb::Grant
                | Verb::Release
                | Verb::SetAccess
                | Verb::Retire => assert_eq!(answer, Answer::Refused(code), "{verb}"),
                Verb::AddThing => assert_eq!(answer, Answer::Refused("thing-refused")),
                Verb::EnrollByOperator | Verb::Transfer => match situation.template() {
                    InTemplate::Closed => assert_eq!(answer, Answer::Refused("template-closed")),
                    InTemplate::Open(_) | InTemplate::Unknown | InTemplate::Deleted => {
                        assert_eq!(answer, Answer::Refused(code), "{verb}");
                    }
                },
                Verb::Register => {}
            }
        }
    }
}

#[test]
fn a_template_is_asked_for_its_state_and_when_it_is_open_for_its_policy() {
    for repeat in POLICIES {
        let of = |state| Situation::of(None, Some(&template(repeat, state)), NOW).template();
        assert_eq!(of(TemplateState::Open), InTemplate::Open(repeat));
        assert_eq!(of(TemplateState::Closed { since: at(5) }), InTemplate::Closed);
        assert_eq!(of(TemplateState::Deleting { since: at(5) }), InTemplate::Closed);
        assert_eq!(of(TemplateState::Deleted { since: at(5) }), InTemplate::Deleted);
    }
    assert_eq!(Situation::of(None, None, NOW).template(), InTemplate::Unknown);
}

#[test]
fn no_two_situations_are_one() {
    let all: Vec<_> = Situation::all().collect();
    for (number, situation) in all.iter().enumerate() {
        assert!(!all[..number].contains(situation), "{situation:?}");
    }
    // 46 places of a living serial, with and without a control password, unknown and retired; five
    // answers of a template; nowhere.
    assert_eq!(all.len(), (46 * 2 + 2) * 5 + 1);
}

#[test]
fn every_rule_is_said_in_one_clause() {
    for situation in Situation::all() {
        for verb in Verb::ALL {
            let because = rule(verb, &situation).because();
            assert!(because.starts_with(|first: char| first.is_ascii_lowercase()), "{because}");
            assert!(!because.ends_with('.') && !because.contains(". "), "{because}");
        }
    }
}

/// The record of a serial that is there.
fn record_in(place: Place) -> Option<SerialRecord> {
    match place {
        Place::Unknown => None,
        Place::Retired => Some(registered().retired(9)),
        Place::Living(living) => Some(living_at(living)),
    }
}

fn living_at(living: Living) -> SerialRecord {
    let sealed = living.is_sealed().then(|| sealed(ENROLL));
    let epoch = match living.epoch() {
        EpochRank::First => 0,
        EpochRank::Risen => 7,
        EpochRank::Last => u32::MAX,
    };
    // The epoch that it has before the one verb that raises it.
    let control = control_of(Place::Living(living));
    let start = |raised: u32| registered_under(control, sealed.clone()).at_epoch(epoch - raised);
    let again = || start(1).enrolled(ENROLL, 10).used(11).reactivated(Some(1000), 12);
    let record = match living.point() {
        Point::NeverEnrolled => start(0),
        Point::MustEnrollAgain => start(1).enrolled(ENROLL, 10).reactivated(None, 11),
        Point::MustEnrollAgainInOverlap => again(),
        Point::Enrolled => start(0).enrolled(ENROLL, 10),
        Point::EnrolledInOverlap => again().enrolled(ENROLL, 13),
        Point::Activated => start(0).enrolled(ENROLL, 10).used(11),
    };
    match living.mark() {
        Mark::Enabled => record,
        Mark::Disabled => record_of(record.disable(operator(), at(20)).unwrap()),
    }
}

/// The control password that it has.
fn control_of(place: Place) -> Option<&'static str> {
    match place {
        Place::Living(living) => living.is_controllable().then_some(CONTROL),
        Place::Unknown | Place::Retired => Some(CONTROL),
    }
}

/// What the core decides; the rest is decided by who looks a serial up.
fn is_asked(verb: Verb, record: Option<&SerialRecord>) -> bool {
    match record {
        None => {
            matches!(verb, Verb::Register | Verb::Enroll | Verb::EnrollController | Verb::AddThing)
        }
        Some(_) => verb != Verb::Register,
    }
}

fn template(repeat: RepeatPolicy, state: TemplateState) -> ProductionTemplate {
    let design = TemplateDesign::new(TemplateName::parse("Lamps").unwrap()).with_repeat(repeat);
    let company = CompanyId::from_parts([1; 12]);
    ProductionTemplate::create(*id().template(), company, design, at(1)).with_state(state)
}

const NEEDS_OPEN: [Verb; 6] = [
    Verb::Register,
    Verb::Enroll,
    Verb::EnrollByOperator,
    Verb::EnrollController,
    Verb::AddThing,
    Verb::Transfer,
];

const NOW: UnixMillis = UnixMillis::new(100);

const ASKED: Asked<'static> = Asked {
    enroll: ENROLL,
    control: Some(CONTROL),
    new_enroll: NEW_ENROLL,
    new_control: Some(NEW_CONTROL),
    seal: false,
    repeat: RepeatPolicy::UntilActivated,
    until: None,
    at: NOW,
};
