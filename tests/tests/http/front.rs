//! Devices in front of all else, and mounted in it.

use axum::Router;
use axum::routing::get;
use plugmint_http::no_such_path;

use crate::client::{Answer, Call};
use crate::home::{Home, Server, api, owner, path};

/// All of an answer but the time.
fn told(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let headers = answer.headers.iter().filter(|(name, _)| name != "date");
    (answer.status, headers.cloned().collect(), answer.body.clone())
}

#[test]
fn devices_are_answered_alike_in_front_of_a_router_and_mounted_in_it() {
    let home = Home::new();
    let ((thing, device), (_, other)) = (home.thing("A"), home.thing("B"));
    let phone = home.controller(&thing);
    let (of_device, of_other) = (path(&device.id), path(&other.id));
    let wrong = crate::home::Device { id: device.id.clone(), auth: other.auth.clone() };
    let escaped = of_device.replace("dev-", "dev%2D");
    let mut calls = vec![
        device.get(),
        phone.get(),
        wrong.get(),
        phone.calls("GET", &of_device),
        device.calls("GET", &of_other),
        device.calls("GET", &escaped),
        device.calls("GET", &of_device.to_uppercase()),
        device.calls("GET", &format!("{of_device}?a=/b%2")),
        device.calls("GET", &format!("{of_device}/")),
        device.calls("GET", &format!("http://devices{of_device}")),
        device.calls("GET", &of_device).header("X-HTTP-Method-Override", "DELETE"),
        device.calls("GET", &of_device).text("{}"),
        device.under_owner("GET", &of_device),
        owner("GET", &of_device),
        owner("GET", "/iot/device/dev-000000000000000000000000"),
        Call::new("GET", &of_device),
        Call::new("GET", &of_device).header("X-Plug-Id", "x").header("X-Plug-Auth", "y"),
    ];
    calls.extend(
        ["/iot/device", "/iot/device/", "/iot/device//", "/iot/device/x", "/iot/device/x/y"]
            .map(|path| device.calls("GET", path)),
    );
    calls.extend(["/", "/iot", "/iot/openapi.json", "/host"].map(|path| device.calls("GET", path)));
    calls.extend(["POST", "PUT", "PATCH", "BREW"].map(|method| device.on_itself(method).text("")));
    let rest = || Router::new().route("/host", get(async || "host's")).fallback(no_such_path);
    let front = Server::in_front_of(rest(), api(&home.scene.registry));
    let mounted = Server::over(api(&home.scene.registry).router().merge(rest()));
    for call in calls {
        let answers = [&front, &mounted].map(|server| told(&server.call(&call)));
        assert_eq!(answers[0], answers[1], "{call:?}");
    }
}
