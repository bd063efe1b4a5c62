//! Secrets, and what looks for them in everything that is said or written.

use std::collections::HashMap;

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::to_hex;

/// Secrets in every form in which something may show them.
#[derive(Debug)]
pub struct Canaries {
    /// Forms by how they begin, so that looking goes through a text once.
    forms: HashMap<[u8; START], Vec<Form>>,
    /// Whether a form may begin so: nearly every place of a text is passed by this alone.
    begins: Vec<bool>,
}

#[derive(Debug)]
struct Form {
    name: &'static str,
    bytes: Vec<u8>,
}

impl Canaries {
    /// Looks for a secret from now on: its bytes, their hex and base64url, and lists of them, as
    /// `{:?}`, `{:#?}` and JSON have them.
    ///
    /// # Panics
    /// When it has fewer than 8 bytes, which may stand anywhere by accident.
    pub fn note(&mut self, name: &'static str, secret: &[u8]) {
        assert!(secret.len() >= START, "the {name} is too short to look for");
        let known = self.forms.get(&start(secret));
        if known.is_some_and(|forms| forms.iter().any(|form| form.bytes == secret)) {
            return;
        }
        let list: Vec<_> = secret.iter().map(u8::to_string).collect();
        let texts = [
            to_hex(secret),
            to_hex(secret).to_uppercase(),
            Base64UrlUnpadded::encode_string(secret),
            list.join(","),
        ];
        let all = texts.into_iter().map(String::into_bytes).chain([secret.to_vec()]);
        for bytes in all {
            let start = start(&bytes);
            self.begins[begin(start)] = true;
            self.forms.entry(start).or_default().push(Form { name, bytes });
        }
    }

    /// The name of a secret that stands in `said`.
    #[must_use]
    pub fn find(&self, said: &[u8]) -> Option<&'static str> {
        self.find_as_is(said).or_else(|| {
            // However a list is indented.
            let dense = said.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
            said.contains(&b'[').then(|| self.find_as_is(&dense.collect::<Vec<_>>()))?
        })
    }

    fn find_as_is(&self, said: &[u8]) -> Option<&'static str> {
        (0..said.len()).find_map(|at| {
            let rest = &said[at..];
            let start = *rest.first_chunk()?;
            let forms = self.begins[begin(start)].then(|| self.forms.get(&start))??;
            forms.iter().find(|form| rest.starts_with(&form.bytes)).map(|form| form.name)
        })
    }
}

impl Default for Canaries {
    fn default() -> Self {
        Self { forms: HashMap::new(), begins: vec![false; BEGINS] }
    }
}

/// How many bytes every form has at least.
const START: usize = 8;

fn start(form: &[u8]) -> [u8; START] {
    *form.first_chunk().unwrap()
}

const BEGINS: usize = 1 << 16;

/// Where a beginning is noted.
fn begin(start: [u8; START]) -> usize {
    // Spreads the bits of all eight bytes over the highest ones.
    let spread = u64::from_be_bytes(start).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(spread >> 48).unwrap()
}
