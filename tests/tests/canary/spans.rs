//! The spans that the sources open.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The name of every span that a crate of ours opens.
pub(crate) fn of_the_sources() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut spans = BTreeSet::new();
    for one in fs::read_dir(crates).unwrap() {
        look_below(&one.unwrap().path().join("src"), &mut spans);
    }
    spans
}

fn look_below(directory: &Path, spans: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look_below(&path, spans);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            spans.extend(of(&source).unwrap_or_else(|| panic!("{}", path.display())));
        }
    }
}

/// The spans of one source; `None` when one is opened there whose name is not to be seen.
fn of(source: &str) -> Option<Vec<String>> {
    let code: Vec<_> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let uses = ["instrument(", "instrument]"].into_iter().flat_map(|of| code.match_indices(of));
    let attributes = uses.map(|(at, _)| {
        let (before, found) = code.split_at(at);
        before.ends_with(['[', ':']).then_some(())?;
        let (attribute, function) = found.split_once("]\n")?;
        match attribute.split_once("name = \"") {
            Some((_, name)) => begun(name),
            None => begun(function.split_once("fn ")?.1),
        }
    });
    let macros = code.match_indices("span!(").map(|(at, _)| {
        let (arguments, _) = code.split_at(at).1.split_once(')')?;
        begun(arguments.split_once('"')?.1)
    });
    attributes.chain(macros).collect()
}

/// The name that a text begins with.
fn begun(text: &str) -> Option<String> {
    let name = text.split(|of: char| of != '_' && !of.is_ascii_alphanumeric()).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[test]
fn every_way_to_open_a_span_is_found() {
    let one_line = "    #[instrument(level = \"debug\", err)]\n    pub async fn enroll(&self) {}";
    let lines = "    #[instrument(\n        level = \"debug\",\n        fields(at = %id.at())\n    )]\n    \
                 async fn open_it<T>() {}";
    let named = "    #[instrument(\n        name = \"feed\",\n    )]\n    pub fn changes() {}";
    let bare = "    #[tracing::instrument]\n    fn bare() {}";
    let written = "let span = tracing::debug_span!(\"by_hand\", id = %id);";
    let leveled = "let span = span!(Level::DEBUG, \"by_level\");";
    for (source, name) in [
        (one_line, "enroll"),
        (lines, "open_it"),
        (named, "feed"),
        (bare, "bare"),
        (written, "by_hand"),
        (leveled, "by_level"),
    ] {
        assert_eq!(of(source), Some(vec![name.to_owned()]), "{source}");
    }
    assert_eq!(of("future.instrument(span).await"), None);
    assert_eq!(of("/// [`instrument`]\nuse tracing::instrument;"), Some(Vec::new()));
}
