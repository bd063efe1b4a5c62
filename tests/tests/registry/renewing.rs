//! New passwords for a serial that has some.

use plugmint::{
    ControlClass, Epoch, GrantsThen, NewPasswords, NotTransferred, PasswordError, ReplaceRefusal,
};
use plugmint::{TransferRefusal, Which};

use crate::prelude::*;

fn new(enroll: &str) -> NewPasswords {
    NewPasswords::new(enroll_password(enroll))
}

fn control(text: &str) -> ControlPassword {
    plugmint_tests::watch("control password", text.as_bytes());
    ControlPassword::parse(text).unwrap()
}

fn register_with_control(scene: &Scene, enroll: &str, with: &str) -> SerialId {
    let serial = new_serial("SN-1", enroll).with_control_password(control(with));
    block_on(scene.registry.register(scene.template.id(), serial, &scene.ada)).unwrap().id
}

#[test]
fn a_transferred_serial_is_somebody_elses() {
    let scene = scene();
    let (id, old) = block_on(scene.activated("SN-1", &password(1)));
    let passwords = new(&password(2));
    let transfer = scene.registry.transfer(&id, &passwords, Epoch::FIRST, &scene.ada);
    assert_eq!(block_on(transfer).unwrap(), Outcome::Done);
    let credentials = old.credentials();
    let (plug_id, connection) = (credentials.plug_id(), credentials.connection_password());
    assert!(block_on(scene.registry.authenticate(plug_id, connection)).is_err());
    assert!(matches!(refusal(&scene, &id, &password(1)), EnrollError::Refused));
    let status = block_on(scene.status(&id));
    assert_eq!(
        (status.stage, status.epoch.number(), status.plug_id),
        (StageName::Registered, 1, None)
    );
    let (next, outcome) = {
        let told = block_on(scene.enroll(&id, &password(2)));
        (*told.credentials().plug_id(), told.outcome())
    };
    assert_ne!(&next, plug_id);
    assert_eq!(outcome, EnrollOutcome::Reissued);
    assert_eq!(block_on(scene.registry.serial_of(plug_id)).unwrap(), id);
    assert_eq!(block_on(scene.registry.serial_of(&next)).unwrap(), id);
}

#[test]
fn a_serial_may_come_back_to_passwords_of_long_ago_and_no_connection_password_does() {
    let scene = scene();
    let (id, first) = block_on(scene.activated("SN-1", &password(1)));
    let (registry, ada) = (&scene.registry, &scene.ada);
    block_on(registry.transfer(&id, &new(&password(2)), Epoch::FIRST, ada)).unwrap();
    block_on(scene.enroll(&id, &password(2)));
    block_on(registry.transfer(&id, &new(&password(1)), Epoch::new(1), ada)).unwrap();
    let again = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(again.credentials().plug_id(), first.credentials().plug_id());
    block_on(scene.connect(&again));
    let credentials = first.credentials();
    let (plug_id, connection) = (credentials.plug_id(), credentials.connection_password());
    assert!(block_on(registry.authenticate(plug_id, connection)).is_err());
}

#[test]
fn neither_new_password_of_a_transfer_is_an_old_one() {
    let scene = scene();
    let (one, two, three) = (password(1), password(2), password(3));
    let id = register_with_control(&scene, &one, &two);
    let cases = [
        (new(&one), Which::Enroll),
        (new(&two), Which::Enroll),
        (new(&three).with_control(control(&one)), Which::Control),
        (new(&three).with_control(control(&two)), Which::Control),
    ];
    for (passwords, which) in cases {
        let refused = scene.registry.transfer(&id, &passwords, Epoch::FIRST, &scene.ada);
        let refused = block_on(refused).unwrap_err();
        let expected = NotTransferred::Refused(TransferRefusal::Repeated(which));
        assert!(matches!(refused, PasswordError::Refused(found) if found == expected));
    }
    assert_eq!(block_on(scene.status(&id)).epoch, Epoch::FIRST);
}

#[test]
fn an_old_password_is_known_again_also_when_the_classes_of_the_two_differ() {
    let design = chosen_design().with_control_class(ControlClass::Generated);
    let scene = block_on(Scene::new(memory(), design));
    let id = register_with_control(&scene, "correct horse", &password(2));
    let crossed = new(&password(2));
    let refused = scene.registry.transfer(&id, &crossed, Epoch::FIRST, &scene.ada);
    assert_eq!(block_on(refused).unwrap_err().code(), "repeated-password");
}

#[test]
fn a_repeated_transfer_does_nothing_and_one_to_other_passwords_is_refused() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, _) = block_on(scene.activated("SN-1", &password(1)));
    let transfer = |number| {
        let passwords = new(&password(number));
        block_on(scene.registry.transfer(&id, &passwords, Epoch::FIRST, &scene.ada))
    };
    assert_eq!(transfer(2).unwrap(), Outcome::Done);
    let commits = store.commits();
    assert_eq!(transfer(2).unwrap(), Outcome::AlreadyDone);
    assert_eq!(transfer(3).unwrap_err().code(), "epoch-moved");
    assert_eq!(store.commits(), commits);
}

#[test]
fn passwords_are_replaced_until_the_device_has_enrolled() {
    let scene = scene();
    let id = block_on(scene.register("SN-1", &password(1)));
    let replace = |number, epoch| {
        let (passwords, seen) = (new(&password(number)), Epoch::new(epoch));
        block_on(scene.registry.replace_passwords(&id, &passwords, seen, &scene.ada))
    };
    let unchanged = replace(1, 0).unwrap_err();
    let expected = ReplaceRefusal::Unchanged(Which::Enroll);
    assert!(matches!(unchanged, PasswordError::Refused(found) if found == expected));
    assert_eq!(replace(2, 0).unwrap(), Outcome::Done);
    assert_eq!(replace(2, 0).unwrap(), Outcome::AlreadyDone);
    assert!(matches!(refusal(&scene, &id, &password(1)), EnrollError::Refused));
    block_on(scene.enroll(&id, &password(2)));
    assert_eq!(replace(3, 1).unwrap_err().code(), "has-enrolled");
    block_on(scene.registry.unenroll(&id, Epoch::new(1), &scene.ada)).unwrap();
    assert_eq!(replace(3, 2).unwrap_err().code(), "has-enrolled");
}

#[test]
fn a_control_password_is_replaced_in_any_stage_and_not_by_itself() {
    let scene = scene();
    let (one, two, three) = (password(1), password(2), password(3));
    let id = register_with_control(&scene, &one, &two);
    let replace = |text: &str| {
        block_on(scene.registry.replace_control_password(
            &id,
            &control(text),
            GrantsThen::End,
            &scene.ada,
        ))
    };
    assert_eq!(replace(&two).unwrap_err().code(), "unchanged-password");
    assert_eq!(replace(&one).unwrap_err().code(), "same-passwords");
    assert_eq!(replace("of no generator").unwrap_err().code(), "wrong-control-password-class");
    assert_eq!(replace(&three).unwrap(), Outcome::Done);
    assert_eq!(replace(&three).unwrap(), Outcome::AlreadyDone);
    let told = block_on(scene.enroll(&id, &one));
    block_on(scene.connect(&told));
    assert_eq!(replace(&two).unwrap(), Outcome::Done);
    assert_eq!(block_on(scene.status(&id)).epoch, Epoch::FIRST);
    block_on(scene.connect(&told));
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    assert_eq!(replace(&three).unwrap_err().code(), "retired");
}

#[test]
fn nothing_is_hashed_for_a_serial_that_is_not_there() {
    let scene = chosen_scene();
    let id = scene.id("SN-9");
    let (passwords, ada) = (new("correct horse"), &scene.ada);
    let transfer = scene.registry.transfer(&id, &passwords, Epoch::FIRST, ada);
    assert_eq!(block_on(transfer).unwrap_err().code(), "unknown-serial");
    let elsewhere = SerialId::new(TemplateId::from_parts([9; 12]), *id.serial());
    let transfer = scene.registry.transfer(&elsewhere, &passwords, Epoch::FIRST, ada);
    assert_eq!(block_on(transfer).unwrap_err().code(), "unknown-template");
    assert_eq!(scene.registry.stretch_load().hashed(), 0);
}

#[test]
fn an_operator_enrolls_a_device_with_the_key_that_was_kept() {
    let design = design().with_operator_enroll(OperatorEnroll::Allowed);
    let scene = block_on(Scene::new(memory(), design));
    let id = block_on(scene.register("SN-1", &password(1)));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let told = block_on(registry.enroll_by_operator(&id, ada)).unwrap();
    plugmint_tests::watch_told(&told);
    assert_eq!(told.outcome(), EnrollOutcome::First);
    let again = block_on(registry.enroll_by_operator(&id, ada)).unwrap_err();
    assert_eq!(again.code(), "already-enrolled");
    block_on(registry.reactivate(&id, Epoch::FIRST, ada)).unwrap();
    let told = block_on(registry.enroll_by_operator(&id, ada)).unwrap();
    assert_eq!(told.outcome(), EnrollOutcome::Reissued);
    block_on(scene.connect(&told));
    assert_eq!(
        block_on(registry.enroll_by_operator(&id, ada)).unwrap_err().code(),
        "already-activated"
    );
    block_on(registry.reactivate(&id, Epoch::new(1), ada)).unwrap();
    let unsealed = block_on(registry.enroll_by_operator(&id, ada)).unwrap_err();
    assert_eq!(unsealed.code(), "not-sealed");
    block_on(registry.transfer(&id, &new(&password(2)), Epoch::new(2), ada)).unwrap();
    block_on(registry.disable(&id, ada)).unwrap();
    assert_eq!(block_on(registry.enroll_by_operator(&id, ada)).unwrap_err().code(), "disabled");
    block_on(registry.enable(&id, ada)).unwrap();
    block_on(registry.enroll_by_operator(&id, ada)).unwrap();
    let same = block_on(scene.enroll(&id, &password(2)));
    assert_eq!(same.outcome(), EnrollOutcome::Repeated);
}
