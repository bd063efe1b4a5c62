//! Look-ups and commits of each operation.

use std::cell::OnceCell;
use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::{
    ConnectionPassword, ControlPassword, Epoch, FeedCursor, GrantsThen, Living, NewPasswords,
    OperatorEnroll, RepeatPolicy, SerialId, TemplateChange, UnixMillis, Verb,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    CountingStore, Scene, design, enroll_password, generated_password, of_template,
};
use pollster::block_on;

use crate::WRONG;

/// Look-ups and commits of each operation, as docs/performance.md has them.
#[test]
fn each_operation_looks_up_and_commits_as_often_as_is_said() {
    let counting = Arc::new(CountingStore::new(Arc::new(MemoryStore::new())));
    let scene = block_on(Scene::new(Arc::clone(&counting) as _, design()));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, right, wrong) = (scene.id("SN-1"), generated_password(1), generated_password(2));
    let (unknown, nowhere) =
        (scene.id("SN-2"), SerialId::new(TEMPLATE.parse().unwrap(), *id.serial()));
    let enrollment = OnceCell::new();
    let enroll = |id: &SerialId, password: &str| {
        if let Ok(enrolled) = block_on(scene.enroll_or_refuse(id, password)) {
            enrollment.set(enrolled).unwrap_or_default();
        }
    };
    let register = || {
        block_on(scene.register("SN-1", &right));
    };
    let connect = || {
        block_on(scene.connect(enrollment.get().unwrap()));
    };
    let operations: [Operation<'_>; 12] = [
        ("register", &register, (3, 1)),
        ("enroll", &|| enroll(&id, &right), (5, 1)),
        ("enroll, again", &|| enroll(&id, &right), (3, 0)),
        ("enroll, wrong password", &|| enroll(&id, &wrong), (3, 0)),
        ("enroll, unknown serial", &|| enroll(&unknown, &right), (3, 0)),
        ("enroll, unknown template", &|| enroll(&nowhere, &right), (1, 0)),
        ("authenticate, the first time", &connect, (4, 1)),
        ("authenticate", &connect, (1, 0)),
        ("disable", &|| drop(block_on(registry.disable(&id, ada))), (3, 1)),
        ("disable, again", &|| drop(block_on(registry.disable(&id, ada))), (1, 0)),
        ("enable", &|| drop(block_on(registry.enable(&id, ada))), (3, 1)),
        ("retire", &|| drop(block_on(registry.retire(&id, ada))), (3, 1)),
    ];
    count_each(&counting, &operations);
}

/// The same, of what ends passwords and gives others.
#[test]
fn each_later_operation_looks_up_and_commits_as_often_as_is_said() {
    let counting = Arc::new(CountingStore::new(Arc::new(MemoryStore::new())));
    let sealing = design().with_operator_enroll(OperatorEnroll::Allowed);
    let scene = block_on(Scene::new(Arc::clone(&counting) as _, sealing));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, first) = block_on(scene.activated("SN-1", &generated_password(1)));
    let (plug_id, former) =
        (first.credentials().plug_id(), first.credentials().connection_password());
    let wrong = ConnectionPassword::parse(WRONG).unwrap();
    let own = OnceCell::new();
    let enroll = || {
        let enrollment = block_on(scene.enroll(&id, &generated_password(1)));
        own.set(enrollment).unwrap_or_default();
    };
    let connect = |password: &ConnectionPassword| {
        _ = block_on(registry.authenticate(plug_id, password));
    };
    let take_off = |password: &ConnectionPassword| {
        _ = block_on(registry.unenroll_by_device(plug_id, password));
    };
    let own = || own.get().unwrap().credentials().connection_password();
    let until = UnixMillis::new(u64::MAX);
    let reactivate = || {
        let again = registry.reactivate_with_overlap(&id, Epoch::FIRST, until, ada);
        block_on(again).unwrap();
    };
    let transfer = || {
        let new = new_passwords(2);
        block_on(registry.transfer(&id, &new, Epoch::new(2), ada)).unwrap();
    };
    let replace = || {
        let new = new_passwords(3);
        block_on(registry.replace_passwords(&id, &new, Epoch::new(3), ada)).unwrap();
    };
    let replace_control = || {
        let new = ControlPassword::parse(&generated_password(5)).unwrap();
        block_on(registry.replace_control_password(&id, &new, GrantsThen::End, ada)).unwrap();
    };
    let by_operator = || drop(block_on(registry.enroll_by_operator(&id, ada)));
    let unenroll = || {
        block_on(registry.unenroll(&id, Epoch::new(4), ada)).unwrap();
    };
    let operations: [Operation<'_>; 23] = [
        ("reactivate", &reactivate, (3, 1)),
        ("reactivate, again", &reactivate, (1, 0)),
        ("authenticate, in an overlap", &|| connect(former), (1, 0)),
        ("authenticate, in an overlap, wrong", &|| connect(&wrong), (1, 0)),
        ("unenroll by device, in an overlap", &|| take_off(former), (1, 0)),
        ("enroll, at a later epoch", &enroll, (6, 1)),
        ("authenticate, in an overlap", &|| connect(former), (1, 0)),
        ("authenticate, what ends an overlap", &|| connect(own()), (4, 1)),
        ("authenticate, what has ended", &|| connect(former), (1, 0)),
        ("unenroll by device, wrong", &|| take_off(&wrong), (1, 0)),
        ("unenroll by device", &|| take_off(own()), (4, 1)),
        ("unenroll by device, again", &|| take_off(own()), (1, 0)),
        ("transfer", &transfer, (9, 1)),
        ("transfer, again", &transfer, (5, 0)),
        ("replace passwords", &replace, (4, 1)),
        ("replace passwords, again", &replace, (3, 0)),
        ("replace control password", &replace_control, (4, 1)),
        ("replace control password, again", &replace_control, (3, 0)),
        ("enroll by operator", &by_operator, (4, 1)),
        ("enroll by operator, again", &by_operator, (2, 0)),
        ("unenroll", &unenroll, (3, 1)),
        ("unenroll, again", &unenroll, (1, 0)),
        ("enroll by operator, at a later epoch", &by_operator, (5, 1)),
    ];
    count_each(&counting, &operations);
}

/// The same, of templates, of what is looked at, and of events.
#[test]
fn each_operation_on_many_looks_up_and_commits_as_often_as_is_said() {
    let counting = Arc::new(CountingStore::new(Arc::new(MemoryStore::new())));
    let scene = block_on(Scene::new(Arc::clone(&counting) as _, design()));
    let (registry, ada) = (&scene.registry, &scene.ada);
    // Three events, and one.
    let (id, _) = block_on(scene.activated("SN-1", &generated_password(1)));
    let other = block_on(scene.register("SN-2", &generated_password(2)));
    let transfer = || {
        let new = new_passwords(3);
        block_on(registry.transfer(&other, &new, Epoch::FIRST, ada)).unwrap();
    };
    let (template, all) = (id.template(), of_template(id.template()));
    let change = || {
        let change = TemplateChange::new().repeat(RepeatPolicy::Always);
        block_on(registry.change_template(template, &change)).unwrap();
    };
    let follow = || {
        let mut feed = registry.feed(FeedCursor::START);
        assert_eq!(block_on(feed.next_page(NonZeroUsize::MAX)).unwrap().len(), 4);
    };
    let forget = || {
        let before = UnixMillis::new(u64::MAX);
        assert_eq!(block_on(registry.forget_events(before, None)).unwrap().events, 2);
    };
    let delete = || {
        block_on(registry.delete_template(template, Living::Retire, ada)).unwrap();
    };
    let list = || drop(block_on(registry.serials(&all, None, NonZeroUsize::MAX)));
    let operations: [Operation<'_>; 13] = [
        ("change template", &change, (1, 1)),
        ("change template, again", &change, (1, 0)),
        ("close template", &|| drop(block_on(registry.close_template(template))), (1, 1)),
        ("open template", &|| drop(block_on(registry.open_template(template))), (1, 1)),
        ("explain", &|| drop(block_on(registry.explain(&id, Verb::Enroll))), (2, 0)),
        ("serials", &list, (1, 0)),
        ("count serials", &|| drop(block_on(registry.count_serials(&all, None))), (1, 0)),
        ("verify history", &|| drop(block_on(registry.verify_history(&id, None))), (6, 0)),
        ("feed", &follow, (4, 0)),
        ("forget events", &forget, (8, 1)),
        ("transfer, of a device that has not enrolled", &transfer, (7, 1)),
        ("delete template", &delete, (5, 3)),
        ("delete template, again", &delete, (1, 0)),
    ];
    count_each(&counting, &operations);
}

/// With a control password, both generated.
fn new_passwords(number: u32) -> NewPasswords {
    let control = ControlPassword::parse(&generated_password(number + 100)).unwrap();
    NewPasswords::new(enroll_password(&generated_password(number))).with_control(control)
}

pub(crate) fn count_each(counting: &CountingStore, operations: &[Operation<'_>]) {
    let mut differ = Vec::new();
    for (name, operation, said) in operations {
        let before = (counting.gets(), counting.commits());
        operation();
        let counted = (counting.gets() - before.0, counting.commits() - before.1);
        if counted != *said {
            differ.push((name, counted));
        }
    }
    assert!(differ.is_empty(), "look-ups and commits: {differ:?}");
}

/// What it is, how it is done, and its look-ups and commits.
pub(crate) type Operation<'a> = (&'a str, &'a dyn Fn(), (usize, usize));

const TEMPLATE: &str = "mod-0123456789abcdef01234567";
