//! The names of all public types, read from the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of all public structs and enums, and of those that macros make.
pub(crate) fn public_types() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut names = BTreeSet::new();
    for name in ["mac", "core", "store", "memory", "redb", "plugmint"] {
        collect(&crates.join(name).join("src"), &mut names);
    }
    assert!(names.len() > 80, "the source was not found");
    for made in [
        "Actor",
        "AuthVerifier",
        "CompanyId",
        "ControlPassword",
        "DenyReason",
        "DeviceName",
        "EnrollPassword",
        "Epoch",
        "KeyVersion",
        "Ordinal",
        "TemplateId",
        "TemplateName",
        "Verifier",
    ] {
        names.insert(made.to_owned());
    }
    names
}

pub(crate) fn collect(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let kinds = ["pub struct ", "pub enum "];
                let rest = kinds.iter().find_map(|kind| line.trim_start().strip_prefix(kind));
                let name = rest.map(|rest| {
                    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
                });
                names.extend(name.filter(|name: &String| !name.is_empty()));
            }
        }
    }
}
