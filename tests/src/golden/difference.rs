//! What a later version shows of what an earlier one wrote.

use serde_json::Value;

/// Where what was found is not what was expected, if anywhere. A field more is none: a later
/// version may show more, in an object at any depth. Everything that was there must be there with
/// its value, and of each list as many.
#[must_use]
pub fn difference(found: &Value, expected: &Value) -> Option<String> {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().find_map(|(name, expected)| match found.get(name) {
                Some(found) => Some(format!("{name}: {}", difference(found, expected)?)),
                None => Some(format!("{name} is missing")),
            })
        }
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => {
            let mut pairs = found.iter().zip(expected).enumerate();
            pairs.find_map(|(at, (found, expected))| {
                Some(format!("{at}: {}", difference(found, expected)?))
            })
        }
        (found, expected) if found == expected => None,
        (found, expected) => Some(format!("{found} instead of {expected}")),
    }
}
