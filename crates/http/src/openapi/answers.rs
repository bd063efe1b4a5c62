//! What calls are answered.

use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, Header, HeaderBuilder, ObjectBuilder, OneOfBuilder, Ref,
    RefOr, Response, ResponseBuilder, Schema, Type,
};

use super::schemas::{self, CREDENTIALS, DEVICE, REMOVED};

/// Each error that there is.
pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    ERRORS.iter().fold(components, |components, (status, about)| {
        components.response(name(*status), error(*status, about))
    })
}

/// An error, by its status.
pub(super) fn refused(status: u16) -> RefOr<Response> {
    Ref::from_response_name(name(status)).into()
}

pub(super) fn credentials(about: &str) -> RefOr<Response> {
    never_kept(about, schemas::of(CREDENTIALS))
}

/// What a `POST` is answered that enrolls, or means a `DELETE`.
pub(super) fn credentials_or_removed() -> RefOr<Response> {
    let either = OneOfBuilder::new();
    let either = either.item(schemas::of(CREDENTIALS)).item(schemas::of(REMOVED));
    let about =
        "The credentials; or, to what is meant as a DELETE, how many devices were taken off";
    never_kept(about, RefOr::T(either.into()))
}

pub(super) fn removed() -> RefOr<Response> {
    let response = ResponseBuilder::new().description("How many devices were taken off");
    response.content(JSON, content(schemas::of(REMOVED))).build().into()
}

pub(super) fn device() -> RefOr<Response> {
    let response = ResponseBuilder::new().description("The device");
    response.content(JSON, content(schemas::of(DEVICE))).build().into()
}

/// Success whose body is empty.
pub(super) fn done() -> RefOr<Response> {
    ResponseBuilder::new().description("It is done; the body is empty").build().into()
}

pub(super) fn document() -> RefOr<Response> {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let response = ResponseBuilder::new().description("This document");
    let response = response.header("Connection", header(Type::String, CLOSES));
    response.content(JSON, content(RefOr::T(object.into()))).build().into()
}

pub(super) fn head_of_document() -> RefOr<Response> {
    let response = ResponseBuilder::new().description("The head of what a GET is answered");
    response.header("Connection", header(Type::String, CLOSES)).build().into()
}

/// What no cache keeps: credentials stand in it.
fn never_kept(about: &str, schema: RefOr<Schema>) -> RefOr<Response> {
    let response = ResponseBuilder::new().description(about).content(JSON, content(schema));
    response.header("Cache-Control", header(Type::String, "no-store")).build().into()
}

fn error(status: u16, about: &str) -> Response {
    let err = ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([status]));
    let msg = ObjectBuilder::new().schema_type(Type::String);
    let told = ObjectBuilder::new()
        .property("err", err.description(Some("The status")))
        .property("msg", msg.description(Some("What is wrong, for people")))
        .required("err")
        .required("msg")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let response = ResponseBuilder::new().description(about);
    let response = response.content(JSON, content(RefOr::T(told.into())));
    match status {
        405 => response.header("Allow", header(Type::String, "The methods that there are")),
        429 | 503 => response.header("Retry-After", header(Type::Integer, "In so many seconds")),
        400 | 408 | 413 => response.header("Connection", header(Type::String, CLOSES)),
        _ => response,
    }
    .build()
}

fn header(of: Type, about: &str) -> Header {
    let schema: Schema = ObjectBuilder::new().schema_type(of).into();
    HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build()
}

fn content(schema: RefOr<Schema>) -> ContentBuilder {
    ContentBuilder::new().schema(Some(schema))
}

fn name(status: u16) -> String {
    format!("Error{status}")
}

pub(super) const JSON: &str = "application/json";

const CLOSES: &str = "close, where the end of the body was not seen";

const ERRORS: [(u16, &str); 10] = [
    (400, "The path, the body or the length of it is malformed"),
    (401, "The credentials are missing or wrong"),
    (403, "The caller may not do that, or the enrollment is refused"),
    (404, "There is no such device of the owner's"),
    (405, "There is no such method here"),
    (408, "The body does not come"),
    (413, "The body is longer than the server allows, 64 KiB unless it was told otherwise"),
    (429, "There were too many attempts at a password"),
    (500, "The platform failed"),
    (503, "The platform is busy; what was asked may be done all the same, and may be asked again"),
];
