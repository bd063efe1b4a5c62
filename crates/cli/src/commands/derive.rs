//! `plugmint derive`

use std::fmt::Write;

use plugmint::derivation::{
    Credentials, PasswordText, PlatformKeys, StretchMemory, Stretched, Verifier,
};
use plugmint::{
    Argon2Cost, Epoch, FileRootKeys, KeyVersion, Ordinal, PasswordClass, PlugId, SerialId,
    platform_keys,
};
use pollster::block_on;
use serde::Serialize;

use crate::args::DeriveArgs;
use crate::failure::{Failure, Kind};
use crate::output::{Output, facts};
use crate::secret_input;

pub(crate) fn run(arguments: &DeriveArgs, output: &Output) -> Result<(), Failure> {
    check(arguments)?;
    let keys = load_keys(arguments)?;
    let password = secret_input::any_password("Password: ")?;
    let (credentials, verifier) = derive(arguments, &keys, &password)?;
    let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
    let derived = Derived {
        plug_id: *plug_id,
        connection_password: &password.expose_text(),
        verifier: hex(verifier.expose_bytes()),
        auth_verifier: hex(keys.auth().verifier(plug_id, password).expose_bytes()),
    };
    output.show(&derived, |derived| {
        facts([
            ("Plug-ID", Some(derived.plug_id.to_string())),
            ("Connection password", Some(derived.connection_password.to_owned())),
            ("Verifier", Some(derived.verifier.clone())),
            ("Auth verifier", Some(derived.auth_verifier.clone())),
        ])
    })
}

#[derive(Serialize)]
struct Derived<'a> {
    plug_id: PlugId,
    connection_password: &'a str,
    verifier: String,
    auth_verifier: String,
}

/// What the derivation has no meaning for.
fn check(arguments: &DeriveArgs) -> Result<(), Failure> {
    let usage = |message| Err(Failure::new(Kind::Usage, "usage", message));
    if arguments.class == PasswordClass::Generated && arguments.argon2.is_some() {
        return usage("--argon2 goes with class chosen or shared: class generated has no cost");
    }
    if arguments.class == PasswordClass::Shared && arguments.ordinal.is_some() {
        return usage(
            "--ordinal goes with class generated or chosen: no control password is shared",
        );
    }
    Ok(())
}

fn load_keys(arguments: &DeriveArgs) -> Result<PlatformKeys, Failure> {
    let path = &arguments.root_key_file;
    let root = FileRootKeys::load(path).map_err(|error| Failure::from(error).about(path))?;
    block_on(platform_keys(&root, KeyVersion::FIRST))
        .map_err(|error| Failure::of(Kind::Refused, "root-key", &error).about(path))
}

fn derive(
    arguments: &DeriveArgs,
    keys: &PlatformKeys,
    password: &[u8],
) -> Result<(Credentials, Verifier), Failure> {
    let id = SerialId::new(arguments.template, arguments.serial);
    let stretched = stretch(arguments, &id, password)?;
    let template_key = keys.template_key(id.template());
    let epoch = Epoch::new(arguments.epoch);
    Ok(match arguments.ordinal.map(Ordinal::new) {
        None => {
            let key = template_key.enroll_key(id.serial(), &stretched);
            (key.credentials(epoch), key.verifier())
        }
        Some(ordinal) => {
            let key = template_key.control_key(id.serial(), &stretched);
            (key.credentials(ordinal, epoch), key.verifier())
        }
    })
}

fn stretch(arguments: &DeriveArgs, id: &SerialId, password: &[u8]) -> Result<Stretched, Failure> {
    let refused = |error: &dyn std::error::Error| Failure::of(Kind::Refused, "stretch", error);
    let text = PasswordText::of_any(password).map_err(|error| refused(&error))?;
    let cost = arguments.argon2.unwrap_or(Argon2Cost::DEFAULT);
    let stretching = arguments.class.stretching(cost, id, text);
    stretching.run(&mut StretchMemory::new()).map_err(|error| refused(&error))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string does not fail.
        write!(hex, "{byte:02x}").unwrap_or_default();
        hex
    })
}
