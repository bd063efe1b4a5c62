//! What stands in bodies and paths.

use serde_json::{Value, json};
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, SchemaType};
use utoipa::openapi::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};

pub(super) const CONTROL: &str = "Control";
pub(super) const CHANGE: &str = "Change";
pub(super) const CREDENTIALS: &str = "Credentials";
pub(super) const DEVICE: &str = "Device";
pub(super) const DEVICES: &str = "Devices";
pub(super) const DEVICES_TEXT: &str = "DevicesText";
pub(super) const ENROLLMENT: &str = "Enrollment";
pub(super) const PLUG_ID: &str = "PlugId";
pub(super) const REMOVED: &str = "Removed";

pub(super) fn add(components: ComponentsBuilder) -> ComponentsBuilder {
    components
        .schema(ENROLLMENT, enrollment())
        .schema(CONTROL, control())
        .schema(CHANGE, change())
        .schema(DEVICES, devices())
        .schema(DEVICES_TEXT, devices_text())
        .schema(CREDENTIALS, credentials())
        .schema(DEVICE, device())
        .schema(REMOVED, removed())
        .schema(PLUG_ID, text("The Plug-ID of a device, in any case", &matched(ID)))
        .schema(MODEL, text("The Plug-ID of a template, in any case", MODEL_PATTERN))
        .schema(SERIAL, text("A serial number, compared byte by byte", &named()))
        .schema(NAME, name())
        .schema(PASSWORD, text("8 to 128 bytes of UTF-8 without control characters", &password()))
        .schema(PERM, perm())
        .schema(PROPS, kept())
}

pub(super) fn of(name: &str) -> RefOr<Schema> {
    Ref::from_schema_name(name).into()
}

/// A Thing enrolls.
fn enrollment() -> Schema {
    let object = ObjectBuilder::new()
        .property("model", of(MODEL))
        .property("hwid", of(SERIAL))
        .property("pass", of(PASSWORD))
        .property("name", of(NAME))
        .property("props", of(PROPS));
    object.required("model").required("hwid").required("pass").into()
}

/// A Controller enrolls, or whoever has enrolled is granted one more Thing.
fn control() -> Schema {
    let own = AnyOfBuilder::new().item(of(SERIAL)).item(nothing());
    let own = own.description(Some("The Controller's own serial number: by it it is known again"));
    let object = ObjectBuilder::new()
        .property("model", of(MODEL))
        .property("ctrl", of(SERIAL))
        .property("pass", of(PASSWORD))
        .property("hwid", own)
        .property("name", of(NAME));
    object.required("model").required("ctrl").required("pass").into()
}

/// What a device is from now on; what is not named stays.
fn change() -> Schema {
    let status = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["ok", "disabled", "reactivate"]))
        .description(Some("The owner's alone"));
    ObjectBuilder::new()
        .property("name", of(NAME))
        .property("status", status)
        .property("perm", of(PERM))
        .property("props", of(PROPS))
        .into()
}

/// A list of devices, in each of the shapes in which devices send one.
fn devices() -> Schema {
    let list = || {
        let one = text("", &matched(&format!("{BLANK}{ID}{BLANK}")));
        let all = ArrayBuilder::new().items(RefOr::T(one));
        AnyOfBuilder::new().item(text("Plug-IDs with commas", &listed())).item(all)
    };
    let controlled = ObjectBuilder::new().property("controlled", list()).required("controlled");
    let empty = ObjectBuilder::new().schema_type(Type::Object).max_properties(Some(0));
    let null = ObjectBuilder::new().schema_type(Type::Null);
    AnyOfBuilder::new()
        .description(Some("Plug-IDs of devices; null, {} and no body name nothing"))
        .item(list())
        .item(controlled)
        .item(empty)
        .item(null)
        .into()
}

fn devices_text() -> Schema {
    text("Plug-IDs of devices without quotes, with commas", &listed())
}

fn credentials() -> Schema {
    let id = text("The Plug-ID; it comes first", "^dev-[0-9a-f]{24}$");
    let auth = text("The connection password", "^[A-Za-z0-9_-]{32}$");
    let object = ObjectBuilder::new().property("id", id).property("auth", auth);
    exactly(object.required("id").required("auth"))
}

fn device() -> Schema {
    let text_or_null = || ObjectBuilder::new().schema_type(any_of(&[Type::String, Type::Null]));
    let status = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([
        "ok",
        "disabled",
        "reactivate",
    ]));
    let mut object = ObjectBuilder::new()
        .property("id", text("", "^dev-[0-9a-f]{24}$"))
        .property("hwid", text_or_null().description(Some("null if a Controller has none")))
        .property("model", text("", "^mod-[0-9a-f]{24}$"))
        .property("name", text_or_null())
        .property("status", status)
        .property("perm", kept())
        .property("props", kept());
    for name in ["id", "hwid", "model", "name", "status", "perm", "props"] {
        object = object.required(name);
    }
    exactly(object)
}

fn removed() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    number.description(Some("How many devices were there to be taken off")).into()
}

fn name() -> Schema {
    let name = text("What people call it: at most 128 bytes of UTF-8", &named());
    let nothing = RefOr::T(nothing());
    AnyOfBuilder::new().item(name).item(nothing).into()
}

/// Says nothing where a text may stand.
fn nothing() -> Schema {
    let values = [Value::Null, json!("")];
    ObjectBuilder::new()
        .schema_type(any_of(&[Type::String, Type::Null]))
        .enum_values(Some(values))
        .into()
}

fn perm() -> Schema {
    let ctrl = ObjectBuilder::new()
        .schema_type(any_of(&[Type::String, Type::Null]))
        .enum_values(Some([Value::Null, json!("rw"), json!("r"), json!("")]))
        .description(Some("What Controllers may do: null and rw both ways, r read, nothing"));
    ObjectBuilder::new()
        .schema_type(any_of(&[Type::Object, Type::Null]))
        .property("ctrl", ctrl)
        .description(Some("At most 8 KiB, given back as it was given"))
        .into()
}

fn kept() -> Schema {
    let any = ObjectBuilder::new().schema_type(SchemaType::AnyValue);
    any.description(Some("Any JSON of at most 8 KiB, given back as it was given")).into()
}

fn text(about: &str, pattern: &str) -> Schema {
    let about = Some(about).filter(|about| !about.is_empty());
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
    text.description(about).into()
}

/// What has these properties and no others.
fn exactly(object: ObjectBuilder) -> Schema {
    object.additional_properties(Some(AdditionalProperties::FreeForm(false))).into()
}

fn any_of(types: &[Type]) -> SchemaType {
    SchemaType::Array(types.to_vec())
}

fn matched(what: &str) -> String {
    format!("^{what}$")
}

/// Plug-IDs with commas, and blanks around them.
fn listed() -> String {
    let one = format!("{BLANK}{ID}{BLANK}");
    matched(&format!("{one}(,{one})*"))
}

/// 1 to 128 characters, none of which is a control character, and no white space at either end.
fn named() -> String {
    matched(&format!("[^{ENDS}]([^{CONTROLS}]{{0,126}}[^{ENDS}])?"))
}

fn password() -> String {
    matched(&format!("[^{CONTROLS}]{{8,128}}"))
}

const MODEL: &str = "Model";
const NAME: &str = "Name";
const PASSWORD: &str = "Password";
const PERM: &str = "Perm";
const PROPS: &str = "Props";
const SERIAL: &str = "SerialNumber";

const ID: &str = "[Dd][Ee][Vv]-[0-9A-Fa-f]{24}";
const MODEL_PATTERN: &str = "^[Mm][Oo][Dd]-[0-9A-Fa-f]{24}$";
const BLANK: &str = "[ \\t\\r\\n]*";

/// Unicode category Cc.
const CONTROLS: &str = "\\u0000-\\u001f\\u007f-\\u009f";

/// That, and the Unicode property `White_Space`.
const ENDS: &str =
    "\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
