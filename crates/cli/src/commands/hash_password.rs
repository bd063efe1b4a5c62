//! `plugmint hash-password`

use plugmint::derivation::{PasswordText, StretchMemory};
use plugmint::{AccountHash, Argon2Cost};
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::secret_input;

#[derive(Serialize)]
struct Hashed {
    hash: String,
}

pub(crate) fn run(output: &Output) -> Result<(), Failure> {
    let password = secret_input::new_password("Password: ")?;
    if password.is_empty() {
        return Err(Failure::new(Kind::Refused, "empty-password", "the password is empty"));
    }
    let text = PasswordText::of_any(password.as_bytes());
    let text = text.map_err(|long| Failure::of(Kind::Refused, "invalid-password", &long))?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)
        .map_err(|error| Failure::of(Kind::Store, "no-randomness", &error))?;
    let memory = &mut StretchMemory::new();
    let hash = AccountHash::of_password(text, Argon2Cost::DEFAULT, salt, memory)
        .map_err(|error| Failure::of(Kind::Store, "not-hashed", &error))?;
    output.show(&Hashed { hash: hash.expose_text() }, |hashed| hashed.hash.clone())
}
