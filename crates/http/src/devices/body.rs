//! What a call brings.

use std::collections::BTreeMap;

use axum::body::{Body, HttpBody, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{Method, Version};
use serde_json::error::Category;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::answer::Refusal;

/// The bytes of a body: passwords may stand in them, so they are wiped.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// Reads all of a body.
pub(super) async fn read(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let too_long = || {
        let msg = format!("the body is too long: expected at most {limit} bytes");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, msg).and_closes()
    };
    if usize::try_from(body.size_hint().lower()).map_or(true, |said| said > limit) {
        // Told at once, before it comes.
        return Err(too_long());
    }
    match to_bytes(body, limit).await {
        Ok(bytes) => Ok(Zeroizing::new(bytes.to_vec())),
        Err(error) if is_too_long(&error) => Err(too_long()),
        Err(_) => Err(Refusal::malformed("the body ends early").and_closes()),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(|source| source.to_string().contains("length limit"))
}

/// Refuses a `DELETE` that does not say how long its body is: what follows may be one, and must not
/// be taken for nothing.
pub(super) fn ensure_length(parts: &Parts, method: &Method) -> Result<(), Refusal> {
    let says =
        || [CONTENT_LENGTH, TRANSFER_ENCODING].iter().any(|name| parts.headers.contains_key(name));
    if *method == Method::DELETE && parts.version <= Version::HTTP_11 && !says() {
        let msg = "the length of the body is not told: expected Content-Length";
        return Err(Refusal::malformed(msg).and_closes());
    }
    Ok(())
}

/// A JSON object, each of its values as it was written.
pub(super) type Object<'a> = BTreeMap<String, &'a RawValue>;

pub(super) fn object(bytes: &[u8]) -> Result<Object<'_>, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => Refusal::malformed("the body is no JSON object"),
        Category::Io | Category::Syntax | Category::Eof => {
            // Where it is wrong, and not what stands there.
            let (line, column) = (error.line(), error.column());
            Refusal::malformed(format!("the body is no JSON: line {line}, column {column}"))
        }
    })
}

pub(super) fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

/// What a text says, which may be a password.
pub(super) fn text(value: &RawValue) -> Option<Zeroizing<String>> {
    serde_json::from_str(value.get()).ok().map(Zeroizing::new)
}

/// A value of a text that must be there.
pub(super) fn parsed<T, E: std::fmt::Display>(
    object: &Object<'_>,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Refusal> {
    let text = optional_text(object, name)?;
    let text = text.ok_or_else(|| Refusal::malformed(format!("`{name}` is missing")))?;
    parse(&text).map_err(|invalid| invalid_text(name, &invalid))
}

/// A value of a text that may be missing, null or empty.
pub(super) fn optional_parsed<T, E: std::fmt::Display>(
    object: &Object<'_>,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, Refusal> {
    let text = optional_text(object, name)?.filter(|text| !text.is_empty());
    text.map(|text| parse(&text).map_err(|invalid| invalid_text(name, &invalid))).transpose()
}

/// A text that may be missing or null.
fn optional_text(object: &Object<'_>, name: &str) -> Result<Option<Zeroizing<String>>, Refusal> {
    match object.get(name).filter(|value| !is_null(value)) {
        None => Ok(None),
        Some(value) => {
            let text = text(value);
            text.map(Some).ok_or_else(|| Refusal::malformed(format!("`{name}` is no text")))
        }
    }
}

fn invalid_text(name: &str, invalid: &dyn std::fmt::Display) -> Refusal {
    Refusal::malformed(format!("`{name}`: {invalid}"))
}
