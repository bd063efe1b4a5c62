//! Lists of devices in the body of a `DELETE`, in each of their shapes.

use plugmint::AccessLevel;
use serde_json::json;

use crate::client::Call;
use crate::home::{Device, Home, NOBODY, Thing, path};

/// A Controller and the three Things that it holds.
struct Held {
    home: Home,
    controller: Device,
    things: [(Thing, Device); 3],
}

impl Held {
    fn new() -> Self {
        let home = Home::new();
        let things = [home.thing("1"), home.thing("2"), home.thing("3")];
        let controller = home.controller(&things[0].0);
        let held = Self { home, controller, things };
        held.add_all();
        held
    }

    fn add_all(&self) {
        for (thing, _) in &self.things {
            let added = self.home.call(&self.controller.signs(thing.put()));
            assert!(added.is_empty_200(), "{added:?}");
        }
    }

    fn id(&self, number: usize) -> &str {
        &self.things[number].1.id
    }

    /// Which Things are still held.
    fn held(&self) -> [bool; 3] {
        let holds = |(thing, _): &(Thing, Device)| {
            self.home.access(&self.controller, thing) != AccessLevel::None
        };
        [holds(&self.things[0]), holds(&self.things[1]), holds(&self.things[2])]
    }

    fn delete(&self, body: &str) -> Call {
        self.controller.on_itself("DELETE").text(body)
    }
}

#[test]
fn one_thing_is_given_up_in_each_shape() {
    let held = Held::new();
    let id = held.id(1).to_owned();
    for body in [
        json!(id).to_string(),
        json!([id]).to_string(),
        json!([id, id]).to_string(),
        json!({"controlled": id}).to_string(),
        json!({"controlled": [id]}).to_string(),
        id.clone(),
        id.to_uppercase(),
        format!(" {id}\r\n"),
    ] {
        assert!(held.home.call(&held.delete(&body)).is_empty_200(), "{body}");
        assert_eq!(held.held(), [true, false, true], "{body}");
        held.add_all();
    }
}

#[test]
fn two_things_are_given_up_in_each_shape() {
    let held = Held::new();
    let (one, two) = (held.id(0).to_owned(), held.id(2).to_owned());
    for body in [
        json!([one, two]).to_string(),
        json!(format!("{one},{two}")).to_string(),
        json!(format!("{one}, {two}")).to_string(),
        json!({"controlled": format!("{one},{two}")}).to_string(),
        json!({"controlled": [one, two]}).to_string(),
        format!("{one},{two}"),
    ] {
        assert!(held.home.call(&held.delete(&body)).is_empty_200(), "{body}");
        assert_eq!(held.held(), [false, true, false], "{body}");
        held.add_all();
    }
}

#[test]
fn nothing_means_all_in_each_shape() {
    let held = Held::new();
    for body in ["", "null", "{}", " "] {
        assert!(held.home.call(&held.delete(body)).is_empty_200(), "{body}");
        assert_eq!(held.held(), [false; 3], "{body}");
        held.add_all();
    }
}

#[test]
fn an_empty_list_and_what_is_no_list_never_mean_all() {
    let held = Held::new();
    for body in ["[]", r#"{"controlled":[]}"#] {
        assert!(held.home.call(&held.delete(body)).is_empty_200(), "{body}");
        assert_eq!(held.held(), [true; 3], "{body}");
    }
    for body in ["all", "true", "0", "\"\"", ",", "{\"x\":1}", "{\"controlled\":null}", "[null]"] {
        assert_eq!(held.home.call(&held.delete(body)).status, 400, "{body}");
        assert_eq!(held.held(), [true; 3], "{body}");
    }
    // One wrong name among right ones changes nothing.
    let body = format!("{},dev-7", held.id(0));
    assert_eq!(held.home.call(&held.delete(&body)).status, 400);
    assert_eq!(held.held(), [true; 3]);
}

#[test]
fn what_is_not_held_is_given_up_already() {
    let held = Held::new();
    let (_, other) = held.home.thing("other");
    for id in [NOBODY, &other.id, &held.controller.id] {
        assert!(held.home.call(&held.delete(id)).is_empty_200(), "{id}");
    }
    assert_eq!(held.held(), [true; 3]);
}

#[test]
fn a_list_is_given_up_by_its_holder_alone() {
    let held = Held::new();
    let (_, other) = held.home.thing("other");
    let calls = [
        other.calls("DELETE", &path(&held.controller.id)),
        other.calls("DELETE", &path(NOBODY)),
        other.calls("DELETE", &path("no-id")),
        held.things[0].1.calls("DELETE", &path(&held.controller.id)),
    ];
    let told: Vec<_> = calls.iter().map(|call| held.home.call(call).timeless()).collect();
    assert!(told.iter().all(|answer| answer.0 == 403 && *answer == told[0]), "{told:?}");
    let unsigned = Call::new("DELETE", &path(&held.controller.id));
    assert_eq!(held.home.call(&unsigned).status, 401);
    assert_eq!(held.held(), [true; 3]);
}

#[test]
fn a_thing_gives_up_its_own_list() {
    let held = Held::new();
    let holder = &held.things[0].1;
    assert!(held.home.call(&holder.signs(held.things[1].0.put())).is_empty_200());
    assert_eq!(held.home.access(holder, &held.things[1].0), AccessLevel::ReadWrite);
    assert!(held.home.call(&holder.on_itself("DELETE")).is_empty_200());
    assert_eq!(held.home.access(holder, &held.things[1].0), AccessLevel::None);
    assert_eq!(held.held(), [true; 3], "who holds it holds it still");
}

#[test]
fn a_plug_id_is_read_in_any_case_wherever_it_stands() {
    let held = Held::new();
    let upper = Device { id: held.controller.id.to_uppercase(), ..held.controller.clone() };
    let shown = held.home.call(&upper.get());
    assert_eq!(shown.value()["id"], held.controller.id, "and written in lower case");
    let call = upper.on_itself("DELETE").text(held.id(0).to_uppercase());
    assert!(held.home.call(&call).is_empty_200());
    assert_eq!(held.held(), [false, true, true]);
}
