//! What is kept with a device, and what stands for the password of an account.

use std::time::Duration;

use plugmint::derivation::{PasswordText, StretchMemory};
use plugmint::{AccountError, AccountHash, Argon2Cost};
use plugmint_core::controller::DeviceName;
use plugmint_core::{OpaqueText, Profile, ProfileChange};

use crate::shown::Shown;

const PASSWORD: &str = "the words of an owner";

pub(crate) fn keeping(shown: &mut Shown) {
    accounts(shown);
    let text = OpaqueText::parse(r#"{"ctrl":"r"}"#).unwrap();
    shown.show(&text);
    shown.show(&OpaqueText::parse(&"x".repeat(9_000)).unwrap_err());
    let change = ProfileChange::new()
        .name(Some(DeviceName::parse("kitchen").unwrap()))
        .perm(Some(text.clone()), None)
        .props(Some(text));
    shown.show(&Profile::default().changed(&change));
    shown.show(&change);
}

fn accounts(shown: &mut Shown) {
    let cost = Argon2Cost::new(64, 1, 1).unwrap();
    let password = PasswordText::of_any(PASSWORD.as_bytes()).unwrap();
    let memory = &mut StretchMemory::new();
    let hash = AccountHash::of_password(password, cost, [7; 16], memory).unwrap();
    shown.secret("the password of an account", PASSWORD.as_bytes());
    let text = hash.expose_text();
    shown.secret("the hash of an account", text.rsplit('$').next().unwrap().as_bytes());
    shown.show(&hash);
    shown.show(&text.replace("argon2id", "argon2i").parse::<AccountHash>().unwrap_err());
    shown.show(&AccountError::Throttled { retry_after: Duration::from_secs(1) });
}
