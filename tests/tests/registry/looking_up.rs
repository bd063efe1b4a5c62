//! Statuses, listings, histories.

use crate::prelude::*;

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
    assert_eq!(block_on(scene.registry.serial_of(plug_id)).unwrap(), id);
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    assert_eq!(block_on(scene.registry.serial_of(plug_id)).unwrap(), id);
    let nobody = PlugId::from_parts(plug_id.kind(), [0; 12]);
    let error = block_on(scene.registry.serial_of(&nobody)).unwrap_err();
    assert!(matches!(error, FindError::UnknownPlugId { .. }));
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
    let rest = block_on(registry.history(&id, Some(events[3].number()), PAGE)).unwrap();
    assert_eq!(rest, events[4..]);
    let none = block_on(registry.history(&id, Some(events[5].number()), PAGE)).unwrap();
    assert!(none.is_empty());
}
