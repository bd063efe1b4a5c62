//! The document that says what can be called, held against what is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use axum::Router;
use serde_json::{Value, json};

use crate::client::{Answer, Call};
use crate::home::{Home, NOBODY, Server, api, owner, path};

const METHODS: [&str; 9] =
    ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"];

/// What a server says that it is.
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn of(server: &Server) -> Self {
        let answer = server.call(&Call::new("GET", AT));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(JSON)));
        Self(answer.value())
    }

    /// Every path from the root of the server, and its methods.
    fn calls(&self) -> BTreeMap<String, BTreeSet<String>> {
        let methods = |item: &Value| {
            item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect()
        };
        let paths = self.0["paths"].as_object().unwrap();
        paths.iter().map(|(path, item)| (format!("/iot{path}"), methods(item))).collect()
    }

    fn operation(&self, path: &str, method: &str) -> &Value {
        let path = path.strip_prefix("/iot").unwrap();
        &self.0["paths"][path][method.to_lowercase()]
    }

    /// What stands there, and where it points to.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let Some(at) = value["$ref"].as_str() else { return value };
        self.0.pointer(at.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("{at} is nowhere"))
    }

    fn response(&self, operation: &Value, status: u16) -> Value {
        self.resolved(&operation["responses"][status.to_string()]).clone()
    }

    /// Whether it says of an answer that it may be given.
    pub(crate) fn allows(&self, call: &Call, answer: &Answer) {
        let (method, target) = call.line();
        let status = answer.status;
        let target = target.split('?').next().unwrap();
        let template = match target.strip_prefix("/iot/device/") {
            Some(id) if !id.is_empty() && !id.contains('/') => "/iot/device/{id}",
            _ => target,
        };
        let known = self.calls();
        let Some(methods) = known.get(template) else {
            assert_eq!(status, 404, "{method} {target}");
            return;
        };
        if !methods.contains(method) {
            assert_eq!(status, 405, "{method} {target}");
            return;
        }
        let response = self.response(self.operation(template, method), status);
        assert!(!response.is_null(), "{method} {target}: {status} is not told of");
        let has_body = !response["content"].is_null();
        assert_eq!(answer.body.is_empty(), !has_body, "{method} {target}: {status}");
        let told = keys(&response["headers"]);
        for header in ["Allow", "Cache-Control", "Connection", "Retry-After"] {
            let is_there = answer.header(&header.to_lowercase()).is_some();
            let sometimes = ["Cache-Control", "Connection"].contains(&header) && !is_there;
            let is_told = told.contains(header);
            assert!(is_told == is_there || sometimes, "{method} {target}: {status}: {header}");
        }
    }
}

/// The document of all servers here; it does not depend on what they serve.
pub(crate) fn document(server: &Server) -> &'static Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT.get_or_init(|| Document::of(server))
}

#[test]
fn each_call_that_it_tells_of_is_there_and_no_other_is() {
    let home = Home::new();
    let document = Document::of(&home.server);
    for (template, methods) in document.calls() {
        for method in METHODS {
            let (_, device) = home.thing(&format!("{method} {template}"));
            let mut call = device.calls(method, &template.replace("{id}", &device.id)).text("{}");
            if template == "/iot/device/{id}" && method == "POST" {
                call = call.header("X-HTTP-Method-Override", "PATCH");
            }
            let status = home.call(&call).status;
            let is_there = ![404, 405].contains(&status);
            assert_eq!(is_there, methods.contains(method), "{method} {template}: {status}");
        }
    }
}

#[test]
fn each_path_of_the_router_is_in_it_or_nothing_is_there() {
    let home = Home::new();
    let known = Document::of(&home.server).calls();
    // Axum tells its paths to who debugs it, and to nobody else.
    let router = format!("{:?}", api(&home.scene.registry).router());
    let texts = router.split('"').skip(1).step_by(2);
    let paths: BTreeSet<_> = texts.filter(|text| text.starts_with('/')).collect();
    assert!(paths.len() >= known.len(), "{router}");
    for path in paths {
        for method in METHODS {
            let there = path.replace("{id}", NOBODY).replace("{*rest}", "x/y");
            let is_there = home.call(&owner(method, &there)).status != 404;
            assert!(!is_there || known.contains_key(path), "{method} {path}");
        }
    }
    for path in known.keys() {
        assert!(router.contains(&format!("\"{path}\"")), "{path} is not routed");
    }
}

#[test]
fn each_row_of_the_protocol_is_in_it() {
    let home = Home::new();
    let document = Document::of(&home.server);
    // The call, what must stand in its body, what may, and each status with the keys of its body.
    let rows = [
        ("POST", "/iot/device", "Enrollment", "hwid model pass", "name props", "200 auth id"),
        ("PUT", "/iot/device", "Control", "ctrl model pass", "hwid name", "201 auth id"),
        ("PUT", "/iot/device", "Control", "ctrl model pass", "hwid name", "200"),
        ("DELETE", "/iot/device", "Devices", "", "", "200"),
        ("DELETE", "/iot/device/{id}", "Devices", "", "", "200"),
        ("GET", "/iot/device/{id}", "", "", "", "200 hwid id model name perm props status"),
        ("PATCH", "/iot/device/{id}", "Change", "", "name perm props status", "200"),
        ("POST", "/iot/device/{id}", "Change", "", "name perm props status", "200"),
        ("POST", "/iot/device/{id}", "Devices", "", "", "200"),
        ("POST", "/iot/device", "Devices", "", "", "200"),
    ];
    for (method, path, body, required, optional, answer) in rows {
        let operation = document.operation(path, method);
        assert!(!operation.is_null(), "{method} {path}");
        if !body.is_empty() {
            let schema = &operation["requestBody"]["content"][JSON]["schema"];
            let at = format!("#/components/schemas/{body}");
            assert!(schema.to_string().contains(&format!("\"{at}\"")), "{method} {path}: {schema}");
            let schema = document.resolved_at(&at);
            let must = words(&schema["required"]);
            assert_eq!(must, required.split_whitespace().collect::<BTreeSet<_>>(), "{path}");
            let may = keys(&schema["properties"]).difference(&must).copied().collect::<Vec<_>>();
            assert_eq!(may, optional.split_whitespace().collect::<Vec<_>>(), "{path}");
        }
        let (status, told) = answer.split_once(' ').unwrap_or((answer, ""));
        let response = &operation["responses"][status];
        assert!(response.is_object(), "{method} {path}: {status}");
        let content = &response["content"][JSON]["schema"];
        let shapes = [content, &content["oneOf"][0]].map(|shape| document.resolved(shape));
        let found = shapes.map(|shape| keys(&shape["properties"]));
        let told = told.split_whitespace().collect::<BTreeSet<_>>();
        assert!(found.contains(&told), "{method} {path}: {content}");
        for status in ["400", "401", "403", "413", "429", "503"] {
            assert!(operation["responses"][status].is_object(), "{method} {path}: {status}");
        }
        let is_the_owners = path == "/iot/device/{id}";
        assert_eq!(operation["responses"]["404"].is_object(), is_the_owners, "{method} {path}");
    }
}

#[test]
fn each_error_is_an_err_and_a_msg() {
    let home = Home::new();
    let document = Document::of(&home.server);
    let errors = document.0["components"]["responses"].as_object().unwrap();
    assert_eq!(errors.len(), 10);
    for (name, error) in errors {
        let schema = &error["content"][JSON]["schema"];
        assert_eq!(keys(&schema["properties"]), BTreeSet::from(["err", "msg"]));
        assert_eq!(words(&schema["required"]), BTreeSet::from(["err", "msg"]));
        let status: u16 = name.strip_prefix("Error").unwrap().parse().unwrap();
        assert_eq!(schema["properties"]["err"]["enum"], json!([status]));
    }
}

#[test]
fn both_ways_to_say_who_calls_are_in_it_and_who_may_say_nothing() {
    let home = Home::new();
    let document = Document::of(&home.server);
    let schemes = document.0["components"]["securitySchemes"].as_object().unwrap();
    let headers: BTreeSet<_> =
        schemes.values().map(|scheme| scheme["name"].as_str().unwrap()).collect();
    let all = ["X-Plug-Auth", "X-Plug-Email", "X-Plug-Id", "X-Plug-Master"];
    assert_eq!(headers, BTreeSet::from(all));
    let (device, owner) =
        (json!({"plugId": [], "plugAuth": []}), json!({"plugEmail": [], "plugMaster": []}));
    let (under, nobody) = (json!({"plugId": [], "plugMaster": []}), json!({}));
    for (method, path, who) in [
        ("POST", "/iot/device", json!([nobody, device, owner, under])),
        ("PUT", "/iot/device", json!([nobody, device, under])),
        ("DELETE", "/iot/device", json!([device, owner, under])),
        ("GET", "/iot/device/{id}", json!([device, owner, under])),
        ("PATCH", "/iot/device/{id}", json!([device, owner, under])),
        ("DELETE", "/iot/device/{id}", json!([device, owner, under])),
        ("POST", "/iot/device/{id}", json!([device, owner, under])),
        ("GET", AT, Value::Null),
        ("HEAD", AT, Value::Null),
    ] {
        assert_eq!(document.operation(path, method)["security"], who, "{method} {path}");
    }
    assert_eq!(document.0.get("security"), None);
}

#[test]
fn everything_that_it_points_to_is_in_it() {
    let home = Home::new();
    let document = Document::of(&home.server);
    assert_eq!(document.0["openapi"], "3.1.0");
    let text = document.0.to_string();
    let pointed: BTreeSet<_> = text.split("\"$ref\":\"").skip(1).collect();
    let pointed = pointed.into_iter().map(|rest| rest.split('"').next().unwrap());
    for at in pointed {
        assert!(!document.resolved_at(at).is_null(), "{at}");
    }
}

#[test]
fn its_server_is_where_the_router_is_mounted() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for mounted in ["", "/a", "/a/b"] {
        let router = api(&home.scene.registry).router();
        let router = if mounted.is_empty() { router } else { Router::new().nest(mounted, router) };
        let server = Server::over(router);
        let at = format!("{mounted}{AT}");
        let document = server.call(&Call::new("GET", &at)).value();
        let [of] = document["servers"].as_array().unwrap().as_slice() else { panic!("one server") };
        let base = resolved(&at, of["url"].as_str().unwrap());
        assert_eq!(base, format!("{mounted}/iot"));
        let paths = document["paths"].as_object().unwrap();
        let one = paths.keys().find(|path| path.contains("{id}")).unwrap();
        let call = device.calls("GET", &format!("{base}{}", one.replace("{id}", &device.id)));
        assert_eq!(server.call(&call).value()["id"], device.id);
    }
}

#[test]
fn it_is_read_and_nothing_else() {
    let home = Home::new();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = home.server.call(&Call::new(method, AT));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
    }
    let [get, head] = ["GET", "HEAD"].map(|method| home.call(&Call::new(method, AT)));
    assert_eq!((head.status, head.header("content-length")), (200, get.header("content-length")));
    let patch = Call::new("POST", AT).header("X-HTTP-Method-Override", "PATCH");
    assert_eq!(home.server.call(&patch).status, 405);
    assert_eq!(home.call(&Call::new("GET", &path("openapi.json"))).status, 401);
}

impl Document {
    fn resolved_at(&self, at: &str) -> &Value {
        self.0.pointer(at.strip_prefix('#').unwrap()).unwrap_or(&Value::Null)
    }
}

/// A relative path beside a document: RFC 3986, section 5.2.
fn resolved(document: &str, relative: &str) -> String {
    let mut base: Vec<_> = document.split('/').collect();
    base.pop();
    for part in relative.split('/') {
        match part {
            ".." => drop(base.pop()),
            "." => {}
            part => base.push(part),
        }
    }
    base.join("/")
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().into_iter().flat_map(|object| object.keys()).map(String::as_str).collect()
}

fn words(array: &Value) -> BTreeSet<&str> {
    array.as_array().into_iter().flatten().map(|word| word.as_str().unwrap()).collect()
}

const AT: &str = "/iot/openapi.json";

const JSON: &str = "application/json";
