//! `vectors/derivation-v1.json`, made by an implementation independent of this one.

use serde::Deserialize;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vectors {
    /// What it is: `plugmint derivation vectors`.
    pub format: String,
    /// The version of the derivation.
    pub version: u32,
    /// The cases.
    pub cases: Vec<Vector>,
}

impl Vectors {
    /// Reads the file.
    #[must_use]
    pub fn load() -> Self {
        serde_json::from_str(include_str!("../vectors/derivation-v1.json")).unwrap()
    }
}

/// A case: what goes in and what must come out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// What it shows.
    pub name: String,
    /// What goes in.
    pub input: Input,
    /// What must come out.
    pub output: Output,
}

/// What goes into a derivation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// For a Thing or for a Controller.
    pub role: Role,
    /// 64 hex digits.
    pub root_key: String,
    /// The template's id.
    pub template: String,
    /// The serial number of the Thing.
    pub serial: String,
    /// The password.
    pub password: String,
    /// Its class.
    pub class: String,
    /// The epoch.
    pub epoch: u32,
    /// The ordinal of a Controller.
    pub ordinal: Option<u32>,
    /// The cost of a slow hash.
    pub argon2id: Option<Cost>,
}

/// For whom credentials are derived.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the format knows these two")]
pub enum Role {
    /// A device with a serial number.
    Thing,
    /// What controls one.
    Controller,
}

/// The cost of an Argon2id.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// What comes out of a derivation, in hex where it is not text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The template's key.
    pub template_key: String,
    /// The stretched password.
    pub stretched: String,
    /// The enroll or control key.
    pub key: String,
    /// What proves the password again.
    pub verifier: String,
    /// The Plug-ID.
    pub plug_id: String,
    /// The connection password.
    pub connection_password: String,
    /// What proves the connection password.
    pub auth_verifier: String,
}
