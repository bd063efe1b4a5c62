//! What an operator is told would happen is what happens: every verb, in every situation that a
//! registry leads to.

mod cells;

use plugmint::{
    AccessLevel, Answer, ControllerRequest, Enrollment, Epoch, GrantsThen, SerialStatus,
    TemplateState, Verb,
};

use crate::prelude::*;

use cells::{Elsewhere, Subject, brought_to, cells, control, elsewhere, passwords};

/// What came of a verb: the stage after it, or what it said.
fn answer(
    scene: &Scene,
    elsewhere: &Elsewhere,
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
    let register = || block_on(registry.register(id.template(), subject.new_serial(), ada));
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
            let done =
                block_on(registry.replace_control_password(id, &control, GrantsThen::End, ada));
            done.map(outcome).map_err(|e| e.code())
        }
        Verb::EnrollController | Verb::AddThing | Verb::Grant | Verb::Release | Verb::SetAccess => {
            answer_of_control(scene, elsewhere, subject, verb)
        }
        Verb::Transfer => {
            block_on(registry.transfer(id, &new, seen, ada)).map(outcome).map_err(|e| e.code())
        }
        Verb::Retire => block_on(registry.retire(id, ada)).map(outcome).map_err(|e| e.code()),
    }
}

/// What came of a verb on who controls the Thing.
fn answer_of_control(
    scene: &Scene,
    elsewhere: &Elsewhere,
    subject: &Subject,
    verb: Verb,
) -> Result<String, &'static str> {
    let (registry, ada, id) = (&scene.registry, &scene.ada, &subject.id);
    let ungranted = elsewhere.ungranted.credentials();
    let outcome = |outcome: Outcome| format!("{outcome:?}");
    match verb {
        Verb::EnrollController => {
            let request = ControllerRequest::new();
            let told =
                block_on(registry.enroll_controller(None, id, &control(subject.control), &request));
            told.map(|_| "Done".to_owned()).map_err(|e| e.code())
        }
        Verb::AddThing => {
            let (plug_id, password) = (ungranted.plug_id(), ungranted.connection_password());
            let added = block_on(registry.add_thing(
                None,
                plug_id,
                password,
                id,
                &control(subject.control),
            ));
            added.map(outcome).map_err(|e| e.code())
        }
        Verb::Grant => {
            let granted = block_on(registry.grant(id, ungranted.plug_id(), ada));
            granted.map(outcome).map_err(|e| e.code())
        }
        Verb::Release => {
            let holder = elsewhere.granted.credentials().plug_id();
            block_on(registry.release(id, holder, ada)).map(outcome).map_err(|e| e.code())
        }
        Verb::SetAccess => {
            let level = Some(AccessLevel::None);
            block_on(registry.set_access(id, level, ada)).map(outcome).map_err(|e| e.code())
        }
        _ => panic!("{verb} is no verb on who controls a Thing"),
    }
}

#[test]
fn every_verb_does_in_every_situation_what_its_explanation_says() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let elsewhere = elsewhere(&scene);
    let status = |id: &SerialId| block_on(scene.registry.serial(id)).ok();
    for cell in cells() {
        for verb in Verb::ALL {
            let subject = brought_to(&scene, &elsewhere, cell);
            let before = status(&subject.id);
            let commits = store.commits();
            let explained = block_on(scene.registry.explain(&subject.id, verb)).unwrap();
            assert_eq!(store.commits(), commits, "explaining writes nothing");
            assert_eq!(explained.status, before);
            let given = answer(&scene, &elsewhere, &subject, verb, before.as_ref());
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
