//! Devices in front of all else, and mounted in it.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use plugmint_http::{Peer, no_such_path};

use crate::client::Call;
use crate::home::{Device, Home, Server, api, owner, path};

/// Devices of a home, in front of a router and mounted in it.
fn servers(home: &Home) -> [Server; 2] {
    let rest = || Router::new().route("/host", get(async || "host's")).fallback(no_such_path);
    let front = Server::in_front_of(rest(), api(&home.scene.registry));
    [front, Server::over(api(&home.scene.registry).router().merge(rest()))]
}

/// A device is read by whoever may, and by whoever may not. The device, and the calls.
fn reads(home: &Home) -> (Device, Vec<Call>) {
    let ((thing, device), (_, other)) = (home.thing("A"), home.thing("B"));
    let phone = home.controller(&thing);
    let (of_device, of_other) = (path(&device.id), path(&other.id));
    let wrong = Device { id: device.id.clone(), auth: other.auth.clone() };
    let calls = vec![
        device.get(),
        phone.get(),
        wrong.get(),
        phone.calls("GET", &of_device),
        device.calls("GET", &of_other),
        device.calls("GET", &format!("{of_device}?a=/b%2")),
        device.calls("GET", &format!("http://devices{of_device}")),
        device.calls("GET", &of_device).header("X-HTTP-Method-Override", "DELETE"),
        device.under_owner("GET", &of_device),
        device.under_owner("GET", &of_other),
        owner("GET", &of_device),
        owner("GET", "/iot/device/dev-000000000000000000000000"),
        Call::new("GET", &of_device),
        Call::new("GET", &of_device).header("X-Plug-Id", "x").header("X-Plug-Auth", "y"),
    ];
    (device, calls)
}

#[test]
fn devices_are_answered_alike_in_front_of_a_router_and_mounted_in_it() {
    let home = Home::new();
    let (device, mut calls) = reads(&home);
    let of_device = path(&device.id);
    calls.extend([
        device.calls("GET", &of_device.replace("dev-", "dev%2D")),
        device.calls("GET", &of_device.to_uppercase()),
        device.calls("GET", &format!("{of_device}/")),
        device.calls("GET", &of_device).text("{}"),
    ]);
    calls.extend(
        ["/iot/device", "/iot/device/", "/iot/device//", "/iot/device/x", "/iot/device/x/y"]
            .map(|path| device.calls("GET", path)),
    );
    calls.extend(["/", "/iot", "/iot/openapi.json", "/host"].map(|path| device.calls("GET", path)));
    calls.extend(["POST", "PUT", "PATCH", "BREW"].map(|method| device.on_itself(method).text("")));
    let servers = servers(&home);
    for call in calls {
        let [front, mounted] = servers.each_ref().map(|server| server.call(&call).timeless());
        assert_eq!(front, mounted, "{:?}", call.line());
    }
}

/// An escape takes the long way, which is that of all calls but a plain `GET`.
#[test]
fn a_plain_read_is_answered_as_one_whose_id_has_an_escape() {
    let home = Home::new();
    let (_, calls) = reads(&home);
    let mut statuses = Vec::new();
    for server in servers(&home) {
        for call in &calls {
            let plain = server.call(call).timeless();
            assert_eq!(server.call(&call.escaped()).timeless(), plain, "{:?}", call.line());
            statuses.push(plain.0);
        }
    }
    for status in [200, 401, 403, 404] {
        assert!(statuses.contains(&status), "{status} is not among {statuses:?}");
    }
}

#[test]
fn handlers_behind_devices_find_who_is_connected() {
    let home = Home::new();
    let rest = Router::new()
        .route(
            "/peer",
            get(async |ConnectInfo(peer): ConnectInfo<Peer>| peer.address().to_string()),
        )
        .route("/address", get(async |info: ConnectInfo<SocketAddr>| info.0.to_string()));
    let server = Server::in_front_of(rest, api(&home.scene.registry));
    for path in ["/peer", "/address"] {
        let mut client = server.client();
        client.send(Call::new("GET", path).bytes());
        let answer = client.answer();
        assert_eq!((answer.status, answer.said()), (200, &*client.address().to_string()), "{path}");
    }
}
