//! What is shown, and the secrets that must not be in it.

use std::collections::BTreeSet;
use std::fmt::Debug;

use plugmint_tests::to_hex;

/// What was shown, by the name of its type.
#[derive(Default)]
pub(crate) struct Shown {
    texts: Vec<(String, String)>,
    secrets: Vec<(&'static str, Vec<u8>)>,
}

impl Shown {
    pub(crate) fn show<T: Debug>(&mut self, value: &T) {
        let name = std::any::type_name::<T>();
        let name = name.split('<').next().unwrap().rsplit("::").next().unwrap();
        self.texts.push((name.to_owned(), format!("{value:?} {value:#?}")));
    }

    /// A type that another test shows.
    pub(crate) fn elsewhere(&mut self, name: &str) {
        self.texts.push((name.to_owned(), String::new()));
    }

    pub(crate) fn secret(&mut self, name: &'static str, bytes: &[u8]) {
        self.secrets.push((name, bytes.to_vec()));
    }

    pub(crate) fn holds_no_secret(&self) {
        for (name, bytes) in &self.secrets {
            let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>();
            let forms = [
                String::from_utf8_lossy(bytes).into_owned(),
                to_hex(bytes),
                to_hex(bytes).to_uppercase(),
                list.join(", "),
                list.join(",\n    "),
            ];
            for (of, text) in &self.texts {
                for form in &forms {
                    assert!(!text.contains(form.as_str()), "{of} shows {name}: {text}");
                }
            }
        }
    }

    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.texts.iter().map(|(name, _)| name.clone()).collect()
    }
}
