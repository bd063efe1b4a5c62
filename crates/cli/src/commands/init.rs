//! `plugmint init`

use std::path::Path;

use plugmint::CompanyId;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::{Home, KeyFile};
use crate::output::{Output, facts};

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let (registry, key_file) = home.init()?;
    let made = Made {
        company: *registry.company(),
        data: home.data(),
        root_key: home.root_key(),
        root_key_made: key_file == KeyFile::Made,
    };
    output.show(&made, |made| {
        let note = match key_file {
            KeyFile::Made => {
                "Keep a copy of the root key apart from every copy of the data: \
                              without it no device enrolls or connects again."
            }
            KeyFile::Found => "The root key was there already and is used as it is.",
        };
        let facts = facts([
            ("Company", Some(made.company.to_string())),
            ("Data", Some(made.data.display().to_string())),
            ("Root key", Some(made.root_key.display().to_string())),
        ]);
        format!("{facts}\n\n{note}")
    })
}

#[derive(Serialize)]
struct Made<'a> {
    company: CompanyId,
    data: &'a Path,
    root_key: &'a Path,
    root_key_made: bool,
}
