//! Lists of devices, in each of the shapes in which devices send them.

use plugmint::{PlugId, PlugIdKind};
use serde_json::Value;

use super::answer::Refusal;

/// Which devices a `DELETE` names.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Named {
    /// None: nothing, `null` or `{}` stood there.
    Nothing,
    /// These, each once.
    These(Vec<PlugId>),
}

/// Reads the body of a `DELETE`. An empty list of devices is no `Nothing`: who names none by name
/// does not mean all.
pub(super) fn read(body: &[u8]) -> Result<Named, Refusal> {
    let text = str::from_utf8(body).map_err(|_| malformed())?.trim();
    if text.is_empty() {
        return Ok(Named::Nothing);
    }
    let these = match serde_json::from_str(text) {
        Ok(Value::Null) => return Ok(Named::Nothing),
        Ok(Value::Object(object)) if object.is_empty() => return Ok(Named::Nothing),
        Ok(Value::Object(object)) => match object.get("controlled") {
            Some(value) => of_value(value)?,
            None => return Err(malformed()),
        },
        Ok(value) => of_value(&value)?,
        // A bare id.
        Err(_) => of_text(text)?,
    };
    Ok(Named::These(these))
}

fn of_value(value: &Value) -> Result<Vec<PlugId>, Refusal> {
    match value {
        Value::String(text) => of_text(text),
        Value::Array(texts) => {
            let mut all = Vec::new();
            for text in texts {
                let text = text.as_str().ok_or_else(malformed)?;
                push(&mut all, one(text)?);
            }
            Ok(all)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Err(malformed()),
    }
}

fn of_text(text: &str) -> Result<Vec<PlugId>, Refusal> {
    let mut all = Vec::new();
    for text in text.split(',') {
        push(&mut all, one(text)?);
    }
    Ok(all)
}

fn one(text: &str) -> Result<PlugId, Refusal> {
    PlugId::parse_kind(PlugIdKind::Device, text.trim()).map_err(|_| malformed())
}

fn push(all: &mut Vec<PlugId>, plug_id: PlugId) {
    if !all.contains(&plug_id) {
        all.push(plug_id);
    }
}

fn malformed() -> Refusal {
    Refusal::malformed("the body names no devices: expected their Plug-IDs, or nothing")
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "dev-0123456789abcdef01234567";
    const B: &str = "dev-abcdef0123456789abcdef01";

    fn these(texts: &[&str]) -> Named {
        Named::These(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn every_shape_of_a_list_is_read() {
        for nothing in ["", " \r\n", "null", "{}", " { } "] {
            assert_eq!(read(nothing.as_bytes()).unwrap(), Named::Nothing, "{nothing:?}");
        }
        let upper = A.replace("abcdef", "ABCDEF");
        for one in [
            A.to_owned(),
            upper,
            format!("\"{A}\""),
            format!("[\"{A}\"]"),
            format!("[\"{A}\",\"{A}\"]"),
            format!("{{\"controlled\":\"{A}\"}}"),
            format!("{{\"controlled\":[\"{A}\"]}}"),
        ] {
            assert_eq!(read(one.as_bytes()).unwrap(), these(&[A]), "{one}");
        }
        for two in [
            format!("{A},{B}"),
            format!("\"{A},{B}\""),
            format!("\"{A}, {B}\""),
            format!("[\"{A}\", \"{B}\"]"),
            format!("{{\"controlled\":\"{A},{B}\"}}"),
            format!("{{\"controlled\":[\"{A}\",\"{B}\"]}}"),
        ] {
            assert_eq!(read(two.as_bytes()).unwrap(), these(&[A, B]), "{two}");
        }
    }

    #[test]
    fn an_empty_list_names_nobody_and_does_not_mean_all() {
        assert_eq!(read(b"[]").unwrap(), these(&[]));
        assert_eq!(read(b"{\"controlled\":[]}").unwrap(), these(&[]));
    }

    #[test]
    fn what_names_no_devices_is_refused() {
        let mod_id = A.replace("dev", "mod");
        for wrong in [
            "x",
            "\"\"",
            "true",
            "7",
            "[7]",
            "[[]]",
            ",",
            "{\"x\":1}",
            "{\"controlled\":null}",
            "{\"controlled\":7}",
            &mod_id,
            A.trim_start_matches('d'),
            &format!("{A},"),
            &format!("{A};{B}"),
            "\u{7f}",
        ] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        assert!(read(&[0xff]).is_err());
    }
}
