//! `PUT /iot/device`

use plugmint::{AccessLevel, StageName};
use plugmint_tests::{generated_password, new_serial};
use pollster::block_on;

use crate::client::Call;
use crate::home::{Device, Home, NOBODY, Thing, owner, path};

#[test]
fn a_controller_enrolls_and_is_told_201_id_before_auth() {
    let home = Home::new();
    let (thing, of_thing) = home.thing("A");
    let answer = home.call(&thing.put());
    assert_eq!(answer.status, 201);
    let controller = Device::told(&answer);
    let told = format!(r#"{{"id":"{}","auth":"{}"}}"#, controller.id, controller.auth);
    assert_eq!(answer.said(), told);
    assert!(controller.id.starts_with("dev-") && controller.id != of_thing.id);
    assert_eq!(home.call(&controller.get()).status, 200);
    assert_eq!(home.access(&controller, &thing), AccessLevel::ReadWrite);
}

#[test]
fn a_controller_may_say_its_own_serial_and_name_and_reads_them_back() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let mut body = thing.controlling();
    body["hwid"] = "phone-7".into();
    body["name"] = "Ada's phone".into();
    let call = Call::new("PUT", "/iot/device").json(&body);
    let (once, again) = (home.call(&call), home.call(&call));
    assert_eq!((once.status, &once.body), (201, &again.body), "before its first call");
    let shown = home.call(&Device::told(&once).get()).value();
    assert_eq!((&shown["hwid"], &shown["name"]), (&body["hwid"], &body["name"]));
    assert_eq!(shown["model"], body["model"]);
    // Without a serial of its own it is another one each time.
    assert_ne!(home.call(&thing.put()).body, home.call(&thing.put()).body);
}

#[test]
fn a_controller_is_granted_one_more_thing_with_200_and_nothing_more() {
    let home = Home::new();
    let ((one, _), (two, _)) = (home.thing("1"), home.thing("2"));
    let controller = home.controller(&one);
    for _ in 0..2 {
        assert!(home.call(&controller.signs(two.put())).is_empty_200(), "also a second time");
    }
    assert_eq!(home.access(&controller, &two), AccessLevel::ReadWrite);
}

#[test]
fn a_thing_may_hold_a_thing() {
    let home = Home::new();
    let ((one, held), (_, holder)) = (home.thing("1"), home.thing("2"));
    assert!(home.call(&holder.signs(one.put())).is_empty_200());
    assert_eq!(home.access(&holder, &one), AccessLevel::ReadWrite);
    assert_eq!(home.call(&holder.calls("GET", &path(&held.id))).status, 200);
}

#[test]
fn wrong_credentials_of_a_holder_are_401_and_grant_nothing() {
    let home = Home::new();
    let ((one, _), (two, _)) = (home.thing("1"), home.thing("2"));
    let controller = home.controller(&one);
    let mut told = Vec::new();
    for wrong in [
        Device { auth: "x".repeat(32), ..controller.clone() },
        Device { id: NOBODY.to_owned(), ..controller.clone() },
        Device { id: "dev-0".to_owned(), ..controller.clone() },
        Device { auth: String::new(), ..controller.clone() },
    ] {
        told.push(home.call(&wrong.signs(two.put())).timeless());
    }
    assert!(told.iter().all(|answer| answer.0 == 401 && *answer == told[0]), "{told:?}");
    assert_eq!(home.access(&controller, &two), AccessLevel::None);
}

#[test]
fn credentials_that_are_no_text_are_wrong_ones() {
    let home = Home::new();
    let ((one, _), (two, _)) = (home.thing("1"), home.thing("2"));
    let controller = home.controller(&one);
    for garbled in [
        Device { auth: "~~~~".to_owned(), ..controller.clone() },
        Device { id: "~~~~".to_owned(), ..controller },
    ] {
        let mut bytes = garbled.signs(two.put()).bytes();
        let at = bytes.windows(4).position(|four| four == b"~~~~").unwrap();
        bytes[at..at + 4].fill(0xff);
        let mut client = home.server.client();
        client.send(bytes);
        assert_eq!(client.answer().status, 401, "who has credentials is no new Controller");
    }
}

#[test]
fn a_refused_control_is_the_same_bytes_whatever_was_wrong() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let controller = home.controller(&thing);
    let registered = home.registered("only registered");
    let (disabled, _) = home.thing("disabled");
    block_on(home.scene.registry.disable(&disabled.id, &home.scene.ada)).unwrap();
    let id = home.scene.id("nobody's");
    let new = new_serial("nobody's", &generated_password(88));
    block_on(home.scene.registry.register(id.template(), new, &home.scene.ada)).unwrap();
    let uncontrollable = Thing {
        id,
        password: generated_password(88),
        control: generated_password(88),
        model: home.model(),
    };
    home.enroll(&uncontrollable);
    let mut wrong =
        vec![registered.controlling(), disabled.controlling(), uncontrollable.controlling()];
    for (field, value) in [
        ("model", "mod-0123456789abcdef01234567".to_owned()),
        ("ctrl", "B".to_owned()),
        ("pass", generated_password(9_999)),
        ("pass", thing.password.clone()),
    ] {
        let mut with = thing.controlling();
        with[field] = value.into();
        wrong.push(with);
    }
    let mut told = Vec::new();
    for body in &wrong {
        let call = Call::new("PUT", "/iot/device").json(body);
        told.push((home.call(&call).timeless(), body));
        told.push((home.call(&controller.signs(call)).timeless(), body));
    }
    for (answer, body) in &told {
        assert_eq!(answer.0, 403, "{body}");
        assert_eq!(*answer, told[0].0, "{body}");
    }
}

#[test]
fn an_owner_holds_nothing() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let call = owner("PUT", "/iot/device").json(&thing.controlling());
    assert_eq!(home.call(&call).status, 403);
}

#[test]
fn a_device_under_its_owners_password_is_granted_a_thing_and_is_not_activated() {
    let home = Home::new();
    let ((one, _), (holding, holder)) = (home.thing("1"), home.enrolled("2"));
    let call = holder.under_owner("PUT", "/iot/device").json(&one.controlling());
    assert!(home.call(&call).is_empty_200());
    assert_eq!(home.access(&holder, &one), AccessLevel::ReadWrite);
    assert_eq!(home.stage(&holding), StageName::Enrolled);
    let mut wrong = one.controlling();
    wrong["pass"] = generated_password(9_999).into();
    assert_eq!(home.call(&holder.under_owner("PUT", "/iot/device").json(&wrong)).status, 403);
}
