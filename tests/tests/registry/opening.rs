//! Creating, opening and closing a registry.

use crate::prelude::*;

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
    assert!(matches!(second.unwrap_err(), CreateError::AlreadyCreated));
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
    let nobody = PlugId::from_parts(plugmint::PlugIdKind::Device, [0; 12]);
    let connection = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    let codes = [
        block_on(registry.disable(&id, &scene.ada)).unwrap_err().code(),
        block_on(registry.enable(&id, &scene.ada)).unwrap_err().code(),
        block_on(registry.retire(&id, &scene.ada)).unwrap_err().code(),
        block_on(registry.serials(&of_template(id.template()), None, PAGE)).unwrap_err().code(),
        block_on(registry.serial_of(&nobody)).unwrap_err().code(),
        block_on(registry.templates(registry.company(), None, PAGE)).unwrap_err().code(),
        block_on(registry.register_all(id.template(), Vec::new(), &scene.ada)).unwrap_err().code(),
        block_on(registry.check_all(id.template(), Vec::new())).unwrap_err().code(),
        block_on(registry.authenticate(&nobody, &connection)).unwrap_err().code(),
        block_on(registry.serial(&id)).unwrap_err().code(),
        block_on(registry.history(&id, None, PAGE)).unwrap_err().code(),
        block_on(registry.template(id.template())).unwrap_err().code(),
        block_on(registry.create_template(registry.company(), design())).unwrap_err().code(),
        block_on(registry.authenticate_text("", "")).unwrap_err().code(),
        register_error(&scene, new_serial("SN-2", "correct horse")).code(),
    ];
    assert_eq!(codes, ["closed"; 15]);
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
