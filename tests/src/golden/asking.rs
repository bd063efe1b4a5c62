//! What devices ask of a golden store, with what they were told when it was made.

use plugmint::{
    ConnectionPassword, ControlPassword, ControllerRequest, Credentials, EnrollOutcome,
    EnrollPassword, PlugId, Registry, SerialId,
};
use pollster::block_on;
use serde_json::{Value, json};

/// A device enrolls.
pub(super) fn enrolls(id: &SerialId, password: &str) -> Value {
    json!({ "ask": "enroll", "of": id, "password": password })
}

/// Somebody enrolls as a Controller of a Thing.
pub(super) fn controls(thing: &SerialId, password: &str, own_serial: Option<&str>) -> Value {
    json!({ "ask": "control", "of": thing, "password": password, "own_serial": own_serial })
}

/// Somebody connects.
pub(super) fn connects(told: &Credentials) -> Value {
    let password = told.connection_password().expose_text().to_string();
    json!({ "ask": "connect", "plug_id": told.plug_id(), "password": password })
}

/// Asks, and says what is answered.
#[must_use]
pub fn answer(registry: &Registry, ask: &Value) -> Value {
    let password = ask["password"].as_str().unwrap();
    match ask["ask"].as_str().unwrap() {
        "enroll" => {
            let password = EnrollPassword::parse(password).unwrap();
            match block_on(registry.enroll(&thing(ask), &password)) {
                Ok(enrolled) => told(enrolled.outcome(), enrolled.credentials()),
                Err(error) => json!({ "refused": error.code() }),
            }
        }
        "control" => {
            let password = ControlPassword::parse(password).unwrap();
            let own_serial = ask["own_serial"].as_str();
            let request = own_serial.map_or_else(ControllerRequest::new, crate::known_as);
            match block_on(registry.enroll_controller(None, &thing(ask), &password, &request)) {
                Ok(enrolled) => told(enrolled.outcome(), enrolled.credentials()),
                Err(error) => json!({ "refused": error.code() }),
            }
        }
        other => {
            assert_eq!(other, "connect");
            let plug_id: PlugId = ask["plug_id"].as_str().unwrap().parse().unwrap();
            let password = ConnectionPassword::parse(password).unwrap();
            match block_on(registry.authenticate(&plug_id, &password)) {
                Ok(principal) => json!(principal),
                Err(error) => json!({ "refused": error.code() }),
            }
        }
    }
}

fn thing(ask: &Value) -> SerialId {
    let text = |field| ask["of"][field].as_str().unwrap();
    SerialId::new(text("template").parse().unwrap(), text("serial").parse().unwrap())
}

fn told(outcome: EnrollOutcome, credentials: &Credentials) -> Value {
    let password = credentials.connection_password().expose_text().to_string();
    json!({ "outcome": outcome, "plug_id": credentials.plug_id(), "password": password })
}
