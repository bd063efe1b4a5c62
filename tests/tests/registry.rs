//! What a registry answers, operation by operation.

#![cfg(test)]

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    Actor, Argon2Cost, AuthenticateError, Author, ConnectionPassword, ControlPassword,
    CreateTemplateError, EnrollError, EnrollOutcome, EventKind, Fault, LookUpError, Mark,
    MarkError, NewSerial, OpenError, OperatorEnroll, Outcome, PasswordClass, PlugId, RegisterError,
    Registry, RepeatPolicy, RetireError, RootKey, SerialId, StageName, Store, StretchLimits,
    TemplateId, Unknown,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    CountingStore, Scene, chosen_design, design, enroll_password, generated_password, new_serial,
};
use pollster::block_on;

const PAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99);

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

fn scene() -> Scene {
    block_on(Scene::new(memory(), design()))
}

fn chosen_scene() -> Scene {
    block_on(Scene::new(memory(), chosen_design()))
}

fn password(number: u32) -> String {
    generated_password(number)
}

fn refusal(scene: &Scene, id: &SerialId, password: &str) -> EnrollError {
    block_on(scene.registry.enroll(id, &enroll_password(password))).unwrap_err()
}

fn register_error(scene: &Scene, new: NewSerial) -> RegisterError {
    block_on(scene.registry.register(scene.template.id(), new, &scene.ada)).unwrap_err()
}

mod enrolling {
    use super::*;

    #[test]
    fn a_device_enrolls_connects_and_is_known() {
        let scene = scene();
        let (id, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        assert_eq!(enrollment.outcome(), EnrollOutcome::First);
        assert_eq!(block_on(scene.status(&id)).stage, StageName::Enrolled);
        let principal = block_on(scene.connect(&enrollment));
        assert_eq!(principal.id(), &id);
        assert_eq!(principal.plug_id(), enrollment.credentials().plug_id());
        assert_eq!(block_on(scene.status(&id)).stage, StageName::Activated);
    }

    #[test]
    fn the_same_password_gives_the_same_credentials_and_writes_nothing() {
        let store = Arc::new(CountingStore::new(memory()));
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        let (id, first) = block_on(scene.enrolled("SN-1", &password(1)));
        let commits = store.commits();
        let again = block_on(scene.enroll(&id, &password(1)));
        assert_eq!(again.outcome(), EnrollOutcome::Repeated);
        assert_eq!(again.credentials().plug_id(), first.credentials().plug_id());
        let (first, again) =
            (first.credentials().connection_password(), again.credentials().connection_password());
        assert!(first.matches(again));
        assert_eq!(store.commits(), commits);
    }

    #[test]
    fn two_registries_with_one_root_key_give_the_same_credentials() {
        let (one, other) = (scene(), scene());
        let (_, first) = block_on(one.enrolled("SN-1", &password(1)));
        let (_, second) = block_on(other.enrolled("SN-1", &password(1)));
        assert_eq!(first.credentials().plug_id(), second.credentials().plug_id());
    }

    #[test]
    fn the_strangers_answer_is_one() {
        let scene = scene();
        let (id, _) = block_on(scene.enrolled("SN-1", &password(1)));
        let disabled = block_on(scene.register("SN-2", &password(2)));
        block_on(scene.registry.disable(&disabled, &scene.ada)).unwrap();
        let retired = block_on(scene.register("SN-3", &password(3)));
        block_on(scene.registry.retire(&retired, &scene.ada)).unwrap();
        let elsewhere = SerialId::new(TemplateId::from_parts([9; 12]), *id.serial());
        let answers: Vec<_> = [
            refusal(&scene, &id, &password(9)),
            refusal(&scene, &scene.id("SN-9"), &password(1)),
            refusal(&scene, &elsewhere, &password(1)),
            refusal(&scene, &disabled, &password(2)),
            refusal(&scene, &retired, &password(3)),
            refusal(&scene, &id, "a sentence of no generator"),
        ]
        .iter()
        .map(|error| (error.code(), error.to_string(), error.is_retryable()))
        .collect();
        assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
        assert_eq!(answers[0].0, "refused");
    }

    #[test]
    fn a_refused_enrollment_writes_nothing() {
        let store = Arc::new(CountingStore::new(memory()));
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        let id = block_on(scene.register("SN-1", &password(1)));
        let before = store.commits();
        refusal(&scene, &id, &password(2));
        refusal(&scene, &scene.id("SN-2"), &password(2));
        assert_eq!(store.commits(), before);
        assert_eq!(block_on(scene.status(&id)).events, 1);
    }

    #[test]
    fn an_activated_device_is_refused_by_name_when_it_proves_its_password() {
        let scene = scene();
        let (id, _) = block_on(scene.activated("SN-1", &password(1)));
        assert!(matches!(refusal(&scene, &id, &password(1)), EnrollError::AlreadyActivated));
        assert!(matches!(refusal(&scene, &id, &password(2)), EnrollError::Refused));
    }

    #[test]
    fn a_template_that_never_repeats_refuses_an_enrolled_device_by_name() {
        let scene = block_on(Scene::new(memory(), design().with_repeat(RepeatPolicy::Never)));
        let (id, _) = block_on(scene.enrolled("SN-1", &password(1)));
        assert!(matches!(refusal(&scene, &id, &password(1)), EnrollError::AlreadyEnrolled));
    }

    #[test]
    fn a_template_that_always_repeats_gives_an_activated_device_its_credentials() {
        let scene = block_on(Scene::new(memory(), design().with_repeat(RepeatPolicy::Always)));
        let (id, first) = block_on(scene.activated("SN-1", &password(1)));
        let again = block_on(scene.enroll(&id, &password(1)));
        assert_eq!(again.outcome(), EnrollOutcome::Repeated);
        assert_eq!(again.credentials().plug_id(), first.credentials().plug_id());
    }

    #[test]
    fn a_chosen_password_enrolls_as_a_generated_one_does() {
        let scene = chosen_scene();
        let (id, enrollment) = block_on(scene.enrolled("SN-1", "correct horse"));
        assert_eq!(enrollment.outcome(), EnrollOutcome::First);
        assert!(matches!(refusal(&scene, &id, "battery staple"), EnrollError::Refused));
        block_on(scene.connect(&enrollment));
    }

    #[test]
    fn one_shared_password_makes_distinct_devices() {
        let design = chosen_design().with_password_class(PasswordClass::Shared);
        let scene = block_on(Scene::new(memory(), design));
        let (_, first) = block_on(scene.enrolled("SN-1", "correct horse"));
        let (_, second) = block_on(scene.enrolled("SN-2", "correct horse"));
        assert_ne!(first.credentials().plug_id(), second.credentials().plug_id());
    }

    #[test]
    fn a_full_pool_is_overloaded_and_says_when_to_come_back() {
        let store = memory();
        let scene = block_on(Scene::new(Arc::clone(&store), chosen_design()));
        let id = block_on(scene.register("SN-1", "correct horse"));
        let none = StretchLimits::new(NonZeroUsize::MIN, 0);
        let narrow = builder(store, Arc::clone(&scene.clock), 2).with_stretch_limits(none);
        let narrow = block_on(narrow.open(&root_key())).unwrap();
        let error = block_on(narrow.enroll(&id, &enroll_password("correct horse"))).unwrap_err();
        assert!(matches!(error, EnrollError::Overloaded { .. }));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
        assert!(error.is_retryable());
        let new = new_serial("SN-2", "correct horse");
        let error = block_on(narrow.register(id.template(), new, &scene.ada)).unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), ("overloaded", true));
    }
}

mod authenticating {
    use super::*;

    fn refused(scene: &Scene, plug_id: &PlugId, password: &ConnectionPassword) -> bool {
        let answer = block_on(scene.registry.authenticate(plug_id, password));
        matches!(answer, Err(AuthenticateError::Refused))
    }

    fn wrong() -> ConnectionPassword {
        ConnectionPassword::parse(&"A".repeat(32)).unwrap()
    }

    #[test]
    fn the_first_connection_is_one_commit_and_later_ones_are_one_look_up() {
        let store = Arc::new(CountingStore::new(memory()));
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        let (_, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        let commits = store.commits();
        block_on(scene.connect(&enrollment));
        assert_eq!(store.commits(), commits + 1);
        let gets = store.gets();
        for _ in 0..10 {
            block_on(scene.connect(&enrollment));
        }
        assert_eq!((store.commits(), store.gets()), (commits + 1, gets + 10));
    }

    #[test]
    fn a_wrong_password_an_unknown_id_and_another_kind_of_id_are_refused() {
        let scene = scene();
        let (_, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        let (plug_id, right) =
            (enrollment.credentials().plug_id(), enrollment.credentials().connection_password());
        assert!(refused(&scene, plug_id, &wrong()));
        let unknown = PlugId::from_parts(plug_id.kind(), [0; 12]);
        assert!(refused(&scene, &unknown, right));
        let template = TemplateId::from_parts(*plug_id.body()).plug_id();
        assert!(refused(&scene, &template, right));
        assert!(!refused(&scene, plug_id, right));
    }

    #[test]
    fn malformed_text_gets_the_answer_of_a_wrong_password() {
        let scene = scene();
        let (_, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        let id = enrollment.credentials().plug_id().to_string();
        let right = enrollment.credentials().connection_password().expose_text();
        for (id, password) in [
            ("", ""),
            (id.as_str(), ""),
            (id.as_str(), "short"),
            ("dev-nothex", right.as_str()),
            ("not an id", right.as_str()),
        ] {
            let answer = block_on(scene.registry.authenticate_text(id, password));
            assert!(matches!(answer, Err(AuthenticateError::Refused)), "{id:?}");
        }
        block_on(scene.registry.authenticate_text(&id.to_uppercase(), &right)).unwrap();
    }

    #[test]
    fn a_disabled_device_is_refused_until_it_is_enabled() {
        let scene = scene();
        let (id, enrollment) = block_on(scene.activated("SN-1", &password(1)));
        let credentials = enrollment.credentials();
        let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
        block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
        assert!(refused(&scene, plug_id, password));
        block_on(scene.registry.enable(&id, &scene.ada)).unwrap();
        assert!(!refused(&scene, plug_id, password));
    }

    #[test]
    fn a_device_that_was_disabled_before_it_connected_activates_when_it_is_enabled() {
        let scene = scene();
        let (id, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        block_on(scene.registry.disable(&id, &scene.ada)).unwrap();
        block_on(scene.registry.enable(&id, &scene.ada)).unwrap();
        block_on(scene.connect(&enrollment));
        assert_eq!(block_on(scene.status(&id)).stage, StageName::Activated);
    }

    #[test]
    fn a_retired_device_is_refused_for_good() {
        let scene = scene();
        let (id, enrollment) = block_on(scene.activated("SN-1", &password(1)));
        block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
        let credentials = enrollment.credentials();
        assert!(refused(&scene, credentials.plug_id(), credentials.connection_password()));
    }
}

mod registering {
    use super::*;

    #[test]
    fn a_serial_is_registered_once() {
        let scene = scene();
        block_on(scene.register("SN-1", &password(1)));
        let same = register_error(&scene, new_serial("SN-1", &password(1)));
        assert!(matches!(same, RegisterError::AlreadyRegistered { .. }));
        let other = register_error(&scene, new_serial("SN-1", &password(2)));
        assert!(matches!(other, RegisterError::SerialTaken { .. }));
    }

    #[test]
    fn another_control_password_is_another_registration() {
        let scene = scene();
        let with = |control: u32| {
            let control = ControlPassword::parse(&password(control)).unwrap();
            new_serial("SN-1", &password(1)).with_control_password(control)
        };
        block_on(scene.registry.register(scene.template.id(), with(2), &scene.ada)).unwrap();
        assert_eq!(register_error(&scene, with(2)).code(), "already-registered");
        assert_eq!(register_error(&scene, with(3)).code(), "serial-taken");
        let without = new_serial("SN-1", &password(1));
        assert_eq!(register_error(&scene, without).code(), "serial-taken");
    }

    #[test]
    fn a_retired_serial_cannot_be_registered_again() {
        let scene = scene();
        let id = block_on(scene.register("SN-1", &password(1)));
        block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
        let again = register_error(&scene, new_serial("SN-1", &password(1)));
        assert!(matches!(again, RegisterError::SerialTaken { .. }));
    }

    #[test]
    fn the_same_serial_of_another_template_is_another_device() {
        let scene = scene();
        let other =
            block_on(scene.registry.create_template(scene.registry.company(), design())).unwrap();
        let (_, first) = block_on(scene.enrolled("SN-1", &password(1)));
        let new = new_serial("SN-1", &password(1));
        block_on(scene.registry.register(other.id(), new, &scene.ada)).unwrap();
        let id = SerialId::new(*other.id(), "SN-1".parse().unwrap());
        let second = block_on(scene.enroll(&id, &password(1)));
        assert_ne!(first.credentials().plug_id(), second.credentials().plug_id());
    }

    #[test]
    fn a_password_of_the_wrong_class_is_refused() {
        let scene = scene();
        let sentence = register_error(&scene, new_serial("SN-1", "correct horse"));
        assert!(matches!(sentence, RegisterError::EnrollPassword(_)));
        let control = ControlPassword::parse("correct horse").unwrap();
        let new = new_serial("SN-1", &password(1)).with_control_password(control);
        assert!(matches!(register_error(&scene, new), RegisterError::ControlPassword(_)));
    }

    #[test]
    fn one_password_for_both_is_refused() {
        let scene = scene();
        let control = ControlPassword::parse(&password(1)).unwrap();
        let new = new_serial("SN-1", &password(1)).with_control_password(control);
        assert!(matches!(register_error(&scene, new), RegisterError::SamePasswords));
    }

    #[test]
    fn a_serial_of_an_unknown_template_is_refused() {
        let scene = scene();
        let unknown = TemplateId::from_parts([9; 12]);
        let new = new_serial("SN-1", &password(1));
        let error = block_on(scene.registry.register(&unknown, new, &scene.ada)).unwrap_err();
        assert!(matches!(error, RegisterError::Unknown(Unknown::Template { id }) if id == unknown));
    }

    #[test]
    fn what_was_refused_is_not_there() {
        let scene = scene();
        register_error(&scene, new_serial("SN-1", "correct horse"));
        let error = block_on(scene.registry.serial(&scene.id("SN-1"))).unwrap_err();
        assert!(matches!(error, LookUpError::Unknown(Unknown::Serial { .. })));
    }

    #[test]
    fn many_serials_are_one_commit_and_each_has_its_verdict() {
        let store = Arc::new(CountingStore::new(memory()));
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        block_on(scene.register("SN-2", &password(2)));
        let commits = store.commits();
        let new = vec![
            new_serial("SN-1", &password(1)),
            new_serial("SN-2", &password(2)),
            new_serial("SN-2", &password(3)),
            new_serial("SN-3", "no generator wrote this"),
            new_serial("SN-4", &password(4)),
            new_serial("SN-4", &password(4)),
        ];
        let verdicts =
            block_on(scene.registry.register_all(scene.template.id(), new, &scene.ada)).unwrap();
        let codes: Vec<_> = verdicts
            .iter()
            .map(|verdict| verdict.as_ref().map_or_else(RegisterError::code, |_| "registered"))
            .collect();
        assert_eq!(
            codes,
            [
                "registered",
                "already-registered",
                "serial-taken",
                "wrong-enroll-password-class",
                "registered",
                "already-registered"
            ]
        );
        assert_eq!(store.commits(), commits + 1);
    }

    #[test]
    fn checking_serials_registers_none() {
        let store = Arc::new(CountingStore::new(memory()));
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        let commits = store.commits();
        let new = vec![new_serial("SN-1", &password(1)), new_serial("SN-2", "not generated")];
        let verdicts = block_on(scene.registry.check_all(scene.template.id(), new)).unwrap();
        assert!(verdicts[0].is_ok() && verdicts[1].is_err());
        assert_eq!(store.commits(), commits);
    }

    #[test]
    fn an_enroll_key_is_kept_only_where_operators_may_enroll() {
        let allowed = design().with_operator_enroll(OperatorEnroll::Allowed);
        let (kept, refused) = (block_on(Scene::new(memory(), allowed)), scene());
        let id = block_on(kept.register("SN-1", &password(1)));
        assert!(block_on(kept.status(&id)).sealed);
        let enrollment = block_on(kept.enroll(&id, &password(1)));
        assert!(block_on(kept.status(&id)).sealed);
        block_on(kept.connect(&enrollment));
        assert!(!block_on(kept.status(&id)).sealed, "activation erases it");
        let id = block_on(refused.register("SN-1", &password(1)));
        assert!(!block_on(refused.status(&id)).sealed);
    }
}

mod operating {
    use super::*;

    #[test]
    fn a_verb_that_is_done_says_so_and_writes_nothing() {
        let store = Arc::new(CountingStore::new(memory()));
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        let id = block_on(scene.register("SN-1", &password(1)));
        let (registry, ada) = (&scene.registry, &scene.ada);
        assert_eq!(block_on(registry.enable(&id, ada)).unwrap(), Outcome::AlreadyDone);
        assert_eq!(block_on(registry.disable(&id, ada)).unwrap(), Outcome::Done);
        let commits = store.commits();
        assert_eq!(block_on(registry.disable(&id, ada)).unwrap(), Outcome::AlreadyDone);
        assert_eq!(store.commits(), commits);
        assert_eq!(block_on(registry.retire(&id, ada)).unwrap(), Outcome::Done);
        assert_eq!(block_on(registry.retire(&id, ada)).unwrap(), Outcome::AlreadyDone);
        assert_eq!(store.commits(), commits + 1);
    }

    #[test]
    fn a_retired_serial_is_not_disabled_or_enabled() {
        let scene = scene();
        let id = block_on(scene.register("SN-1", &password(1)));
        block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
        for answer in [
            block_on(scene.registry.disable(&id, &scene.ada)),
            block_on(scene.registry.enable(&id, &scene.ada)),
        ] {
            assert!(matches!(answer, Err(MarkError::Retired { .. })));
        }
    }

    #[test]
    fn operators_are_told_which_of_the_two_is_unknown() {
        let scene = scene();
        let serial = scene.id("SN-9");
        let template = SerialId::new(TemplateId::from_parts([9; 12]), *serial.serial());
        let (registry, ada) = (&scene.registry, &scene.ada);
        assert_eq!(block_on(registry.disable(&serial, ada)).unwrap_err().code(), "unknown-serial");
        assert_eq!(
            block_on(registry.enable(&template, ada)).unwrap_err().code(),
            "unknown-template"
        );
        let error = block_on(registry.retire(&serial, ada)).unwrap_err();
        assert!(matches!(error, RetireError::Unknown(Unknown::Serial { .. })));
        assert_eq!(block_on(registry.serial(&template)).unwrap_err().code(), "unknown-template");
        assert_eq!(
            block_on(registry.history(&serial, None, PAGE)).unwrap_err().code(),
            "unknown-serial"
        );
    }
}

mod looking_up {
    use super::*;

    #[test]
    fn the_status_of_a_serial_follows_its_life() {
        let scene = scene();
        let id = block_on(scene.register("SN-1", &password(1)));
        let begun = scene.clock.time();
        let status = block_on(scene.status(&id));
        assert_eq!((status.stage, status.registered_at), (StageName::Registered, begun));
        assert_eq!((status.plug_id, status.mark), (None, Some(Mark::Enabled)));
        scene.clock.advance(Duration::from_secs(1));
        let enrollment = block_on(scene.enroll(&id, &password(1)));
        let status = block_on(scene.status(&id));
        assert_eq!(status.plug_id.as_ref(), Some(enrollment.credentials().plug_id()));
        assert_eq!(status.enrolled_at, Some(scene.clock.time()));
        scene.clock.advance(Duration::from_secs(1));
        block_on(scene.connect(&enrollment));
        assert_eq!(block_on(scene.status(&id)).activated_at, Some(scene.clock.time()));
        scene.clock.advance(Duration::from_secs(1));
        block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
        let status = block_on(scene.status(&id));
        assert_eq!((status.stage, status.mark), (StageName::Retired, None));
        assert_eq!(status.retired_at, Some(scene.clock.time()));
        assert_eq!(status.plug_id.as_ref(), Some(enrollment.credentials().plug_id()));
    }

    #[test]
    fn a_serial_is_found_by_its_plug_id_also_when_it_is_retired() {
        let scene = scene();
        let (id, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        let plug_id = enrollment.credentials().plug_id();
        assert_eq!(block_on(scene.registry.serial_of(plug_id)).unwrap().id, id);
        block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
        assert_eq!(block_on(scene.registry.serial_of(plug_id)).unwrap().id, id);
        let nobody = PlugId::from_parts(plug_id.kind(), [0; 12]);
        let error = block_on(scene.registry.serial_of(&nobody)).unwrap_err();
        assert!(matches!(error, LookUpError::UnknownPlugId { .. }));
    }

    #[test]
    fn serials_are_listed_in_order_page_by_page() {
        let scene = scene();
        for number in [3, 1, 2, 10, 20] {
            block_on(scene.register(&format!("SN-{number}"), &password(number)));
        }
        let mut listed = Vec::new();
        let two = NonZeroUsize::new(2).unwrap();
        loop {
            let after = listed.last().copied();
            let page =
                block_on(scene.registry.serials(scene.template.id(), after.as_ref(), two)).unwrap();
            listed.extend(page.iter().map(|status| *status.id.serial()));
            if page.len() < two.get() {
                break;
            }
        }
        let listed: Vec<_> = listed.iter().map(plugmint::SerialNumber::as_str).collect();
        assert_eq!(listed, ["SN-1", "SN-10", "SN-2", "SN-20", "SN-3"]);
    }

    #[test]
    fn templates_are_listed_by_company() {
        let scene = scene();
        let (registry, company) = (&scene.registry, scene.registry.company());
        let second = block_on(registry.create_template(company, design())).unwrap();
        let elsewhere = plugmint::CompanyId::from_parts([7; 12]);
        let third = block_on(registry.create_template(&elsewhere, design())).unwrap();
        let ids = |company| {
            let page = block_on(registry.templates(company, None, PAGE)).unwrap();
            page.iter().map(|template| *template.id()).collect::<Vec<_>>()
        };
        let mut expected = vec![*scene.template.id(), *second.id()];
        expected.sort();
        assert_eq!(ids(company), expected);
        assert_eq!(ids(&elsewhere), [*third.id()]);
        let after = expected[0];
        let rest = block_on(registry.templates(company, Some(&after), PAGE)).unwrap();
        assert_eq!(rest[0].id(), &expected[1]);
    }

    #[test]
    fn a_history_tells_each_change_once_who_did_it_and_when() {
        let scene = scene();
        let (id, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        scene.clock.advance(Duration::from_secs(5));
        block_on(scene.enroll(&id, &password(1)));
        block_on(scene.connect(&enrollment));
        block_on(scene.connect(&enrollment));
        refusal(&scene, &id, &password(2));
        let (registry, ada) = (&scene.registry, &scene.ada);
        block_on(registry.disable(&id, ada)).unwrap();
        block_on(registry.disable(&id, ada)).unwrap();
        block_on(registry.enable(&id, &Actor::parse("grace").unwrap())).unwrap();
        block_on(registry.retire(&id, ada)).unwrap();
        let events = block_on(registry.history(&id, None, PAGE)).unwrap();
        let told: Vec<_> = events.iter().map(plugmint::Event::kind).collect();
        assert_eq!(
            told,
            [
                EventKind::Registered,
                EventKind::Enrolled,
                EventKind::Activated,
                EventKind::Disabled,
                EventKind::Enabled,
                EventKind::Retired
            ]
        );
        assert_eq!(events[1].author(), &Author::Device);
        assert_eq!(events[4].author(), &Author::Operator(Actor::parse("grace").unwrap()));
        assert_eq!(events[2].at(), scene.clock.time());
        for pair in events.windows(2) {
            assert_eq!(pair[1].previous(), pair[0].head().last());
        }
        let rest = block_on(registry.history(&id, Some(3), PAGE)).unwrap();
        assert_eq!(rest, events[4..]);
        let none = block_on(registry.history(&id, Some(5), PAGE)).unwrap();
        assert!(none.is_empty());
    }
}

mod opening {
    use super::*;

    fn other_key() -> RootKey {
        RootKey::parse(&"77".repeat(32)).unwrap()
    }

    fn open(store: &Arc<dyn Store>, key: &RootKey) -> Result<Registry, OpenError> {
        block_on(Registry::open(Arc::clone(store), key))
    }

    #[test]
    fn an_empty_store_is_not_opened_and_stays_empty() {
        let store = memory();
        assert!(matches!(open(&store, &root_key()).unwrap_err(), OpenError::NotCreated));
        assert!(block_on(store.scan(b"", None, PAGE)).unwrap().is_empty());
    }

    #[test]
    fn a_registry_is_created_once() {
        let store = memory();
        let first = block_on(Registry::create(Arc::clone(&store), &root_key())).unwrap();
        let second = block_on(Registry::create(Arc::clone(&store), &root_key()));
        assert!(matches!(second.unwrap_err(), OpenError::AlreadyCreated));
        assert_eq!(open(&store, &root_key()).unwrap().company(), first.company());
    }

    #[test]
    fn another_root_key_is_refused_before_anything_is_written() {
        let store = memory();
        block_on(Registry::create(Arc::clone(&store), &root_key())).unwrap();
        let before = block_on(store.scan(b"", None, PAGE)).unwrap();
        let error = open(&store, &other_key()).unwrap_err();
        assert!(matches!(error, OpenError::WrongRootKey { version } if version.number() == 1));
        assert_eq!(block_on(store.scan(b"", None, PAGE)).unwrap(), before);
    }

    #[test]
    fn what_was_registered_is_there_in_another_registry_over_the_same_store() {
        let store = memory();
        let scene = block_on(Scene::new(Arc::clone(&store), design()));
        let (id, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
        let other = open(&store, &root_key()).unwrap();
        let credentials = enrollment.credentials();
        let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
        assert_eq!(block_on(other.authenticate(plug_id, password)).unwrap().id(), &id);
    }

    #[test]
    fn a_closed_registry_refuses_every_call() {
        let scene = chosen_scene();
        let id = block_on(scene.register("SN-1", "correct horse"));
        let registry = &scene.registry;
        assert!(block_on(registry.is_ready()));
        block_on(registry.close());
        assert!(!block_on(registry.is_ready()));
        let enroll = block_on(registry.enroll(&id, &enroll_password("correct horse")));
        assert!(matches!(enroll.unwrap_err(), EnrollError::Fault(Fault::Closed)));
        let codes = [
            block_on(registry.disable(&id, &scene.ada)).unwrap_err().code(),
            block_on(registry.retire(&id, &scene.ada)).unwrap_err().code(),
            block_on(registry.serial(&id)).unwrap_err().code(),
            block_on(registry.history(&id, None, PAGE)).unwrap_err().code(),
            block_on(registry.template(id.template())).unwrap_err().code(),
            block_on(registry.create_template(registry.company(), design())).unwrap_err().code(),
            block_on(registry.authenticate_text("", "")).unwrap_err().code(),
            register_error(&scene, new_serial("SN-2", "correct horse")).code(),
        ];
        assert_eq!(codes, ["closed"; 8]);
        block_on(registry.close());
    }

    #[test]
    fn a_closed_registry_closes_its_clones() {
        let scene = scene();
        let clone = scene.registry.clone();
        block_on(scene.registry.close());
        assert!(!block_on(clone.is_ready()));
    }

    #[test]
    fn a_template_costlier_than_the_policy_is_refused() {
        let clock = Arc::new(FixedClock::default());
        let most = Argon2Cost::new(64, 2, 1).unwrap();
        let registry = builder(memory(), clock, 1).with_most_argon2(most);
        let registry = block_on(registry.create(&root_key())).unwrap();
        for (kib, passes, lanes) in [(65, 2, 1), (64, 3, 1), (64, 2, 2)] {
            let design = design().with_argon2(Argon2Cost::new(kib, passes, lanes).unwrap());
            let error = block_on(registry.create_template(registry.company(), design)).unwrap_err();
            assert!(matches!(error, CreateTemplateError::TooCostly { .. }));
        }
        let design = design().with_argon2(most);
        assert!(block_on(registry.create_template(registry.company(), design)).is_ok());
    }
}
