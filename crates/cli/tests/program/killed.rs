//! `plugmint serve`: a process that devices call, and that ends at any time.

use serde_json::{Value, from_str};

use crate::curl::curl;
use crate::program::Home;
use crate::server::Server;

#[test]
fn a_device_that_enrolled_before_the_server_was_killed_activates_after_it() {
    let (home, template) = Home::with_template(&[]);
    let password = "gTygYqudCQ-gY80EK29_tw";
    home.add(&template, "A", password);
    let server = Server::begin(&home, &[]);
    let (status, given) = server.enrolls(&template, "A", password);
    assert_eq!(status, 200);
    // Without a warning: nothing is finished, nothing closed.
    assert_eq!(server.end("KILL").code, None);
    let server = Server::begin(&home, &[]);
    let again = server.enrolls(&template, "A", password);
    assert_eq!(again, (200, given.clone()), "it is told again");
    let (id, auth) = (given["id"].as_str().unwrap(), given["auth"].as_str().unwrap());
    let (status, read) = server.connects(id, auth);
    assert_eq!((status, &read["status"]), (200, &Value::from("ok")));
    assert_eq!(server.end("KILL").code, None);
    assert_eq!(home.json(&["serial", "show", &template, "A"], "")["stage"], "activated");
    let server = Server::begin(&home, &[]);
    assert_eq!(server.enrolls(&template, "A", password).0, 403, "it is activated");
    assert_eq!(server.connects(id, auth).0, 200);
}

#[test]
fn all_that_can_be_called_is_told_and_every_other_path_is_404_in_the_words_of_devices() {
    let home = Home::new();
    let server = Server::begin(&home, &[]);
    let call = |path: &str, more: &[&str]| {
        let url = format!("{}{path}", server.devices());
        let answer = curl(&[more, &[&url]].concat());
        (answer.status, from_str::<Value>(&answer.body).unwrap_or_default())
    };
    let (status, document) = call("/../openapi.json", &["--path-as-is"]);
    assert_eq!((status, document["err"].as_u64()), (404, Some(404)), "a path is what it says");
    let (status, document) = call("/../openapi.json", &[]);
    assert_eq!((status, &document["openapi"]), (200, &Value::from("3.1.0")));
    for path in ["s", "/", "/x/y", "/../clock", "/../../", "/../../x"] {
        let (status, told) = call(path, &[]);
        assert_eq!((status, told["err"].as_u64()), (404, Some(404)), "{path}");
    }
    assert_eq!(call("/../../healthz", &[]).0, 200);
}
