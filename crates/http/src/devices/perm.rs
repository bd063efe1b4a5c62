//! What Controllers may do, in the words of a device.

use plugmint::AccessLevel;
use serde_json::value::RawValue;

use super::answer::Refusal;
use super::body::{Object, is_null, text};

/// The level that a `perm` comes to; `None` where it does not say, and the template's holds.
pub(super) fn access(perm: &RawValue) -> Result<Option<AccessLevel>, Refusal> {
    if is_null(perm) {
        return Ok(None);
    }
    let object = serde_json::from_str::<Object<'_>>(perm.get());
    let object = object.map_err(|_| Refusal::malformed("`perm` is no JSON object"))?;
    let Some(ctrl) = object.get("ctrl") else { return Ok(None) };
    if is_null(ctrl) {
        return Ok(Some(AccessLevel::ReadWrite));
    }
    match text(ctrl).ok_or_else(malformed)?.as_str() {
        "rw" => Ok(Some(AccessLevel::ReadWrite)),
        "r" => Ok(Some(AccessLevel::Read)),
        "" => Ok(Some(AccessLevel::None)),
        _ => Err(malformed()),
    }
}

fn malformed() -> Refusal {
    Refusal::malformed("`perm.ctrl`: expected null, \"rw\", \"r\" or \"\"")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json::value::to_raw_value;

    use super::*;

    #[test]
    fn the_words_of_devices_are_levels() {
        for (perm, level) in [
            (json!(null), None),
            (json!({}), None),
            (json!({"of": "r"}), None),
            (json!({"ctrl": null}), Some(AccessLevel::ReadWrite)),
            (json!({"ctrl": "rw"}), Some(AccessLevel::ReadWrite)),
            (json!({"ctrl": "r"}), Some(AccessLevel::Read)),
            (json!({"ctrl": ""}), Some(AccessLevel::None)),
        ] {
            assert_eq!(access(&to_raw_value(&perm).unwrap()).unwrap(), level, "{perm}");
        }
        for wrong in [json!([]), json!("rw"), json!({"ctrl": "w"}), json!({"ctrl": 1})] {
            assert!(access(&to_raw_value(&wrong).unwrap()).is_err(), "{wrong}");
        }
    }
}
