//! Connections: each row of the protocol as each caller, right and wrong, and ways to frame it.

use super::Seed;

pub(super) fn seeds() -> Vec<Seed> {
    let (a, b, c) = ("1:a", "2:b", "3:c");
    let enrolling = r#"{"model":"$M","hwid":"N","pass":"$p","name":"x","props":{"a":[1,null]}}"#;
    let controlling = r#"{"model":"$M","ctrl":"A","pass":"$q","hwid":"P","name":"y"}"#;
    let changing = r#"{"name":"z","perm":{"ctrl":"r"},"props":"\ud83d\ude00"}"#;
    let connections: Vec<(&str, Vec<String>)> = vec![
        ("enroll", vec![call("POST", "", "", enrolling), call("POST", "", "1:c", enrolling)]),
        ("control", vec![call("PUT", "", "", controlling), call("PUT", "", b, controlling)]),
        ("read", [a, b, c, "e:w", "1:w", "1:b", ""].map(|by| call("GET", "/$1", by, "")).to_vec()),
        ("read-itself", vec![call("GET", "/$1", a, "")]),
        ("read-itself-enrolled", vec![headed("GET", "/$2", b, "Connection: keep-alive\r\n", "")]),
        ("read-itself-controller", vec![call("GET", "/$3", c, "")]),
        ("read-itself-wrong", vec![call("GET", "/$1", "1:b", "")]),
        ("change", [a, c, "e:w", "1:w"].map(|by| call("PATCH", "/$1", by, changing)).to_vec()),
        (
            "wrong",
            ["Email: $e", "Id: $1"]
                .map(|who| format!("X-Plug-{who}\r\nX-Plug-Master: wrong"))
                .map(|who| with("GET", "/$1", "", &who, ""))
                .to_vec(),
        ),
        (
            "status",
            ["ok", "disabled", "reactivate", "x"]
                .map(|status| call("PATCH", "/$1", "e:w", &format!("{{\"status\":\"{status}\"}}")))
                .to_vec(),
        ),
        (
            "release",
            ["$1", "\"$1,$2\"", "[\"$1\"]", "{\"controlled\":\"$1\"}", "null", "{}", ""]
                .map(|list| call("DELETE", "/$3", c, list))
                .to_vec(),
        ),
        ("unenroll", [a, b, c].map(|by| call("DELETE", "", by, "")).to_vec()),
        ("unenroll-by-owner", vec![call("DELETE", "", "e:w", "[\"$1\",\"$2\",\"$3\"]")]),
        ("unenroll-under-owner", vec![call("DELETE", "", "1:w", "\"$1\"")]),
        (
            "override",
            ["DELETE", "PATCH", "GET"]
                .map(|to| with("POST", "/$1", a, &format!("X-HTTP-Method-Override: {to}"), "{}"))
                .to_vec(),
        ),
        ("no-method", ["GET", "PATCH", "BREW"].map(|by| call(by, "", a, "")).to_vec()),
        ("document", vec![call("GET", "/../openapi.json", "", "")]),
        ("nowhere", ["/", "/x/y", "/%ff", "s"].map(|path| call("GET", path, a, "")).to_vec()),
        ("too-long", vec![call("PATCH", "/$1", a, &" ".repeat(2_100))]),
        ("lengthless", vec![call("GET", "/$3", c, ""), headed("DELETE", "/$3", c, "", "\"$1\"")]),
        ("lengthless-nothing", vec![headed("DELETE", "/$3", c, "", "")]),
        (
            "lengthless-override",
            vec![headed("POST", "/$3", c, "X-HTTP-Method-Override: delete\r\n", "[\"$1\"]")],
        ),
        (
            "chunked",
            vec![
                headed(
                    "PUT",
                    "",
                    "",
                    "Transfer-Encoding: chunked\r\n",
                    "2;x\r\n{}\r\n0\r\nA: b\r\n\r\n",
                ),
                headed("DELETE", "", a, "", ""),
            ],
        ),
        ("upgrade", vec![headed("GET", "", "", "Upgrade: websocket\r\n", "xyz")]),
        ("http2", vec!["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()]),
        ("bare-newlines", vec!["DELETE /iot/device HTTP/1.0\nX-Plug-Id: $1\n\n$1".to_owned()]),
    ];
    let bytes = |(name, calls): (&str, Vec<String>)| (name.to_owned(), calls.concat().into_bytes());
    connections.into_iter().map(bytes).collect()
}

/// A call by whoever that is, with its length.
fn call(method: &str, path: &str, by: &str, body: &str) -> String {
    let length = format!("Content-Length: {}\r\n", body.len());
    headed(method, path, by, &length, body)
}

fn with(method: &str, path: &str, by: &str, header: &str, body: &str) -> String {
    let headers = format!("{header}\r\nContent-Length: {}\r\n", body.len());
    headed(method, path, by, &headers, body)
}

/// `by` names an identity and a password: a digit and a letter of a device's, `e` and `w` the
/// owner's.
fn headed(method: &str, path: &str, by: &str, headers: &str, body: &str) -> String {
    let path = match path.strip_prefix("/..") {
        Some(beside) => format!("/iot{beside}"),
        None => format!("/iot/device{path}"),
    };
    let who = by.split_once(':').map(|(id, secret)| {
        let identity = if id == "e" { "Email" } else { "Id" };
        let proof = if secret == "w" { "Master" } else { "Auth" };
        format!("X-Plug-{identity}: ${id}\r\nX-Plug-{proof}: ${secret}\r\n")
    });
    let who = who.unwrap_or_default();
    format!("{method} {path} HTTP/1.1\r\n{who}{headers}\r\n{body}")
}
