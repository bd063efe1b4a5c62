//! The page, call by call.

use std::fs;

use serde_json::{Deserializer, Value};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operators.md");

/// What the page says of a call.
pub(crate) struct Section {
    pub(crate) path: String,
    /// Fields that may be left out.
    pub(crate) optional: Vec<String>,
    pub(crate) call: Value,
    pub(crate) answers: Vec<Value>,
    /// In words, as it stands there.
    text: String,
}

pub(crate) fn page() -> String {
    fs::read_to_string(PAGE).unwrap()
}

pub(crate) fn sections() -> Vec<Section> {
    page().split("\n### `").skip(1).map(Section::parse).collect()
}

/// The error that the page shows, before any call.
pub(crate) fn refusal() -> Value {
    let page = page();
    let (_, rest) = page.split_once(OPENS).unwrap();
    serde_json::from_str(rest.split_once(CLOSES).unwrap().0).unwrap()
}

impl Section {
    fn parse(text: &str) -> Self {
        let (path, rest) = text.split_once("`\n").unwrap();
        let (words, rest) = rest.split_once(OPENS).unwrap_or_else(|| panic!("{path} asks nothing"));
        let (call, rest) = rest.split_once(CLOSES).unwrap();
        let (_, answers) = rest.split_once(OPENS).unwrap_or((rest, ""));
        let (answers, _) = answers.split_once(CLOSES).unwrap_or_default();
        let (optional, text): (Vec<_>, Vec<_>) =
            words.lines().partition(|line| line.starts_with(OPTIONAL));
        let optional = optional.iter().flat_map(|line| line.split('`').skip(1).step_by(2));
        Self {
            path: path.to_owned(),
            optional: optional.map(str::to_owned).collect(),
            call: serde_json::from_str(call).unwrap_or_else(|error| panic!("{path}: {error}")),
            answers: Deserializer::from_str(answers).into_iter().map(Result::unwrap).collect(),
            text: text.join("\n").trim().to_owned(),
        }
    }

    /// The same with what was found.
    pub(crate) fn with(&self, optional: Vec<String>, call: Value, answers: Vec<Value>) -> Self {
        Self { path: self.path.clone(), optional, call, answers, text: self.text.clone() }
    }

    fn written(&self) -> String {
        let Self { path, optional, call, answers, text } = self;
        let optional: Vec<_> = optional.iter().map(|field| format!("`{field}`")).collect();
        let optional = match optional.as_slice() {
            [] => String::new(),
            fields => format!("\n{OPTIONAL} {}.\n", fields.join(", ")),
        };
        let answers: Vec<_> = answers.iter().map(|answer| shown(answer, 0)).collect();
        let (call, answers) = (shown(call, 0), answers.join("\n"));
        format!("### `{path}`\n\n{text}\n{optional}{OPENS}{call}{CLOSES}{OPENS}{answers}{CLOSES}")
    }
}

/// Puts these in place of what the page says, unless a test shall say what differs.
pub(crate) fn write(sections: &[Section]) {
    let page = page();
    let mut parts = page.split("\n### `");
    let mut written = parts.next().unwrap().to_owned();
    for (part, section) in parts.zip(sections) {
        written.push('\n');
        written.push_str(&section.written());
        // What stands behind the last block: the next heading, or nothing.
        let behind = part.rsplit_once("```\n").map_or("", |(_, behind)| behind);
        written.push_str(behind);
    }
    fs::write(PAGE, written).unwrap();
}

/// JSON as people read it: on one line where that is not too long.
fn shown(value: &Value, indent: usize) -> String {
    let one_line = on_one_line(value);
    let inner = " ".repeat(indent + 2);
    let parts: Vec<_> = match value {
        Value::Array(all) => all.iter().map(|one| shown(one, indent + 2)).collect(),
        Value::Object(all) => all
            .iter()
            .map(|(name, one)| format!("\"{name}\": {}", shown(one, indent + 2)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return one_line,
    };
    if one_line.len() + indent < 100 {
        return one_line;
    }
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    let parts = parts.iter().map(|part| format!("{inner}{part}")).collect::<Vec<_>>().join(",\n");
    format!("{open}\n{parts}\n{}{close}", " ".repeat(indent))
}

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Array(all) => {
            format!("[{}]", all.iter().map(on_one_line).collect::<Vec<_>>().join(", "))
        }
        Value::Object(all) => {
            let all = all.iter().map(|(name, one)| format!("\"{name}\": {}", on_one_line(one)));
            format!("{{{}}}", all.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

const OPENS: &str = "\n```json\n";
const CLOSES: &str = "\n```\n";
const OPTIONAL: &str = "May be left out:";
