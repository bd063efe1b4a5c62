//! What the devices' interface is, in a document that programs read: `OpenAPI` 3.1.

mod answers;
mod bodies;
mod calls;
mod schemas;

use std::sync::LazyLock;

use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Server,
};

/// The document as JSON, made once; `None` if it cannot be written, which a test holds it to.
pub(crate) fn document() -> Option<&'static str> {
    static DOCUMENT: LazyLock<Option<String>> = LazyLock::new(|| described().to_json().ok());
    DOCUMENT.as_deref()
}

fn described() -> OpenApi {
    let info = InfoBuilder::new()
        .title("The interface for devices")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT));
    OpenApiBuilder::new()
        .info(info)
        // Beside the document, wherever that is mounted and whatever a proxy strips.
        .servers(Some([Server::new("../iot")]))
        .paths(calls::paths())
        .components(Some(components()))
        .build()
}

fn components() -> Components {
    let mut components = schemas::add(answers::add(ComponentsBuilder::new()));
    for (name, header, about) in CREDENTIALS {
        let value = ApiKeyValue::with_description(header, about);
        components =
            components.security_scheme(name, SecurityScheme::ApiKey(ApiKey::Header(value)));
    }
    components.build()
}

const ABOUT: &str = "\
Who calls says so in headers: a device with `X-Plug-Id` and `X-Plug-Auth`, the owner of the \
devices with `X-Plug-Email` and `X-Plug-Master`, and a device under the password of its owner with \
`X-Plug-Id` and `X-Plug-Master`. A device that calls with its own password for the first time is \
activated by it.

Success is 200 or 201. An error is `{\"err\": <the status>, \"msg\": <text>}`. Every answer has a \
`Content-Length`, none is chunked. The `Content-Type` of a call is not looked at.

A `POST` with `X-HTTP-Method-Override` is the `PATCH` or `DELETE` that it names. A `DELETE` says \
how long its body is, if only with `Content-Length: 0`.";

/// The headers that say who calls: their names here, what they are called, what stands in them.
const CREDENTIALS: [(&str, &str, &str); 4] = [
    ("plugId", "X-Plug-Id", "The Plug-ID of a device, in any case"),
    ("plugAuth", "X-Plug-Auth", "The connection password of a device"),
    ("plugEmail", "X-Plug-Email", "The email address of an owner"),
    ("plugMaster", "X-Plug-Master", "The password of an owner"),
];
