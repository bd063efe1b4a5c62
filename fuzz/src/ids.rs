//! Texts: identifiers, names, passwords and keys.
//!
//! Each is read exactly when its rule, spelled out here once more, allows the text; what was read
//! prints as its canonical text, and that is read back to the same value.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use plugmint_core::derivation::{PasswordText, RootKey};
use plugmint_core::{
    Actor, CompanyId, ConnectionPassword, ControlClass, ControlPassword, EnrollPassword, Labels,
    PasswordClass, PlugId, PlugIdKind, SerialNumber, TemplateId, TemplateName,
};
use serde::{Serialize, de::DeserializeOwned};

/// Holds the beginning that is UTF-8 against every parser.
pub fn check(bytes: &[u8]) {
    let text = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    check_plug_ids(text);
    let is_name = is_name(text);
    check_text::<SerialNumber>(text, is_name(128).then_some(text));
    check_text::<TemplateName>(text, is_name(128).then_some(text));
    check_text::<Actor>(text, is_name(128).then_some(text));
    check_labels(text);
    check_passwords(text);
    check_classes(text);
    check_connection_password(text);
    check_root_key(text);
}

fn check_plug_ids(text: &str) {
    let lower = text.to_ascii_lowercase();
    let kind = match lower.get(..4) {
        Some("dev-") => Some(PlugIdKind::Device),
        Some("mod-") => Some(PlugIdKind::Template),
        Some("com-") => Some(PlugIdKind::Company),
        _ => None,
    };
    let kind = kind
        .filter(|_| lower.len() == 28 && lower[4..].bytes().all(|byte| byte.is_ascii_hexdigit()));
    let canonical = |of| (kind == Some(of)).then_some(lower.as_str());
    check_text::<PlugId>(text, kind.map(|_| lower.as_str()));
    check_text::<TemplateId>(text, canonical(PlugIdKind::Template));
    check_text::<CompanyId>(text, canonical(PlugIdKind::Company));
    for of in [PlugIdKind::Device, PlugIdKind::Template, PlugIdKind::Company] {
        let read = PlugId::parse_kind(of, text);
        assert_eq!(read.is_ok(), kind == Some(of));
        if let Ok(id) = read {
            assert_eq!(id.kind(), of);
            assert_eq!(PlugId::from_parts(of, *id.body()), id);
        }
    }
}

/// Reads a text, which must come to `canonical`, or to a refusal where that is `None`.
fn check_text<T>(text: &str, canonical: Option<&str>)
where
    T: FromStr<Err: Display> + Display + Debug + PartialEq + Serialize + DeserializeOwned,
{
    match (text.parse::<T>(), canonical) {
        (Ok(value), Some(canonical)) => {
            assert_eq!(value.to_string(), canonical);
            assert_eq!(canonical.parse::<T>().ok(), Some(value), "{canonical:?} is read back");
            let json = serde_json::to_string(canonical).unwrap();
            let value = serde_json::from_str::<T>(&json).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        (Err(invalid), None) => assert!(!invalid.to_string().is_empty()),
        (Ok(value), None) => panic!("{text:?} is read as {value:?}"),
        (Err(invalid), Some(_)) => panic!("{text:?} is refused: {invalid}"),
    }
}

fn check_labels(text: &str) {
    let mut labels = Labels::new();
    assert_eq!(labels.insert(text, "").is_ok(), is_name(text)(64));
    let is_value = text.len() <= 256 && !text.chars().any(is_control);
    assert_eq!(labels.insert("name", text).is_ok(), is_value);
    assert_eq!(labels.value("name"), is_value.then_some(text));
}

fn check_passwords(text: &str) {
    let is_password = (8..=128).contains(&text.len()) && !text.chars().any(is_control);
    let enroll = EnrollPassword::parse(text);
    let control = ControlPassword::parse(text);
    assert_eq!((enroll.is_ok(), control.is_ok()), (is_password, is_password), "{text:?}");
    if let (Ok(enroll), Ok(control)) = (enroll, control) {
        assert_eq!(enroll.expose_text().as_bytes(), text.as_bytes());
        assert_eq!(control.expose_text().as_bytes(), text.as_bytes());
        assert!(enroll.expose_text().matches(control.expose_text()));
        assert_eq!(format!("{enroll:?} {control:?}"), "EnrollPassword(..) ControlPassword(..)");
    }
}

fn check_classes(text: &str) {
    if let Ok(class) = text.parse::<PasswordClass>() {
        assert_eq!(class.to_string(), text);
    }
    if let Ok(class) = text.parse::<ControlClass>() {
        assert_eq!(class.to_string(), text);
    }
    let password = PasswordText::of_any(text.as_bytes()).unwrap();
    assert!(PasswordClass::Chosen.check(password).is_ok());
    let is_generated = is_generated(text.as_bytes());
    assert_eq!(PasswordClass::Generated.check(password).is_ok(), is_generated, "{text:?}");
}

fn check_connection_password(text: &str) {
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let read = ConnectionPassword::parse(text);
    assert_eq!(read.is_ok(), text.len() == 32 && text.bytes().all(in_alphabet), "{text:?}");
    if let Ok(password) = read {
        let printed = password.expose_text();
        assert_eq!(&*printed, text);
        assert!(ConnectionPassword::parse(&printed).unwrap().matches(&password));
        assert_eq!(format!("{password:?}"), "ConnectionPassword(..)");
    }
}

fn check_root_key(text: &str) {
    let read = RootKey::parse(text);
    assert_eq!(read.is_ok(), text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if let Ok(key) = read {
        assert_eq!(*key.expose_text(), text.to_ascii_lowercase());
    }
}

/// Whether a name may have at most so many bytes and be this text.
fn is_name(text: &str) -> impl Fn(usize) -> bool {
    let ends = [text.chars().next(), text.chars().next_back()];
    let is_sound = !text.chars().any(is_control) && !ends.into_iter().flatten().any(is_white);
    move |max| (1..=max).contains(&text.len()) && is_sound
}

/// Unicode category Cc.
fn is_control(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

/// The Unicode property `White_Space`.
fn is_white(c: char) -> bool {
    matches!(
        c,
        '\u{9}'..='\u{d}' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
            | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// The hex or base64 text of 16, 20, 24 or 32 bytes.
fn is_generated(text: &[u8]) -> bool {
    matches!(text.len(), 32 | 40 | 48 | 64) && text.iter().all(u8::is_ascii_hexdigit)
        || [b"+/", b"-_"].into_iter().any(|last_two| is_base64(text, *last_two))
}

/// Padded or not; the bits behind the last byte are zero.
fn is_base64(text: &[u8], last_two: [u8; 2]) -> bool {
    let digits = text.strip_suffix(b"==").or(text.strip_suffix(b"=")).unwrap_or(text);
    let surplus_bits = match (digits.len(), text.len()) {
        (22, 22 | 24) => 4,
        (27, 27 | 28) | (43, 43 | 44) => 2,
        (32, 32) => 0,
        _ => return false,
    };
    let value = |digit: u8| match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        _ => last_two.iter().position(|of| *of == digit).map(|at| if at == 0 { 62 } else { 63 }),
    };
    let values: Option<Vec<u8>> = digits.iter().copied().map(value).collect();
    values
        .and_then(|values| values.last().copied())
        .is_some_and(|last| last & ((1 << surplus_bits) - 1) == 0)
}
