//! Two devices that may have the credentials of one.

use super::*;

#[test]
fn a_serial_that_enrolls_elsewhere_after_it_connected_may_be_two() {
    let (scene, listens) = listened(design().with_repeat(RepeatPolicy::Always));
    let id = block_on(scene.register("SN-1", &password(1)));
    let enroll = |number| {
        let right = enroll_password(&password(1));
        let told = block_on(scene.registry.enroll_from(&source(number), &id, &right)).unwrap();
        plugmint_tests::watch_told(&told);
        told
    };
    let told = enroll(1);
    enroll(2);
    assert_eq!(listens.heard(), ["repeated SN-1"]);
    block_on(scene.connect(&told));
    enroll(1);
    assert_eq!(listens.heard(), ["repeated SN-1"]);
    enroll(2);
    assert_eq!(listens.heard(), ["elsewhere SN-1", "repeated SN-1"]);
    let ada = &scene.ada;
    block_on(scene.registry.reactivate(&id, Epoch::FIRST, ada)).unwrap();
    listens.heard();
    enroll(3);
    assert_eq!(listens.heard(), ["elsewhere SN-1"]);
    let passwords = NewPasswords::new(enroll_password(&password(2)));
    block_on(scene.registry.transfer(&id, &passwords, Epoch::new(1), ada)).unwrap();
    listens.heard();
    let right = enroll_password(&password(2));
    let told = block_on(scene.registry.enroll_from(&source(9), &id, &right)).unwrap();
    plugmint_tests::watch_told(&told);
    assert_eq!(listens.heard(), [""; 0]);
}

#[test]
fn whoever_is_refused_for_being_activated_is_suspected_too() {
    let (scene, listens) = listened(design());
    let id = block_on(scene.register("SN-1", &password(1)));
    let right = enroll_password(&password(1));
    let told = block_on(scene.registry.enroll_from(&source(1), &id, &right)).unwrap();
    block_on(scene.connect(&told));
    assert!(block_on(scene.registry.enroll_from(&source(2), &id, &right)).is_err());
    let wrong = enroll_password(&password(2));
    assert!(block_on(scene.registry.enroll_from(&source(3), &id, &wrong)).is_err());
    assert_eq!(
        listens.heard(),
        ["elsewhere SN-1", "enroll SN-1: already-activated true", "enroll SN-1: refused true",]
    );
}

#[test]
fn a_device_that_connects_from_more_sources_than_its_template_allows_may_be_two() {
    let watch = SourceWatch::AtMost(SourceLimit::new(2).unwrap());
    let (scene, listens) = listened(design().with_sources(watch));
    let (_, told) = block_on(scene.activated("SN-1", &password(1)));
    let credentials = told.credentials();
    let (plug_id, connection) = (credentials.plug_id(), credentials.connection_password());
    let connect = |number| {
        let from = source(number);
        block_on(scene.registry.authenticate_from(&from, plug_id, connection)).unwrap();
    };
    [1, 2, 1, 2].into_iter().for_each(connect);
    assert_eq!(listens.heard(), [""; 0]);
    [3, 3, 1].into_iter().for_each(connect);
    assert_eq!(listens.heard(), ["3 sources"]);
    let wrong = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    let from = source(4);
    assert!(block_on(scene.registry.authenticate_from(&from, plug_id, &wrong)).is_err());
    assert_eq!(listens.heard(), ["connect true: refused true"]);
}

#[test]
fn nobody_is_suspected_where_the_template_does_not_ask_for_it() {
    let (scene, listens) = listened(design());
    let (_, told) = block_on(scene.activated("SN-1", &password(1)));
    let plug_id = told.credentials().plug_id().to_string();
    let connection = told.credentials().connection_password().expose_text();
    for number in 1..20 {
        let from = source(number);
        block_on(scene.registry.authenticate_text_from(&from, &plug_id, &connection)).unwrap();
    }
    assert_eq!(listens.heard(), [""; 0]);
}
