//! Who is this?

use crate::prelude::*;

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
        ("dev-nothex", &right),
        ("not an id", &right),
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
