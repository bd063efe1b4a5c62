//! What is shown, and the secrets that must not be in it.

use std::collections::BTreeSet;
use std::fmt::Debug;

use plugmint_tests::{Canaries, Named};

/// What was shown, by the name of its type.
#[derive(Default)]
pub(crate) struct Shown {
    texts: Vec<(String, String)>,
    secrets: Canaries,
}

impl Shown {
    pub(crate) fn show<T: Debug>(&mut self, value: &T) {
        let name = std::any::type_name::<T>();
        let name = name.split('<').next().unwrap().rsplit("::").next().unwrap();
        self.texts.push((name.to_owned(), format!("{value:?} {value:#?}")));
    }

    /// What was shown elsewhere was shown here, too.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.texts.append(&mut other.texts);
    }

    /// A type that another test shows.
    pub(crate) fn elsewhere(&mut self, name: &str) {
        self.texts.push((name.to_owned(), String::new()));
    }

    pub(crate) fn secret(&mut self, name: &'static str, bytes: &[u8]) {
        self.secrets.note(name, bytes);
    }

    pub(crate) fn secrets(&mut self, secrets: Vec<Named>) {
        for (name, bytes) in secrets {
            self.secret(name, &bytes);
        }
    }

    pub(crate) fn holds_no_secret(&self) {
        for (of, text) in &self.texts {
            if let Some(name) = self.secrets.find(text.as_bytes()) {
                panic!("{of} shows {name}: {text}");
            }
        }
    }

    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.texts.iter().map(|(name, _)| name.clone()).collect()
    }
}
