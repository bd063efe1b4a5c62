//! Credential derivation, version 1: from root key, template, serial number and password to a
//! Plug-ID and a connection password.
//!
//! ```text
//! RootKey --mac--> RootMac --> PlatformKeys --> TemplateKey --+
//!                                  |                          +--> EnrollKey --> Credentials
//! password --stretch--> Stretched ---------------------------+         |
//!                                  +--> AuthKey --> AuthVerifier      +--> Verifier
//! ```
//!
//! Everything here is a pure function of its arguments. `docs/derivation.md` is the page that a
//! firmware team or an auditor implements; `tests/vectors/derivation-v1.json` was made by another
//! implementation and never changes.
//!
//! ```
//! use plugmint_core::derivation::{PlatformKeys, RootKey, StretchMemory};
//! use plugmint_core::{Argon2Cost, EnrollPassword, Epoch, PasswordClass, SerialId};
//!
//! let root = RootKey::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")?;
//! let id = SerialId::new("mod-5c66bc451866d3c62ba0b904".parse()?, "SN-0001".parse()?);
//! let password = EnrollPassword::parse("mWz8yS3kQ0a1-Vt5xJrLpA")?;
//!
//! let stretched = PasswordClass::Generated
//!     .stretching(Argon2Cost::DEFAULT, &id, password.expose_text())
//!     .run(&mut StretchMemory::new())?;
//! let template_key = PlatformKeys::of_root(&root).template_key(id.template());
//! let enroll_key = template_key.enroll_key(id.serial(), &stretched);
//! let credentials = enroll_key.credentials(Epoch::FIRST);
//! assert_eq!(credentials.plug_id().to_string(), "dev-5df33c34404ac04370e5c60e");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account_hash;
mod argon2_cost;
mod auth_key;
mod control_key;
mod credentials;
mod enroll_key;
mod kept_keys;
mod mac;
mod minting_keys;
mod platform_keys;
mod root_key;
mod seal_key;
mod sealed_key;
mod sealing;
mod stretch;
mod template_key;
mod verifier;

pub use account_hash::{AccountHash, InvalidAccountHash};
pub use argon2_cost::{Argon2Cost, InvalidCost};
pub use auth_key::AuthKey;
pub use control_key::ControlKey;
pub use credentials::Credentials;
pub use enroll_key::EnrollKey;
pub use kept_keys::{KeptKeys, UnsealableKeptKeys};
pub use minting_keys::{MintingKeys, MintingRoots};
pub use platform_keys::{PlatformKeys, PlatformRoots};
pub use root_key::{InvalidRootKey, KeyCheck, RootKey, RootLabel, RootMac};
pub use seal_key::SealKey;
pub use sealed_key::{SealNonce, SealedKey, Unsealable};
pub use stretch::{
    PasswordText, PasswordTooLong, StretchFailed, StretchJob, StretchMemory, Stretched, Stretching,
};
pub use template_key::TemplateKey;
pub use verifier::{AuthVerifier, Verifier};

pub(crate) use mac::digest;
