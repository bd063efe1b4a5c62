//! What calls bring.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, RefOr, Required, Schema, Type};

use super::answers::JSON;
use super::schemas::{self, DEVICES, DEVICES_TEXT, PLUG_ID};

/// A JSON object that must be there.
pub(super) fn object(name: &str) -> RequestBody {
    let content = ContentBuilder::new().schema(Some(schemas::of(name)));
    RequestBodyBuilder::new().content(JSON, content).required(Some(Required::True)).build()
}

/// A list of devices, or nothing.
pub(super) fn devices() -> RequestBody {
    list(schemas::of(DEVICES), Required::False)
}

/// What a `POST` brings, which may mean another method: an object, or a list.
pub(super) fn object_or_devices(name: &str) -> RequestBody {
    let either = AnyOfBuilder::new().item(schemas::of(name)).item(schemas::of(DEVICES));
    list(RefOr::T(either.into()), Required::False)
}

fn list(json: RefOr<Schema>, required: Required) -> RequestBody {
    let json = ContentBuilder::new().schema(Some(json));
    let text = ContentBuilder::new().schema(Some(schemas::of(DEVICES_TEXT)));
    let body = RequestBodyBuilder::new().content(JSON, json).content("text/plain", text);
    body.required(Some(required)).build()
}

/// `{id}`
pub(super) fn id() -> Parameter {
    let parameter = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path);
    parameter.required(Required::True).schema(Some(schemas::of(PLUG_ID))).build()
}

/// What a `POST` means if it is not what it says.
pub(super) fn may_mean(another: &str) -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).examples([another]);
    method(Required::False, schema, "DELETE makes it one; any other text but PATCH means nothing")
}

/// What a `POST` means where there is none.
pub(super) fn means() -> Parameter {
    let pattern = "^([Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee])$";
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
    method(Required::True, schema, "PATCH or DELETE")
}

fn method(required: Required, schema: ObjectBuilder, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name("X-HTTP-Method-Override")
        .parameter_in(ParameterIn::Header)
        .required(required)
        .schema(Some(schema))
        .description(Some(about))
        .build()
}
