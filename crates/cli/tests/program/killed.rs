//! `plugmint serve`: a process that devices call, and that ends at any time.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use serde_json::{Value, from_str};

use crate::program::Home;

/// A server, until it is killed.
struct Server {
    process: Child,
    devices: String,
}

impl Server {
    fn of(home: &Home) -> Self {
        let mut process = home.begin(&["serve", "--listen", "127.0.0.1:0", "--json"]);
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let serving: Value = from_str(&line).unwrap();
        Self { process, devices: serving["devices"].as_str().unwrap().to_owned() }
    }

    /// As `curl` sends it: the status, and the body.
    fn call(&self, path: &str, more: &[&str]) -> (u16, Value) {
        let mut command = Command::new("curl");
        command.args([
            "--silent",
            "--show-error",
            "--max-time",
            "30",
            "--write-out",
            "%{http_code}",
        ]);
        let output = command.args(more).arg(format!("{}{path}", self.devices)).output().unwrap();
        assert!(output.status.success(), "{}", output.stderr.escape_ascii());
        let told = String::from_utf8(output.stdout).unwrap();
        let (body, status) = told.split_at(told.len() - 3);
        (status.parse().unwrap(), from_str(body).unwrap_or_default())
    }
}

impl Drop for Server {
    /// Without a warning: nothing is finished, nothing closed.
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn a_device_that_enrolled_before_the_server_was_killed_activates_after_it() {
    let (home, template) = Home::with_template(&[]);
    let password = "gTygYqudCQ-gY80EK29_tw";
    home.add(&template, "A", password);
    let server = Server::of(&home);
    let body = format!(r#"{{"model":"{template}","hwid":"A","pass":"{password}"}}"#);
    let (status, given) = server.call("", &["--data", &body]);
    assert_eq!(status, 200);
    drop(server);
    let server = Server::of(&home);
    assert_eq!(server.call("", &["--data", &body]), (200, given.clone()), "it is told again");
    let id = given["id"].as_str().unwrap();
    let auth = format!("X-Plug-Auth: {}", given["auth"].as_str().unwrap());
    let own = ["-H", &format!("X-Plug-Id: {id}"), "-H", &auth];
    let (status, read) = server.call(&format!("/{id}"), &own);
    assert_eq!((status, &read["status"]), (200, &Value::from("ok")));
    drop(server);
    assert_eq!(home.json(&["serial", "show", &template, "A"], "")["stage"], "activated");
    let server = Server::of(&home);
    assert_eq!(server.call("", &["--data", &body]).0, 403, "it is activated");
    assert_eq!(server.call(&format!("/{id}"), &own).0, 200);
}

#[test]
fn all_that_can_be_called_is_told_and_every_other_path_is_404_in_the_words_of_devices() {
    let home = Home::new();
    let server = Server::of(&home);
    let (status, document) = server.call("/../openapi.json", &["--path-as-is"]);
    assert_eq!((status, document["err"].as_u64()), (404, Some(404)), "a path is what it says");
    let (status, document) = server.call("/../openapi.json", &[]);
    assert_eq!((status, &document["openapi"]), (200, &Value::from("3.1.0")));
    for path in ["s", "/", "/x/y", "/../clock", "/../../", "/../../x"] {
        let (status, told) = server.call(path, &[]);
        assert_eq!((status, told["err"].as_u64()), (404, Some(404)), "{path}");
    }
    assert_eq!(server.call("/../../healthz", &[]).0, 200);
}
