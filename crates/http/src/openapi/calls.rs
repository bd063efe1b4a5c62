//! What can be called.

use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, PathItemBuilder, PathsBuilder,
};
use utoipa::openapi::{Paths, SecurityRequirement};

use super::schemas::{CHANGE, CONTROL, ENROLLMENT};
use super::{answers, bodies};

/// Below the server, which is `/iot` under wherever the router is mounted.
pub(super) fn paths() -> Paths {
    let collection = PathItemBuilder::new()
        .operation(HttpMethod::Post, enroll())
        .operation(HttpMethod::Put, control())
        .operation(HttpMethod::Delete, remove());
    let one = PathItemBuilder::new()
        .operation(HttpMethod::Get, read())
        .operation(HttpMethod::Patch, change())
        .operation(HttpMethod::Delete, release())
        .operation(HttpMethod::Post, overridden());
    let itself = PathItemBuilder::new()
        .operation(HttpMethod::Get, document())
        .operation(HttpMethod::Head, is_there());
    PathsBuilder::new()
        .path("/device", collection.build())
        .path("/device/{id}", one.build())
        .path("/openapi.json", itself.build())
        .build()
}

fn enroll() -> Operation {
    let about = "Credentials that are sent along mean nothing, unless the call means a DELETE. A \
        repeat before the device has connected is answered the same, unless its template refuses \
        repeats.";
    let call = operation("enroll", "A Thing enrolls", about);
    let call = call.parameter(bodies::may_mean("DELETE"));
    let call = call.request_body(Some(bodies::object_or_devices(ENROLLMENT)));
    let call = call.securities(Some([&[nobody()][..], &anybody()].concat()));
    let call = call.response("200", answers::credentials_or_removed());
    refused(call, &[400, 401, 403, 405, 408, 413, 429, 500, 503])
}

fn control() -> Operation {
    let about = "Without credentials a Controller enrolls with the control password of a Thing; \
        with its credentials whoever has enrolled is granted that Thing, too.";
    let call = operation("control", "A Controller enrolls, or is granted one more Thing", about);
    let call = call.request_body(Some(bodies::object(CONTROL)));
    let call = call.securities(Some([nobody(), device(), device_of_owner()]));
    let call = call.response("200", answers::done());
    let call = call.response("201", answers::credentials("The credentials of the Controller"));
    refused(call, &[400, 401, 403, 408, 413, 429, 500, 503])
}

fn remove() -> Operation {
    let about = "A device names itself, or nothing, which means itself. The owner names the \
        devices; what is none of theirs does not count.";
    let call = operation("unenroll", "Devices are taken off", about);
    let call = call.request_body(Some(bodies::devices())).securities(Some(anybody()));
    refused(call.response("200", answers::removed()), &[400, 401, 403, 408, 413, 429, 500, 503])
}

fn read() -> Operation {
    let about = "A device reads itself and the Things that it has a level on, the owner reads all.";
    let call = operation("read", "What a device is", about).parameter(bodies::id());
    let call = call.securities(Some(anybody())).response("200", answers::device());
    refused(call, &[400, 401, 403, 404, 408, 413, 429, 500, 503])
}

fn change() -> Operation {
    let about = "A device changes itself; its status is the owner's to change. `ok` enables, \
        `disabled` disables, and `reactivate` lets it enroll again and ends its password.";
    let call = operation("change", "A device changes", about).parameter(bodies::id());
    let call = call.request_body(Some(bodies::object(CHANGE))).securities(Some(anybody()));
    let call = call.response("200", answers::done());
    refused(call, &[400, 401, 403, 404, 408, 413, 429, 500, 503])
}

fn release() -> Operation {
    let about = "Those that are named, or all of them. Whoever holds them does it, or the owner.";
    let call = operation("release", "Things are controlled no longer", about);
    let call = call.parameter(bodies::id()).request_body(Some(bodies::devices()));
    let call = call.securities(Some(anybody())).response("200", answers::done());
    refused(call, &[400, 401, 403, 404, 408, 413, 429, 500, 503])
}

fn overridden() -> Operation {
    let about = "It is the PATCH or the DELETE that its header says, with that body.";
    let call = operation("override", "A PATCH or a DELETE that is sent as a POST", about);
    let call = call.parameter(bodies::id()).parameter(bodies::means());
    let call = call.request_body(Some(bodies::object_or_devices(CHANGE)));
    let call = call.securities(Some(anybody())).response("200", answers::done());
    refused(call, &[400, 401, 403, 404, 405, 408, 413, 429, 500, 503])
}

fn document() -> Operation {
    let call = operation("document", "What can be called", "This document.");
    call.response("200", answers::document()).build()
}

fn is_there() -> Operation {
    let call = operation("head", "That the document is there", "Its head, without it.");
    call.response("200", answers::head_of_document()).build()
}

fn operation(id: &str, summary: &str, about: &str) -> OperationBuilder {
    OperationBuilder::new().operation_id(Some(id)).summary(Some(summary)).description(Some(about))
}

fn refused(call: OperationBuilder, statuses: &[u16]) -> Operation {
    let refused = statuses
        .iter()
        .fold(call, |call, status| call.response(status.to_string(), answers::refused(*status)));
    refused.build()
}

/// A device, an owner, or a device under its owner's password.
fn anybody() -> [SecurityRequirement; 3] {
    [device(), both("plugEmail", "plugMaster"), device_of_owner()]
}

fn device() -> SecurityRequirement {
    both("plugId", "plugAuth")
}

fn device_of_owner() -> SecurityRequirement {
    both("plugId", "plugMaster")
}

fn nobody() -> SecurityRequirement {
    SecurityRequirement::default()
}

fn both(one: &str, other: &str) -> SecurityRequirement {
    SecurityRequirement::new(one, NO_SCOPES).add(other, NO_SCOPES)
}

const NO_SCOPES: [&str; 0] = [];
